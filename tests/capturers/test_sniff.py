"""Tests of ``preserve.capturers.sniff``."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preserve.capturers.sniff import PREFIX_BYTES, essence, sniff


def _zip(first: str, content: bytes = b"x", *more: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in (first, *more):
            archive.writestr(name, content)
    return out.getvalue()


_ODT = b"application/vnd.oasis.opendocument.text"
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.mark.parametrize(
    ("prefix", "declared", "url", "expected"),
    [
        (b"<!DOCTYPE html><p>", None, "", "text/html"),
        (b"  <p>hello", None, "", "text/html"),
        (b"<!-- x --><html>", "image/png", "", "text/html"),
        (b"<!doctype html>log in", "text/css", "", "text/html"),
        (b"<!doctype html>log in", "application/pdf", "", "text/html"),
        (b"<p>not a whole page", "text/css", "", "text/css"),
        (b"hello", "text/html; charset=utf-8", "", "text/html"),
        (b"<html>", "text/plain", "", "text/plain"),
        (b"\0\1\2\3", "text/html", "", "application/octet-stream"),
        (b"<!DOCTYPE html><title>\0\7</title>", "text/html", "", "text/html"),
        (b"<title>\0\7</title>", "text/html", "", "text/html"),
        (b"<title>\0\7</title>", None, "", "application/octet-stream"),
        (b"\xff\xfe<\0p\0>\0", "text/html", "", "text/html"),
        (b"<\0p\0>\0", "text/html; charset=utf-16le", "", "text/html"),
        (b"\xef\xbb\xbf<html>", None, "", "text/html"),
        (b'<?xml version="1.0"?><svg xmlns="x">', "text/xml", "", "image/svg+xml"),
        (b"<!-- made by hand --><svg>", None, "", "image/svg+xml"),
        (b'<?xml version="1.0"?>' + b"<!--" + b"x" * 2000, "image/svg+xml", "", "image/svg+xml"),
        (b'<?xml version="1.0"?><rss>', "application/xml", "", "application/rss+xml"),
        (b'<?xml version="1.0"?><html xmlns="x">', "application/xhtml+xml", "", "application/xhtml+xml"),
        (b'<?xml version="1.0"?><html xmlns="x">', "text/html", "", "text/html"),
        (b'<?xml version="1.0"?><other>', None, "", "application/xml"),
        (b"%PDF-1.4\n", "text/html", "", "application/pdf"),
        (b"\x01\x02junk" * 100 + b"%PDF-1.4\n", "application/pdf", "", "application/pdf"),
        (b"%!PS-Adobe-3.0", None, "", "application/postscript"),
        (b"\x89PNG\r\n\x1a\n", "image/jpeg", "", "image/png"),
        (b"\xff\xd8\xff\xe0", None, "", "image/jpeg"),
        (b"GIF89a", "text/html", "", "image/gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", None, "", "image/webp"),
        (b"BMW is a maker of cars", None, "", "text/plain"),
        (b"BM" + bytes([1, 2, 3, 4, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0]), None, "", "image/bmp"),
        (b"\0\0\x01\0\x01\0\x20\x20\0\0", None, "", "image/x-icon"),
        (b"II*\0", None, "", "image/tiff"),
        (b"\0\0\0\x1cftypavif\0\0\0\0", None, "", "image/avif"),
        (b"\0\0\0\x1cftypmif1\0\0\0\0miafheic", None, "", "image/heic"),
        (b"\0\0\0\x18ftypmp42", None, "", "video/mp4"),
        (b"\0\0\0\x18ftypM4A \0\0\0\0", None, "", "audio/mp4"),
        (b"ID3\x03\0", None, "", "audio/mpeg"),
        (b"ID3 tags are explained here", None, "", "text/plain"),
        (b"\x1a\x45\xdf\xa3\x01\0\0\0\x42\x82\x84webm", None, "", "video/webm"),
        (b"wOF2\0\x01\0\0", "application/octet-stream", "", "font/woff2"),
        (b"wOFFOTTO", None, "", "font/woff"),
        (b"\0\x01\0\0\0\x0f", None, "", "font/ttf"),
        (bytes(34) + b"LP" + bytes(8), None, "", "application/vnd.ms-fontobject"),
        (b"\x1f\x8b\x08\0", "text/html", "", "application/gzip"),
        (_zip("mimetype", _ODT), None, "", _ODT.decode()),
        (_zip("mimetype", b"application/epub+zip"), None, "", "application/epub+zip"),
        (_zip("[Content_Types].xml", b"x", "word/document.xml"), None, "", _DOCX),
        (_zip("[Content_Types].xml"), _DOCX, "", _DOCX),
        (_zip("a.txt"), "text/html", "", "application/zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/msword", "", "application/msword"),
        (b'{"a": 1}', None, "", "application/json"),
        (b'{"a": 1}', "application/ld+json", "", "application/ld+json"),
        (b"[1] see below", "text/plain", "", "text/plain"),
        (b"a{b:c}", "text/css", "", "text/css"),
        (b"a{b:c}", None, "https://a/x.css?v=1", "text/css"),
        (b"var a", "application/x-javascript", "", "text/javascript"),
        (b"var a", None, "https://a/x.mjs", "text/javascript"),
        (b"words", None, "https://a.css/", "text/plain"),
        (b"words", "nonsense", "", "text/plain"),
        (b"", "text/html", "", "text/html"),
        (b"", None, "", "text/plain"),
    ],
)
def test_type_is_found_by_looking(prefix: bytes, declared: str | None, url: str, expected: str) -> None:
    """Octets decide; a declared type only between text formats, and a name only where nothing else speaks."""
    assert sniff(prefix, declared, url) == expected


@given(st.binary(max_size=PREFIX_BYTES + 10), st.none() | st.text(max_size=40), st.text(max_size=20))
@settings(max_examples=200, deadline=None)
def test_sniff_always_answers(prefix: bytes, declared: str | None, url: str) -> None:
    """Whatever is given, the answer is a lower-case type without parameters."""
    found = sniff(prefix, declared, url)
    assert found == essence(found) != ""
