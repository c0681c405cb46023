"""Tests of the level --contents: what is recorded of a content is compared with what is seen in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from preserve.checks import Level, verify
from preserve.model.finding import Result
from tests.checks.build import RESOURCES
from tests.checks.content_damages import ODD, PHOTO, Odd, sample_with

if TYPE_CHECKING:
    from pathlib import Path

    from preserve.package.reader import Package


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
    assert odd.exit_code == report.exit_code
    assert odd.code == "contents.not-opened" or 1 == len(said)


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: odd.name)
def test_oddity_is_hidden_from_the_other_levels(odd: Odd, tmp_path: Path) -> None:
    """Nothing is said of it where contents are not opened."""
    sample = sample_with(odd.cut)
    odd.do(sample)
    sample.remake()
    report = verify(sample.write(tmp_path), level=Level.DEEP, jobs=1)
    assert [] == [finding.code for finding in report.findings if finding.result is not Result.PASS]
