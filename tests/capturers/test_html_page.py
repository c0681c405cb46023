"""Tests of the HTML capturer: links, their kinds and lines, claims, facts."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preserve.capturers import html_page
from preserve.capturers.claims import choose
from preserve.capturers.html import HtmlCapturer
from preserve.model.inspection import Content, Inspection
from preserve.model.reference import Kind, Link

_URL = "https://blog.example/post/a"


def _inspect(html: str | bytes, charset: str | None = "utf-8") -> Inspection:
    data = html.encode() if isinstance(html, str) else html
    content = Content(
        url=_URL, media_type="text/html", charset=charset, size_bytes=len(data), stream=io.BytesIO(data)
    )
    return HtmlCapturer().inspect(content)


def _links(html: str) -> list[tuple[str, Kind, str, str]]:
    return [(link.written, link.kind, link.element, link.attribute) for link in _inspect(html).links]


def _only(html: str) -> Link:
    (link,) = _inspect(html).links
    return link


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<img src=a>", [("a", Kind.IMAGE, "img", "src")]),
        (
            "<img srcset='a 1x, b 2x' src=c>",
            [("c", Kind.IMAGE, "img", "src"), *((u, Kind.IMAGE, "img", "srcset") for u in "ab")],
        ),
        ("<picture><source srcset='a, b'></picture>", [(u, Kind.IMAGE, "source", "srcset") for u in "ab"]),
        ("<video poster=a src=b></video>",
         [("b", Kind.MEDIA, "video", "src"), ("a", Kind.IMAGE, "video", "poster")]),
        ("<audio><source src=a></audio>", [("a", Kind.MEDIA, "source", "src")]),
        ("<video><track src=a></video>", [("a", Kind.DATA, "track", "src")]),
        ("<img data-src=/a.png>", [("/a.png", Kind.IMAGE, "img", "data-src")]),
        ("<iframe data-src=/a.html></iframe>", [("/a.html", Kind.FRAME, "iframe", "data-src")]),
        ("<img data-srcset='/a 1x, /b 2x'>", [(u, Kind.IMAGE, "img", "data-srcset") for u in ("/a", "/b")]),
        ("<div data-bg='url(/a.png)'></div>", [("/a.png", Kind.IMAGE, "div", "data-bg")]),
        ("<img data-src=true data-lazy=1>", []),
        ("<input type=image src=a><input src=b>", [("a", Kind.IMAGE, "input", "src")]),
        ("<iframe src=a></iframe>", [("a", Kind.FRAME, "iframe", "src")]),
        ("<iframe srcdoc='<img src=a>'></iframe>", [("a", Kind.IMAGE, "img", "src")]),
        ("<frameset><frame src=a></frameset>", [("a", Kind.FRAME, "frame", "src")]),
        ("<embed src=a.swf>", [("a.swf", Kind.DATA, "embed", "src")]),
        ("<embed src=a.pdf>", [("a.pdf", Kind.DOCUMENT, "embed", "src")]),
        ("<object data=a type=image/png></object>", [("a", Kind.IMAGE, "object", "data")]),
        ("<object data=a type=application/pdf></object>", [("a", Kind.DOCUMENT, "object", "data")]),
        ("<script src=a></script>", [("a", Kind.SCRIPT, "script", "src")]),
        ("<link rel=stylesheet href=a>", [("a", Kind.STYLE, "link", "href")]),
        ("<link rel='SHORTCUT ICON' href=a>", [("a", Kind.ICON, "link", "href")]),
        ("<link rel=apple-touch-icon href=a>", [("a", Kind.ICON, "link", "href")]),
        ("<link rel=preload as=font href=a>", [("a", Kind.FONT, "link", "href")]),
        ("<link rel=preload as=fetch href=a>", [("a", Kind.DATA, "link", "href")]),
        ("<link rel=preload as=image imagesrcset='a 1x'>", [("a", Kind.IMAGE, "link", "imagesrcset")]),
        ("<link rel=modulepreload href=a>", [("a", Kind.SCRIPT, "link", "href")]),
        ("<link rel=manifest href=a>", [("a", Kind.DATA, "link", "href")]),
        ("<link rel=canonical href=a>", [("a", Kind.ALTERNATE, "link", "href")]),
        ("<link rel=alternate href=a>", [("a", Kind.ALTERNATE, "link", "href")]),
        ("<link rel=preconnect href=a><link rel=dns-prefetch href=b>", []),
        ("<link rel=license href=a>", [("a", Kind.LINK, "link", "href")]),
        ("<meta property=og:image content=a>", [("a", Kind.IMAGE, "meta", "content")]),
        ("<meta name=twitter:image content=a>", [("a", Kind.IMAGE, "meta", "content")]),
        ("<meta name=viewport content=a>", []),
        ("<meta http-equiv=refresh content='5; url=a'>", [("a", Kind.LINK, "meta", "refresh")]),
        ("<meta http-equiv=Refresh content=\"0;URL='a b'\">", [("a b", Kind.FRAME, "meta", "refresh")]),
        (
            "<meta http-equiv=refresh content='0.0; url=//b.test/a'>",
            [("//b.test/a", Kind.LINK, "meta", "refresh")],
        ),
        (
            "<noscript><meta http-equiv=refresh content='0; url=a'></noscript>",
            [("a", Kind.LINK, "meta", "refresh")],
        ),
        ("<meta http-equiv=refresh content=5>", []),
        ("<p style='background:url(a)'>", [("a", Kind.IMAGE, "p", "style")]),
        ("<style>@import 'a';b{c:url(d)}</style>",
         [("a", Kind.STYLE, "style", "@import"), ("d", Kind.IMAGE, "style", "url")]),
        ("<svg><image href=a /><use xlink:href='b#c' /><use href='#d' /></svg>",
         [("a", Kind.IMAGE, "image", "href"), ("b#c", Kind.IMAGE, "use", "xlink:href")]),
        ("<table background=a></table>", [("a", Kind.IMAGE, "table", "background")]),
        ("<noscript><img src=a></noscript>", [("a", Kind.IMAGE, "img", "src")]),
        ("<head><noscript><link rel=stylesheet href=a></noscript>", [("a", Kind.STYLE, "link", "href")]),
        ("<template><img src=a><template><img src=b></template></template>",
         [(u, Kind.IMAGE, "img", "src") for u in "ab"]),
        ("<form action=a></form><q cite=b></q>",
         [("a", Kind.LINK, "form", "action"), ("b", Kind.LINK, "q", "cite")]),
        ("<a href=a>b</a><area href=c>", [("a", Kind.LINK, "a", "href"), ("c", Kind.LINK, "area", "href")]),
        ("<a href='#a'>b</a><a name=c>d</a><a href=''>e</a>", []),
        ("<img src=''><img src='#'>", []),
        ("<!-- <img src=a> --><script>'<img src=b>'</script>", []),
        ("<textarea><img src=a></textarea>", []),
    ],
)  # fmt: skip
def test_where_urls_stand(html: str, expected: list[tuple[str, Kind, str, str]]) -> None:
    """Every place that the tables name gives a link, of its kind; others give none."""
    assert _links(html) == expected


def test_every_place_is_a_link_of_its_own() -> None:
    """The same address in two places is two links."""
    assert len(_links("<img src=a><img src=a srcset=a>")) == 3


def test_base_is_obeyed() -> None:
    """References are resolved against the first base with an address, itself resolved."""
    seen = _inspect(
        "<base target=x><base href=/b/><base href=/c/><img src=d.png><a href='//e.example/#f'>g</a>"
    )
    assert [link.url for link in seen.links] == ["https://blog.example/b/d.png", "https://e.example/"]


def test_what_cannot_be_resolved_stays_written() -> None:
    """An address that is none keeps its wording and has no URL."""
    assert ("http://[", None) == (_only("<img src='http://['>").written, _only("<img src='http://['>").url)


def test_data_urls_are_kept_without_their_data() -> None:
    """The octets of a ``data:`` URL stand in the page and not again in the link."""
    link = _only(f"<img src='data:image/png;base64,{'A' * 5000}'>")
    assert ["data:image/png;base64,", 65] == [link.url, len(link.written)]


def test_an_endless_address_is_a_problem() -> None:
    """An address longer than any server takes is kept cut, without URL, and named."""
    seen = _inspect(f"<img src='/{'a' * 40_000}'>")
    assert [None, ["links.too-long"]] == [seen.links[0].url, [problem.code for problem in seen.problems]]


def test_lines_are_those_of_the_start_tags() -> None:
    """Each link has the line of its element, in any kind of line end; in a style sheet, of the construct."""
    html = (
        "<p>\n<!-- <img src=a> -->\r\n<img\n src=a>\r<a title='>' href='b?c&amp;d'>x</a><img src=a>\n"
        "<style>\n\na{b:url(e)}</style>\n<script>'<img src=a>'</script><img src=a>"
    )
    assert [(link.written, link.line) for link in _inspect(html).links] == [
        ("a", 3),
        ("b?c&d", 5),
        ("a", 5),
        ("e", 8),
        ("a", 9),
    ]


def test_a_file_in_data_has_a_line_of_its_own() -> None:
    """A file of a site builder's host is listed after other addresses, with the line that it stands in."""
    html = (
        '<script type="application/json">\n{"a":"ugd/11062b_abc.pdf",\n"b":\n"https://b.example/"}</script>'
    )
    assert [("https://b.example/", 4), ("/_files/ugd/11062b_abc.pdf", 2)] == [
        (link.written, link.line) for link in _inspect(html).links
    ]


def test_texts_are_what_the_reader_sees() -> None:
    """A link's text is its own, or its label; a picture's its alternative."""
    seen = _inspect("<a href=a>  b <b>c</b>\n</a><a href=d aria-label=e></a><img src=f alt=g>")
    assert [link.text for link in seen.links] == ["b c", "e", "g"]


def test_guesses_are_marked() -> None:
    """What only scripts of unknown kind read is speculative; lazy pictures are not."""
    seen = _inspect("<img data-src=/a.png><img data-pin-media=/b.png><div data-src=/c.png></div>")
    assert [link.speculative for link in seen.links] == [False, True, True]


# File widgets

_NAME = "a-russian-leg….pdf"


@pytest.mark.parametrize(
    "widget",
    [
        f"<a href=/ugd/1f download><span>{_NAME}</span><br><span>Download • 717KB</span></a>",
        f"<a class=file href=/ugd/1f><div>{_NAME}</div><div>Download • 717KB</div></a>",
        f"<div class='file-block'><span>{_NAME}</span><span>717KB</span><a href=/ugd/1f>↓</a></div>",
        f"<div data-hook='file-viewer'>{_NAME}<p>717KB</p><p><a href=/ugd/1f>Download</a></p></div>",
        f"<a href=/ugd/1f aria-label='Download {_NAME} 717KB'></a>",
        f"<div role=button data-href=/ugd/1f>{_NAME} Download • 717KB</div>",
    ],
)
def test_a_file_widget_with_an_address_is_a_document(widget: str) -> None:
    """However a site builder writes it, the widget's link is a document with the size that it states."""
    link = _only(widget)
    assert [Kind.DOCUMENT, "https://blog.example/ugd/1f", (716_500, 717_499), False] == [
        link.kind,
        link.url,
        link.stated_bytes,
        link.speculative,
    ]


@pytest.mark.parametrize(
    "widget",
    [
        f"<div role=button tabindex=0><span>{_NAME}</span><span>Download • 717KB</span></div>",
        f"<button><span>{_NAME}</span> 717KB</button>",
        f"<a role=button>{_NAME} Download 717KB</a>",
        f"<a href='javascript:void(0)' download>{_NAME} 717KB</a>",
        f"<div role=button>{_NAME} 717KB <div role=button>Download</div></div>",
    ],
)
def test_a_file_widget_without_an_address_is_a_document_without_url(widget: str) -> None:
    """A button that says it downloads a file of a size, and has no address, is a document to be missed."""
    documents = [link for link in _inspect(widget).links if link.kind is Kind.DOCUMENT]
    assert [(None, (716_500, 717_499))] == [(link.url, link.stated_bytes) for link in documents]
    assert _NAME in documents[0].text


@pytest.mark.parametrize(
    "html",
    [
        "<button>Download</button>",
        "<div role=button>Menu</div>",
        f"<a href=/x.pdf><div role=button>{_NAME} 717KB</div></a>",
        f"<div role=button><a href=/x.pdf>{_NAME} 717KB</a></div>",
    ],
)
def test_other_buttons_are_nothing_to_be_missed(html: str) -> None:
    """A button without a size, or one that a real link is in or around, is no document of its own."""
    assert [link.url for link in _inspect(html).links if link.element in {"button", "div"}] == []


@pytest.mark.parametrize(
    ("anchor", "kind", "speculative"),
    [
        ("<a href=/x.pdf>x</a>", Kind.DOCUMENT, False),
        ("<a href=/x type=application/pdf>x</a>", Kind.DOCUMENT, False),
        ("<a href=/x download>x</a>", Kind.DOCUMENT, False),
        ("<a href=/x title='Annual report (PDF)'>x</a>", Kind.DOCUMENT, False),
        ("<a href=/x>Herunterladen</a>", Kind.DOCUMENT, True),
        ("<a href=/x>Download our app today</a>", Kind.DOCUMENT, True),
        ("<a href=/x>x</a>", Kind.LINK, False),
        ("<a href='mailto:x@y.example' title='x.pdf'>x</a>", Kind.LINK, False),
        ("<div class=profile><a href=/x>x</a></div>", Kind.LINK, False),
    ],
)
def test_anchors_to_documents(anchor: str, kind: Kind, speculative: bool) -> None:  # noqa: FBT001 - a fact
    """Extension, type, download and clear words tell a document; a download word alone is a guess."""
    link = _only(anchor)
    assert [kind, speculative] == [link.kind, link.speculative]


# The founding page's shape, in our own words

_LD = {
    "@context": "https://schema.org",
    "@graph": [
        {"@type": "WebSite", "name": "Otto's Notes"},
        {
            "@type": ["BlogPosting"],
            "headline": "A Legion Far from Home",
            "author": [{"@type": "Person", "name": "Otto Owner"}],
            "publisher": {"@type": "Organization", "name": "Otto's Notes"},
            "datePublished": "2023-05-06T07:08:09Z",
            "inLanguage": "en",
        },
    ],
}
_POST = f"""<!doctype html>
<html lang=en><head><meta charset=utf-8><title>A Legion Far from Home | Otto's Notes</title>
<meta name=author content="Otto Owner"><meta property="og:title" content="A Legion Far from Home">
<meta property="article:author" content="Otto Owner"><meta name=generator content="A Site Builder">
<link rel=canonical href="/post/a"><meta name=description content="About a legion.">
<script type="application/ld+json">{json.dumps(_LD)}</script>
<script type="application/ld+json">not json</script></head>
<body><header><nav><a href=/>Home</a><span>By Nav Igation</span></nav></header>
<main><div class=meta><span>Otto Owner</span>
· <time datetime="2023-05-06T07:08:09Z">May 6, 2023</time> · 5 min read</div>
<article><h1>A Legion Far from Home</h1>
<p>By Otto Owner</p>
<p>By Jane Roe, Staff Writer<br>The Evening Chronicle, March 14, 1998</p>
<p>By Monday, the legion had gone. It was a long march, and nobody had thought of boots.</p>
<figure><img src=/m/a.jpg alt=Boots><figcaption>By Phil Photographer</figcaption></figure>
</article><div class=comments><p>By Carl Commenter</p></div></main>
<footer>35 views 0 comments</footer></body></html>"""


def test_reporter_and_print_date_stand_beside_the_owner() -> None:
    """The body's byline and print date are claims beside the metadata's, and are chosen for display."""
    seen = _inspect(_POST)
    chosen = {name: seen.claims[index] for name, index in choose(seen.claims).items()}
    assert ["Jane Roe, Staff Writer", "text", "Jane Roe"] == [
        chosen["byline"].value,
        chosen["byline"].source,
        chosen["byline"].normal,
    ]
    assert ["The Evening Chronicle, March 14, 1998", "1998-03-14"] == [
        chosen["printed"].value,
        chosen["printed"].normal,
    ]
    assert {
        "title": "A Legion Far from Home",
        "owner": "Otto Owner",
        "published": "2023-05-06T07:08:09Z",
    } == {name: chosen[name].value for name in ("title", "owner", "published")}
    assert chosen["canonical"].normal == _URL
    assert [
        ("json-ld", "Otto Owner"),
        ("meta", "Otto Owner"),
        ("og", "Otto Owner"),
        ("text", "Otto Owner"),
    ] == [
        (claim.source, claim.value)
        for claim in seen.claims
        if claim.name == "byline" and "Otto" in claim.value
    ]
    assert not any("Comment" in claim.value or "Photo" in claim.value for claim in seen.claims)


def test_places_name_the_element() -> None:
    """A claim from the text says where it stood, as a path."""
    (claim,) = [claim for claim in _inspect(_POST).claims if claim.normal == "Jane Roe"]
    assert claim.place == "body > main > article > p"


def test_facts() -> None:
    """Encoding, doctype, language, generator, text and link counts are facts."""
    facts = dict(_inspect(_POST, None).facts)
    assert facts.pop("text_chars") == 293
    assert facts == {
        "charset": "utf-8",
        "charset_source": "meta",
        "doctype": "html",
        "lang": "en",
        "generator": "A Site Builder",
        "links": {"alternate": 1, "image": 1, "link": 1},
        "shell": {"lazy": 0, "roots": [], "scripts": 0},
    }


def test_microdata_and_rel_author() -> None:
    """Microdata and ``rel=author`` make claims too."""
    seen = _inspect("<p itemprop=author><b itemprop=name>Jane Roe</b></p><a rel=author href=x>Jo</a>"
                    "<meta itemprop=datePublished content=1998-03-14>")  # fmt: skip
    assert [(claim.name, claim.value, claim.source) for claim in seen.claims] == [
        ("byline", "Jo", "link"),
        ("byline", "Jane Roe", "microdata"),
        ("published", "1998-03-14", "microdata"),
    ]


def test_encodings_and_their_faults() -> None:
    """A page that is not valid in its encoding is read, and that is said."""
    seen = _inspect(b"<img src=\xff>", "utf-8")
    assert ["html.undecodable"] == [problem.code for problem in seen.problems]
    assert (
        _inspect("<meta charset=koi8-r><img src=é>".encode("koi8-r", "replace"), None).facts["charset"]
        == "koi8-r"
    )


def test_a_page_past_the_limit_is_cut_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the first part of an enormous page is read, and that is a problem."""
    monkeypatch.setattr(html_page, "_READ_MOST", 20)
    seen = _inspect("<img src=a>" + " " * 30 + "<img src=b>")
    assert [1, ["html.cut"]] == [len(seen.links), [problem.code for problem in seen.problems]]


def test_deep_nesting_is_walked() -> None:
    """Ten thousand elements within each other do not exhaust the stack."""
    seen = _inspect("<div>" * 10_000 + "<img src=a>By Jane Roe")
    assert [1, ["Jane Roe"]] == [len(seen.links), [claim.value for claim in seen.claims]]


_PIECES = st.sampled_from(
    """<a href=x> </a> <a> </div> Download 717KB x.pdf <img srcset=','> <img src=a> <style> </style> url(
    @import <script> </script> <script\ttype=application/ld+json>
    {"@type":"Article","author":[{}]} [[[ <template>
    </template> <iframe\tsrcdoc='<p>'> <!-- --> <svg> </svg> <math> <table> <td\tbackground=b> By\tJane\tRoe
    <div\trole=button> <p\tstyle='url(c)'> March\t14,\t1998 <base\thref=d> <base\thref='http://['> <plaintext>
    <meta\thttp-equiv=refresh\tcontent='0;url='> \0 &amp; < > \" '""".replace("\n", " ").split(" ")
)


@given(st.lists(_PIECES, max_size=25).map(" ".join))
@settings(max_examples=200, deadline=None)
def test_any_soup_is_inspected(html: str) -> None:
    """Whatever the markup, there is an inspection, and all of its text can be written as UTF-8."""
    seen = _inspect(html)
    assert all(isinstance(link.written.encode(), bytes) for link in seen.links)
    choose(seen.claims)


@given(st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_any_octets_are_inspected(data: bytes) -> None:
    """Whatever the octets, there is an inspection."""
    assert "charset" in _inspect(data, None).facts
