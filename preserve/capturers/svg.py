"""What does an SVG drawing refer to, and is it whole? SVG 2, sections 8.2 and 16."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from preserve.capturers.css import preprocess, scan
from preserve.capturers.references import LinkList, fold, link_counts
from preserve.capturers.stated import Stated
from preserve.capturers.xml_events import Wide, in_utf8, local
from preserve.model.inspection import Content, Inspection, Json, Problem
from preserve.model.reference import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

__all__ = ["read_svg"]

_KINDS = {
    "image": Kind.IMAGE,
    "feImage": Kind.IMAGE,
    "use": Kind.IMAGE,
    "script": Kind.SCRIPT,
    "a": Kind.LINK,
    "audio": Kind.MEDIA,
    "video": Kind.MEDIA,
    "iframe": Kind.FRAME,
}
_STATED = {"title": "title", "desc": "caption"}
_HREFS = ("href", "{http://www.w3.org/1999/xlink}href", "src")
_PLAIN = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*(?:px)?\s*\Z")


def read_svg(content: Content) -> Inspection:
    """
    Return a drawing's facts, links and problems.

    Facts: ``format`` (``SVG``), ``width`` and ``height`` in pixels where they are plain numbers, else
    null; ``view_box`` as stated; ``whole``: whether it could be parsed to its end.
    """
    links = LinkList(content.url)
    facts: dict[str, Json] = {"format": "SVG", "whole": False}
    problems: list[Problem] = []
    path: list[Element] = []
    stated = Stated()
    try:
        for event, element in iterparse(Wide(in_utf8(content.stream)), events=("start", "end")):
            if event == "start":
                if not path:
                    facts |= _size(element)
                path.append(element)
                continue
            _links(element, links)
            path.pop()
            if len(path) == 1:
                stated.add("svg", _statements(element))
            if path:
                del path[-1][:]  # what is held at a time is one path
            if links.overflowed:  # which is a problem of its own
                facts["whole"] = None
                break
        else:
            facts["whole"] = True
    except DefusedXmlException as exc:
        message = f"The drawing was not read to its end: it declares entities ({fold(str(exc))})."
        problems.append(Problem(code="image.svg-entities", message=message))
        facts["whole"] = None
    except (ParseError, ValueError, LookupError) as exc:
        message = f"The drawing could not be parsed to its end: {fold(str(exc))}."
        problems.append(Problem(code="image.unreadable", message=message))
    facts["stated"] = stated.facts()
    facts["links"] = link_counts(links.links)
    return Inspection(facts=facts, links=tuple(links.links), problems=(*problems, *links.problems))


def _size(root: Element) -> dict[str, Json]:
    stated = {name: _PLAIN.match(root.get(name, "")) for name in ("width", "height")}
    size: dict[str, Json] = {name: float(found[1]) if found else None for name, found in stated.items()}
    return size | {"view_box": fold(root.get("viewBox"))}


def _statements(element: Element) -> Iterator[tuple[str, str]]:
    """Yield what a title or description of the whole drawing states. SVG 2, section 5.8."""
    name = local(element)
    if name in _STATED:
        yield _STATED[name], element.text or ""


def _links(element: Element, links: LinkList) -> None:
    tag = str(element.tag).rpartition("}")[2]
    kind = _KINDS.get(tag)
    for name in _HREFS if kind else ():
        value = element.get(name, "")
        if kind and value and not value.startswith("#"):
            links.add(value, kind, element=tag, attribute=name.rpartition("}")[2])
    sheets = {"style": element.get("style", ""), "": element.text or "" if tag == "style" else ""}
    for attribute, text in sheets.items():
        for found in scan(preprocess(text)):
            links.add(found.url, found.kind, element=tag, attribute=attribute or found.construct)
