"""What is a reference for, by its kind, and how is it asked for?"""

from __future__ import annotations

import attrs

from preserve.model.reference import Kind, Role

__all__ = ["RULES", "Rule"]


@attrs.frozen(kw_only=True)
class Rule:
    """What a kind of reference means for the capture."""

    role: Role
    accept: str = "*/*"
    """The Accept header a browser sends for it (Fetch Standard, section 4.1, step 12)."""
    suits: tuple[str, ...] = ()
    """Beginnings of the sniffed types that suit it; empty: any but those in ``unsuited``."""
    unsuited: tuple[str, ...] = ()
    order: int = 1
    """Fetched in this order: what leads to more comes first."""


_PAGE = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
_IMAGE = "image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5"
_HTML = ("text/html",)

RULES: dict[Kind, Rule] = {
    Kind.PAGE: Rule(role=Role.PAGE, accept=_PAGE, order=0),
    Kind.STYLE: Rule(role=Role.REQUISITE, accept="text/css,*/*;q=0.1", unsuited=_HTML, order=0),
    Kind.FRAME: Rule(role=Role.REQUISITE, accept=_PAGE, order=0),
    Kind.SCRIPT: Rule(role=Role.REQUISITE, unsuited=_HTML),
    Kind.DOCUMENT: Rule(role=Role.DOCUMENT, accept=_PAGE, unsuited=_HTML),
    Kind.IMAGE: Rule(role=Role.REQUISITE, accept=_IMAGE, suits=("image/",)),
    Kind.ICON: Rule(role=Role.REQUISITE, accept=_IMAGE, suits=("image/",)),
    Kind.FONT: Rule(role=Role.REQUISITE, unsuited=_HTML),
    Kind.MEDIA: Rule(role=Role.REQUISITE, unsuited=_HTML, order=2),
    Kind.DATA: Rule(role=Role.REQUISITE, order=2),
    Kind.LINK: Rule(role=Role.NAVIGATION),
    Kind.ALTERNATE: Rule(role=Role.NAVIGATION),
    Kind.ROBOTS: Rule(role=Role.ROBOTS, accept="text/plain,*/*;q=0.1", unsuited=_HTML, order=2),
}
