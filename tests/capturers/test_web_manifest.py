"""Tests of ``preserve.capturers.web_manifest`` and ``nesting``, beside the small pages."""

from __future__ import annotations

import io
import json

from preserve.capturers.nesting import DEEP_MOST, end_of_reading
from preserve.capturers.web_manifest import WebManifestCapturer
from preserve.model.inspection import Content, Inspection
from preserve.testing.capturers import check_capturer

_MANIFEST = {
    "name": "A\ud800",
    "icons": [{"src": "a.png"}, {"src": 1}, "x"],
    "related_applications": [{"url": "https://b.example/"}],
    "shortcuts": {"no": "list"},
}


def _inspect(data: bytes) -> Inspection:
    content = Content(
        url="https://a.example/m/x.json",
        media_type="application/manifest+json",
        charset=None,
        size_bytes=len(data),
        stream=io.BytesIO(data),
    )
    return WebManifestCapturer().inspect(content)


def test_a_manifest_keeps_the_contract() -> None:
    """The capturer answers for every manifest, cut or changed too."""
    check_capturer(WebManifestCapturer(), [json.dumps(_MANIFEST).encode()])


def test_members_of_other_types_are_passed_over() -> None:
    """Icons and pages are found, whatever else stands in their lists; half a surrogate pair is replaced."""
    seen = _inspect(json.dumps(_MANIFEST).encode())
    assert ["https://a.example/m/a.png", "https://b.example/"] == [link.url for link in seen.links]
    assert {"name": "A?"} == seen.facts["stated"]


def test_what_is_no_json_is_a_problem() -> None:
    """A manifest that cannot be parsed says so."""
    assert ["manifest.unreadable"] == [problem.code for problem in _inspect(b"{").problems]


def test_reading_ends_where_elements_stand_too_deep() -> None:
    """Open elements count, those that are closed, empty or implied do not."""
    assert end_of_reading("<div></div><img><p><li>" * DEEP_MOST) is None
    assert 5 * DEEP_MOST == end_of_reading("<div>" * (DEEP_MOST + 1))
