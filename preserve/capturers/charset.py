"""
In which character encoding is this text, as a browser would decide?

The order is that of the HTML Standard, 13.2.3.2 (byte order mark, transport, prescan of the first 1024
octets for ``<meta>``, then a guess), and of CSS Syntax 3, 3.2 for style sheets. Labels are those of the
Encoding Standard, section 4.2, each with the Python codec that decodes it.
"""

from __future__ import annotations

import codecs
import re

import attrs

__all__ = ["Decoded", "codec_of", "decode_css", "decode_html", "decode_xml"]

_PRESCAN_BYTES = 1024

# Encoding Standard 4.2: name, Python's codec, other labels. `replacement` encodings are left out: they
# are decoded as what they are rather than not at all.
_ENCODINGS = (
    ("utf-8", "utf-8", "unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf8 x-unicode20utf8"),
    ("ibm866", "cp866", "866 cp866 csibm866"),
    ("iso-8859-2", "iso8859_2", "csisolatin2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 l2 latin2"),
    ("iso-8859-3", "iso8859_3", "csisolatin3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 l3 latin3"),
    ("iso-8859-4", "iso8859_4", "csisolatin4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 l4 latin4"),
    ("iso-8859-5", "iso8859_5", "csisolatincyrillic cyrillic iso-ir-144 iso8859-5 iso88595 iso_8859-5"),
    ("iso-8859-6", "iso8859_6", "arabic asmo-708 csisolatinarabic ecma-114 iso8859-6 iso88596 iso_8859-6"),
    (
        "iso-8859-7",
        "iso8859_7",
        "csisolatingreek ecma-118 elot_928 greek greek8 iso8859-7 iso88597 iso_8859-7",
    ),
    (
        "iso-8859-8",
        "iso8859_8",
        "csisolatinhebrew hebrew iso8859-8 iso88598 iso_8859-8 visual logical iso-8859-8-i",
    ),
    ("iso-8859-10", "iso8859_10", "csisolatin6 iso-ir-157 iso8859-10 iso885910 l6 latin6"),
    ("iso-8859-13", "iso8859_13", "iso8859-13 iso885913"),
    ("iso-8859-14", "iso8859_14", "iso8859-14 iso885914"),
    ("iso-8859-15", "iso8859_15", "csisolatin9 iso8859-15 iso885915 iso_8859-15 l9"),
    ("iso-8859-16", "iso8859_16", ""),
    ("koi8-r", "koi8_r", "cskoi8r koi koi8 koi8_r"),
    ("koi8-u", "koi8_u", "koi8-ru"),
    ("macintosh", "mac_roman", "csmacintosh mac x-mac-roman"),
    ("windows-874", "cp874", "dos-874 iso-8859-11 iso8859-11 iso885911 tis-620"),
    ("windows-1250", "cp1250", "cp1250 x-cp1250"),
    ("windows-1251", "cp1251", "cp1251 x-cp1251"),
    (
        "windows-1252",
        "cp1252",
        """ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1 iso88591
        iso_8859-1 iso_8859-1:1987 l1 latin1 us-ascii x-cp1252 x-user-defined""",
    ),
    ("windows-1253", "cp1253", "cp1253 x-cp1253"),
    (
        "windows-1254",
        "cp1254",
        "cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 l5 latin5",
    ),
    ("windows-1255", "cp1255", "cp1255 x-cp1255"),
    ("windows-1256", "cp1256", "cp1256 x-cp1256"),
    ("windows-1257", "cp1257", "cp1257 x-cp1257"),
    ("windows-1258", "cp1258", "cp1258 x-cp1258"),
    ("x-mac-cyrillic", "mac_cyrillic", "x-mac-ukrainian"),
    ("gbk", "gb18030", "chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 iso-ir-58 x-gbk gb18030"),
    ("hz-gb-2312", "hz", ""),
    ("big5", "big5hkscs", "big5-hkscs cn-big5 csbig5 x-x-big5"),
    ("euc-jp", "euc_jp", "cseucpkdfmtjapanese x-euc-jp"),
    ("iso-2022-jp", "iso2022_jp", "csiso2022jp"),
    ("shift_jis", "cp932", "csshiftjis ms932 ms_kanji shift-jis sjis windows-31j x-sjis"),
    ("euc-kr", "cp949", "cseuckr csksc56011987 iso-ir-149 korean ks_c_5601-1987 ksc5601 windows-949"),
    ("iso-2022-kr", "iso2022_kr", "csiso2022kr"),
    ("utf-16be", "utf-16-be", "unicodefffe"),
    ("utf-16le", "utf-16-le", "utf-16 csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff"),
)
_LABELS = {label: (name, codec) for name, codec, labels in _ENCODINGS for label in (name, *labels.split())}
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_BE, "utf-16be"), (codecs.BOM_UTF16_LE, "utf-16le"))

_WIDE_XML = {b"<\0?\0": "utf-16le", b"\0<\0?": "utf-16be"}

_META = re.compile(rb"<!--.*?(?:-->|\Z)|<meta[\s/]([^>]*+)", re.IGNORECASE | re.DOTALL)
_META_CHARSET = re.compile(rb"charset\s*+=\s*+[\"']?\s*+([^\s\"'/>;]++)", re.IGNORECASE)
_XML_DECLARATION = re.compile(rb"<\?xml\s[^>]{0,200}?\bencoding\s*=\s*[\"']([A-Za-z][\w.-]{0,60})[\"']")
_AT_CHARSET = re.compile(rb'@charset "([^"]{1,100})";')


@attrs.frozen(kw_only=True)
class Decoded:
    """Text, and how it was made from octets."""

    text: str
    charset: str
    """The Encoding Standard's name, lower-case."""
    source: str
    """``bom``, ``http``, ``meta``, ``@charset``, ``declaration`` (of XML), ``valid`` (unlabelled, but
    valid UTF-8), ``default``."""
    codec: str
    """Python's name of it."""
    replaced: int
    """How many times U+FFFD stands for octets that are none of the encoding."""


def codec_of(label: str | None) -> tuple[str, str] | None:
    """Return the name and the Python codec for a label in any case; None if the standard has none."""
    return _LABELS.get((label or "").strip(" \t\r\n\f\"'").lower())


def decode_html(data: bytes, charset: str | None) -> Decoded:
    """Return the text of a page. ``charset`` is the Content-Type field's parameter. Never raises."""
    return _decode(data, charset, _prescan(data[:_PRESCAN_BYTES]), "meta", "windows-1252")


def decode_xml(data: bytes, charset: str | None) -> Decoded:
    """Return the text of an XML document. XML 1.0, section 4.3.3 and appendix F. Never raises."""
    found = _XML_DECLARATION.match(data)
    if found is None and charset is None and (wide := _WIDE_XML.get(data[:4])):
        return _made(data, wide, "declaration")
    return _decode(data, charset, found[1] if found else b"", "declaration", "utf-8")


def decode_css(data: bytes, charset: str | None) -> Decoded:
    """Return the text of a style sheet. Never raises."""
    rule = _AT_CHARSET.match(data[:_PRESCAN_BYTES])
    return _decode(data, charset, rule[1] if rule else b"", "@charset", "utf-8")


def _prescan(head: bytes) -> bytes:
    """Return the label that a ``<meta>`` states. HTML Standard 13.2.3.2, prescan."""
    for meta in _META.finditer(head):
        stated = _META_CHARSET.search(meta[1] or b"")
        if stated and codec_of(stated[1].decode("latin-1")):
            return stated[1]
    return b""


def _decode(data: bytes, header: str | None, stated: bytes, source: str, default: str) -> Decoded:
    for mark, name in _BOMS:
        if data.startswith(mark):
            return _made(data[len(mark) :], name, "bom")
    found = codec_of(header)
    if found:
        return _made(data, found[0], "http")
    found = codec_of(stated.decode("latin-1"))
    if found:
        # A label that could be read as ASCII octets cannot stand in UTF-16 text; both standards say UTF-8.
        return _made(data, "utf-8" if found[0].startswith("utf-16") else found[0], source)
    try:
        return Decoded(text=data.decode("utf-8"), charset="utf-8", codec="utf-8", source="valid", replaced=0)
    except UnicodeDecodeError:
        return _made(data, default, "default")


def _made(data: bytes, name: str, source: str) -> Decoded:
    codec = _LABELS[name][1]
    text = data.decode(codec, "replace")
    replaced = text.count("\ufffd")
    return Decoded(text=text, charset=name, codec=codec, source=source, replaced=replaced)
