"""Tests of preserve.scope: guesses, kinds of documents, and what confirms one."""

from __future__ import annotations

import attrs
import pytest

from preserve.model.capture import CaptureRequest, Limits, RobotsPolicy, Verdict
from preserve.model.exchange import Ended
from preserve.model.inspection import Problem
from preserve.model.reference import Kind, Link, Role, State
from preserve.model.resource import Resource
from preserve.model.url import UriR
from preserve.scope import Table, judge_outcome
from preserve.scope.contents import judge_content

SEED = UriR("https://example.org/post")
A, B, C = (f"https://example.org/{name}" for name in "abc")


def a_table(*, guesses: int = 1000, documents: tuple[str, ...] = ("pdf",)) -> Table:
    """Return a table whose seed was fetched."""
    request = CaptureRequest(
        url=SEED,
        as_given=SEED,
        robots=RobotsPolicy.OBEY,
        documents=documents,
        limits=Limits(guesses=guesses),
    )
    table = Table(request)
    table.next()
    table.landed(SEED, a_resource(SEED), Ended.WHOLE)
    return table


def a_resource(url: str, **changes: object) -> Resource:
    """Return a stored page that answered 200."""
    resource = Resource(
        url=url,
        role=Role.PAGE,
        status=200,
        captured_at="2026-11-22T10:15:00.000Z",
        ended=Ended.WHOLE,
        response=f"urn:uuid:{url}",
        block_digest="sha256:00",
        payload_digest="sha256:00",
        payload_bytes=10,
        content_bytes=10,
        sniffed_type="text/html",
    )
    return attrs.evolve(resource, **changes)  # type: ignore[arg-type]  # of the right types


def a_link(url: str | None, kind: Kind = Kind.IMAGE, **changes: object) -> Link:
    """Return a link."""
    return attrs.evolve(Link(written=url or "", url=url, kind=kind), **changes)  # type: ignore[arg-type]  # the same


def rest(table: Table) -> list[str]:
    """Return what is still to be fetched, in order."""
    found = []
    while task := table.next():
        found.append(str(task.url))
    return found


def states(table: Table) -> list[State]:
    """Return the states of all references but the seed's."""
    return [row.state for row in table.references([f"urn:uuid:{SEED}"])][1:]


def test_guesses_come_last() -> None:
    """What may be no reference is asked for after everything that is one."""
    table = a_table()
    table.add_links(a_resource(SEED), [a_link(A, speculative=True), a_link(B)])
    assert [B, A] == rest(table)


def test_a_guess_that_turns_out_to_be_none_comes_in_its_turn() -> None:
    """An address that is a guess first and a reference later is asked for once, with the references."""
    table = a_table()
    table.add_links(a_resource(SEED), [a_link(A, speculative=True), a_link(B, speculative=True), a_link(B)])
    assert [B, A] == rest(table)


def test_more_guesses_than_the_limit_are_no_gap() -> None:
    """Guesses past the limit are listed as not attempted, and the capture is complete."""
    table = a_table(guesses=1)
    table.add_links(a_resource(SEED), [a_link(A, speculative=True), a_link(B, speculative=True)])
    assert [A] == rest(table)
    table.landed(UriR(A), None, Ended.FAILED, "No.")
    assert [State.FAILED, State.NOT_ATTEMPTED] == states(table)
    outcome = judge_outcome(table.references([f"urn:uuid:{SEED}"]), engine="plain")
    assert Verdict.COMPLETE is outcome.verdict


@pytest.mark.parametrize("kind", [Kind.SCRIPT, Kind.STYLE, Kind.FRAME, Kind.MEDIA, Kind.DATA])
def test_only_pictures_and_documents_are_guessed(kind: Kind) -> None:
    """A guess of any other kind is listed and not asked for."""
    table = a_table()
    table.add_links(a_resource(SEED), [a_link(A, kind, speculative=True)])
    assert ([], [State.NOT_FOLLOWED]) == (rest(table), states(table))


def test_documents_of_other_kinds_name_the_option() -> None:
    """A document that was not asked for says which option keeps it; asked for, it is fetched."""
    link = a_link(A, Kind.DOCUMENT, group="office")
    table = a_table()
    table.add_links(a_resource(SEED), [link])
    (_, row) = table.references([f"urn:uuid:{SEED}"])
    assert [State.NOT_FOLLOWED, True] == [row.state, "--documents office" in row.reason]
    wider = a_table(documents=("office", "pdf"))
    wider.add_links(a_resource(SEED), [link])
    assert [A] == rest(wider)


PDF = {"sniffed_type": "application/pdf"}
NO_END = (Problem(code="pdf.no-eof", message="No end."),)


@pytest.mark.parametrize(
    ("link", "resource", "expected"),
    [
        ({}, PDF, (State.CAPTURED, "")),
        ({"group": "pdf"}, {"sniffed_type": "text/html"}, (State.UNSUITABLE, "--cookies")),
        ({"group": "pdf"}, {"sniffed_type": "application/zip"}, (State.UNSUITABLE, "announce PDF")),
        ({"group": "odf"}, {"sniffed_type": "application/zip"}, (State.CAPTURED, "")),
        ({}, {"sniffed_type": "application/zip"}, (State.CAPTURED, "")),
        ({"stated_bytes": (20, 30)}, PDF, (State.CAPTURED, "10 bytes came")),
        ({}, PDF | {"problems": NO_END}, (State.CAPTURED, "%%EOF")),
        ({"stated_bytes": (20, 30)}, PDF | {"problems": NO_END}, (State.UNSUITABLE, "cut short")),
        ({"stated_bytes": (1, 5)}, PDF | {"problems": NO_END}, (State.CAPTURED, "%%EOF")),
    ],
)
def test_a_document_is_confirmed_by_what_came(
    link: dict[str, object], resource: dict[str, object], expected: tuple[State, str]
) -> None:
    """Magic, end mark and stated size decide together whether a document was had."""
    state, reason = judge_content(a_link(A, Kind.DOCUMENT, **link), a_resource(A, **resource))
    assert [expected[0], True] == [state, expected[1] in reason]
