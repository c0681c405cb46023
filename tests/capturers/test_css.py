"""Tests of ``preserve.capturers.css``; tinycss2 is the oracle."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
import tinycss2  # type: ignore[import-untyped]  # it has no types
from hypothesis import given, settings
from hypothesis import strategies as st

from preserve.capturers.css import CssCapturer, preprocess, scan
from preserve.model.inspection import Content
from preserve.model.reference import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SETS = {"image-set", "-webkit-image-set"}
_SILENT = {"namespace", "document", "-moz-document", "charset"}


def _oracle(text: str) -> list[str]:
    """Return the URLs that tinycss2's tokens hold, by the rules of our scanner."""
    return [url.strip("\t\n ") for url in _urls(tinycss2.parse_component_value_list(text)) if _fetched(url)]


def _fetched(url: str) -> bool:
    return bool(url.strip("\t\n ")) and not url.strip("\t\n ").startswith("#")


def _urls(nodes: Iterable[Any], *, strings: bool = False) -> Iterator[str]:
    prelude = ""
    for node in nodes:
        if node.type == "at-keyword":
            prelude = node.lower_value
        elif (node.type == "literal" and node.value == ";") or node.type == "{} block":
            prelude = ""
        if prelude not in _SILENT:
            importing = prelude == "import"
            yield from _named(node, strings=strings or importing)
            # Only what follows the keyword at once is imported.
            if importing and node.type not in {"at-keyword", "whitespace", "comment"}:
                prelude = "charset"


def _named(node: Any, *, strings: bool) -> Iterator[str]:
    if node.type == "url" or (strings and node.type == "string"):
        yield node.value
    elif node.type == "function" and node.lower_name == "url":
        yield from [inner.value for inner in node.arguments if inner.type == "string"][:1]
    elif node.type == "function" and node.lower_name == "src":
        said = [inner for inner in node.arguments if inner.type not in {"whitespace", "comment"}][:1]
        yield from [inner.value for inner in said if inner.type == "string"]
    elif node.type == "function":
        yield from _urls(node.arguments, strings=node.lower_name in _SETS)
    elif node.type in {"{} block", "() block", "[] block"}:
        yield from _urls(node.content)


_SHEETS = (
    "a{background:url(a.png)}",
    "a{background:url( \"a b.png\" ) no-repeat, url('c.png')}",
    '@import "x.css" print;@import url(y.css);@import url("z.css") layer(q) screen and (x:y);b{c:url(d)}',
    '@font-face{font-family:"F";src:local("F"),url(f.woff2) format("woff2"),url("f.eot?#iefix")}b{c:url(x)}',
    'i{background:image-set(url(a.png) 1x, "b.png" 2x, url("c.png") type("image/png") 3x)}j{k:url(l)}',
    'i{background:-webkit-image-set("a" 1x, linear-gradient(red, blue) 2x)}',
    '@namespace url(http://www.w3.org/1999/xhtml);@namespace svg "http://s";a{b:url(c)}',
    '@charset "utf-8";a{b:url(c)}',
    'a{content:"url(no)";/* url(no) */b:url(yes\\29 x)}',
    "my-url(x) xurl(y) URL(z) url(a b) url(#f) url()",
    "a{b:url(c\\\nd)} e{f:url(g)}",
    '.a\\"{b:url(c)} d{e:"f\\"url(g)"}',
    'a{b:"unclosed\nc:url(d)} e{f:url(g)}',
    "a{b:url(c",
    'a{b:url("c',
    "@import 'a",
    "a{b:url(data:image/svg+xml;utf8,%3Csvg%3E)}",
    "/* unclosed url(a)",
    "a{b:url(\u00e9\u4e2d.png)}",
    '@supports (a:b){@media print{c{d:url(e)}}}@page{f:url("g")}',
    "@import/**/'a'/**/;b{c:url(d)}",
    "a{--x:url(b);c:var(--d,url(e))}",
    "<!-- a{b:url(c)} -->",
    "a{b:url( )}c{d:url(\t'e'\n)}",
    r"a{b:u\72l(c);d:\75 rl( 'e' );f:URL\000028g);h:ur\6C(i)}",
    r"@\69mport 'a';@im\70 ort url(b);@\66ont-face{src:u\rl(c)}",
    r".md\:w-1\/2{a:url(b)}.\32 xl\:c{d:url(e)}.f\\g{h:url(i)}",
    r"#url(a) #u\72l(b) 1url(c) 1\75rl(d) \:url(e) \\\:url(f) \31 url(g) a\url(h)",
    "a{b:src('c');d:src(\"e\" x);f:src(var(--g));h:url(i)}@font-face{src:src('j')}",
    "a{--b:url(c);--d:{e:url(f)};--g:image-set('h' 1x)}",
    "a{b:image-set(u\\72l(c) 1x, 'd' 2x)}",
    "a{b:c/d;e:url(//f/g.png)}/**/h{i:url(/*j*/k)}",
    "@imports 'a';@import\n'b';@font-feature-values c{d:url(e)}",
)


@pytest.mark.parametrize("sheet", _SHEETS)
def test_literal_sheets_agree_with_tinycss2(sheet: str) -> None:
    """On sheets as people write them the scanner finds what tinycss2's tokens hold."""
    assert [found.url for found in scan(preprocess(sheet))] == _oracle(sheet)


_PIECES = st.sampled_from(
    [
        "url(a)",
        "url( b )",
        "url('c')",
        'url("d\\"e")',
        "url(f\\29 g)",
        "url(h i)",
        "image-set('j' 1x, url(k) 2x)",
        "rgb(1,2)",
        "f(url(l))",
        "@import 'm';",
        "@import url(n) print;",
        "@namespace p 'q';",
        "@font-face{src:url(r.woff)}",
        "/* url(s) */",
        "'url(t)'",
        '"\\""',
        "\\(",
        "{",
        "}",
        ";",
        ":",
        ",",
        " ",
        "\n",
        "a",
        "-",
        "#b",
        "1px",
        "url",
        "\\'",
        "\\75 rl(v)",
        "u\\72l('w')",
        "\\69",
        "\\",
        "@im\\70ort 'x';",
        "src('y')",
        "@",
        "!important",
        "<!--",
    ]
)


@given(st.lists(_PIECES, max_size=12).map("".join))
@settings(max_examples=200, deadline=None)
def test_pieces_in_any_order_agree_with_tinycss2(sheet: str) -> None:
    """However the pieces of style sheets follow each other, both find the same URLs."""
    assert [found.url for found in scan(preprocess(sheet))] == _oracle(sheet)


@given(st.text("url(){}'\"\\/*@import-set;\n #a", max_size=60))
@settings(max_examples=200, deadline=None)
def test_scan_ends_on_anything(text: str) -> None:
    """Whatever the text, the scan ends, and its offsets go up."""
    offsets = [found.offset for found in scan(preprocess(text))]
    assert offsets == sorted(offsets)


def test_kinds_and_media() -> None:
    """Fonts, imports and images are told apart; an import keeps its media query."""
    sheet = "@import 'a.css' print;@font-face{src:url(b)}c{d:url(e.woff2);f:url(g.png)}"
    assert [(found.kind, found.construct, found.media) for found in scan(sheet)] == [
        (Kind.STYLE, "@import", "print"),
        (Kind.FONT, "url", ""),
        (Kind.FONT, "url", ""),
        (Kind.IMAGE, "url", ""),
    ]


def test_capturer_gives_lines_and_resolves() -> None:
    """Links of a style sheet carry their line and are resolved against its own address."""
    head = b'@charset "windows-1252";\r\n'
    data = head + b"a {\r\n b: url(../c\xe9.png) }\r\rd { e: url(data:image/gif;base64,AAAA) }"
    content = Content(
        url="https://a.example/css/x.css",
        media_type="text/css",
        charset=None,
        size_bytes=len(data),
        stream=io.BytesIO(data),
    )
    seen = CssCapturer().inspect(content)
    assert [(link.line, link.url) for link in seen.links] == [
        (3, "https://a.example/c%C3%A9.png"),
        (5, "data:image/gif;base64,"),
    ]
    assert seen.facts["charset"] == "windows-1252"
    assert seen.facts["links"] == {"image": 2}


def test_undecodable_octets_are_a_problem() -> None:
    """A style sheet with octets that are not UTF-8 is read, and that is said."""
    content = Content(
        url="https://a.example/",
        media_type="text/css",
        charset="utf-8",
        size_bytes=1,
        stream=io.BytesIO(b"\xff"),
    )
    assert [problem.code for problem in CssCapturer().inspect(content).problems] == ["css.undecodable"]
