"""What does somebody need who cites a package?"""

from __future__ import annotations

import attrs

from preserve.model.capture import Verdict

__all__ = ["FORMATS", "Citation", "CitedDocument", "Name"]

FORMATS = ("text", "bibtex", "ris", "csl")
"""The formats that ``preserve cite`` writes, the default first."""


@attrs.frozen(kw_only=True)
class Name:
    """One author."""

    literal: str
    """As the page has it."""
    family: str = ""
    """Empty when the name is not that of a person, or its parts cannot be told."""
    given: str = ""
    particle: str = ""
    """What stands before the family name in lower case: ``de la``, ``von``."""
    suffix: str = ""


@attrs.frozen(kw_only=True)
class CitedDocument:
    """A document that the page links, cited beside it."""

    key: str
    title: str
    """By the document's own metadata, else its file name."""
    name: str
    authors: tuple[Name, ...] = ()
    """By the document's own metadata."""
    url: str
    media_type: str
    size_bytes: int
    digest: str
    pages: int | None = None


@attrs.frozen(kw_only=True)
class Citation:
    """
    A page as its package lets it be cited. Every text is what the page claims, bounded and printable.

    docs/claims.md says by which rule each is chosen.
    """

    package: str
    """Path of the package."""
    key: str
    """``hallam1987lamplighters``: ASCII letters and digits."""
    title: str
    authors: tuple[Name, ...] = ()
    republished: bool = False
    """Whether the text says that the article was printed elsewhere before."""
    printed: bool = False
    """Whether it is cited as what a newspaper printed."""
    publication: str = ""
    """The newspaper, else the site."""
    issued: str = ""
    """When it was first published, as far as the page tells: an ISO day, or month."""
    site: str = ""
    """Of a republished article: who put it on the web."""
    posted: str = ""
    """Of a republished article: when that was, an ISO day."""
    section: str = ""
    """Empty when republished: the metadata have the site's, not the newspaper's."""
    language: str = ""
    licence: str = ""
    url: str
    """Where the page was found, after redirects."""
    captured_at: str
    capture: str
    """Name of the package."""
    software: str
    verdict: Verdict
    reasons: tuple[str, ...] = ()
    """Sentences: why the verdict is not ``complete``; at most three."""
    tagmanifest: str
    """Digest that pins every octet of the package."""
    credits: tuple[str, ...] = ()
    """Makers of the pictures, as the captions have them."""
    disputed: tuple[str, ...] = ()
    """Sentences: where the page does not agree with itself."""
    documents: tuple[CitedDocument, ...] = ()
