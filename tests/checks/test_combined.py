"""Tests of ``preserve.checks`` where more than one thing is to be said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from preserve.checks import verify
from preserve.model.finding import Result
from tests.checks.build import build
from tests.checks.combined_damages import COMBINED, Combined

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("combined", COMBINED, ids=lambda combined: combined.name)
def test_each_fault_is_named(combined: Combined, tmp_path: Path) -> None:
    """Every fault gives one primary finding, at every level that can see it, and no other is given."""
    sample = build()
    combined.do(sample)
    root = sample.write(tmp_path)
    for level in combined.levels:
        said = [one for one in verify(root, level=level, jobs=1).findings if one.result is not Result.PASS]
        assert sorted(combined.wanted) == sorted((one.code, one.where.path) for one in said), level
