"""What is wrong with a PDF, and could it be repaired? By qpdf, of the extra ``pdf``."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING

import pikepdf

from preserve.capturers.references import fold
from preserve.formats.schemas import dump_json

if TYPE_CHECKING:
    from typing import BinaryIO

    from preserve.model.inspection import Json

__all__ = ["repair_report"]

_SAID_MOST = 200
_NAME = re.compile(r"stream <[^>]*>")


def repair_report(stream: BinaryIO) -> bytes:
    """
    Return what qpdf says of a document, as JSON; the document is not changed.

    ``opens``: whether it could be opened; ``pages``: how many then; ``warnings``: what it had to mend to
    open and to read all of it; ``problems``: what cannot be mended; ``repairable``: whether a copy that was
    written anew opens without a warning; ``software``.
    """
    report: dict[str, Json] = {
        "schema": "preserve/repair-report/1",
        "software": f"pikepdf {pikepdf.__version__}, qpdf {pikepdf.__libqpdf_version__}",
        "opens": False,
        "pages": None,
        "warnings": [],
        "problems": [],
        "repairable": False,
    }
    try:
        with pikepdf.open(BytesIO(stream.read()), suppress_warnings=True) as document:
            report["opens"] = True
            report["pages"] = len(document.pages)
            out = BytesIO()
            said = document.get_warnings()  # which forgets them
            document.save(out, fix_metadata_version=False)
            said += document.get_warnings()
            report["warnings"] = [_said(each) for each in said[:_SAID_MOST]]
        with pikepdf.open(out, suppress_warnings=True) as again:
            report["repairable"] = not again.get_warnings() and len(again.pages) == report["pages"]
    except (pikepdf.PdfError, pikepdf.PasswordError, RuntimeError, ValueError) as exc:
        report["problems"] = [_said(exc)]
    return dump_json(report)


def _said(words: object) -> str:
    return fold(_NAME.sub("the file", str(words)), 500)
