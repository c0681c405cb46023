"""How is a package cited: what is known of it, and how does each format write that?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from preserve.errors import UsageError
from preserve.model.citation import FORMATS
from preserve.reports.citations.bibtex import bibtex
from preserve.reports.citations.cite import cite
from preserve.reports.citations.csl import csl
from preserve.reports.citations.plain import plain
from preserve.reports.citations.ris import ris

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from preserve.model.citation import Citation

__all__ = ["RENDERERS", "cite", "render_citation"]

RENDERERS: Mapping[str, Callable[[Citation], str]] = dict(
    zip(FORMATS, (plain, bibtex, ris, csl), strict=True)
)
"""By the names of ``model.citation.FORMATS``."""


def render_citation(citation: Citation, name: str = FORMATS[0]) -> str:
    """
    Return a citation in one of the formats, its last line ended.

    Raises:
        UsageError: If there is no such format.
    """
    if name not in RENDERERS:
        raise UsageError(f"{name!r} is no format of citations; there are {', '.join(FORMATS)}.")
    return RENDERERS[name](citation)
