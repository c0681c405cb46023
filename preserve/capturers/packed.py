"""What is packed in a ZIP file, and can all of it be taken out?"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from preserve.model.inspection import Content, Inspection

__all__ = ["PackedCapturer"]

_FORMATS = {
    "application/epub+zip": "EPUB",
    "application/java-archive": "JAR",
    "application/vnd.oasis.opendocument.graphics": "ODG",
    "application/vnd.oasis.opendocument.presentation": "ODP",
    "application/vnd.oasis.opendocument.spreadsheet": "ODS",
    "application/vnd.oasis.opendocument.text": "ODT",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "PPTX",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "XLSX",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "DOCX",
    "application/zip": "ZIP",
}


class PackedCapturer:
    """Reads the directories of ZIP files, and what office documents and books in them state of themselves."""

    name = "packed"
    media_types = frozenset(_FORMATS)

    def inspect(self, content: Content) -> Inspection:
        """Return the facts and problems of a ZIP file. Never raises for what is in it."""
        from preserve.capturers.packed_reading import read  # noqa: PLC0415 - only where it is needed

        return read(content, _FORMATS.get(content.media_type, "ZIP"))
