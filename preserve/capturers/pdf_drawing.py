"""How do the pages of a PDF look? Drawn by PDFium, of the extra ``pdf``."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import pypdfium2

if TYPE_CHECKING:
    from typing import BinaryIO

__all__ = ["thumbnails"]

_PAGES_MOST = 200
_SIDE = 320  # pixels of the longer side


def thumbnails(stream: BinaryIO) -> tuple[list[tuple[str, bytes]], list[str]]:
    """Return a PNG of every page, its longer side 320 pixels, and what could not be drawn."""
    files: list[tuple[str, bytes]] = []
    problems: list[str] = []
    try:
        document = pypdfium2.PdfDocument(stream.read())
    except pypdfium2.PdfiumError as exc:
        return [], [f"The document could not be opened: {exc}"]
    try:
        count = len(document)
        if count > _PAGES_MOST:
            problems.append(f"Only the first {_PAGES_MOST} of {count} pages were drawn.")
        for number in range(min(count, _PAGES_MOST)):
            try:
                files.append((f"page-{number + 1:03d}.png", _drawn(document, number)))
            except (pypdfium2.PdfiumError, ValueError, OSError) as exc:
                problems.append(f"Page {number + 1} could not be drawn: {exc}")
    finally:
        document.close()
    return files, problems


def _drawn(document: pypdfium2.PdfDocument, number: int) -> bytes:
    page = document[number]
    try:
        longer = max(page.get_size())
        picture = page.render(scale=_SIDE / max(longer, 1)).to_pil()
    finally:
        page.close()
    out = BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
