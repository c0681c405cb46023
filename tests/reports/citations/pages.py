"""
Which small pages are cited in the tests, and how must each be?

Every page is invented, and has the structure of pages that are on the web in numbers: what stands in the
metadata, what in the text, and which of them is wrong.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import attrs

__all__ = ["PAGES", "Page"]


@attrs.frozen(kw_only=True)
class Page:
    """One page and its citation."""

    name: str
    html: str
    url: str = "https://example.org/post"
    facts: Mapping[str, str] = attrs.field(factory=dict)
    """Those of the response."""
    authors: tuple[str, ...] = ()
    publication: str = ""
    issued: str = ""
    republished: bool = False
    site: str = ""
    posted: str = ""
    credits: tuple[str, ...] = ()
    language: str = ""
    title: str = "The Lamplighters"
    disputed: tuple[str, ...] = ()
    """Words that the sentences about disagreements must hold."""


def _ld(**fields: object) -> str:
    return (
        '<script type="application/ld+json">'
        + json.dumps({"@context": "https://schema.org", "@type": "NewsArticle", **fields})
        + "</script>"
    )


def _page(head: str, body: str, lang: str = "") -> str:
    attribute = f' lang="{lang}"' if lang else ""
    return f"<!DOCTYPE html><html{attribute}><head>{head}</head><body>{body}</body></html>"


_H1 = "<h1>The Lamplighters</h1>"
_OWNER_HEAD = (
    '<meta name="author" content="Ottilie Brandreth"><meta property="og:site_name" content="Saltmarsh Lane">'
    + _ld(
        headline="The Lamplighters",
        author={"@type": "Person", "name": "Ottilie Brandreth"},
        publisher={"@type": "Organization", "name": "Saltmarsh Lane"},
        datePublished="2021-11-02T09:30:00Z",
    )
)
_LONG = (
    "On winter evenings the older people of this town still look up at half past four, as if it were dark."
)

PAGES: tuple[Page, ...] = (
    Page(
        name="JSON-LD NewsArticle of a newspaper",
        html=_page(
            '<meta property="og:site_name" content="The Thornby Courier">'
            + _ld(
                headline="The Lamplighters",
                author=[{"@type": "Person", "name": "Jane Roe"}, {"@type": "Person", "name": "John Doe"}],
                publisher={"@type": "NewsMediaOrganization", "name": "The Thornby Courier"},
                datePublished="2019-05-03T06:00:00+02:00",
            ),
            _H1,
            "en",
        ),
        authors=("Jane Roe", "John Doe"),
        publication="The Thornby Courier",
        issued="2019-05-03",
        language="en",
    ),
    Page(
        name="JSON-LD graph whose author is a node elsewhere",
        html=_page(
            _ld(
                **{
                    "@type": "WebSite",
                    "@graph": [
                        {
                            "@type": "Article",
                            "headline": "The Lamplighters",
                            "author": {"@id": "#jane"},
                            "publisher": {"@id": "#paper"},
                            "datePublished": "2019-05-03",
                        },
                        {"@type": "Person", "@id": "#jane", "name": "Jane Roe"},
                        {"@type": "Organization", "@id": "#paper", "name": "The Thornby Courier"},
                    ],
                }
            ),
            _H1,
        ),
        authors=("Jane Roe",),
        publication="The Thornby Courier",
        issued="2019-05-03",
    ),
    Page(
        name="microdata",
        html=_page(
            "",
            '<article itemscope itemtype="https://schema.org/NewsArticle">'
            '<h1 itemprop="headline">The Lamplighters</h1>'
            '<span itemprop="author" itemscope><b itemprop="name">Jane Roe</b>, reporter</span>'
            '<meta itemprop="datePublished" content="2019-05-03">'
            '<span itemprop="publisher" itemscope><meta itemprop="name" content="The Thornby Courier"></span>'
            "</article>",
        ),
        authors=("Jane Roe",),
        publication="The Thornby Courier",
        issued="2019-05-03",
    ),
    Page(
        name="blog that keeps a cutting: reporter and newspaper in the text",
        html=_page(
            _OWNER_HEAD,
            f"{_H1}<p>By Corwin Hallam</p><p>The Pellwick Evening Mercury, Saturday, 14 March 1987</p>"
            f"<p>PELLWICK — {_LONG}</p><figure><img src=a.jpg><figcaption>The quay. Photo: D. Farrant"
            "</figcaption></figure>",
            "en-GB",
        ),
        authors=("Corwin Hallam",),
        publication="The Pellwick Evening Mercury",
        issued="1987-03-14",
        republished=True,
        site="Saltmarsh Lane",
        posted="2021-11-02",
        credits=("Photo: D. Farrant",),
        language="en-GB",
        disputed=(
            "Corwin Hallam (byline, text); Ottilie Brandreth (owner, json-ld).",
            "The Pellwick Evening Mercury (publisher, text); Saltmarsh Lane (publisher, json-ld).",
        ),
    ),
    Page(
        name="the same, byline with post and newspaper in one line",
        html=_page(
            _OWNER_HEAD,
            f"{_H1}<p>JANE ROE, Staff Writer | The Evening Chronicle | March 14, 1998</p><p>{_LONG}</p>",
        ),
        authors=("JANE ROE",),
        publication="The Evening Chronicle",
        issued="1998-03-14",
        republished=True,
        site="Saltmarsh Lane",
        posted="2021-11-02",
    ),
    Page(
        name="the same, every part in an element of its own",
        html=_page(
            _OWNER_HEAD,
            f"{_H1}<div>By</div><div><a>Corwin Hallam</a></div><div>Staff Writer</div>"
            f"<div>Pellwick Times</div><div>Saturday, March 14, 1987</div><p>{_LONG}</p>",
        ),
        authors=("Corwin Hallam",),
        publication="Pellwick Times",
        issued="1987-03-14",
        republished=True,
        site="Saltmarsh Lane",
        posted="2021-11-02",
    ),
    Page(
        name="the newspaper below the byline, and a line that says published",
        html=_page(
            _OWNER_HEAD,
            f"{_H1}<p>Story by Corwin Hallam | Photos by D. Farrant</p><p>The Moscow Times</p>"
            f"<p>Published: March 14, 1998</p><p>{_LONG}</p>",
        ),
        authors=("Corwin Hallam",),
        publication="The Moscow Times",
        issued="1998-03-14",
        republished=True,
        site="Saltmarsh Lane",
        posted="2021-11-02",
        credits=("Photos by D. Farrant",),
    ),
    Page(
        name="moved between systems: text and metadata give other days, the byline is in the metadata",
        html=_page(
            '<meta property="og:site_name" content="The Thornby Courier">'
            '<meta name="author" content="Jane Roe">'
            '<meta property="article:published_time" content="2021-11-02">',
            f"{_H1}<p>Published: 14 March 1998</p><p>{_LONG}</p>",
        ),
        authors=("Jane Roe",),
        publication="The Thornby Courier",
        issued="2021-11-02",
        disputed=("1998",),
    ),
    Page(
        name="By X, Special to The Y",
        html=_page(
            _OWNER_HEAD,
            f"{_H1}<p>By Corwin Hallam, Special to The Thornby Courier</p><p>March 14, 1987</p>{_LONG}",
        ),
        authors=("Corwin Hallam",),
        publication="The Thornby Courier",
        issued="1987-03-14",
        republished=True,
        site="Saltmarsh Lane",
        posted="2021-11-02",
    ),
    Page(
        name="By X, Staff Writer, The Y",
        html=_page(
            _OWNER_HEAD,
            f"{_H1}<p>By Corwin Hallam, Staff Writer, The Thornby Courier</p><p>March 14, 1987</p>{_LONG}",
        ),
        authors=("Corwin Hallam",),
        publication="The Thornby Courier",
        issued="1987-03-14",
        republished=True,
        site="Saltmarsh Lane",
        posted="2021-11-02",
    ),
    Page(
        name="a blogger's own post, with links to news beside the byline",
        html=_page(
            _OWNER_HEAD,
            f"{_H1}<p>By Ottilie Brandreth</p><p>Latest News</p><p>Share Post</p><p>November 2, 2021</p>"
            f"<p>{_LONG}</p>",
        ),
        authors=("Ottilie Brandreth",),
        publication="Saltmarsh Lane",
        issued="2021-11-02",
    ),
    Page(
        name="republished-from line below the article, no reporter anywhere",
        html=_page(
            _OWNER_HEAD,
            f"{_H1}<p>{_LONG}</p>"
            "<p>Reprinted with permission from The Thornby Courier, 3 May 2001, page 4.</p>",
        ),
        authors=(),
        publication="The Thornby Courier",
        issued="2001-05-03",
        republished=True,
        site="Saltmarsh Lane",
        posted="2021-11-02",
        disputed=("names no author", "Ottilie Brandreth"),
    ),
    Page(
        name="By X, Staff Writer, the newspaper's own page",
        html=_page(
            '<meta property="og:site_name" content="The Thornby Courier">'
            '<meta property="article:published_time" content="2019-05-03T06:00:00Z">',
            f"{_H1}<p>By Jane Roe, Staff Writer</p><p>May 3, 2019</p><p>THORNBY (AP) — {_LONG}</p>",
        ),
        authors=("Jane Roe",),
        publication="The Thornby Courier",
        issued="2019-05-03",
    ),
    Page(
        name="the newspaper's own page, printed a day later",
        html=_page(
            '<meta property="og:site_name" content="The Thornby Courier">'
            + _ld(
                headline="The Lamplighters",
                author={"@type": "Person", "name": "Jane Roe"},
                publisher={"name": "The Thornby Courier"},
                datePublished="2019-05-03T06:00:00Z",
            ),
            f"{_H1}<p>{_LONG}</p><p>A version of this article appears in print on May 4, 2019, on page A1 of "
            "The Thornby Courier.</p>",
        ),
        authors=("Jane Roe",),
        publication="The Thornby Courier",
        issued="2019-05-04",
    ),
    Page(
        name="German: Von X, zuerst erschienen in",
        html=_page(
            _OWNER_HEAD,
            f"{_H1}<p>Von Anna Müller</p><p>{_LONG}</p>"
            "<p>Zuerst erschienen in der Thornbyer Rundschau vom 14. März 1998.</p>",
            "de",
        ),
        authors=("Anna Müller",),
        publication="Thornbyer Rundschau",
        issued="1998-03-14",
        republished=True,
        site="Saltmarsh Lane",
        posted="2021-11-02",
        language="de",
    ),
    Page(
        name="French: Par X, publié dans",
        html=_page(
            _OWNER_HEAD,
            f"{_H1}<p>Par Jean de la Tour</p><p>{_LONG}</p>"
            "<p>Article paru dans Le Courrier du Marais, le 14 mars 1998.</p>",
            "fr",
        ),
        authors=("Jean de la Tour",),
        publication="Le Courrier du Marais",
        issued="1998-03-14",
        republished=True,
        site="Saltmarsh Lane",
        posted="2021-11-02",
        language="fr",
    ),
    Page(
        name="Spanish: Por X y Y",
        html=_page(
            '<meta property="og:site_name" content="Diario de la Marisma">',
            f"{_H1}<p>Por Ana García y Luis Paz</p><p>3 de mayo de 2019</p><p>{_LONG}</p>",
            "es",
        ),
        authors=("Ana García", "Luis Paz"),
        publication="Diario de la Marisma",
        issued="2019-05-03",
        language="es",
    ),
    Page(
        name="Italian: di X, time element",
        html=_page(
            '<meta property="og:site_name" content="Gazzetta del Molo">',
            f'{_H1}<p>di Carla Rossi</p><time datetime="2019-05-03T08:00">3 maggio</time><p>{_LONG}</p>',
            "it",
        ),
        authors=("Carla Rossi",),
        publication="Gazzetta del Molo",
        issued="2019-05-03",
        language="it",
    ),
    Page(
        name="Dutch: door X",
        html=_page(
            '<meta property="og:site_name" content="De Kade">',
            f"{_H1}<p>Door Pieter van der Berg</p><p>{_LONG}</p>",
            "nl",
        ),
        authors=("Pieter van der Berg",),
        publication="De Kade",
        language="nl",
    ),
    Page(
        name="Russian: Автор: X",
        html=_page(
            '<meta property="og:site_name" content="Вестник">',
            f"{_H1}<p>Автор: Анна Ткач</p><p>3 мая 2019</p><p>{_LONG}</p>",
            "ru",
        ),
        authors=("Анна Ткач",),
        publication="Вестник",
        issued="2019-05-03",
        language="ru",
    ),
    Page(
        name="nothing but the address says when",
        html=_page('<meta name="author" content="Jane Roe">', f"{_H1}<p>{_LONG}</p>"),
        url="https://example.org/2019/05/03/lamplighters",
        authors=("Jane Roe",),
        issued="2019-05-03",
    ),
    Page(
        name="nothing but Last-Modified, which is no day of publication",
        html=_page("", f"{_H1}<p>{_LONG}</p>"),
        facts={"last_modified": "Fri, 03 May 2019 06:00:00 GMT"},
    ),
    Page(
        name="the author is an address",
        html=_page(
            '<meta property="article:author" content="https://social.example/jane">'
            '<meta property="article:publisher" content="https://social.example/paper">',
            f"{_H1}<p>{_LONG}</p>",
        ),
    ),
    Page(
        name="scholarly metadata, family name first",
        html=_page(
            '<meta name="citation_title" content="The Lamplighters">'
            '<meta name="citation_author" content="Roe, Jane">'
            '<meta name="citation_author" content="Doe, John">'
            '<meta name="citation_date" content="2019/05/03">'
            '<meta name="citation_journal_title" content="Annals of the Quay">',
            f"<p>{_LONG}</p>",
        ),
        authors=("Jane Roe", "John Doe"),
        publication="Annals of the Quay",
        issued="2019-05-03",
    ),
    Page(
        name="commenters and related articles are not the article",
        html=_page(
            '<meta property="og:site_name" content="The Thornby Courier">',
            f"{_H1}<p>By Jane Roe</p><p>{_LONG}</p>"
            '<section class="comments"><p>By Ivan Troll</p><p>January 1, 2020</p></section>'
            '<aside class="related"><p>By Other Writer</p></aside><footer><p>By Web Master</p></footer>',
        ),
        authors=("Jane Roe",),
        publication="The Thornby Courier",
    ),
    Page(
        name="the days of metadata and text do not agree",
        html=_page(
            '<meta property="og:site_name" content="The Thornby Courier">'
            '<meta property="article:published_time" content="2019-05-03">'
            '<meta name="date" content="2018-01-01">',
            f"{_H1}<p>By Jane Roe</p><p>{_LONG}</p>",
        ),
        authors=("Jane Roe",),
        publication="The Thornby Courier",
        issued="2019-05-03",
        disputed=("2019-05-03", "2018-01-01"),
    ),
    Page(
        name="credits in classes, captions and JSON-LD",
        html=_page(
            _ld(headline="The Lamplighters", image={"@type": "ImageObject", "creditText": "R. Moss"}),
            f"{_H1}<p>{_LONG}</p><figure><figcaption>The quay <span class=photo-credit>Foto: A. Vogt</span>"
            "</figcaption></figure><p class=wp-caption-text>Lamp 17. (Photo by D. Farrant/Mercury)</p>"
            "<figcaption>Nothing is said of who took this one: a photo of a lamp.</figcaption>",
        ),
        credits=("R. Moss", "Foto: A. Vogt", "Photo by D. Farrant/Mercury"),
    ),
)
