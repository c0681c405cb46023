"""Tests of ``preserve/checks/index.py`` and ``glance.py`` on indexes of more than one block."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from preserve.checks import Level, verify
from preserve.model.finding import Result
from tests.checks.block_damages import BLOCKS, Blocks, small_blocks
from tests.checks.build import build

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("level", [Level.DEFAULT, Level.DEEP])
def test_two_blocks_pass(level: Level, tmp_path: Path) -> None:
    """An index of two full blocks is sound."""
    with small_blocks():
        report = verify(build().write(tmp_path), level=level, jobs=1)
    assert Result.PASS is report.result


@pytest.mark.parametrize("blocks", BLOCKS, ids=lambda blocks: blocks.name)
def test_block_is_named(blocks: Blocks, tmp_path: Path) -> None:
    """What is wrong with a block gives one primary finding, with the block or the line."""
    with small_blocks(blocks.lines):
        report = verify(blocks.make().write(tmp_path), jobs=1)
    (said,) = (one for one in report.findings if one.result is not Result.PASS)
    assert (blocks.code, blocks.path) == (said.code, said.where.path)
    assert blocks.line in (None, said.where.line)
    assert blocks.offset in (None, bool(said.where.offset))
