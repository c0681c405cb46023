"""
What is a URL, when are two the same, and what is a page's folder called?

The parser is the WHATWG one (ada-url), because browsers use it and the pages are made for them.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache
from typing import NewType

import ada_url
import attrs

__all__ = [
    "FETCHABLE",
    "Address",
    "UriR",
    "fragmentless",
    "join",
    "normalise",
    "origin",
    "page_folder",
    "parse",
    "plain_join",
    "slug",
]

UriR = NewType("UriR", str)
"""A normalised absolute URL: what ``normalise`` returns. RFC 7089 calls it URI-R."""

FETCHABLE = ("http", "https")

# URL Standard, 1.3: characters that are never encoded. A segment that begins with a dot may have to go.
_PATH = r"(?:/(?!\.)[A-Za-z0-9_~!$&()*+,;=:@.-]*)+(?:\?[A-Za-z0-9_~!$&()*+,;=:@/?.%-]*)?"
_ROOTED = re.compile(rf"(?!//){_PATH}")
# Not a host: what may be a number (the last label has letters only), or Punycode, which has to be valid.
_ABSOLUTE = re.compile(
    rf"https?://(?!(?:[a-z0-9-]*\.)*xn--)(?:[a-z0-9](?:[a-z0-9-]{{0,61}}[a-z0-9])?\.)+[a-z]{{2,63}}{_PATH}"
)
_HOST_MOST = 40
_SLUG_MOST = 80
_HEX = 16


@attrs.frozen(kw_only=True)
class Address:
    """The parts of an absolute URL, named as in the URL Standard, section 6.1."""

    href: str
    protocol: str
    username: str
    password: str
    host: str
    hostname: str
    port: str
    pathname: str
    search: str
    hash: str


@lru_cache(maxsize=1024)
def parse(text: str) -> Address:
    """
    Parse an absolute URL. The latest are remembered: the parts of one are asked for in many places.

    Raises:
        ValueError: If the WHATWG parser refuses it.
    """
    url = ada_url.URL(text)
    href = url.href
    found = _SERIALISED.fullmatch(href)
    if found is None:
        return Address(**{name: getattr(url, name) for name in _PARTS})
    protocol, username, password, hostname, port, pathname, search, fragment = found.groups(default="")
    return Address(
        href=href,
        protocol=protocol,
        username=username,
        password=password,
        host=f"{hostname}:{port}" if port else hostname,
        hostname=hostname,
        port=port,
        pathname=pathname,
        search=search if len(search) > 1 else "",
        hash=fragment if len(fragment) > 1 else "",
    )


def normalise(text: str) -> UriR:
    """
    Return the WHATWG serialisation of an absolute URL, without its fragment.

    Default ports go, host names become lower-case ASCII (IDNA), dot segments are resolved; the
    query is left as it is.

    Raises:
        ValueError: If it is not an absolute URL.
    """
    return fragmentless(parse(text.strip()).href)


def fragmentless(text: str) -> UriR:
    """Return the text up to its first ``#``."""
    return UriR(text.partition("#")[0])


def plain_join(base_origin: str, reference: str) -> UriR | None:
    """
    Resolve a reference that needs no parser: one that the parser would leave as it is.

    That is what most of a page's references are: absolute, with an ordinary host name, or from the root;
    without dot segments, percent-encoding and anything that would be encoded.

    Args:
        base_origin: Scheme, host and port of the base, as ``origin`` gives them; empty: unknown.
        reference: As written, white space stripped.

    Returns:
        What ``join`` returns, or None where the parser has to be asked.
    """
    if reference[:1] == "/":
        return UriR(base_origin + reference) if base_origin and _ROOTED.fullmatch(reference) else None
    return UriR(reference) if _ABSOLUTE.fullmatch(reference) else None


def join(base: str, reference: str) -> UriR | None:
    """Resolve a reference against a base URL, without fragment; None if it cannot be resolved."""
    try:
        return fragmentless(ada_url.join_url(base, reference.strip("\t\n\f\r ")))
    except ValueError:
        return None


def origin(url: str) -> str:
    """Return scheme, host and port of an absolute URL, e.g. ``https://example.org``."""
    parsed = parse(url)
    return f"{parsed.protocol}//{parsed.host}"


def slug(url: str) -> str:
    """
    Return ``<host>-<path>`` in ``[a-z0-9-]``, at most 80 characters, never empty.

    Letters are decomposed (NFKD) and stripped of what is not ASCII; every run of other characters
    becomes one hyphen; the host takes at most 40 characters and the whole is cut at 80. The query
    does not show: the 16 hexadecimal digits beside the slug tell URLs apart.
    """
    parsed = parse(url)
    host = _plain(parsed.hostname)[:_HOST_MOST].strip("-")
    path = _plain(_unquote(parsed.pathname))
    return f"{host}-{path}"[:_SLUG_MOST].strip("-") or "page"


def page_folder(url: str) -> str:
    """Return the folder's name of a page: slug, hyphen, 16 hexadecimal digits of sha256(normalised URL)."""
    normal = normalise(url)
    return f"{slug(normal)}-{hashlib.sha256(normal.encode()).hexdigest()[:_HEX]}"


_PARTS = tuple(field.name for field in attrs.fields(Address))

# What the parser has serialised has only delimiters that delimit, so one look finds the parts; each of them
# asked of the parser is a call across languages, ten for one URL. URL Standard, sections 4.5 and 1.3.
_SERIALISED = re.compile(
    r"(https?:)//(?:([^/?#:@]*)(?::([^/?#@]*))?@)?"
    r"(\[[^\]]*\]|[^/?#:@\[]+)(?::([0-9]+))?(/[^?#]*)(\?[^#]*)?(#.*)?"
)


def _plain(text: str) -> str:
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")


def _unquote(text: str) -> str:
    octets = re.sub(rb"%([0-9A-Fa-f]{2})", lambda found: bytes.fromhex(found[1].decode()), text.encode())
    return octets.decode("utf-8", "replace")
