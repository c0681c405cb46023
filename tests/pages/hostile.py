"""
Which pages and style sheets are made to exhaust whoever reads them?

Each is a name, the type it is sent as, and a function that makes it: some are large.
"""

from __future__ import annotations

from collections.abc import Callable

import attrs

__all__ = ["HOSTILE", "Hostile"]

_MIB = 1 << 20


@attrs.frozen(kw_only=True)
class Hostile:
    """One such payload."""

    name: str
    make: Callable[[], bytes]
    media_type: str = "text/html"
    problems: tuple[str, ...] = ()
    """Problems that say what was not looked at, in order; a page within all bounds has none."""


HOSTILE = (
    Hostile(name="a million links", make=lambda: b"<a href=x>" * 1_000_000, problems=("links.too-many",)),
    Hostile(
        name="an attribute of 100 MB",
        make=lambda: b"<img src='" + b"a" * (100 * _MIB) + b"'><img src=b.png>",
        problems=("html.cut",),
    ),
    Hostile(
        name="an address of 20 MB",
        make=lambda: b"<img src='" + b"a" * (20 * _MIB) + b"'><img src=b.png>",
        problems=("links.too-long",),
    ),
    Hostile(
        name="nesting",
        make=lambda: b"<img src=a.png>" + b"<div>" * 1_000_000 + b"<img src=b.png>",
        problems=("html.nested",),
    ),
    Hostile(name="bold", make=lambda: b"<b>" * 500_000 + b"<img src=a.png>", problems=("html.nested",)),
    Hostile(name="buttons in buttons", make=lambda: b"<div role=button>x.pdf 717KB " * 20_000),
    Hostile(name="widgets in widgets", make=lambda: b"<div class=file>x.pdf 717KB <a href=b>" * 20_000),
    Hostile(name="templates in templates", make=lambda: b"<template>" * 20_000 + b"<img src=a.png>"),
    Hostile(name="anchors in a table", make=lambda: b"<table>" + b"<a href=x><tr>" * 30_000),
    Hostile(
        name="a million attributes",
        make=lambda: b"<img " + b" ".join(b"a%d=b" % n for n in range(1_000_000)) + b" src=a.png>",
        problems=("html.attributes",),
    ),
    Hostile(
        name="a srcset of a million",
        make=lambda: b"<img srcset='" + b"a.png 1x," * 1_000_000 + b"'>",
        problems=("html.srcset-cut",),
    ),
    Hostile(name="commas", make=lambda: b"<img srcset='" + b"," * 5_000_000 + b"'>"),
    Hostile(name="an open comment", make=lambda: b"<!--" * 2_000_000 + b"<img src=a.png>"),
    Hostile(name="open quotes", make=lambda: b"<a b='<a c=\"" * 500_000, problems=("html.attributes",)),
    Hostile(name="open scripts", make=lambda: b"<script><!--<script>" * 400_000, problems=("html.nested",)),
    Hostile(name="less than", make=lambda: b"<" * 10_000_000),
    Hostile(
        name="ampersands",
        make=lambda: b"<a href='" + b"&amp" * 1_000_000 + b"'>" + b"<a href='&lt'>" * 50_000,
        problems=("links.too-long",),
    ),
    Hostile(name="JSON", make=lambda: b"<script type=application/json>" + b'["' * 2_000_000 + b"</script>"),
    Hostile(
        name="JSON-LD",
        make=lambda: b"<script type=application/ld+json>" + b'{"@graph":[' * 80_000 + b"</script>",
    ),
    Hostile(
        name="JSON strings",
        make=lambda: b"<script type=application/json>" + b'"/\\u002f' * 2_000_000 + b"</script>",
    ),
    Hostile(name="code", make=lambda: b"<script>" + b"'.pdf " * 2_000_000 + b"</script>"),
    Hostile(
        name="spaces",
        make=lambda: (
            b"<a href='"
            + b" " * 5_000_000
            + b"x'>"
            + b"<meta http-equiv=refresh content='"
            + b" " * 5_000_000
            + b"'>"
        ),
    ),
    Hostile(name="numbers", make=lambda: b"<a class=file>" + b"1,111" * 1_000_000 + b"</a>"),
    Hostile(name="inline styles", make=lambda: b"<p style='a:url(b)'>" * 100_000),
    Hostile(
        name="XHTML",
        make=lambda: b"<a/>" * 1_000_000 + b"<![CDATA[" * 100_000,
        media_type="application/xhtml+xml",
    ),
    Hostile(name="CSS blocks", make=lambda: b"a{" * 3_000_000, media_type="text/css"),
    Hostile(name="CSS parentheses", make=lambda: b"image-set(" * 500_000, media_type="text/css"),
    Hostile(name="CSS url", make=lambda: b"url(" * 2_000_000, media_type="text/css"),
    Hostile(name="CSS escapes", make=lambda: b"\\75" * 3_000_000 + b"(", media_type="text/css"),
    Hostile(name="CSS comments", make=lambda: b"/*" * 4_000_000, media_type="text/css"),
    Hostile(name="CSS quotes", make=lambda: b"'\"" * 2_000_000, media_type="text/css"),
    Hostile(name="CSS imports", make=lambda: b"@import" * 1_000_000, media_type="text/css"),
    Hostile(name="CSS lines", make=lambda: b"\n'" * 2_000_000, media_type="text/css"),
    Hostile(
        name="CSS links",
        make=lambda: b"url(a)" * 300_000,
        media_type="text/css",
        problems=("links.too-many",),
    ),
    Hostile(
        name="a manifest",
        make=lambda: b'{"icons":' + b"[" * 500_000,
        media_type="application/manifest+json",
        problems=("manifest.unreadable",),
    ),
)
