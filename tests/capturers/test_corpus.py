"""Tests of facts and problems on the corpus of documents and pictures, in a worker as a capture has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from preserve.capturers import read_answer
from preserve.model.capture import Limits
from preserve.workers.pool import DATA_BYTES, Workers
from tests.capturers.corpus import CASES, argument

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    """Yield one worker with the limits of a capture."""
    with Workers(1, memory_bytes=Limits().inspect_memory_bytes) as made:
        yield made


@pytest.mark.parametrize("name", CASES)
def test_facts_and_problems(name: str, workers: Workers) -> None:
    """A file yields the facts that were put into it, and the problems that its damage is named for."""
    case = CASES[name]
    assert len(case.data) <= DATA_BYTES
    job = workers.submit("preserve.capturers:inspect", argument(case), timeout_s=120, data=case.data)
    seen = read_answer(job.result()).inspection
    expected = dict(case.facts)
    stated = expected.pop("stated", {})
    found: Any = seen.facts.get("stated", {})
    assert (expected, stated, list(case.problems)) == (
        {key: seen.facts.get(key) for key in expected},
        {key: found[key][0]["value"] for key in stated},
        list(dict.fromkeys(problem.code for problem in seen.problems)),
    )


def test_the_corpus_is_large_enough() -> None:
    """There are more than 60 documents and pictures, and as many of them damaged as not."""
    assert len(CASES) > 90
    assert sum(bool(case.problems) for case in CASES.values()) > 40
