"""What files of other kinds than pages, pictures and PDFs are the tests made of?"""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import mkdocs

__all__ = [
    "aiff",
    "avi",
    "box",
    "epub",
    "flac",
    "font",
    "mp3",
    "mp4",
    "odt",
    "ogg",
    "ole",
    "ooxml",
    "packed",
    "rtf",
    "wav",
    "webm",
]

_FONTS = Path(mkdocs.__file__).parent / "themes" / "readthedocs" / "css" / "fonts"


def font(name: str) -> bytes:
    """Return a font that the documents' theme ships."""
    return (_FONTS / name).read_bytes()


def box(name: bytes, *parts: bytes) -> bytes:
    """Return one ISO box."""
    body = b"".join(parts)
    return struct.pack(">I", 8 + len(body)) + name + body


def mp4() -> bytes:
    """Return a film of 2.5 s: a picture track of 64 by 48, a sound track in German."""
    mvhd = box(b"mvhd", bytes(12), struct.pack(">II", 1000, 2500), bytes(80))
    tracks = []
    for handler, entry in (
        (b"vide", bytes(24) + struct.pack(">HH", 64, 48) + bytes(50)),
        (b"soun", bytes(16) + struct.pack(">HH", 2, 16) + bytes(4) + struct.pack(">HH", 44_100, 0)),
    ):
        sample = struct.pack(">I", 8 + len(entry)) + {b"vide": b"avc1", b"soun": b"mp4a"}[handler] + entry
        mdhd = box(
            b"mdhd", bytes(12), struct.pack(">IIHH", 1000, 2500, 0x10B5 if handler == b"soun" else 0x55C4, 0)
        )
        stsd = box(b"stsd", bytes(4), struct.pack(">I", 1), sample)
        hdlr = box(b"hdlr", bytes(8), handler, bytes(12))
        tracks.append(box(b"trak", box(b"mdia", mdhd, hdlr, box(b"minf", box(b"stbl", stsd)))))
    title = box(b"\xa9nam", box(b"data", b"\0\0\0\1\0\0\0\0", b"A title"))
    udta = box(b"udta", box(b"meta", bytes(4), box(b"ilst", title)))
    return (
        box(b"ftyp", b"isom\0\0\2\0isom") + box(b"moov", mvhd, *tracks, udta) + box(b"mdat", b"\x55" * 1000)
    )


def element(name: int, body: bytes) -> bytes:
    """Return one EBML element."""
    size = struct.pack(">Q", len(body) | 1 << 56)
    return name.to_bytes((name.bit_length() + 7) // 8, "big") + size + body


def webm(*, live: bool = False) -> bytes:
    """Return a film of 2 s and 64 by 48; live: of open length."""
    info = element(
        0x1549A966, element(0x2AD7B1, b"\x0f\x42\x40") + element(0x4489, struct.pack(">d", 2000.0))
    )
    video = element(0xE0, element(0xB0, b"\x40") + element(0xBA, b"\x30"))
    track = element(0xAE, element(0x83, b"\1") + element(0x86, b"V_VP9") + video)
    segment = info + element(0x1654AE6B, track) + element(0x1F43B675, b"\x55" * 500)
    head = element(0x1A45DFA3, element(0x4282, b"webm"))
    return head + (b"\x18\x53\x80\x67\x01" + b"\xff" * 7 + segment if live else element(0x18538067, segment))


def chunk(name: bytes, body: bytes, order: str = "<") -> bytes:
    """Return one RIFF or IFF chunk."""
    return name + struct.pack(f"{order}I", len(body)) + body + bytes(len(body) % 2)


def wav() -> bytes:
    """Return a second of silence with a title."""
    fmt = chunk(b"fmt ", struct.pack("<HHIIHH", 1, 1, 8000, 8000, 1, 8))
    listed = chunk(b"LIST", b"INFO" + chunk(b"INAM", b"A title\0"))
    return chunk(b"RIFF", b"WAVE" + fmt + listed + chunk(b"data", b"\x80" * 8000))


def avi() -> bytes:
    """Return the head of a film of 2 s."""
    avih = chunk(b"avih", struct.pack("<10I", 100_000, 0, 0, 0, 20, 0, 1, 0, 64, 48) + bytes(16))
    strl = chunk(b"LIST", b"strl" + chunk(b"strh", b"vidsXVID" + bytes(48)))
    return chunk(
        b"RIFF", b"AVI " + chunk(b"LIST", b"hdrl" + avih + strl) + chunk(b"LIST", b"movi" + bytes(100))
    )


def aiff() -> bytes:
    """Return half a second of silence with an author."""
    comm = chunk(b"COMM", struct.pack(">HIH", 1, 4000, 8) + b"\x40\x0b\xfa\0\0\0\0\0\0\0", ">")
    author = chunk(b"AUTH", b"Jane Roe", ">")
    return chunk(b"FORM", b"AIFF" + comm + author + chunk(b"SSND", bytes(4008), ">"), ">")


def flac() -> bytes:
    """Return the head of a second of sound with comments."""
    packed = 44_100 << 44 | 1 << 41 | 15 << 36 | 44_100
    stream = b"\x10\0\x10\0" + bytes(6) + packed.to_bytes(8, "big") + bytes(16)
    comments = _comments()
    return (
        b"fLaC\0\0\0\x22" + stream + b"\x84" + len(comments).to_bytes(3, "big") + comments + b"\xff\xf8" * 50
    )


def _comments() -> bytes:
    texts = (b"TITLE=A title", b"ARTIST=Jane Roe", b"tracknumber=1")
    listed = b"".join(struct.pack("<I", len(text)) + text for text in texts)
    return struct.pack("<I", 4) + b"test" + struct.pack("<I", len(texts)) + listed


def ogg(*, ended: bool = True) -> bytes:
    """Return two seconds of Opus in three pages."""
    packets = (
        (2, 0, b"OpusHead\1\2\0\0\x80\xbb\0\0\0\0\0"),
        (0, 0, b"OpusTags" + _comments()),
        (4 if ended else 0, 96_000, bytes(200)),
    )
    pages = []
    for number, (flags, granule, body) in enumerate(packets):
        table = bytes([255] * (len(body) // 255) + [len(body) % 255])
        head = struct.pack("<4sBBqIIIB", b"OggS", 0, flags, granule, 7, number, 0, len(table))
        pages.append(head + table + body)
    return b"".join(pages)


def mp3(*, xing: bool = True) -> bytes:
    """Return frames of 128 kbit/s behind an ID3 tag; with a Xing header, which says how many there are."""
    text = b"\3A title"
    frame = b"TIT2" + struct.pack(">I", len(text)) + b"\0\0" + text
    tag = b"ID3\4\0\0" + bytes((0, 0, 0, len(frame))) + frame
    first = bytearray(b"\xff\xfb\x90\x00" + bytes(413))
    sound = (b"\xff\xfb\x90\x00" + bytes(413)) * 9
    if xing:
        first[36:52] = b"Xing" + struct.pack(">III", 3, 100, len(first) + len(sound))
    return tag + bytes(first) + sound


def packed(members: dict[str, bytes], *, first: str = "") -> bytes:
    """Return a ZIP file; ``first`` becomes a stored member ``mimetype``."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        if first:
            archive.writestr(zipfile.ZipInfo("mimetype"), first, zipfile.ZIP_STORED)
        for name, body in members.items():
            archive.writestr(zipfile.ZipInfo(name), body)
    return out.getvalue()


def ooxml() -> bytes:
    """Return the statements of a letter of three pages, with a macro."""
    core = (
        b'<cp:coreProperties xmlns:cp="c" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="t">'
        b"<dc:title>A letter</dc:title><dc:creator>Jane Roe</dc:creator>"
        b"<dcterms:created>2019-05-01T10:20:30Z</dcterms:created></cp:coreProperties>"
    )
    app = b"<Properties><Pages>3</Pages><Words>900</Words><Application>Writer</Application></Properties>"
    return packed(
        {
            "[Content_Types].xml": b"<Types/>",
            "word/document.xml": b"<w/>",
            "docProps/core.xml": core,
            "docProps/app.xml": app,
            "word/vbaProject.bin": b"macro",
        }
    )


def odt() -> bytes:
    """Return the statements of a text of two pages."""
    meta = (
        b'<o:document-meta xmlns:o="o" xmlns:m="m" xmlns:dc="d"><o:meta><dc:title>A text</dc:title>'
        b"<m:initial-creator>Jane Roe</m:initial-creator>"
        b'<m:document-statistic m:page-count="2" m:word-count="7"/>'
        b"</o:meta></o:document-meta>"
    )
    return packed({"meta.xml": meta, "content.xml": b"<c/>"}, first="application/vnd.oasis.opendocument.text")


def ole() -> bytes:
    """Return a compound file with the statements of a letter of two pages, and a storage of macros."""
    texts = {2: b"A letter\0", 4: "Jane Roë".encode("cp1252") + b"\0"}
    values = {1: struct.pack("<II", 2, 1252), 14: struct.pack("<II", 3, 2)}
    values |= {name: struct.pack("<II", 30, len(text)) + text for name, text in texts.items()}
    values[12] = struct.pack("<IQ", 64, 132_000_000_000_000_000)
    table, body = b"", b""
    for name, value in values.items():
        table += struct.pack("<II", name, 8 + 8 * len(values) + len(body))
        body += value + bytes(-len(value) % 4)
    section = struct.pack("<II", 8 + len(table) + len(body), len(values)) + table + body
    summary = b"\xfe\xff" + bytes(22) + struct.pack("<I", 1) + bytes(16) + struct.pack("<I", 48) + section
    minis = -(-len(summary) // 64)

    def entry(name: str, kind: int, start: int, size: int) -> bytes:
        text = name.encode("utf-16-le") + b"\0\0"
        return (
            text.ljust(64, b"\0")
            + struct.pack("<HB", len(text), kind)
            + bytes(49)
            + struct.pack("<IQ", start, size)
        )

    directory = entry("Root Entry", 5, 3, minis * 64) + entry("\x05SummaryInformation", 2, 0, len(summary))
    directory += entry("Macros", 1, 0, 0) + bytes(128)
    end, free = 0xFFFFFFFE, 0xFFFFFFFF
    sectors = struct.pack("<128I", 0xFFFFFFFD, end, end, end, *[free] * 124)
    small = struct.pack("<128I", *range(1, minis), end, *[free] * (128 - minis))
    head = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(16)
        + struct.pack("<HHHHH", 62, 3, 0xFFFE, 9, 6)
        + bytes(6)
    )
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 2, 1, end, 0) + struct.pack("<109I", 0, *[free] * 108)
    return head + sectors + directory + small + summary.ljust(512, b"\0")


def rtf() -> bytes:
    """Return a letter of three pages."""
    return rb"{\rtf1\ansi\ansicpg1252{\info{\title A l\'e9tter \{x\}}{\author Jane \u8364?}{\nofpages3}}text}"


def epub() -> bytes:
    """Return the statements of a book."""
    container = b'<container><rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></container>'
    book = (
        b'<package xmlns:dc="d"><metadata><dc:title>A book</dc:title><dc:creator>Jane Roe</dc:creator>'
        b"<dc:language>de</dc:language></metadata></package>"
    )
    return packed({"META-INF/container.xml": container, "OPS/book.opf": book}, first="application/epub+zip")
