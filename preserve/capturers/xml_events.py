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

__all__ = ["XML_FAULTS", "elements", "local", "reason"]

XML_FAULTS = (ParseError, DefusedXmlException, ValueError, LookupError)
"""What the parser raises: a fault of the document, an entity it declares, an encoding it names."""

_DEPTH_MOST = 10_000


class TooDeepError(ValueError):
    """Elements within elements, more than any document has."""


def elements(stream: BinaryIO) -> Iterator[tuple[list[Element], Element]]:
    """
    Yield every element at its end, with those it stands in, from the root; it is the last of them.

    Its children have been yielded and are gone: what is held at a time is one path, the same list each
    time.

    Raises:
        XML_FAULTS: If the document cannot be parsed further, or declares an entity.
    """
    path: list[Element] = []
    for event, element in iterparse(stream, events=("start", "end")):
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
