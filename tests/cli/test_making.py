"""Tests of what ``extract`` makes when it is asked for, and of ``archive --pixels``, by the command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import preserve
    from preserve.demo import DemoServer

    JsonCli = Callable[..., tuple[int, list[dict[str, Any]]]]


def test_pixels_by_the_command_line(server: DemoServer, json_cli: JsonCli, tmp_path: Path) -> None:
    """``--pixels`` stands in the request, and pictures have perceptual digests."""
    options = ("--engine", "plain", "--pixels", "--allow-private-network")
    json_cli("archive", server.url, "--into", tmp_path, *options)
    (manifests,) = tmp_path.glob("*/*Z/data/manifests")
    assert json.loads((manifests / "capture.json").read_bytes())["request"]["pixels"] is True
    assert '"dhash"' in (manifests / "resources.jsonl").read_text()


def test_everything_is_made(archived: preserve.Package, json_cli: JsonCli, tmp_path: Path) -> None:
    """Text, attachments, thumbnails, reports and identifiers are made, and each line of JSON lists them."""
    options = ("--text", "--attachments", "--thumbnails", "--repair-report", "--pronom")
    code, lines = json_cli("extract", archived.path, "--to", tmp_path / "out", *options)
    assert 0 == code
    (booklet,) = (
        line
        for line in lines
        if line["type"] == "extracted"
        and line["media_type"] == "application/pdf"
        and line["role"] == "document"
    )
    kinds = [made["kind"] for made in booklet["made"]]
    assert [1, 9, 1] == [kinds.count(kind) for kind in ("text", "thumbnails", "repair-report")]
    assert booklet["pronom"].startswith("fmt/")
    for made in booklet["made"]:
        assert made["size_bytes"] == (tmp_path / "out" / made["path"]).stat().st_size


def test_nothing_is_made_unasked(archived: preserve.Package, json_cli: JsonCli, tmp_path: Path) -> None:
    """Without options the files are taken out, and nothing is put beside them."""
    code, lines = json_cli("extract", archived.path, "--to", tmp_path / "out")
    taken = [line for line in lines if line["type"] == "extracted"]
    assert [0, []] == [code, [line["path"] for line in taken if line["made"] or line["pronom"]]]
    assert {line["path"] for line in taken} == {
        path.relative_to(tmp_path / "out").as_posix()
        for path in (tmp_path / "out").rglob("*")
        if path.is_file() and path.name != "extracted.json"
    }
