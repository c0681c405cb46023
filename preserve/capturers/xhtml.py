"""
How is an XHTML page made into one that an HTML parser reads the same way?

A browser reads ``application/xhtml+xml`` with an XML parser: an empty element ends at its own tag
(``<script src="x"/>``), character data may be marked as such, names may have a prefix. The source is
rewritten in those places only and keeps its lines; where it is not well formed a browser stops, and we
read on.
"""

from __future__ import annotations

import html
import re

__all__ = ["as_html"]

# Elements that have no end tag in HTML. HTML Standard 13.1.2.
_VOID = frozenset(
    """area base basefont bgsound br col embed frame hr img input keygen link meta param source track
    wbr""".split()  # noqa: SIM905 - a table of words
)
_RAW = frozenset({"script", "style"})
_PIECE = re.compile(
    r"<!--.*?(?:-->|\Z)|<!\[CDATA\[(?P<data>.*?)(?:\]\]>|\Z)|<\?.*?(?:\?>|\Z)"
    r"|<(?P<end>/?)(?:(?P<prefix>[A-Za-z_][\w.-]*):)?(?P<name>[A-Za-z_][\w.-]*)"
    r"(?P<attributes>(?:[^>\"'/]++|\"[^\"]*\"|'[^']*'|/(?!>))*+)(?P<empty>/?)>",
    re.DOTALL,
)
_HTML = re.compile(r"xmlns:([A-Za-z_][\w.-]*)\s*=\s*[\"']http://www\.w3\.org/1999/xhtml[\"']")


def as_html(source: str) -> str:
    """Return the page as HTML, line for line."""
    prefixes = {found[1] for found in _HTML.finditer(source)}
    out: list[str] = []
    raw, position = "", 0
    for found in _PIECE.finditer(source):
        between = source[position : found.start()]
        position = found.end()
        # The text of scripts and sheets is character data in XML: references in it are undone.
        out.append(html.unescape(between) if raw else between)
        name = found["name"]
        if found["data"] is not None:
            out.append(found["data"] if raw else html.escape(found["data"], quote=False))
        elif name is None:
            out.append("" if raw and found[0].startswith("<!--") else found[0])
        else:
            lower = name.lower() if found["prefix"] in prefixes or not found["prefix"] else ""
            if not raw or (found["end"] and lower == raw):
                out.append(_tag(found, lower))
                raw = lower if lower in _RAW and not (found["end"] or found["empty"]) else ""
            else:
                out.append(found[0])
    out.append(source[position:])
    return "".join(out)


def _tag(found: re.Match[str], lower: str) -> str:
    """Return a tag as HTML has it; one of another vocabulary keeps its prefix."""
    name = found["name"] if lower else f"{found['prefix']}:{found['name']}"
    if found["end"]:
        return f"</{name}>"
    opened = f"<{name}{found['attributes']}>"
    return f"{opened}</{name}>" if found["empty"] and lower not in _VOID else opened
