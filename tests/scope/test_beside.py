"""Tests of what a browser adds to the table: answers beside the page, links seen, clicks, taking stock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import pytest

from preserve.model.exchange import AskedBy, Ended
from preserve.model.reference import Kind, Reference, Role, State
from preserve.model.url import UriR
from preserve.scope import Table, is_gap
from preserve.scope.answers import is_better, is_piece
from preserve.scope.destinations import kind_of
from preserve.scope.seen import Beside
from tests.scope.test_table import SEED, a_link, a_resource, a_table

if TYPE_CHECKING:
    from preserve.model.resource import Resource

HERE = "https://example.org"


def beside(path: str, kind: Kind = Kind.IMAGE, **changes: Any) -> Beside:
    """Return a 200 to a request of the browser's."""
    url = UriR(f"{HERE}{path}")
    answer = a_resource(url, role=Role.REQUISITE, sniffed_type="image/png")
    return attrs.evolve(Beside(url=url, kind=kind, answer=answer, ended=Ended.WHOLE), **changes)


def shown(*landed: Beside, table: Table | None = None) -> tuple[Table, Resource]:
    """Return a table whose page has landed, after the browser asked for these."""
    table, page = table or a_table(), a_resource()
    table.next()
    for each in landed:
        table.landed_beside(each)
    table.landed(SEED, page, Ended.WHOLE, asked_by=AskedBy.BROWSER)
    return table, page


def references(table: Table, page: Resource) -> dict[str | None, Reference]:
    """Return all references by URL."""
    return {reference.url: reference for reference in table.references([page.response])}


def test_what_the_browser_has_is_not_asked_for_again() -> None:
    """A link to what the browser has is answered by that; the link's kind counts, and who asked is told."""
    table, page = shown(beside("/a", Kind.DATA))
    table.add_links(page, [a_link(f"{HERE}/a")])
    table.settle()
    found = references(table, page)[f"{HERE}/a"]
    assert (None, State.CAPTURED) == (table.next(), found.state)
    assert (Kind.IMAGE, AskedBy.BROWSER, False) == (found.kind, found.asked_by, found.speculative)


def test_what_only_the_browser_asked_for_is_listed_with_the_page() -> None:
    """It stands last among the page's references, speculative, whatever came of it."""
    failed = beside("/b", answer=None, ended=Ended.FAILED, reason="Nothing came.")
    table, page = shown(beside("/a", Kind.DATA), failed)
    table.settle()
    found = references(table, page)
    assert [SEED, f"{HERE}/a", f"{HERE}/b"] == list(found)
    for url, state in ((f"{HERE}/a", State.CAPTURED), (f"{HERE}/b", State.FAILED)):
        reference = found[url]
        assert (state, page.response, True) == (reference.state, reference.source, reference.speculative)
        assert False is is_gap(reference)


def test_what_the_browser_asked_for_in_vain_says_why() -> None:
    """A request that was refused, or failed, is told as that, though no source is sure of it."""
    table, page = shown(beside("/a", Kind.DATA, answer=None, ended=Ended.REFUSED, reason="A rule."))
    table.settle()
    found = references(table, page)[f"{HERE}/a"]
    assert (State.REFUSED, "A rule.", AskedBy.BROWSER) == (found.state, found.reason, found.asked_by)


def test_the_rest_is_for_the_pass() -> None:
    """What the browser did not ask for is next, with the page as referrer."""
    table, page = shown(beside("/a"))
    table.add_links(page, [a_link(f"{HERE}/a"), a_link(f"{HERE}/b")])
    table.settle()
    task = table.next()
    assert task is not None
    assert (f"{HERE}/b", SEED, None) == (task.url, task.referer, table.next())


def test_redirects_are_followed_to_their_answers() -> None:
    """A link is answered by what its redirect led to, which is no reference of its own."""
    hop = beside("/a", answer=a_resource(f"{HERE}/a", status=302, redirect_to=f"{HERE}/b#top"))
    table, page = shown(hop, beside("/b"))
    table.add_links(page, [a_link(f"{HERE}/a")])
    table.settle()
    found = references(table, page)
    assert [SEED, f"{HERE}/a"] == list(found)
    assert (State.CAPTURED, f"urn:uuid:{HERE}/b") == (found[f"{HERE}/a"].state, found[f"{HERE}/a"].record)


def test_redirects_that_lead_in_circles_end() -> None:
    """Redirects that lead to each other end the walk."""
    table, page = shown(
        beside("/a", answer=a_resource(f"{HERE}/a", status=302, redirect_to=f"{HERE}/b")),
        beside("/b", answer=a_resource(f"{HERE}/b", status=302, redirect_to=f"{HERE}/a")),
    )
    table.settle()
    assert SEED in references(table, page)


@pytest.mark.parametrize(
    ("landed", "again"),
    [
        (beside("/a", piece=True), True),
        (beside("/a", answer=None, ended=Ended.FAILED, reason="Nothing came."), True),
        (beside("/a", answer=None, ended=Ended.REFUSED, reason="The guard."), False),
        (beside("/a", answer=a_resource(f"{HERE}/a", ended=Ended.TIME), ended=Ended.TIME), True),
        (beside("/a", answer=a_resource(f"{HERE}/a", ended=Ended.LENGTH), ended=Ended.LENGTH), False),
        (beside("/a", answer=a_resource(f"{HERE}/a", status=500)), False),
        (beside("/a"), False),
    ],
    ids=["piece", "failed", "refused", "cut", "too long", "error", "whole"],
)
def test_what_came_in_part_or_in_vain_is_asked_for_again(landed: Beside, again: bool) -> None:  # noqa: FBT001 - a parameter
    """The pass asks again for pieces, cut answers and failures, not for refusals, limits and errors."""
    table, page = shown(landed)
    table.add_links(page, [a_link(f"{HERE}/a")])
    table.settle()
    assert ([f"{HERE}/a"] if again else []) == [task.url for task in iter(table.next, None)]


def test_an_answer_in_part_is_better_than_none() -> None:
    """If the pass has no answer, the reference has what the browser had."""
    table, page = shown(beside("/a", piece=True))
    table.add_links(page, [a_link(f"{HERE}/a")])
    table.settle()
    assert table.next() is not None
    table.landed(UriR(f"{HERE}/a"), None, Ended.FAILED, "Nothing came.", AskedBy.PASS)
    assert State.CAPTURED is references(table, page)[f"{HERE}/a"].state


def test_an_answer_in_part_stays_when_the_capture_ends_early() -> None:
    """If the pass is not begun, the reference has what the browser had."""
    table, page = shown(beside("/a", piece=True))
    table.add_links(page, [a_link(f"{HERE}/a")])
    table.settle()
    table.refuse_rest("The capture was interrupted.")
    assert State.CAPTURED is references(table, page)[f"{HERE}/a"].state


def test_links_of_the_rendered_page_are_added_once() -> None:
    """What the browser's document refers to and the source does not is listed after the source's links."""
    table, page = shown()
    table.add_links(page, [a_link(f"{HERE}/a")])
    table.add_seen(page, [a_link(f"{HERE}/a"), a_link(f"{HERE}/b"), a_link(f"{HERE}/b")])
    table.add_seen(page, [a_link(f"{HERE}/b"), a_link(None)])
    assert [SEED, f"{HERE}/a", f"{HERE}/b"] == list(references(table, page))


def test_links_of_the_rendered_page_count() -> None:
    """Links past the limit of references are dropped and counted, and so are requests of the browser."""
    table, page = shown(beside("/x"), beside("/y"), table=a_table(references=3))
    table.add_seen(page, [a_link(f"{HERE}/b"), a_link(f"{HERE}/c")])
    assert (2, 3) == (table.dropped, len(references(table, page)))


def test_a_click_resolves_a_widget() -> None:
    """A download widget without an address gets the one that its click brought."""
    document = beside(
        "/file",
        Kind.FRAME,
        answer=a_resource(f"{HERE}/file", sniffed_type="application/pdf"),
    )
    table, page = shown(document)
    table.add_links(page, [a_link(None, Kind.DOCUMENT, text="Russian  Legion.pdf Download")])
    table.clicked("download", [f"{HERE}/file"])
    table.settle()
    found = references(table, page)[f"{HERE}/file"]
    assert (State.CAPTURED, Kind.DOCUMENT, AskedBy.CLICK) == (found.state, found.kind, found.asked_by)


def test_a_click_brings_one_document() -> None:
    """What a click brings first is the document; what it needed on the way is none, and by the click too."""
    table, page = shown(beside("/address.json", Kind.DATA), beside("/file", Kind.FRAME))
    table.clicked("Download", [f"{HERE}/file", f"{HERE}/address.json"])
    found = references(table, page)
    kinds = [found[f"{HERE}/{name}"].kind for name in ("file", "address.json")]
    assert [Kind.DOCUMENT, Kind.DATA] == kinds
    assert {AskedBy.CLICK} == {found[f"{HERE}/{name}"].asked_by for name in ("file", "address.json")}


def test_a_click_in_vain_leaves_a_gap() -> None:
    """A widget whose click brought nothing, or another's, stays unresolved."""
    table, page = shown()
    table.add_links(page, [a_link(None, Kind.DOCUMENT, text="Download")])
    table.clicked("Download", [])
    table.clicked("Something else", [f"{HERE}/file"])
    assert State.UNRESOLVED is references(table, page)[None].state


@pytest.mark.parametrize(
    ("status", "field", "piece"),
    [
        (200, None, False),
        (206, "bytes 0-9/10", False),
        (206, "bytes 0-9/11", True),
        (206, "bytes 1-9/10", True),
        (206, "bytes 0-9/*", True),
        (206, None, True),
        (None, None, False),
    ],
)
def test_pieces(status: int | None, field: str | None, piece: bool) -> None:  # noqa: FBT001 - a parameter
    """A 206 is a piece, unless its Content-Range is the whole."""
    assert piece is is_piece(status, field)


def test_better_answers() -> None:
    """Whole before redirect, piece, error and cut; equals do not replace each other; 304 says nothing."""
    ranks = [
        (a_resource(status=304), False),
        (a_resource(status=200, facts={"challenge": {"product": "A", "mark": "b"}}), False),
        (a_resource(status=404), False),
        (a_resource(status=206), True),
        (a_resource(status=302), False),
        (a_resource(status=200), False),
    ]
    for at, (old, old_piece) in enumerate(ranks):
        for above, (new, new_piece) in enumerate(ranks):
            better = is_better(new, old, new_piece=new_piece, old_piece=old_piece)
            assert (above > at) is better


def test_kinds() -> None:
    """Destinations have kinds; what scripts fetch, and what nobody names, is data."""
    assert [Kind.IMAGE, Kind.FRAME, Kind.SCRIPT, Kind.DATA, Kind.DATA] == [
        kind_of(destination) for destination in ("image", "iframe", "serviceworker", "empty", "")
    ]


def test_a_challenge_that_the_browser_passes() -> None:
    """When the browser had the page after a challenge in its place, the page is the answer."""
    challenge = a_resource(
        response="urn:uuid:first", status=403, facts={"challenge": {"product": "A", "mark": "b"}}
    )
    page = a_resource(response="urn:uuid:second")
    table = a_table()
    table.next()
    table.landed_beside(Beside(url=SEED, kind=Kind.FRAME, answer=page, ended=Ended.WHOLE))
    state = table.landed(SEED, challenge, Ended.WHOLE, asked_by=AskedBy.BROWSER)
    assert (State.CAPTURED, page) == (state, table.seed_answer)


def test_the_visit_of_the_browser_counts() -> None:
    """When the page was asked for by our client first, then by a browser, the latter's answer counts."""
    table = a_table()
    table.next()
    table.landed(SEED, a_resource(response="urn:uuid:plain"), Ended.WHOLE)
    shown_ = a_resource(response="urn:uuid:shown")
    table.landed(SEED, shown_, Ended.WHOLE, asked_by=AskedBy.BROWSER)
    assert shown_ == table.seed_answer
