r"""
Which URLs does a style sheet name?

A scanner of our own over CSS Syntax 3, section 4 (tokens): one possessive regular expression leaps over
all that cannot name a URL, comments and strings included, and stops only where a function or an at-rule
may; tinycss2, which builds every token, is the oracle of its tests. It reads ``url()``, ``src()``, the
strings of ``image-set()``, ``@import`` and the ``src`` of ``@font-face``, custom properties as well as
others, and skips comments, strings and the URLs that name nothing to fetch (``@namespace``,
``@document``). Escapes are undone everywhere, in keywords too (``u\72l(``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import attrs

from preserve.capturers.charset import decode_css
from preserve.capturers.line_numbers import LineNumbers
from preserve.capturers.references import LinkList, link_counts
from preserve.model.inspection import Content, Inspection, Problem
from preserve.model.reference import Kind

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

__all__ = ["CssCapturer", "CssUrl", "scan"]

_COMMENT = r"/\*(?:.*?\*/|.*)"
_STRING = r'"(?:[^"\\\n]++|\\.)*+"?|' + r"'(?:[^'\\\n]++|\\.)*+'?"
_SPACE = r"(?:[\t\n ]|" + _COMMENT + r")*+"
_ESCAPED = r"\\(?:[0-9A-Fa-f]{1,6}[\t\n ]?|[^\n0-9A-Fa-f])"
# An escape that may spell a letter of a keyword; the others (`\:`, `\32 `) cannot.
_SPELLING = r"0{0,4}[4-7][0-9A-Fa-f]|[g-zG-Z-]"
# What cannot begin anything that names a URL. The functions and keywords that stop it are looked at again.
# Most parentheses are told by the letter before them: no `url(`, `src(` or `image-set(`.
_DULL = "".join(
    (
        r"[^\"'/\\@(%(stop)s]++(?:\((?<![lLcCtT]\()[^\"'/\\@(%(stop)s]*+)*+",
        r"|/\*(?:[^*]++|\*(?!/))*+(?:\*/|\Z)|/",
        "|",
        _STRING,
        rf"|\\(?!{_SPELLING})(?:.|\Z)",
        r"|(?<![uU][rR][lL])(?<![sS][rR][cC])(?<![sS][eE][tT])\(",
        r"|@(?![iI][mM]|[fF][oO][nN]|[nN][aA][mM]|[dD][oO][cC]|[cC][hH]|-[mM][oO][zZ]|\\)",
    )
)
_LEAP = re.compile(f"(?:{_DULL % {'stop': ''}})*+", re.DOTALL)
_LEAP_IN_FONT = re.compile(f"(?:{_DULL % {'stop': '}'}})*+", re.DOTALL)
_IN_SET = re.compile(rf"{_COMMENT}|{_STRING}|\\.|[()]", re.DOTALL)
_PRELUDE_END = re.compile(rf"(?:{_COMMENT}|{_STRING}|\\.|[^;{{}}])*+", re.DOTALL)
_NAME = r"[-\w\u0080-\U0010ffff]"
_NAME_BEFORE = re.compile(
    rf"(?:(?<!{_NAME})(?<![#@])|(?<=<!--)(?:(?<!\\<!--)|(?<=\\\\<!--)))(url|src|(?:-webkit-)?image-set)\Z",
    re.IGNORECASE,
)
_COMMENT_OPEN = re.compile(r"(?<=<!)--(?:(?<!\\<!--)|(?<=\\\\<!--))")  # a token of its own, not of the name
_SPELT_BEFORE = re.compile(rf"(?<!\\)[#@]?(?:{_NAME}|{_ESCAPED})++\Z", re.DOTALL)
_IDENTIFIER = re.compile(rf"@?(?:{_NAME}++|{_ESCAPED})++", re.DOTALL)
_FUNCTIONS = frozenset({"url", "src", "image-set", "-webkit-image-set"})
_LONGEST_NAME = len("-webkit-image-set") + 1
_LONGEST_ESCAPE = len("\\012345 ")
_NAME_WINDOW = 128  # the longest name with every letter spelt as an escape of six digits
_OPENED = re.compile(r"(?:url|src)\(", re.IGNORECASE)
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
    """``url``, ``src``, ``@import`` or ``image-set``."""
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
        lines = LineNumbers(text)
        for found in scan(text):
            if links.overflowed:
                break
            links.add(
                found.url,
                found.kind,
                element="css",
                attribute=found.construct,
                line=lines.at(found.offset),
                text=found.media,
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
    if "\r" in text or "\f" in text:
        text = _NEWLINES.sub("\n", text)
    return text.replace("\0", "\ufffd")


def scan(text: str) -> Iterator[CssUrl]:
    """
    Yield every URL of a style sheet or of a ``style`` attribute, in order.

    Args:
        text: Preprocessed. URLs that are empty, or only a fragment (``#filter``), are left out.
    """
    position, font = 0, False
    while (position := (_LEAP_IN_FONT if font else _LEAP).match(text, position).end()) < len(text):  # type: ignore[union-attr]  # it matches the empty string
        sign = text[position]
        if sign == "(":
            position = yield from _function(text, position, font=font)
        elif sign == "@":
            keyword = _IDENTIFIER.match(text, position)
            position += 1
            if keyword is not None:
                name, position = _unescape(keyword[0]).lower(), keyword.end()
                font = font or name == "@font-face"
                position = yield from _at_rule(text, position, name)
        elif sign == "\\":
            position = yield from _spelt(text, position, font=font)
        else:
            font, position = False, position + 1


def _function(text: str, position: int, *, font: bool) -> Generator[CssUrl, None, int]:
    """Yield the URLs of the function whose parenthesis is at ``position``, if it has any."""
    name, start = _named(text, position)
    if not name:
        return position + 1
    return (yield from _arguments(text, position + 1, name, start, font=font))


def _named(text: str, position: int) -> tuple[str, int]:
    """Return which function's parenthesis is at ``position``, and where its name begins; "" for another's."""
    plain = _NAME_BEFORE.search(text, max(0, position - _LONGEST_NAME), position)
    if plain and "\\" not in text[max(0, plain.start() - _LONGEST_ESCAPE) : plain.start()]:
        return plain[1].lower(), plain.start()
    least = max(0, position - _NAME_WINDOW)
    found = _SPELT_BEFORE.search(text, least, position) if "\\" in text[least:position] else None
    if found is None or "\\" not in found[0]:
        return (plain[1].lower(), plain.start()) if plain else ("", position)
    start = found.start()
    start += 2 * (_COMMENT_OPEN.match(text, start) is not None)
    name = _unescape(text[start:position]).lower()
    return (name, start) if name in _FUNCTIONS else ("", position)


def _spelt(text: str, position: int, *, font: bool) -> Generator[CssUrl, None, int]:
    """Yield the URLs of a function whose name has the escape that is at ``position``."""
    found = _IDENTIFIER.match(text, position)
    if found is None:
        return position + 1
    end = found.end()
    if text[end : end + 1] != "(":
        return end
    return (yield from _function(text, end, font=font))


def _arguments(
    text: str, position: int, name: str, offset: int, *, font: bool
) -> Generator[CssUrl, None, int]:
    if name == "url":
        url, position = _url(text, position)
        yield from _made(url, "url", _kind(url, font=font), offset)
        return position
    if name == "src":
        quoted = _QUOTED.match(text, _skip(_GAP_OR_COMMENT, text, position))
        if quoted is None:
            return position
        url = _string(quoted)
        yield from _made(url, "src", _kind(url, font=font), offset)
        return quoted.end()
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
            name, start = _named(text, position - 1)
            if name == "url":
                url, position = _url(text, position)
                yield from _made(url, "image-set", Kind.IMAGE, start)
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
    elif opened := _OPENED.match(text, start):
        url, end = _url(text, opened.end())
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
