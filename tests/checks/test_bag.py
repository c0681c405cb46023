"""Tests of preserve.checks.bag: what is said of the tag files, beside the code of the finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from preserve.checks import verify
from preserve.formats import bagit
from preserve.model.finding import Result
from tests.checks.build import build

if TYPE_CHECKING:
    from pathlib import Path

    from preserve.model.finding import Finding


def _only(path: str, data: bytes, folder: Path) -> Finding:
    """Return the one finding of a package in which a tag file has other octets, and is sealed so."""
    sample = build()
    sample.edit(path, lambda _: data)
    sample.remake()
    (finding,) = [
        each for each in verify(sample.write(folder), jobs=1).findings if each.result is not Result.PASS
    ]
    return finding


def test_declaration_is_shown(tmp_path: Path) -> None:
    """What bagit.txt says is shown beside what it must say, as far as it fits."""
    said = b"BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n" + b"X: y\n" * 100
    finding = _only("bagit.txt", said, tmp_path)
    assert "bag.declaration" == finding.code
    assert (str(bagit.BAGIT_TXT), str(said[:200])) == (finding.expected, finding.observed)


def test_line_of_a_label_is_named(tmp_path: Path) -> None:
    """A value that has not the form of its label is named with its line."""
    label, value = "Bagging-Date", b"yesterday"
    lines = build().files["bag-info.txt"].splitlines()
    number = next(at for at, line in enumerate(lines, 1) if line.startswith(label.encode()))
    lines[number - 1] = label.encode() + b": " + value
    finding = _only("bag-info.txt", b"\n".join(lines) + b"\n", tmp_path)
    assert ("bag.info-form", number) == (finding.code, finding.where.line)
    assert value.decode() == finding.observed
