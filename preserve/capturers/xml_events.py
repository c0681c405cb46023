"""What elements does an XML document consist of, in order and within bounds?"""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from preserve.capturers.references import fold

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

__all__ = ["XML_FAULTS", "Wide", "elements", "in_utf8", "local", "reason"]

XML_FAULTS = (ParseError, DefusedXmlException, ValueError, LookupError)
"""What the parser raises: a fault of the document, an entity it declares, an encoding it names."""

_DEPTH_MOST = 10_000
_DECLARATION_MOST = 200
_DECLARED = re.compile(rb"<\?xml\s[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"'][^>]*\?>")
# Labels of the Encoding Standard, 4.2, and the Python codecs that read them as browsers do.
_MULTIBYTE = {
    "big5": "big5hkscs",
    "euc-jp": "euc_jp",
    "euc-kr": "cp949",
    "gb18030": "gb18030",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso-2022-jp": "iso2022_jp",
    "ks-c-5601-1987": "cp949",
    "cp949": "cp949",
    "shift-jis": "cp932",
    "windows-31j": "cp932",
    "x-sjis": "cp932",
}
_PIECE = 1 << 20


class TooDeepError(ValueError):
    """Elements within elements, more than any document has."""


class Wide:
    """
    A stream that gives more at a time than it is asked for.

    ``iterparse`` feeds expat 16 kB at a time, and expat before 2.6 begins a token anew with every piece: an
    attribute of 60 MB took minutes. Delete when no supported Python has an older expat.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def read(self, _size: int = -1, /) -> bytes:
        """Return the next piece."""
        return self._stream.read(_PIECE)


def elements(stream: BinaryIO) -> Iterator[tuple[list[Element], Element]]:
    """
    Yield every element at its end, with those it stands in, from the root; it is the last of them.

    Its children have been yielded and are gone: what is held at a time is one path, the same list each
    time.

    Raises:
        XML_FAULTS: If the document cannot be parsed further, or declares an entity.
    """
    path: list[Element] = []
    for event, element in iterparse(Wide(in_utf8(stream)), events=("start", "end")):
        if event == "start":
            path.append(element)
            if len(path) > _DEPTH_MOST:
                raise TooDeepError(f"elements stand more than {_DEPTH_MOST} deep in one another")
            continue
        yield path, element
        path.pop()
        if path:
            del path[-1][:]


def in_utf8(stream: BinaryIO) -> BinaryIO:
    """
    Return a stream that expat can read: of a document in an encoding of several octets a letter, a copy.

    Raises:
        ValueError: If the document is not sound in the encoding that it declares.
    """
    declared = _DECLARED.match(stream.read(_DECLARATION_MOST))
    stream.seek(0)
    codec = _MULTIBYTE.get(declared[1].decode().lower().replace("_", "-"), "") if declared else ""
    if not codec:
        return stream
    text = stream.read().decode(codec)
    return BytesIO(text[text.index("?>") + 2 :].encode())  # without the declaration, which holds no more


def local(element: Element) -> str:
    """Return an element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def reason(exc: BaseException) -> str:
    """Return in words why a document was not read to its end."""
    if isinstance(exc, DefusedXmlException):
        return f"it declares entities ({fold(str(exc))})"
    return fold(str(exc)) or type(exc).__name__
