"""What may a file do to whoever opens it: bombs, loops, depth, too much of everything?"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import cache
from typing import Any

import attrs
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    StreamObject,
)

from tests.capturers import kinds

__all__ = ["HOSTILE", "HostileFile"]

_MIB = 1 << 20
_BOMB = 382 * _MIB


@attrs.frozen
class HostileFile:
    """One file, and the problem that is recorded; empty where there is none to speak of."""

    make: Callable[[], bytes]
    declared: str
    problem: str
    pixels: bool = False


@cache
def _deflated(size: int, byte: bytes = b"\0") -> bytes:
    """Return so many octets, compressed to a thousandth."""
    packer = zlib.compressobj(6)
    piece = byte * _MIB
    return b"".join([*(packer.compress(piece) for _ in range(size // _MIB)), packer.flush()])


def _laughs(root: str) -> bytes:
    rows = [f'<!ENTITY e{each} "{f"&e{each - 1};" * 10}">' for each in range(1, 10)]
    declared = f'<!ENTITY e0 "ha">{"".join(rows)}'
    return f'<?xml version="1.0"?><!DOCTYPE {root} [{declared}]><{root}>&e9;</{root}>'.encode()


def _png_chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _png(*chunks: bytes, side: int = 1) -> bytes:
    header = _png_chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + _png_chunk(b"IEND", b"")


def _png_bomb() -> bytes:
    """Return 400 million pixels in 400 kB."""
    return _png(_png_chunk(b"IDAT", _deflated(_BOMB)), side=20_000)


def _png_metadata_bomb() -> bytes:
    """Return a pixel with a colour profile and a packet of 382 MiB each."""
    bomb = _deflated(_BOMB)
    return _png(
        _png_chunk(b"iCCP", b"x\0\0" + bomb),
        _png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + bomb),
        _png_chunk(b"IDAT", zlib.compress(b"\0\0")),
    )


def _jpeg(body: bytes) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (16, 16)).save(out, "JPEG")
    return out.getvalue()[:2] + body + out.getvalue()[2:]


def _jpeg_large() -> bytes:
    """Return a JPEG that says it is 65 500 pixels wide and high."""
    data = bytearray(_jpeg(b""))
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", 65_500, 65_500)
    return bytes(data)


def _xmp_laughs() -> bytes:
    body = b"http://ns.adobe.com/xap/1.0/\0" + _laughs("x")
    return _jpeg(b"\xff\xe1" + struct.pack(">H", 2 + len(body)) + body)


def _tiff_bomb() -> bytes:
    """Return a TIFF whose header says 100 000 by 100 000 pixels."""
    out = io.BytesIO()
    Image.new("L", (4, 4)).save(out, "TIFF")
    data = bytearray(out.getvalue())
    start = struct.unpack("<I", data[4:8])[0]
    for entry in range(start + 2, start + 2 + 12 * struct.unpack("<H", data[start : start + 2])[0], 12):
        if bytes(data[entry : entry + 2]) in {b"\0\1", b"\1\1"}:
            data[entry + 2 : entry + 12] = struct.pack("<HII", 4, 1, 100_000)
    return bytes(data)


def _gif_frames() -> bytes:
    """Return a GIF of 65 000 by 65 000 pixels with 20 000 frames."""
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 65_000, 65_000, 0) + b"\2\1\0\0"
    return b"GIF89a" + struct.pack("<HHBBB", 65_000, 65_000, 0x80, 0, 0) + bytes(6) + frame * 20_000 + b";"


def _avif_items() -> bytes:
    """Return an AVIF whose item locations count to a hundred million and take no room."""
    items = b"".join(struct.pack(">HHH", item, 0, 0xFFFF) for item in range(10_000))
    iloc = kinds.box(b"iloc", bytes(4), b"\0\0", struct.pack(">H", 10_000), items)
    return kinds.box(b"ftyp", b"avif\0\0\0\0avif") + kinds.box(b"meta", bytes(4), iloc)


def _pdf(change: Callable[[PdfWriter], None]) -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _stream(data: bytes, *filters: str, **entries: Any) -> StreamObject:
    made = StreamObject()
    made._data = data  # noqa: SLF001 - the only way to a stream that says it is coded
    made[NameObject("/Filter")] = ArrayObject([NameObject(each) for each in filters])
    for name, value in entries.items():
        made[NameObject(f"/{name}")] = value
    return made


def _pdf_metadata_bomb(writer: PdfWriter) -> None:
    bomb = zlib.compress(_deflated(_BOMB))
    packet = _stream(bomb, "/FlateDecode", "/FlateDecode")
    writer.root_object[NameObject("/Metadata")] = writer._add_object(packet)  # noqa: SLF001 - pypdf has no other way


def _pdf_picture_bomb(writer: PdfWriter) -> None:
    picture = _stream(_deflated(_BOMB), "/FlateDecode", Subtype=NameObject("/Image"))
    for name in ("/Width", "/Height"):
        picture[NameObject(name)] = NumberObject(32_768)
    objects = DictionaryObject({NameObject("/I"): writer._add_object(picture)})  # noqa: SLF001 - as above
    writer.pages[0][NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): objects})


def _pdf_parents(writer: PdfWriter) -> None:
    page = writer.pages[0]
    del page[NameObject("/Resources")]
    tree = page["/Parent"]
    assert isinstance(tree, DictionaryObject)
    tree[NameObject("/Parent")] = tree.indirect_reference or NumberObject(0)


def _pdf_fields(writer: PdfWriter) -> None:
    field = DictionaryObject()
    reference = writer._add_object(field)  # noqa: SLF001 - pypdf has no other way
    field[NameObject("/Kids")] = ArrayObject([reference, reference])
    field[NameObject("/T")] = NumberObject(1)
    form = DictionaryObject({NameObject("/Fields"): ArrayObject([reference] * 1000)})
    writer.root_object[NameObject("/AcroForm")] = form


def _plain_pdf(body: bytes) -> bytes:
    return b"%PDF-1.5\n" + body + b"\ntrailer << /Root 1 0 R /Size 9 >>\nstartxref\n0\n%%EOF\n"


_TREE = (
    b"1 0 obj << /Type /Catalog /Pages 2 0 R %s >> endobj\n"
    b"2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj\n"
)
_PAGE = b"3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] %s >> endobj\n"


def _pdf_object_bomb() -> bytes:
    """Return a document whose objects stand in a stream of 382 MiB."""
    bomb = _deflated(_BOMB, b" ")
    held = b"4 0 obj << /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >> stream\n" % len(bomb)
    return _plain_pdf(_TREE % b"" + _PAGE % b"/Resources 8 0 R" + held + bomb + b"\nendstream endobj")


def _pdf_previous() -> bytes:
    """Return a document whose cross references say that they come before themselves."""
    body = b"%PDF-1.4\n" + _TREE % b"" + _PAGE % b""
    table = b"xref\n0 1\n0000000000 65535 f \ntrailer << /Root 1 0 R /Size 4 /Prev %d >>\n"
    table += b"startxref\n%d\n%%%%EOF\n"
    return body + table % (len(body), len(body))


def _zip(name: str, body: bytes, method: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.writestr("word/document.xml", b"")
        with archive.open(name, "w") as member:
            for _ in range(110):
                member.write(body)
    return out.getvalue()


def _zip_overlap() -> bytes:
    """Return a ZIP file of 100 entries that all are one member."""
    data = _zip("x", b"\0" * _MIB, zipfile.ZIP_DEFLATED)
    end = data.rindex(b"PK\5\6")
    start = struct.unpack("<I", data[end + 16 : end + 20])[0]
    last = data[data.rindex(b"PK\1\2") : end]
    directory = data[start:end] + last * 98
    fields = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 100, 100, len(directory), start, 0)
    return data[:start] + directory + fields


def _zip_entries() -> bytes:
    """Return a ZIP file whose directory has 300 000 entries."""
    entry = struct.pack("<4s6H3I5H2I", b"PK\1\2", 20, 20, 0, 0, 0, 33, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"x"
    directory = entry * 300_000
    return (
        b"PK\3\4"
        + bytes(26)
        + directory
        + struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, len(directory), 30, 0)
    )


def _font_overlap() -> bytes:
    """Return a font of 200 tables, all of them the same 4 MiB."""
    entry = struct.pack(">4sIII", b"glyf", 0, 0, 4 * _MIB)
    return b"\0\1\0\0\0\xc8" + bytes(6) + entry * 200 + bytes(4 * _MIB)


_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_CORE = "docProps/core.xml"

HOSTILE: dict[str, HostileFile] = {
    "svg-laughs": HostileFile(lambda: _laughs("svg"), "image/svg+xml", "image.svg-entities"),
    "svg-long-attribute": HostileFile(
        lambda: b'<svg xmlns="http://www.w3.org/2000/svg" d="' + b"x" * (40 * _MIB) + b'"/>',
        "image/svg+xml",
        "",
    ),
    "svg-deep": HostileFile(lambda: b"<svg>" + b"<g>" * 300_000, "image/svg+xml", "image.unreadable"),
    "svg-links": HostileFile(
        lambda: b"<svg>" + b'<a href="x"/>' * 1_000_000 + b"</svg>", "image/svg+xml", "links.too-many"
    ),
    "xml-laughs": HostileFile(lambda: _laughs("r"), "application/xml", "xml.unreadable"),
    "xml-external": HostileFile(
        lambda: b'<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/passwd">]><r>&e;</r>',
        "application/xml",
        "xml.unreadable",
    ),
    "xml-long-attribute": HostileFile(
        lambda: b'<?xml version="1.0"?><r a="' + b"x" * (40 * _MIB) + b'"/>', "application/xml", ""
    ),
    "xml-deep": HostileFile(
        lambda: b"<?xml version='1.0'?>" + b"<a>" * 300_000, "application/xml", "xml.unreadable"
    ),
    "feed-links": HostileFile(
        lambda: b'<?xml version="1.0"?><rss>' + b"<link>/x</link>" * 1_000_000 + b"</rss>",
        "application/rss+xml",
        "links.too-many",
    ),
    "json-deep": HostileFile(lambda: b"[" * (10 * _MIB), "application/json", "json.unreadable"),
    "json-long": HostileFile(
        lambda: b"[" + b"{}," * (20 * _MIB) + b"{}]", "application/json", "json.too-large"
    ),
    "json-number": HostileFile(lambda: b"[" + b"1" * _MIB + b"]", "application/json", "json.unreadable"),
    "png-bomb": HostileFile(_png_bomb, "image/png", ""),
    "png-bomb-pixels": HostileFile(_png_bomb, "image/png", "image.too-large", pixels=True),
    "png-metadata-bomb": HostileFile(_png_metadata_bomb, "image/png", ""),
    "png-chunks": HostileFile(
        lambda: _png(_png_chunk(b"teXt", b"") * 2_000_000), "image/png", "image.damaged"
    ),
    "jpeg-large-pixels": HostileFile(_jpeg_large, "image/jpeg", "image.too-large", pixels=True),
    "jpeg-markers": HostileFile(lambda: _jpeg(b"\xff\xe0\0\2" * 5_000_000), "image/jpeg", "image.damaged"),
    "jpeg-fill": HostileFile(lambda: _jpeg(b"\xff" * (20 * _MIB)), "image/jpeg", ""),
    "jpeg-xmp-laughs": HostileFile(_xmp_laughs, "image/jpeg", ""),
    "tiff-bomb": HostileFile(_tiff_bomb, "image/tiff", "image.too-large"),
    "gif-frames": HostileFile(_gif_frames, "image/gif", ""),
    "gif-frames-pixels": HostileFile(_gif_frames, "image/gif", "image.too-large", pixels=True),
    "avif-items": HostileFile(_avif_items, "image/avif", "image.damaged"),
    "pdf-metadata-bomb": HostileFile(
        lambda: _pdf(_pdf_metadata_bomb), "application/pdf", "pdf.part-unreadable"
    ),
    "pdf-picture-bomb": HostileFile(lambda: _pdf(_pdf_picture_bomb), "application/pdf", ""),
    "pdf-object-bomb": HostileFile(_pdf_object_bomb, "application/pdf", "pdf.warning"),
    "pdf-parents": HostileFile(lambda: _pdf(_pdf_parents), "application/pdf", ""),
    "pdf-fields": HostileFile(lambda: _pdf(_pdf_fields), "application/pdf", ""),
    "pdf-previous": HostileFile(_pdf_previous, "application/pdf", "pdf.warning"),
    "pdf-deep-arrays": HostileFile(
        lambda: _plain_pdf(_TREE % b"" + _PAGE % (b"/Annots " + b"[" * 100_000)),
        "application/pdf",
        "pdf.unreadable",
    ),
    "pdf-deep-dictionaries": HostileFile(
        lambda: _plain_pdf(_TREE % (b"/Names " + b"<< /Dests " * 50_000) + _PAGE % b""),
        "application/pdf",
        "pdf.warning",
    ),
    "pdf-length-of-itself": HostileFile(
        lambda: _plain_pdf(
            _TREE % b"/Metadata 4 0 R"
            + _PAGE % b""
            + b"4 0 obj << /Length 4 0 R >> stream\nx\nendstream endobj"
        ),
        "application/pdf",
        "pdf.warning",
    ),
    "zip-bomb": HostileFile(
        lambda: _zip("x", b"\0" * _MIB, zipfile.ZIP_DEFLATED), "application/zip", "zip.bomb"
    ),
    "zip-overlap": HostileFile(_zip_overlap, "application/zip", "zip.overlap"),
    "zip-entries": HostileFile(_zip_entries, "application/zip", "zip.too-many-entries"),
    "docx-bomb": HostileFile(
        lambda: _zip(_CORE, b" " * _MIB, zipfile.ZIP_DEFLATED), _DOCX, "zip.member-unreadable"
    ),
    "docx-bomb-lzma": HostileFile(lambda: _zip(_CORE, b" " * _MIB, zipfile.ZIP_LZMA), _DOCX, "zip.bomb"),
    "docx-laughs": HostileFile(
        lambda: kinds.packed({"word/document.xml": b"", _CORE: _laughs("r")}), _DOCX, "zip.member-unreadable"
    ),
    "font-overlap": HostileFile(_font_overlap, "font/ttf", "font.damaged"),
    "ogg-pages": HostileFile(
        lambda: struct.pack("<4sBBqIIIB", b"OggS", 0, 0, 0, 7, 9, 0, 0) * 1_000_000,
        "audio/ogg",
        "media.truncated",
    ),
    "csv-quotes": HostileFile(lambda: b'"' * (30 * _MIB), "text/csv", ""),
}
"""
By name. Each is at most 64 MiB, above which a capture does not look into a file, and made when it is asked
for.
"""
