"""What is inside a PDF: pages, metadata, embedded images, links, and what is wrong with it?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from preserve.model.inspection import Problem

if TYPE_CHECKING:
    from typing import BinaryIO

    from preserve.model.inspection import Content, Inspection

__all__ = ["PdfCapturer", "framing_problems"]

_HEAD_BYTES = 1024  # ISO 32000-2, annex I: readers look for the header in the first 1024 octets
_TAIL_BYTES = 1024  # and for the end-of-file marker in the last 1024
_HEADER = re.compile(rb"%PDF-[0-9]\.[0-9]")


class PdfCapturer:
    """Opens PDF documents, with pypdf, which is imported when the first one is seen."""

    name = "pdf"
    media_types = frozenset({"application/pdf"})

    def inspect(self, content: Content) -> Inspection:
        """
        Return the facts, links and problems of a document. Never raises for what is in it.

        No reader of PDF sees a flipped octet in a picture or a text: that is what digests are for.
        """
        from preserve.capturers.pdf_reading import read  # noqa: PLC0415 - pypdf takes 20 MB: only where needed

        problems = framing_problems(content.stream)
        content.stream.seek(0)
        return read(content, problems)


def framing_problems(stream: BinaryIO) -> list[Problem]:
    """Return what is wrong with the first and last octets of a document. ISO 32000-2, 7.5.2 and 7.5.5."""
    head = stream.read(_HEAD_BYTES)
    size = stream.seek(0, 2)
    stream.seek(max(0, size - _TAIL_BYTES))
    tail = stream.read(_TAIL_BYTES)
    header = _HEADER.search(head)
    rows = (
        (header is None, "pdf.no-header", "No %PDF- header stands in the first 1024 bytes."),
        (
            header is not None and header.start() > 0,
            "pdf.junk-before-header",
            f"{header.start() if header else 0} bytes stand before the %PDF- header.",
        ),
        (
            b"%%EOF" not in tail,
            "pdf.no-eof",
            "No %%EOF marker stands in the last 1024 bytes: it may be cut short.",
        ),
        (
            b"startxref" not in tail,
            "pdf.no-startxref",
            "The last 1024 bytes do not say where the cross references are.",
        ),
    )
    return [Problem(code=code, message=message) for holds, code, message in rows if holds]
