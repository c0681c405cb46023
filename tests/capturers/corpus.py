"""Which files are in the corpus of documents and pictures?"""

from __future__ import annotations

from tests.capturers.corpus_case import Case, argument, inspected
from tests.capturers.corpus_documents import DOCUMENTS
from tests.capturers.corpus_pictures import PICTURES

__all__ = ["CASES", "Case", "argument", "inspected"]

CASES: dict[str, Case] = {f"pdf-{name}": case for name, case in DOCUMENTS.items()} | PICTURES
