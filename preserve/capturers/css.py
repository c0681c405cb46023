r"""
Which URLs does a style sheet name?

A scanner of our own over CSS Syntax 3, section 4 (tokens): it leaps from one interesting character to the
next, so that its time is that of one regular expression over the text; tinycss2, which builds every
token, is the oracle of its tests. It reads ``url()``, the strings of ``image-set()``, ``@import`` and the
``src`` of ``@font-face``, and skips comments, strings and the URLs that name nothing to fetch
(``@namespace``, ``@document``). A keyword that is itself spelled with escapes (``u\72l(``) is not seen.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import attrs

from preserve.capturers.charset import decode_css
from preserve.capturers.references import LinkList, link_counts
from preserve.model.inspection import Content, Inspection, Problem
from preserve.model.reference import Kind

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

__all__ = ["CssCapturer", "CssUrl", "scan"]

_COMMENT = r"/\*(?:.*?\*/|.*)"
_STRING = r'"(?:[^"\\\n]++|\\.)*+"?|' + r"'(?:[^'\\\n]++|\\.)*+'?"
_SPACE = r"(?:[\t\n ]|" + _COMMENT + r")*+"
# What can change the meaning of what follows. `\\.` so that an escaped quote opens no string.
_TURN = re.compile(rf"{_COMMENT}|{_STRING}|\\.|@[-\w]+|\(|\}}", re.DOTALL)
_FLAT = re.compile(rf"{_COMMENT}|{_STRING}|\\.|@[-\w]+|\(", re.DOTALL)
_IN_SET = re.compile(rf"{_COMMENT}|{_STRING}|\\.|[()]", re.DOTALL)
_PRELUDE_END = re.compile(rf"(?:{_COMMENT}|{_STRING}|\\.|[^;{{}}])*+", re.DOTALL)
_NAME_BEFORE = re.compile(
    r"(?:(?<![-\w\\\u0080-\U0010ffff])|(?<=<!--))(url|(?:-webkit-)?image-set)\Z", re.IGNORECASE
)
_LONGEST_NAME = len("-webkit-image-set") + 1
_GAP = re.compile(r"[\t\n ]*+")
_GAP_OR_COMMENT = re.compile(_SPACE, re.DOTALL)
_QUOTED = re.compile(_STRING, re.DOTALL)
_UNQUOTED = re.compile(r"(?:[^\"'()\\\x00-\x20\x7f]++|\\[0-9A-Fa-f]{1,6}[\t\n ]?|\\[^\n])*+")
_CLOSED = re.compile(r"[\t\n ]*+(?:\)|\Z)")
_BAD_URL = re.compile(r"(?:[^)\\]|\\.)*+\)?", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:([0-9A-Fa-f]{1,6})[\t\n ]?|(\n)|(.)|\Z)", re.DOTALL)
_CLOSED_STRING = re.compile(r'"(?:[^"\\]++|\\.)*+"|' + r"'(?:[^'\\]++|\\.)*+'", re.DOTALL)
_NEWLINES = re.compile(r"\r\n|[\r\f]")
_FONT_FILE = re.compile(r"\.(?:woff2?|ttf|otf|ttc|eot)(?:[?#]|\Z)", re.IGNORECASE)
_SILENT = frozenset({"@namespace", "@document", "@-moz-document", "@charset"})


@attrs.frozen
class CssUrl:
    """One URL in a style sheet."""

    url: str
    """Escapes undone."""
    construct: str
    """``url``, ``@import`` or ``image-set``."""
    kind: Kind
    offset: int
    """In the preprocessed text (line ends made LF)."""
    media: str = ""
    """What follows the URL of an ``@import``: layer, supports, media query."""


class CssCapturer:
    """Opens style sheets."""

    name = "css"
    media_types = frozenset({"text/css"})

    def inspect(self, content: Content) -> Inspection:
        """Return the links of a style sheet, each with its line, and how it was decoded."""
        decoded = decode_css(content.stream.read(), content.charset)
        text = preprocess(decoded.text)
        links = LinkList(content.url)
        line, counted = 1, 0
        for found in scan(text):
            if links.overflowed:
                break
            line += text.count("\n", counted, found.offset)
            counted = found.offset
            links.add(
                found.url, found.kind, element="css", attribute=found.construct, line=line, text=found.media
            )
        problems = [*links.problems]
        if decoded.replaced:
            message = f"{decoded.replaced} places of the style sheet are not valid {decoded.charset}."
            problems.append(Problem(code="css.undecodable", message=message))
        return Inspection(
            facts={
                "charset": decoded.charset,
                "charset_source": decoded.source,
                "links": link_counts(links.links),
            },
            links=tuple(links.links),
            problems=tuple(problems),
        )


def preprocess(text: str) -> str:
    """Return the text with every line end made LF and NUL made U+FFFD. CSS Syntax 3, section 3.3."""
    return _NEWLINES.sub("\n", text).replace("\0", "\ufffd")


def scan(text: str) -> Iterator[CssUrl]:
    """
    Yield every URL of a style sheet or of a ``style`` attribute, in order.

    Args:
        text: Preprocessed. URLs that are empty, or only a fragment (``#filter``), are left out.
    """
    position, font, escaped = 0, False, -1
    while found := (_TURN if font else _FLAT).search(text, position):
        position = found.end()
        token = found[0]
        if token == "(":  # noqa: S105 - a parenthesis, not a password
            position = yield from _function(text, position, font=font, escaped=escaped)
        elif token[0] == "@":
            font = font or token.lower() == "@font-face"
            position = yield from _at_rule(text, position, token.lower())
        elif token == "}":  # noqa: S105 - a brace
            font = False
        elif token[0] == "\\":
            escaped = position


def _function(text: str, position: int, *, font: bool, escaped: int) -> Generator[CssUrl, None, int]:
    """Yield the URLs of a function that has any; ``escaped`` is where the last escape ended."""
    named = _NAME_BEFORE.search(text, max(0, position - 1 - _LONGEST_NAME), position - 1)
    if named is None or named.start() == escaped:  # there the escape began the name
        return position
    if named[1].lower() == "url":
        url, position = _url(text, position)
        yield from _made(url, "url", _kind(url, font=font), named.start())
        return position
    return (yield from _image_set(text, position))


def _at_rule(text: str, position: int, keyword: str) -> Generator[CssUrl, None, int]:
    if keyword == "@import":
        return (yield from _import(text, position))
    return _skip(_PRELUDE_END, text, position) if keyword in _SILENT else position


def _kind(url: str, *, font: bool) -> Kind:
    return Kind.FONT if font or _FONT_FILE.search(url) else Kind.IMAGE


def _made(url: str, construct: str, kind: Kind, offset: int, media: str = "") -> Iterator[CssUrl]:
    bare = url.strip("\t\n ")
    if bare and not bare.startswith("#"):
        yield CssUrl(bare, construct, kind, offset, media)


def _url(text: str, position: int) -> tuple[str, int]:
    """Read what follows ``url(``: the URL (empty if the token is bad) and where to go on. Section 4.3.6."""
    start = _skip(_GAP, text, position)
    quoted = _QUOTED.match(text, start)
    if quoted:
        return _string(quoted), quoted.end()
    end = _skip(_UNQUOTED, text, start)
    closed = _CLOSED.match(text, end)
    if closed:
        return _unescape(text[start:end]), closed.end()
    return "", _skip(_BAD_URL, text, end)


def _image_set(text: str, position: int) -> Generator[CssUrl, None, int]:
    """Yield the strings and URLs that stand directly in ``image-set(``. CSS Images 4, section 2.4."""
    depth = 1
    while depth and (found := _IN_SET.search(text, position)):
        position = found.end()
        token = found[0]
        if token == ")":  # noqa: S105 - a parenthesis
            depth -= 1
        elif token == "(":  # noqa: S105 - a parenthesis
            named = _NAME_BEFORE.search(text, max(0, position - 1 - _LONGEST_NAME), position - 1)
            if named and named[1].lower() == "url":
                url, position = _url(text, position)
                yield from _made(url, "image-set", Kind.IMAGE, named.start())
                depth += text[position - 1] != ")"
            else:
                depth += 1
        elif token[0] in "\"'" and depth == 1:
            yield from _made(_string(found), "image-set", Kind.IMAGE, found.start())
    return position


def _import(text: str, position: int) -> Generator[CssUrl, None, int]:
    """Yield what an ``@import`` names. CSS Cascade 5, section 2."""
    start = _skip(_GAP_OR_COMMENT, text, position)
    quoted = _QUOTED.match(text, start)
    if quoted:
        url, end = _string(quoted), quoted.end()
    elif text[start : start + 4].lower() == "url(":
        url, end = _url(text, start + 4)
        closed = _CLOSED.match(text, end) if text[end - 1] in "\"'" else None
        end = closed.end() if closed else end
    else:
        return position
    after = _skip(_PRELUDE_END, text, end)
    media = " ".join(re.sub(_COMMENT, " ", text[end:after], flags=re.DOTALL).split())
    yield from _made(url, "@import", Kind.STYLE, start, media[:200])
    return after


def _string(found: re.Match[str]) -> str:
    """Return a string token's value; empty for one that a line end breaks off. Section 4.3.5."""
    token = found[0]
    if _CLOSED_STRING.fullmatch(token):
        return _unescape(token[1:-1])
    return _unescape(token[1:]) if found.end() == len(found.string) else ""


def _unescape(text: str) -> str:
    """Undo escapes. CSS Syntax 3, section 4.3.7."""
    return _ESCAPE.sub(_escaped, text) if "\\" in text else text


def _escaped(found: re.Match[str]) -> str:
    if found[1]:
        code = int(found[1], 16)
        good = 0 < code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF  # noqa: PLR2004 - Unicode's own bounds
        return chr(code) if good else "\ufffd"
    return found[3] or ""


def _skip(pattern: re.Pattern[str], text: str, position: int) -> int:
    matched = pattern.match(text, position)
    return matched.end() if matched else position
