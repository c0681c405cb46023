"""What does a page refer to, and what does it say about itself?"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from preserve.model.inspection import Content, Inspection

__all__ = ["HtmlCapturer"]


class HtmlCapturer:
    """Opens HTML pages, with selectolax (lexbor), which is imported when the first one is seen."""

    name = "html"
    media_types = frozenset({"text/html", "application/xhtml+xml"})

    def inspect(self, content: Content) -> Inspection:
        """Return the links, claims and facts of a page. Never raises for what is in it."""
        from preserve.capturers.html_page import read_page  # noqa: PLC0415 - only where a page is seen

        return read_page(content)
