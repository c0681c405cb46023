"""Tests of ``preserve/checks/references.py``: which answer a state asks for."""

from __future__ import annotations

import pytest

from preserve.checks.references import state_problem
from preserve.model.exchange import Ended
from preserve.model.reference import State


@pytest.mark.parametrize(
    ("state", "status", "fits"),
    [
        (State.CAPTURED, 199, False),
        (State.CAPTURED, 200, True),
        (State.CAPTURED, 299, True),
        (State.CAPTURED, 300, False),
        (State.ABSENT, 404, True),
        (State.ABSENT, 410, True),
        (State.ABSENT, 405, False),
        (State.ERROR, 300, True),
        (State.ERROR, 299, False),
        (State.ERROR, 404, False),
        (State.FAILED, 299, False),
        (State.FAILED, 300, True),
    ],
)
def test_status_fits_a_state(state: State, status: int, fits: bool) -> None:  # noqa: FBT001 - a table's column
    """A state asks for an answer with a status of its own: section 12."""
    assert fits == (not state_problem(state, (status, Ended.WHOLE)))
