"""
Does ``references.jsonl`` say what became of each reference?

docs/format/package-1.md, sections 10.3 and 12.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from preserve.checks.declared import parsed
from preserve.checks.layout import BAG_INFO, CAPTURE, RECORDS, REFERENCES, RESOURCES
from preserve.checks.statements import say, shown
from preserve.model.exchange import Ended
from preserve.model.reference import Kind, State
from preserve.model.url import page_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from preserve.checks.declared import Row
    from preserve.checks.evidence import Evidence
    from preserve.checks.statements import Statement
    from preserve.model.package import CaptureFile
    from preserve.model.reference import Reference

__all__ = ["judge_references", "state_problem"]

_CUT = frozenset({Ended.LENGTH, Ended.TIME, Ended.DISCONNECT})


_SUCCESS = range(200, 300)
_ABSENT = (404, 410)


Answer: TypeAlias = "tuple[int | None, Ended]"
"""Status of a stored response, and how it ended."""


def _captured(answer: Answer) -> bool:
    return answer[0] in _SUCCESS and answer[1] is Ended.WHOLE


# Section 12: what the stored answer must be for a state. States that are not listed need no answer.
_ANSWERS: dict[State, tuple[Callable[[Answer], bool], str]] = {
    State.CAPTURED: (_captured, "a 2xx response, stored whole"),
    State.ABSENT: (lambda found: found[0] in _ABSENT, "a 404 or 410"),
    State.ERROR: (
        lambda found: found[0] not in _SUCCESS and found[0] not in _ABSENT,
        "a response of another status than 2xx, 404 and 410",
    ),
    State.TRUNCATED: (lambda found: found[1] in _CUT, "a response stored in part"),
    State.UNSUITABLE: (lambda _: True, "a stored response"),
}
_NO_ANSWER = frozenset({State.FAILED, State.NOT_ATTEMPTED, State.REFUSED, State.UNRESOLVED})


def judge_references(evidence: Evidence) -> Iterator[Statement]:  # noqa: C901 - a rule after another
    """Say where references name responses that are not stored, or states that do not fit them."""
    if evidence.glance is not None:
        return
    for path in (REFERENCES, RESOURCES, RECORDS):
        if not evidence.readable(path):
            text = "The references could not be compared with the resources."
            yield say("check.not-done", path, text, path=REFERENCES)
            return
    last = -1
    number = 0
    for row in evidence.reference_rows():
        number = row.number
        reference = row.value
        if reference is None:
            text = f"{REFERENCES} line {row.number} cannot be read. {row.problem}"
            yield say("references.syntax", REFERENCES, text, line=row.number)
            continue
        if row.number == 1:
            yield from _seed(evidence, reference)
        elif reference.source is None and reference.kind is not Kind.ROBOTS:
            yield _say(
                evidence, "references.order", row, "It has no source, which only seed and robots.txt may lack"
            )
        source = evidence.responses.get(reference.source or "")
        if source is not None:
            if source.ordinal < last:
                yield _say(
                    evidence, "references.order", row, "Its source stands before that of the line above"
                )
            last = max(last, source.ordinal)
        yield from _records(evidence, row, reference)
        yield from _state(evidence, row, reference)
    if not number:
        yield say(
            "references.seed-differs", REFERENCES, f"{REFERENCES} is empty; the seed is missing.", line=1
        )


def _seed(evidence: Evidence, seed: Reference) -> Iterator[Statement]:
    capture = evidence.capture
    url = capture.request.url if capture is not None else seed.url
    if (seed.source, seed.kind, seed.url) == (None, Kind.PAGE, url):
        return
    found = f"{seed.kind} {seed.url}" + (f" from {seed.source}" if seed.source is not None else "")
    text = f"The first reference is {shown(found)}; the capture's seed is {shown(url)}."
    certain = capture is None or _names_itself(evidence, capture)
    fault = evidence.blame(*((REFERENCES, CAPTURE) if certain else (CAPTURE, BAG_INFO, REFERENCES)))
    code = "references.seed-differs" if fault == REFERENCES else "capture.name-differs"
    line = 1 if fault == REFERENCES else None
    yield say(code, fault, text, line=line, expected=f"{Kind.PAGE} {url}", observed=found)


def _names_itself(evidence: Evidence, capture: CaptureFile) -> bool:
    """Tell whether something else than capture.json bears out the URL in it."""
    if evidence.zipped is None:
        return evidence.label("External-Identifier") == capture.request.url
    return parsed(page_folder, capture.request.url)[0] == capture.page


def _records(evidence: Evidence, row: Row[Reference], reference: Reference) -> Iterator[Statement]:
    for name, record in (("source", reference.source), ("record", reference.record)):
        if record is not None and record not in evidence.responses:
            yield _say(
                evidence, "references.record-unknown", row, f"Its {name} {shown(record)} is no response"
            )


def _state(evidence: Evidence, row: Row[Reference], reference: Reference) -> Iterator[Statement]:
    """Hold a state against its answer: section 12."""
    found = evidence.resources.get(reference.record or "")
    if reference.record is not None and found is None:
        return  # said as a record that is unknown, or by resources.jsonl
    problem = state_problem(reference.state, None if found is None else (found[1].status, found[1].ended))
    if problem:
        yield _say(evidence, "references.state-differs", row, problem)


def state_problem(state: State, answer: Answer | None) -> str:
    """
    Return what is wrong when a reference has a state: section 12; an empty text if nothing is.

    Args:
        state: That of the reference.
        answer: Its stored answer: status, and how it ended; None if there is none.
    """
    if state is State.PENDING:
        return "Its state was never decided"
    if state in _ANSWERS:
        fits, words = _ANSWERS[state]
        if answer is None or not fits(answer):
            status = f"status {answer[0]}, {answer[1]}" if answer else "no stored response"
            return f"Its state {state} asks for {words}; it has {status}"
    elif state in _NO_ANSWER and answer is not None and _captured(answer):
        return f"Its state is {state}, yet its response is stored whole with status {answer[0]}"
    return ""


def _say(evidence: Evidence, code: str, row: Row[Reference], problem: str) -> Statement:
    reference = row.value
    return say(
        code,
        evidence.blame(REFERENCES, RESOURCES, RECORDS),
        f"{REFERENCES} line {row.number} is not as it must be. {problem}.",
        path=REFERENCES,
        line=row.number,
        record=reference.record if reference is not None else None,
        url=reference.url if reference is not None else None,
    )
