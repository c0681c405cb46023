"""Which links does the field Link of a response make?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preserve.capturers.link_field import field_links

URL = "https://a.example/p/page"


def made(*values: str) -> list[tuple[str, str]]:
    """Return kind and URL of each link, shortened by the origin."""
    links = field_links([*values], URL)
    assert {"link"} >= {link.attribute for link in links}
    return [(link.kind.value, str(link.url).removeprefix("https://a.example")) for link in links]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("</a.css>; rel=preload; as=style", [("style", "/a.css")]),
        ("<a.woff2>;rel=preload;as=font;crossorigin;nopush", [("font", "/p/a.woff2")]),
        ("<a.css>; rel=stylesheet", [("style", "/p/a.css")]),
        ("<m.js>; rel=modulepreload", [("script", "/p/m.js")]),
        ("<d.json>; rel=preload; as=fetch", [("data", "/p/d.json")]),
        ("<n.html>; rel=prefetch", [("link", "/p/n.html")]),
        ("<i.png>; REL=Icon", [("icon", "/p/i.png")]),
        ('<c>; rel="alternate canonical"', [("alternate", "/p/c")]),
        ("<//cdn.example>; rel=preconnect, <//cdn.example>; rel=dns-prefetch", []),
        ("<a>; title=x", []),
        ("<a>", []),
        ("<>; rel=self", []),
        ('<a>; rel=next; anchor="#part"', []),
        ("<a>; rel=next; rel=stylesheet", [("link", "/p/a")]),
        ('<x;y,z>; rel=next; title="q\\"u, <o>; rel=icon"', [("link", "/p/x;y,z")]),
        ("<a>; rel=next, junk, , <b>; rel=icon", [("link", "/p/a"), ("icon", "/p/b")]),
        ('<a>; rel="next, <b>; rel=icon', [("link", "/p/a")]),
        ('<b.png>; rel=preload; as=image; imagesrcset="c.png 1x, d.png 2x"',
         [("image", "/p/b.png"), ("image", "/p/c.png"), ("image", "/p/d.png")]),
        ('<https://a.example/wp-json/>; rel="https://api.w.org/"', [("link", "/wp-json/")]),
    ],
)  # fmt: skip
def test_fields(value: str, expected: list[tuple[str, str]]) -> None:
    """Relations decide the kind as they do for elements; what is none of the page's makes no link."""
    assert expected == made(value)


def test_fields_come_in_order() -> None:
    """Each field adds its own; a title becomes the text."""
    assert [("link", "/b"), ("link", "/a")] == made("</b>; rel=next", "</a>; rel=prev")
    (link,) = field_links(['</b>; rel=next; title="To \\\\ and fro"'], URL)
    assert "To \\ and fro" == link.text


@pytest.mark.parametrize("fact", [None, "<a>; rel=next", {"a": 1}, 7])
def test_no_list_makes_no_links(fact: object) -> None:
    """A fact of another shape, as a stranger's package may hold it, makes none."""
    assert [] == field_links(fact, URL)


@given(st.lists(st.text(alphabet='<>;,="\\ arel/', max_size=80), max_size=3))
def test_anything_is_read(values: list[str]) -> None:
    """Whatever is in the fields, what is made of them are links with an address written in them."""
    for link in field_links(values, URL):
        assert any(
            f"{link.written}>" in ">".join(part.strip() for part in value.split(">")) for value in values
        )
