"""What elements does an XML document consist of, in order and within bounds?"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from preserve.capturers.references import fold

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

__all__ = ["XML_FAULTS", "Wide", "elements", "local", "reason"]

XML_FAULTS = (ParseError, DefusedXmlException, ValueError, LookupError)
"""What the parser raises: a fault of the document, an entity it declares, an encoding it names."""

_DEPTH_MOST = 10_000
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
    for event, element in iterparse(Wide(stream), events=("start", "end")):
        if event == "start":
            path.append(element)
            if len(path) > _DEPTH_MOST:
                raise TooDeepError(f"elements stand more than {_DEPTH_MOST} deep in one another")
            continue
        yield path, element
        path.pop()
        if path:
            del path[-1][:]


def local(element: Element) -> str:
    """Return an element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def reason(exc: BaseException) -> str:
    """Return in words why a document was not read to its end."""
    if isinstance(exc, DefusedXmlException):
        return f"it declares entities ({fold(str(exc))})"
    return fold(str(exc)) or type(exc).__name__
