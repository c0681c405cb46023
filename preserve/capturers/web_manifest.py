"""Which pictures and pages does a web app manifest name? Web Application Manifest (W3C), section 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from preserve.model.inspection import Content, Inspection, Json, Problem
from preserve.model.reference import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preserve.capturers.references import LinkList

__all__ = ["WebManifestCapturer"]

_BYTES_MOST = 4 << 20
_ENTRIES_MOST = 200  # of one list
_STATED = ("name", "short_name", "start_url", "display", "lang")
_VALUE_MOST = 200


class WebManifestCapturer:
    """Opens web app manifests: what a page says of itself to whoever installs it."""

    name = "manifest"
    media_types = frozenset({"application/manifest+json"})

    def inspect(self, content: Content) -> Inspection:
        """Return icons, screenshots and pages; facts: ``format``, ``whole`` and what it states of itself."""
        from json import loads  # noqa: PLC0415 - only where a manifest is seen

        from preserve.capturers.references import LinkList, fold, link_counts  # noqa: PLC0415 - as above

        facts: dict[str, Json] = {"format": "web app manifest", "whole": False}
        try:
            document: Json = loads(content.stream.read(_BYTES_MOST).decode("utf-8-sig", "replace"))
        except (ValueError, RecursionError) as exc:
            words = "it is nested too deeply" if isinstance(exc, RecursionError) else fold(str(exc))
            message = f"The manifest could not be parsed to its end: {words}."
            return Inspection(facts=facts, problems=(Problem(code="manifest.unreadable", message=message),))
        links = LinkList(content.url)
        facts["whole"] = True
        if isinstance(document, dict):
            _collect(document, links)
            stated = {name: document.get(name) for name in _STATED}
            facts["stated"] = {
                name: fold(_sound(value), _VALUE_MOST)
                for name, value in stated.items()
                if isinstance(value, str)
            }
        facts["links"] = link_counts(links.links)
        return Inspection(facts=facts, links=tuple(links.links), problems=tuple(links.problems))


def _collect(document: dict[str, Json], links: LinkList) -> None:
    for path, value, kind in _addresses(document):
        links.add(_sound(value), kind, element="manifest", attribute=path)


def _addresses(document: dict[str, Json]) -> Iterator[tuple[str, str, Kind]]:
    """Yield path, address and kind, in the order of the standard's members."""
    yield from _sources(document, "icons", Kind.ICON)
    yield from _sources(document, "screenshots", Kind.IMAGE)
    for index, shortcut in enumerate(_list(document, "shortcuts")):
        yield from (
            (f"shortcuts[{index}].{path}", value, kind)
            for path, value, kind in _sources(shortcut, "icons", Kind.ICON)
        )
        yield from _page(shortcut, "url", f"shortcuts[{index}].url")
    yield from _page(document, "start_url", "start_url")
    for index, application in enumerate(_list(document, "related_applications")):
        yield from _page(application, "url", f"related_applications[{index}].url")


def _sources(document: dict[str, Json], name: str, kind: Kind) -> Iterator[tuple[str, str, Kind]]:
    for index, entry in enumerate(_list(document, name)):
        source = entry.get("src")
        if isinstance(source, str) and source.strip():
            yield f"{name}[{index}].src", source, kind


def _page(document: dict[str, Json], name: str, path: str) -> Iterator[tuple[str, str, Kind]]:
    value = document.get(name)
    if isinstance(value, str) and value.strip():
        yield path, value, Kind.LINK


def _list(document: dict[str, Json], name: str) -> list[dict[str, Json]]:
    value = document.get(name)
    entries = value[:_ENTRIES_MOST] if isinstance(value, list) else []
    return [entry for entry in entries if isinstance(entry, dict)]


def _sound(text: str) -> str:
    """Return text without halves of surrogate pairs, which JSON can spell and no text can hold."""
    return text.encode("utf-8", "replace").decode()
