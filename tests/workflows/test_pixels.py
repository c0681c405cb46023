"""Tests of what a capture knows of its pictures, with and without decoding them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import preserve
from preserve.demo import DemoServer

if TYPE_CHECKING:
    from pathlib import Path

_DECODED_ANYWAY = frozenset({"image/svg+xml", "image/x-icon", "image/bmp", "image/tiff", "image/jp2"})


@pytest.mark.parametrize("pixels", [False, True])
def test_pixels_are_decoded_when_asked_for(tmp_path: Path, *, pixels: bool) -> None:
    """Every picture of a page is whole; only with pixels is it decoded, and has a perceptual digest."""
    with DemoServer() as server:
        package = preserve.archive(
            server.url, tmp_path, engine="plain", allow_private_network=True, pixels=pixels
        )
    pictures: list[dict[str, Any]] = [
        dict(resource.facts)
        for resource in package.resources()
        if resource.sniffed_type.startswith("image/")
        and resource.sniffed_type not in _DECODED_ANYWAY
        and resource.status == 200
    ]
    assert len(pictures) > 5
    assert {(True, pixels, pixels)} == {
        (facts["whole"], facts["decoded"], "perceptual" in facts) for facts in pictures
    }
    assert pixels is package.capture.request.pixels
    assert 0 == preserve.verify(package.path).exit_code
