"""Tests of ``preserve.capturers``: the function that workers run, and its answer."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from preserve.capturers import inspect, read_answer
from preserve.errors import JsonSyntaxError
from preserve.model.inspection import Inspection, Json, Problem
from preserve.model.reference import Kind
from preserve.workers.pool import Workers

if TYPE_CHECKING:
    from collections.abc import Iterator


def _asked(media_type: str) -> dict[str, Json]:
    return {"url": "https://a.example/x", "media_type": media_type, "charset": None, "size_bytes": 1}


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    """Yield one worker."""
    with Workers(1, memory_bytes=1 << 30) as made:
        yield made


def test_the_capturer_is_found_by_type() -> None:
    """Each type goes to the capturer that lists it, and what it saw comes back as values."""
    answer = read_answer(inspect(io.BytesIO(b"<a href='y.pdf'>Download 717KB</a>"), _asked("text/html")))
    (link,) = answer.inspection.links
    assert ["html", Kind.DOCUMENT, (716_500, 717_499)] == [answer.capturer, link.kind, link.stated_bytes]


def test_an_unknown_type_is_not_opened() -> None:
    """A type that no capturer is for gives an empty inspection and no name."""
    answer = read_answer(inspect(io.BytesIO(b"x"), _asked("application/wasm")))
    assert ["", Inspection()] == [answer.capturer, answer.inspection]


def test_what_is_no_request_or_answer_is_refused() -> None:
    """An argument or an answer of another shape is an error of ours."""
    with pytest.raises(JsonSyntaxError):
        inspect(io.BytesIO(), {"url": 1})
    with pytest.raises(JsonSyntaxError):
        read_answer([])


def test_logged_words_become_problems(workers: Workers) -> None:
    """What pypdf only logs stands among the problems of the document."""
    out = io.BytesIO()
    Image.new("RGB", (4, 4)).save(out, "PDF")
    head, mark, _ = out.getvalue().rpartition(b"startxref")
    data = head + mark + b"\n3\n%%EOF\n"
    future = workers.submit("preserve.capturers:inspect", _asked("application/pdf"), timeout_s=60, data=data)
    answer = read_answer(future.result())
    assert {"pdf.warning"} == {problem.code for problem in answer.inspection.problems}
    assert answer.inspection.facts["pages"] == 1


def test_an_answer_with_a_log_is_read() -> None:
    """The log beside an answer is folded into one problem a message; empty messages are not."""
    log: Json = [{"logger": "pypdf", "message": "a\n b"}, {"logger": "pypdf", "message": " "}]
    answer = read_answer({"capturer": "pdf", "inspection": {}, "log": log})
    assert answer.inspection.problems == (Problem(code="pdf.warning", message="a b"),)


_LIGHT = """
import base64, io, sys
HEAVY = {"PIL", "defusedxml", "pikepdf", "pygfried", "pypdf", "pypdfium2", "selectolax", "xml.etree"}
def look(stream, argument):
    from preserve.capturers import inspect
    inspect(stream, argument)
    return sorted(HEAVY & set(sys.modules))
"""


def _plain(name: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (4, 4)).save(out, name)
    return out.getvalue()


@pytest.mark.parametrize(
    ("media_type", "data", "imported"),
    [
        ("text/css", b"a{b:url(c)}", []),
        ("image/jpeg", _plain("JPEG"), []),
        ("image/png", _plain("PNG"), []),
        ("image/gif", _plain("GIF"), []),
        ("audio/wav", b"RIFF", []),
        ("font/woff2", b"wOF2", []),
        ("text/plain", b"words", []),
        ("application/json", b"{}", []),
        ("image/bmp", _plain("BMP"), ["PIL"]),
        ("application/zip", b"PK", []),
        ("image/svg+xml", b"<svg/>", ["defusedxml", "xml.etree"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_worker_imports_only_what_it_needs(
    media_type: str,
    data: bytes,
    imported: list[str],
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A worker imports the libraries that its payload needs, and no others."""
    folder = tmp_path_factory.mktemp("light")
    (folder / "light_job.py").write_text(_LIGHT)
    monkeypatch.setattr(sys, "path", [str(folder), *sys.path])
    with Workers(1, memory_bytes=1 << 30) as made:
        job = made.submit("light_job:look", _asked(media_type), timeout_s=60, data=data)
        assert imported == job.result()
