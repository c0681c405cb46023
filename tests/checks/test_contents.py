"""Tests of the level --contents: what is recorded of a content is compared with what is seen in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from preserve.checks import Level, opening, verify
from preserve.model.finding import Result
from tests.checks.build import RESOURCES
from tests.checks.content_damages import CONTENTS, ODD, PHOTO, Odd, sample_with
from tests.checks.inline import Inline

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from preserve.package.reader import Package
    from tests.checks.build import Sample


def test_demo_package_holds(demo_package: Package) -> None:
    """Every page, document and picture of the demo package is what its capture recorded of it."""
    report = verify(demo_package.path, level=Level.CONTENTS)
    assert [] == [finding for finding in report.findings if finding.result is not Result.PASS]
    (held,) = (finding for finding in report.findings if finding.code == "contents.hold")
    assert f"{sum(1 for _ in demo_package.resources())} contents" in held.message


def test_sample_holds(tmp_path: Path) -> None:
    """The sample that is damaged below passes as it is."""
    report = verify(sample_with(0).write(tmp_path), level=Level.CONTENTS)
    assert [] == [finding for finding in report.findings if finding.result is not Result.PASS]


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: odd.name)
def test_oddity_is_named(odd: Odd, tmp_path: Path) -> None:
    """What is odd about a content is told with its line, record and URL, and with the right exit code."""
    sample = sample_with(odd.cut)
    odd.do(sample)
    sample.remake()
    root = sample.write(tmp_path)
    report = verify(root, level=Level.CONTENTS, jobs=1)
    said = [finding for finding in report.findings if finding.result is not Result.PASS]
    photo = next(finding for finding in said if finding.where.line == PHOTO)
    assert (odd.code, RESOURCES) == (photo.code, photo.where.path)
    assert "https://example.org/photo.jpg" == photo.where.url
    assert odd.says in photo.message
    assert odd.exit_code == report.exit_code
    assert odd.code == "contents.not-opened" or 1 == len(said)


@pytest.mark.parametrize(("name", "cut", "do", "wanted"), CONTENTS, ids=[each[0] for each in CONTENTS])
def test_contents_are_judged(
    name: str,
    cut: int,
    do: Callable[[Sample], object],
    wanted: tuple[tuple[str, str, int | None], ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is said of contents is about their lines, and nothing else is said."""
    monkeypatch.setattr(opening, "Workers", Inline)
    sample = sample_with(cut)
    do(sample)
    sample.remake()
    report = verify(sample.write(tmp_path), level=Level.CONTENTS, jobs=1)
    said = [one for one in report.findings if one.result is not Result.PASS]
    assert wanted == tuple((one.code, one.where.path, one.where.line) for one in said), name
    told = [one.message for one in report.findings if one.code == "contents.hold"]
    assert any(code.startswith("contents.") for code, _, _ in wanted) == (not told)


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: odd.name)
def test_oddity_is_hidden_from_the_other_levels(odd: Odd, tmp_path: Path) -> None:
    """Nothing is said of it where contents are not opened."""
    sample = sample_with(odd.cut)
    odd.do(sample)
    sample.remake()
    report = verify(sample.write(tmp_path), level=Level.DEEP, jobs=1)
    assert [] == [finding.code for finding in report.findings if finding.result is not Result.PASS]
