"""Tests of ``preserve.capturers.documents``."""

from __future__ import annotations

import pytest

from preserve.capturers.documents import Likely, is_document_url, likely_document, wording


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a/x.pdf", True),
        ("https://a/x.PDF?index=true#page=2", True),
        ("https://a/x.docx", True),
        ("https://a/pdf", False),
        ("https://a/x.pdf/", False),
        ("https://a/x.html?f=y.pdf", False),
    ],
)
def test_extension(url: str, expected: bool) -> None:  # noqa: FBT001 - a fact
    """The path's extension tells a document."""
    assert is_document_url(url) is expected


@pytest.mark.parametrize(
    ("words", "in_widget", "expected"),
    [
        ("Download • 717KB", False, Likely.YES),
        ("a-russian-leg….pdf", False, Likely.YES),
        ("From the Wick Book - nine… .pdf", False, Likely.YES),
        ("Annual report (PDF, in English)", False, Likely.YES),
        ("PDF", False, Likely.YES),
        ("PDF 2 MB", False, Likely.YES),
        ("717KB", False, Likely.NO),
        ("717KB", True, Likely.YES),
        ("Herunterladen", False, Likely.PERHAPS),
        ("Télécharger", True, Likely.YES),
        ("Descargar", False, Likely.PERHAPS),
        ("ダウンロード", False, Likely.PERHAPS),
        ("How to download videos", False, Likely.PERHAPS),
        ("The pdf is no format for notes", False, Likely.PERHAPS),
        (
            "All that has ever been said about how to download anything from anywhere at any time, and why",
            False,
            Likely.NO,
        ),
        ("Read on", True, Likely.NO),
        ("", False, Likely.NO),
    ],
)
def test_wording(words: str, in_widget: bool, expected: Likely) -> None:  # noqa: FBT001 - a fact
    """A size with a word, a file name or a mark is sure; a word alone is a guess."""
    assert wording(words, in_widget=in_widget) is expected


def test_type_and_download_are_sure() -> None:
    """A stated type of a document and a download attribute make a link one."""
    for type_, download in (("application/pdf; x=y", False), ("", True)):
        found = likely_document(url="https://a/b", type_=type_, download=download, words="x", in_widget=False)
        assert found is Likely.YES
