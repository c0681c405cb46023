"""What do office documents and books in a ZIP file state? ECMA-376 part 2; ODF 1.3; EPUB 3.3."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from preserve.capturers.packed_reading import read_member
from preserve.capturers.stated import Stated
from preserve.capturers.xml_events import XML_FAULTS, elements, local, reason
from preserve.model.inspection import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element
    from zipfile import ZipFile

    from preserve.model.inspection import Json

__all__ = ["office_facts"]

_MEMBER_MOST = 2 << 20
_CORE, _APP, _META, _CONTAINER = "docProps/core.xml", "docProps/app.xml", "meta.xml", "META-INF/container.xml"
_NAMES = {
    "title": "title",
    "creator": "creator",
    "initial-creator": "creator",
    "lastModifiedBy": "modified-by",
    "subject": "subject",
    "description": "caption",
    "keywords": "keywords",
    "keyword": "keywords",
    "language": "language",
    "created": "created",
    "creation-date": "created",
    "modified": "modified",
    "date": "date",
    "publisher": "publisher",
    "rights": "copyright",
    "identifier": "identifier",
    "generator": "software",
    "Application": "software",
    "Company": "company",
}
# Extended properties (ECMA-376 part 1, 22.2), document statistics (ODF 1.3 part 3, 4.3.2.18)
_COUNTS = {
    "Pages": "pages",
    "Words": "words",
    "Slides": "slides",
    "page-count": "pages",
    "word-count": "words",
    "table-count": "tables",
}


def office_facts(packed: ZipFile, problems: list[Problem]) -> dict[str, Json]:
    """Return ``stated``, and ``pages``, ``words``, ``slides``, ``tables`` where they are stated."""
    stated = Stated()
    counts: dict[str, Json] = {}
    members = [_CORE, _APP, _META]
    for path, element in _parsed(packed, _CONTAINER, problems):
        if local(element) == "rootfile" and len(path) > 1:
            members.append(element.get("full-path", ""))
    for member in members:
        for path, element in _parsed(packed, member, problems):
            name = local(element)
            if name in _NAMES and len(path) > 1:
                stated.add(member, ((_NAMES[name], element.text or ""),))
            counts |= dict(_counted(name, element))
    return {"stated": stated.facts(), **counts}


def _counted(name: str, element: Element) -> Iterator[tuple[str, Json]]:
    texts = {name: element.text or ""} if name in _COUNTS else {}
    if name == "document-statistic":
        texts = {key.rpartition("}")[2]: value for key, value in element.attrib.items()}
    for key, text in texts.items():
        bare = text.strip()
        if key in _COUNTS and bare.isascii() and bare.isdigit() and len(bare) < 10:  # noqa: PLR2004 - a count
            yield _COUNTS[key], int(bare)


def _parsed(packed: ZipFile, member: str, problems: list[Problem]) -> Iterator[tuple[list[Element], Element]]:
    """Yield the elements of a member; none if it is not there, a problem if it cannot be parsed."""
    data = read_member(packed, member, _MEMBER_MOST)
    try:
        yield from elements(BytesIO(data)) if data is not None else ()
    except XML_FAULTS as exc:
        message = f"The member {member!r} could not be read to its end: {reason(exc)}."
        problems.append(Problem(code="zip.member-unreadable", message=message))
