"""Tests of ``preserve.demo.document``."""

from __future__ import annotations

import io
import subprocess
from typing import TYPE_CHECKING, cast

import pytest
from PIL import Image
from pypdf import PdfReader

from preserve.demo.document import PAGES, booklet, illustration

if TYPE_CHECKING:
    from pathlib import Path

    from pypdf.generic import DictionaryObject, StreamObject


def test_nine_pages_with_text() -> None:
    """A strict reader finds nine pages, each with its heading and entries."""
    reader = PdfReader(io.BytesIO(booklet()), strict=True)
    assert 9 == len(reader.pages) == len(PAGES)
    for page, written in zip(reader.pages, PAGES, strict=True):
        read = " ".join(page.extract_text().split())
        assert written.heading in read
        for when, what in written.entries:
            assert when in read
            assert what in read


def test_pictures_as_drawn() -> None:
    """The pictures stand in it as the JPEG files they are, not coded again."""
    reader = PdfReader(io.BytesIO(booklet()))
    streams = []
    for page in reader.pages:
        things = cast("DictionaryObject", cast("DictionaryObject", page["/Resources"]).get("/XObject", {}))
        # The stream as it stands; get_data would decode it.
        streams += [cast("StreamObject", thing.get_object())._data for thing in things.values()]  # noqa: SLF001
    assert [illustration(page.scene) for page in PAGES if page.scene] == streams
    assert len(streams) >= 4
    for stream in streams:
        with Image.open(io.BytesIO(stream)) as image:
            image.load()
            assert "JPEG" == image.format


def test_same_bytes_again() -> None:
    """Made again, the document has the same bytes: no date, no random identifier."""
    first = booklet()
    booklet.cache_clear()
    assert first == booklet()
    assert b"CreationDate" not in first


@pytest.mark.needs("pdftoppm")
def test_poppler_draws_every_page(tmp_path: Path) -> None:
    """Poppler draws nine pages without a word of complaint, and none of them is empty."""
    (tmp_path / "b.pdf").write_bytes(booklet())
    done = subprocess.run(
        ["pdftoppm", "-png", "-r", "20", tmp_path / "b.pdf", tmp_path / "page"],
        capture_output=True,
        check=True,
        text=True,
    )
    assert "" == done.stderr
    drawn = sorted(tmp_path.glob("page-*.png"))
    assert 9 == len(drawn)
    for path in drawn:
        with Image.open(path) as image:
            assert image.convert("L").getextrema() != (255, 255)
