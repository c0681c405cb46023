"""
What is the sort-friendly key (SURT) of a URL?

The key under which ``cdxj-indexer`` 1.5 files a capture, so that players find it: the canonical form
of the ``surt`` package 0.3.1 with its defaults. ``https://www.Example.org/B/?y=2&x=1#f`` becomes
``org,example)/b?x=1&y=2``. The rules are those of the Internet Archive's URL canonicaliser; ours is
written anew as steps over octets, each in time linear in the length of the URL, and held against
the package in tests.
"""

from __future__ import annotations

import contextlib
import re
import string
from typing import Final

__all__ = ["surt"]

# RFC 2396, appendix B, with a scheme of legal characters only.
_URL = re.compile(
    rb"(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#.*)?", re.DOTALL
)
_SCHEME = re.compile(rb"[A-Za-z][A-Za-z0-9+\-.]*:")
_REPEATED = re.compile(rb"\A(https?://)+")
_WWW = re.compile(rb"\Awww\d*\.")
_NUMERIC = re.compile(rb"[1-9][0-9]*(?:\.[0-9]+){0,3}|0[0-7]*(?:\.[0-7]+){0,3}")
_PORTS: Final = {b"http": 80, b"https": 443}
_PORT_MOST: Final = 0xFFFF
_HEX: Final = frozenset(string.hexdigits.encode())
_KEPT: Final = frozenset(
    (string.ascii_letters + string.digits + string.punctuation).replace("#", "").replace("%", "").encode()
)
_ESCAPES: Final = [bytes([octet]) if octet in _KEPT else b"%%%02X" % octet for octet in range(256)]
_PLAIN = re.compile(rb"[!\"$&-~]*")

# Parameters that name a session, in the order in which they are taken out. Each must end its part
# of the query; what stands before it in that part stays.
_SESSION_PARAMETERS: Final = tuple(
    re.compile(pattern + rb"\Z", re.IGNORECASE)
    for pattern in (
        rb"jsessionid=[0-9a-z]{32}",
        rb"phpsessid=[0-9a-z]{32}",
        rb"sid=[0-9a-z]{32}",
        rb"aspsessionid[a-z]{8}=[a-z]{24}",
    )
)
_SESSION_LONGEST: Final = len("aspsessionid") + 8 + 1 + 24
# Path segments that name a session, before the rest of a path to an .aspx file.
_SESSION_SEGMENTS: Final = (
    re.compile(rb"\((?:[a-z]\([0-9a-z]{24}\))+\)", re.IGNORECASE),
    re.compile(rb"\([0-9a-z]{24}\)", re.IGNORECASE),
)


def surt(url: str) -> str:
    """
    Return the key of a URL: ASCII, without white space; ``-`` for an empty one.

    Of a text that has no key (a port that is no number) the text itself is returned, as
    ``cdxj-indexer`` does, its white space and control characters escaped.
    """
    if not url:
        return "-"
    try:
        return _key(url.encode()).decode()
    except ValueError:
        return re.sub(r"[\x00-\x20\x7f]", lambda found: f"%{ord(found.group()):02X}", url)


def _key(url: bytes) -> bytes:
    url = re.sub(rb"[\n\r\t]", b"", url.strip())
    if not _SCHEME.match(url):
        url = b"http://" + url
    # "http://https://example.org" is seen in the wild: the last one counts.
    url = _REPEATED.sub(lambda found: found[1], url)
    parts = _URL.fullmatch(url)
    if parts is None:
        raise ValueError("not a URL")
    scheme, authority, path, query = parts[1], parts[2] or b"", parts[3], parts[4] or b""
    host, port = _host_and_port(authority)
    if scheme.startswith(b"http") and path and not host:
        # "http:////example.org/path": a name may be found behind the slashes.
        host, _, path = path.lstrip(b"/").partition(b"/")
        path = b"/" + path
    host = _canonical_host(host, scheme)
    key = b",".join(reversed(host.split(b"."))) if host else scheme + b":"
    if host:
        key += b":%d" % port if port and port != _PORTS.get(scheme.lower(), 0) else b""
        key += b")"
    path = _canonical_path(path, hierarchical=bool(host))
    query = _canonical_query(query)
    if query and not path:
        path = b"/"
    return key + path + (b"?" + query if query else b"")


def _host_and_port(authority: bytes) -> tuple[bytes, int | None]:
    """Return host and port; user information goes, an IPv6 address loses its brackets."""
    name = authority.rstrip(b":").rpartition(b"@")[2]
    before, bracket, inside = name.partition(b"[")
    if bracket:
        host, _, after = inside.partition(b"]")
        port = after.partition(b":")[2]
    else:
        host, _, port = before.partition(b":")
    if not port:
        return host.lower(), None
    number = int(port) if port.isdigit() else -1
    if not 0 <= number <= _PORT_MOST:
        raise ValueError("the port is no number of a port")
    return host.lower(), number


def _canonical_host(host: bytes, scheme: bytes) -> bytes:
    if not host:
        return host
    host = _unescape(host)
    if not host.isascii():
        with contextlib.suppress(UnicodeError):  # then it stays as it is and is escaped below
            host = host.decode("utf-8", "ignore").encode("idna")
    host = host.replace(b"..", b".").strip(b".")
    host = _dotted(host) or _escape(host.lower()).lower()
    if scheme != b"dns":
        host = _WWW.sub(b"", host)
    return host


def _dotted(host: bytes) -> bytes | None:
    """Return a host that is one number, or up to four with dots, as an IPv4 address in four parts."""
    if host.isdigit():
        return _quad(int(host) & 0xFFFFFFFF)
    if _NUMERIC.fullmatch(host) is None:
        return None
    try:
        parts = [int(part, 8 if part.startswith(b"0") and part != b"0" else 10) for part in host.split(b".")]
    except ValueError:
        return None
    *heads, last = parts
    if any(head > 0xFF for head in heads) or last >= 1 << 8 * (4 - len(heads)):  # noqa: PLR2004 - octets
        return None
    number = last
    for at, head in enumerate(heads):
        number |= head << 8 * (3 - at)
    return _quad(number)


def _quad(number: int) -> bytes:
    return b".".join(b"%d" % octet for octet in number.to_bytes(4, "big"))


def _canonical_path(path: bytes, *, hierarchical: bool) -> bytes:
    path = _unescape(path)
    if hierarchical:
        path = _without_dots(path)
    path = _escape(path).lower()
    if b".aspx" in path:
        for pattern in _SESSION_SEGMENTS:
            path = _without_session(path, pattern)
    return path[:-1] if path.endswith(b"/") and len(path) > 1 else path


def _without_dots(path: bytes) -> bytes:
    """Return a path without dot and empty segments; ``..`` at the root stays until another removes it."""
    if not path:
        return b"/"
    kept: list[bytes] = []
    for segment in path.split(b"/")[1:]:
        if segment == b".." and kept:
            kept.pop()
        elif segment != b".":
            kept.append(segment)
    if not kept:
        return b"/"
    return b"/" + b"".join(segment + b"/" for segment in kept[:-1] if segment) + kept[-1]


def _without_session(path: bytes, pattern: re.Pattern[bytes]) -> bytes:
    """
    Return a path without its last session segment that stands before an ``.aspx`` file.

    Walked from the right, with what is known of the text behind each segment: whether ``.aspx``
    comes, after one octet at least, before any question mark.
    """
    segments = path.split(b"/")
    found = anywhere = False  # .aspx before a "?": after one octet; from the first octet on
    for at in range(len(segments) - 1, 0, -1):
        segment = segments[at]
        if found and pattern.fullmatch(segment):
            return b"/".join(segments[:at] + segments[at + 1 :])
        head, mark, _ = segment.partition(b"?")
        found = head.find(b".aspx", 1) >= 0 or (not mark and anywhere)
        anywhere = found or head.startswith(b".aspx")
    return path


def _canonical_query(query: bytes) -> bytes:
    if not query:
        return query
    query = _escape(_unescape(query))
    for pattern in _SESSION_PARAMETERS:
        query = _without_parameter(query, pattern)
    parts = _without_cold_fusion(query).lower().split(b"&")
    parts.sort(key=lambda part: tuple(part.split(b"=", 1)))
    return b"&".join(parts)


def _without_parameter(query: bytes, pattern: re.Pattern[bytes]) -> bytes:
    """Return a query without the last parameter that the pattern finds at the end of a part."""
    end = len(query)
    while end >= 0:
        start = query.rfind(b"&", 0, end) + 1
        found = pattern.search(query, max(start, end - _SESSION_LONGEST), end)
        if found:
            return query[: found.start()] + query[end + 1 :]
        end = start - 1
    return query


def _without_cold_fusion(query: bytes) -> bytes:
    """Return a query without the last pair ``cfid=...&cftoken=...``."""
    parts = query.split(b"&")
    for at in range(len(parts) - 2, -1, -1):
        token = parts[at + 1].lower()
        where = parts[at].lower().rfind(b"cfid=", 0, len(parts[at]) - 1)
        if where >= 0 and token.startswith(b"cftoken=") and len(token) > len(b"cftoken="):
            before = b"&".join([*parts[:at], parts[at][:where]])
            return before + b"&".join(parts[at + 2 :])
    return query


def _escape(text: bytes) -> bytes:
    """Return octets with controls, space, ``#``, ``%`` and all beyond ASCII as ``%XX``."""
    if _PLAIN.fullmatch(text):
        return text
    return b"".join([_ESCAPES[octet] for octet in text])


def _unescape(text: bytes) -> bytes:
    """
    Return octets with ``%XX`` undone until none is left.

    One pass over a stack: two escapes never share an octet, so their order does not matter, and
    what one of them makes (a ``%``, a digit) is looked at again with what stands before it.
    """
    if b"%" not in text:
        return text
    made = bytearray()
    for octet in text:
        made.append(octet)
        while len(made) > 2 and made[-3] == 0x25 and made[-2] in _HEX and made[-1] in _HEX:  # noqa: PLR2004
            made[-3:] = bytes([int(made[-2:], 16)])
    return bytes(made)
