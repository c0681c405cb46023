"""
What kind of content is this, by its bytes?

WHATWG MIME Sniffing (sections 6 and 7) as tables, with the rows that an archive needs beside: the
standard stops at what a browser shows. It differs from the standard on purpose in one way: a declared
type is only believed where bytes cannot tell (one text format from another), because
``WARC-Identified-Payload-Type`` is to be found by looking, and because a login page sent in the place of
a picture has to be seen for what it is.
"""

from __future__ import annotations

import re

__all__ = ["PREFIX_BYTES", "essence", "sniff"]

PREFIX_BYTES = 1445
"""How much of a payload the standard looks at (section 5.2)."""

_UNKNOWN = "application/octet-stream"
_TEXT = "text/plain"
_HTML = "text/html"
_XML = "application/xml"
_SVG = "image/svg+xml"
_ZIP = "application/zip"
_OLE = "application/x-ole-storage"

# Section 4.6 and 6: what begins a payload of that type and of no other. A pattern matches at octet 0.
# Where the magic is so short that text can begin with it, the pattern asks for what follows too.
_SIGNATURES: tuple[tuple[re.Pattern[bytes], str], ...] = tuple(
    (re.compile(pattern, re.DOTALL), media_type)
    for pattern, media_type in (
        (rb"%PDF-", "application/pdf"),
        (rb"%!PS-Adobe-", "application/postscript"),
        # Images, section 6.1
        (rb"\x89PNG\r\n\x1a\n", "image/png"),
        (rb"\xff\xd8\xff", "image/jpeg"),
        (rb"GIF8[79]a", "image/gif"),
        (rb"RIFF.{4}WEBPVP", "image/webp"),
        (rb"BM.{4}\0\0\0\0.{2}\0\0[\x0c\x28\x34\x38\x40\x6c\x7c]\0\0\0", "image/bmp"),
        (rb"\0\0[\x01\x02]\0[\x01-\xff].{3}", "image/x-icon"),
        (rb"II[*+]\0|MM\0[*+]", "image/tiff"),
        (rb"\0\0\0\x0cJXL \r\n\x87\n|\xff\x0a", "image/jxl"),
        (rb"\0\0\0\x0cjP  \r\n\x87\n.{8}jp2 |\xff\x4f\xff\x51", "image/jp2"),
        (rb"\0\0\0\x0cjP  \r\n\x87\n.{8}jpx ", "image/jpx"),
        (rb"8BPS\0[\x01\x02]", "image/vnd.adobe.photoshop"),
        # ISO base media, section 6.2.1: by the major brand, then by the compatible ones
        (rb".{4}ftypavi[fs]", "image/avif"),
        (rb".{4}ftyphei[cxms]|.{4}ftyphev[cx]", "image/heic"),
        (rb".{4}ftyp(?:mif1|msf1).{4}(?:.{4}){0,8}?avi[fs]", "image/avif"),
        (rb".{4}ftyp(?:mif1|msf1).{4}(?:.{4}){0,8}?hei[cx]", "image/heic"),
        (rb".{4}ftyp(?:mif1|msf1)", "image/heif"),
        (rb".{4}ftypqt  |.{4}(?:moov|mdat|wide|free)\0\0", "video/quicktime"),
        (rb".{4}ftyp3g", "video/3gpp"),
        (rb".{4}ftypM4[AB] ", "audio/mp4"),
        (rb".{4}ftyp[A-Za-z0-9 ]{4}", "video/mp4"),
        # Sound and video, section 6.2
        (rb"FORM.{4}AIF[FC]", "audio/aiff"),
        (rb"ID3[\x02-\x04]|\xff[\xe3\xf2\xf3\xfa\xfb][\x10-\xeb]", "audio/mpeg"),
        (rb"\xff[\xf0\xf1\xf8\xf9][\x40-\x7f]", "audio/aac"),
        (rb"OggS\0.{22,60}?(?:\x80theora|\x01video|BBCD\0)", "video/ogg"),
        (rb"OggS\0.{22,60}?(?:OpusHead|\x01vorbis|\x7fFLAC|Speex)", "audio/ogg"),
        (rb"OggS\0", "application/ogg"),
        (rb"MThd\0\0\0\x06", "audio/midi"),
        (rb"RIFF.{4}AVI ", "video/x-msvideo"),
        (rb"RIFF.{4}WAVE", "audio/wav"),
        (rb"fLaC\0", "audio/flac"),
        (rb"\.snd\0\0", "audio/basic"),
        (rb"\x1a\x45\xdf\xa3.{0,60}?webm", "video/webm"),
        (rb"\x1a\x45\xdf\xa3", "video/x-matroska"),
        (rb"FLV\x01", "video/x-flv"),
        (rb"\0\0\x01[\xb3\xba]", "video/mpeg"),
        (rb"G.{187}G.{187}G", "video/mp2t"),
        # Fonts, section 6.3
        (rb"wOFF(?:\0\x01\0\0|OTTO|true)", "font/woff"),
        (rb"wOF2(?:\0\x01\0\0|OTTO|true|ttcf)", "font/woff2"),
        (rb"\0\x01\0\0\0[\x01-\xff]|true\0[\x01-\xff]", "font/ttf"),
        (rb"OTTO\0[\x01-\xff]", "font/otf"),
        (rb"ttcf\0[\x01\x02]\0\0", "font/collection"),
        (rb".{34}LP\0{2,16}", "application/vnd.ms-fontobject"),
        # Archives, section 6.4, and containers of documents
        (rb"\x1f\x8b\x08", "application/gzip"),
        (rb"BZh[1-9]1AY&SY", "application/x-bzip2"),
        (rb"\xfd7zXZ\0", "application/x-xz"),
        (rb"\x28\xb5\x2f\xfd", "application/zstd"),
        (rb"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
        (rb"Rar!\x1a\x07[\0\x01]", "application/vnd.rar"),
        (rb".{257}ustar[\0 ]", "application/x-tar"),
        (rb"PK(?:\x03\x04|\x05\x06)", _ZIP),
        (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _OLE),
        (rb"\{\\rtf", "application/rtf"),
        (rb"AT&TFORM.{4}DJV", "image/vnd.djvu"),
        (rb"\0asm\x01\0\0\0", "application/wasm"),
        (rb"SQLite format 3\0", "application/vnd.sqlite3"),
        (rb"[FC]WS[\x01-\x40].{4}[^ -~]", "application/vnd.adobe.flash.movie"),
    )
)

# The first entry of a ZIP file says what was packed: OCF 3.3 section 4.3 and ODF 1.3 part 2 section 3.3
# put an entry `mimetype` first, stored; OOXML packages begin with these names.
_ZIPPED = re.compile(rb"PK\x03\x04.{22}\x08\0\0\0mimetype([\x21-\x7e]{3,100}?)(?:PK|\Z|\s)", re.DOTALL)
_OOXML = (
    (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    (b"META-INF/MANIFEST.MF", "application/java-archive"),
)
# What these hold is not in their first octets; a declared type that uses the container is believed.
_IN_CONTAINER = {
    _ZIP: re.compile(r"application/(?:vnd\.openxmlformats-|vnd\.oasis\.|epub\+zip|vnd\.ms-|.*\+zip$)"),
    _OLE: re.compile(r"application/(?:msword|vnd\.ms-|vnd\.visio)"),
}

# Section 7.1: after white space, any case, followed by a space or `>`.
_MARKUP = re.compile(
    rb"[\t\n\f\r ]*(?:<!--|<(?:!doctype\s+html|html|head|script|iframe|h1|div|font|table|a|style|title"
    rb"|b|body|br|p|meta|link)(?=[\s>/]))",
    re.IGNORECASE,
)
_WHOLE_PAGE = re.compile(
    rb"[\t\n\f\r ]*(?:<!--.*?-->[\t\n\f\r ]*){0,9}<(?:!doctype\s+html|html)(?=[\s>])",
    re.IGNORECASE | re.DOTALL,
)
_PROLOGUE = re.compile(
    rb"(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*+(?:\[.*?\]\s*)?>|[\t\n\f\r ])*+<(?:[\w.-]+:)?([\w.-]+)",
    re.IGNORECASE | re.DOTALL,
)
_ROOTS = {
    b"svg": _SVG,
    b"html": "application/xhtml+xml",
    b"rss": "application/rss+xml",
    b"feed": "application/atom+xml",
    b"rdf": "application/rdf+xml",
}
_XML_TYPES = re.compile(r"(?:text|application)/xml$|.*\+xml$")

# Section 3: binary data bytes.
_BINARY = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xfe\xff", "utf-16-be"), (b"\xff\xfe", "utf-16-le"))
_JUNK_THEN_PDF = re.compile(rb".{1,1024}?%PDF-[0-9]\.[0-9]", re.DOTALL)
_JSON = re.compile(
    rb'[\t\n\r ]*(?:\{[\t\n\r ]*(?:"|\}[\t\n\r ]*\Z)|\[[\t\n\r ]*(?:["{\[\]]|-?\d|true|false|null))'
)

# Web Application Manifest: what tells one from other JSON is a member of its own and one more.
_MANIFEST = re.compile(
    rb'"(icons|start_url|short_name|display|theme_color|background_color|screenshots)"[\t\n\r ]*:'
)

# Text that bytes cannot tell apart: the declared type decides, in one spelling.
_SPELLINGS = {
    "application/javascript": "text/javascript",
    "application/x-javascript": "text/javascript",
    "application/ecmascript": "text/javascript",
    "text/ecmascript": "text/javascript",
    "text/x-javascript": "text/javascript",
    "text/json": "application/json",
    "text/x-json": "application/json",
}
_JSON_TYPES = frozenset({"application/json", "text/plain", ""})
_TEXTUAL = re.compile(
    r"text/|application/(?:json$|.*\+json$|javascript$|manifest|.*\+xml$|xml$|x-ndjson$|sql$|x-sh$|yaml$|toml$)"
    r"|image/svg\+xml$"
)
_EXTENSIONS = {
    "css": "text/css",
    "js": "text/javascript",
    "mjs": "text/javascript",
    "json": "application/json",
    "webmanifest": "application/manifest+json",
    "csv": "text/csv",
    "vtt": "text/vtt",
    "md": "text/markdown",
    "ics": "text/calendar",
}


def essence(declared: str | None) -> str:
    """Return a Content-Type value's type and subtype, lower-case; empty if it has none."""
    text = (declared or "").partition(";")[0].strip().lower()
    return text if re.fullmatch(r"[\w.+*!#$&^-]+/[\w.+*!#$&^-]+", text, re.ASCII) else ""


def sniff(prefix: bytes, declared: str | None, url: str = "") -> str:
    """
    Return the media type of a payload, lower-case, without parameters.

    Args:
        prefix: Its first octets, content codings undone; ``PREFIX_BYTES`` are enough.
        declared: The Content-Type field as sent; None if there was none.
        url: Where it came from: the last word about text of which nothing else is known.
    """
    prefix = prefix[:PREFIX_BYTES]
    stated = _SPELLINGS.get(essence(declared), essence(declared))
    signed = next((found for pattern, found in _SIGNATURES if pattern.match(prefix)), "")
    if signed:
        return _unpacked(signed, prefix, stated)
    text, wide = _as_utf8(prefix, declared or "")
    # Sent as HTML and begun as HTML, a page is one to browsers (section 7), stray control octets or not.
    page = stated == _HTML and bool(_MARKUP.match(prefix))
    if not wide and not page and _BINARY.search(prefix):
        return "application/pdf" if _JUNK_THEN_PDF.match(prefix) else _UNKNOWN
    return _textual(text, stated, url)


def _unpacked(signed: str, prefix: bytes, stated: str) -> str:
    """Return what a container holds when that is seen or believed, else the container's type."""
    if signed == _ZIP:
        named = _ZIPPED.match(prefix)
        if named:
            return named[1].decode("ascii").lower()
        signed = next((packed for name, packed in _OOXML if name in prefix), _ZIP)
    container = _IN_CONTAINER.get(signed)
    return stated if container is not None and container.match(stated) else signed


def _as_utf8(prefix: bytes, declared: str) -> tuple[bytes, bool]:
    """Return the prefix as UTF-8 without byte order mark, and whether it is text by its encoding."""
    for mark, codec in _BOMS:
        if prefix.startswith(mark):
            return prefix[len(mark) :].decode(codec, "ignore").encode("utf-8", "ignore"), True
    stated = re.search(r"charset\s*=\s*[\"']?utf-16(le|be)?", declared, re.IGNORECASE)
    if stated:
        codec = f"utf-16-{(stated[1] or 'le').lower()}"
        return prefix.decode(codec, "ignore").encode("utf-8", "ignore"), True
    return prefix, False


def _textual(text: bytes, stated: str, url: str) -> str:
    """Return the type of text: markup by its bytes, the rest by what was declared."""
    declared_xml = bool(_XML_TYPES.match(stated))
    xml = declared_xml or text.lstrip().startswith(b"<?xml")
    root = _PROLOGUE.match(text)
    name = root[1].lower() if root else b""
    # A page that begins with an XML declaration and is not sent as XML is parsed as HTML by browsers.
    rooted = xml and name in _ROOTS and (name != b"html" or (declared_xml and b"xmlns" in text))
    plain = stated == _TEXT
    rules = (
        (name == b"svg" and stated != _HTML, _SVG),
        (rooted and stated != _HTML, _ROOTS.get(name, _XML)),
        (stated == _HTML or (bool(_WHOLE_PAGE.match(text)) and not plain), _HTML),
        (declared_xml and (stated != _SVG or not name), stated),
        (xml, _XML),
        (stated in _JSON_TYPES and _is_manifest(text), "application/manifest+json"),
        (bool(_TEXTUAL.match(stated)) and not plain, stated),
        (bool(_MARKUP.match(text)) and not plain, _HTML),
        (bool(_JSON.match(text)) and not plain, "application/json"),
    )
    return next((found for holds, found in rules if holds), _by_name(url))


def _is_manifest(text: bytes) -> bool:
    members = set(_MANIFEST.findall(text)) if _JSON.match(text) else set()
    return len(members) > 1 and not members.isdisjoint({b"start_url", b"short_name"})


def _by_name(url: str) -> str:
    name = url.partition("?")[0].rpartition("/")[2]
    return _EXTENSIONS.get(name.rpartition(".")[2].lower(), _TEXT)
