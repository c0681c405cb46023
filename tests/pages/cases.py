"""All cases."""

from __future__ import annotations

from tests.pages import documents, images, words

__all__ = ["CASES"]

CASES = (*images.CASES, *words.CASES, *documents.CASES)
