"""Tests of preserve.scope."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from preserve.model.capture import CaptureRequest, Limits, Outcome, RobotsPolicy, Verdict
from preserve.model.exchange import Ended
from preserve.model.reference import Kind, Link, Reference, Role, State
from preserve.model.resource import Resource
from preserve.model.url import UriR
from preserve.scope import Table, is_gap, judge_outcome
from preserve.scope.roles import RULES
from preserve.scope.states import judge_address, judge_answer

SEED = UriR("https://example.org/post")


def a_request(robots: RobotsPolicy = RobotsPolicy.IGNORE, **limits: int) -> CaptureRequest:
    """Return a request for the seed."""
    return CaptureRequest(
        url=SEED, as_given="https://example.org/post#top", robots=robots, limits=Limits(**limits)
    )


def a_table(**limits: int) -> Table:
    """Return a table with the seed in it, and no robots.txt."""
    return Table(a_request(RobotsPolicy.OBEY, **limits))


def a_resource(url: str = SEED, **changes: Any) -> Resource:
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
    return attrs.evolve(resource, **changes)


def a_link(url: str | None, kind: Kind = Kind.IMAGE, **changes: Any) -> Link:
    """Return a link to a picture."""
    return attrs.evolve(Link(written=url or "", url=url, kind=kind), **changes)


def states(table: Table, *order: Resource) -> list[tuple[str | None, State]]:
    """Return URL and state of every reference."""
    return [(row.url, row.state) for row in table.references(resource.response for resource in order)]


def test_the_seed_comes_first_and_once() -> None:
    """The first task is the seed, and then nothing is waiting."""
    table = a_table()
    task = table.next()
    assert task is not None
    assert (SEED, None, Role.PAGE) == (task.url, task.referer, table.role_of(task.url))
    assert table.next() is None


def test_each_url_is_asked_for_once() -> None:
    """Two references to one URL are answered by one exchange."""
    table, page = a_table(), a_resource()
    table.next()
    table.landed(SEED, page, Ended.WHOLE)
    picture = UriR("https://example.org/a.png")
    table.add_links(page, [a_link(picture), a_link(picture, Kind.ICON)])
    task = table.next()
    assert task is not None
    assert SEED == task.referer
    assert table.next() is None
    image = a_resource(picture, sniffed_type="image/png", role=Role.REQUISITE)
    assert State.CAPTURED is table.landed(picture, image, Ended.WHOLE)
    references = list(table.references([page.response]))
    assert [State.CAPTURED] * 3 == [row.state for row in references]
    assert [page.response, image.response, image.response] == [row.record for row in references]
    assert [None, page.response, page.response] == [row.source for row in references]


def test_style_sheets_are_fetched_before_pictures() -> None:
    """What leads to more is asked for first, what is uncertain last."""
    table, page = a_table(), a_resource()
    table.next()
    table.add_links(
        page,
        [
            a_link("https://example.org/maybe.png", speculative=True),
            a_link("https://example.org/a.png"),
            a_link("https://example.org/a.css", Kind.STYLE),
        ],
    )
    order = [task.url.rpartition("/")[2] for task in iter(table.next, None)]
    assert ["a.css", "a.png", "maybe.png"] == order


@pytest.mark.parametrize(
    ("link", "state"),
    [
        (a_link("data:image/png;base64,AAAA"), State.INLINE),
        (a_link("mailto:a@example.org", Kind.LINK), State.NOT_FOLLOWED),
        (a_link("about:blank", Kind.FRAME), State.NOT_FOLLOWED),
        (a_link("https://example.org/next", Kind.LINK), State.NOT_FOLLOWED),
        (a_link("https://example.org/feed", Kind.ALTERNATE), State.NOT_FOLLOWED),
        (a_link("https://u:p@example.org/a.png"), State.REFUSED),
        (a_link("https://u@example.org/a.png"), State.REFUSED),
        (a_link("https://example.org/a@b.png"), State.PENDING),
        (a_link(None), State.REFUSED),
        (a_link(None, Kind.LINK), State.NOT_FOLLOWED),
        (a_link(None, Kind.DOCUMENT), State.UNRESOLVED),
        (a_link("https://example.org/a.pdf", Kind.DOCUMENT), State.PENDING),
    ],
)
def test_addresses_are_judged_before_anything_is_asked(link: Link, state: State) -> None:
    """What has no bytes over HTTP, or must not be asked for, never becomes a task."""
    assert state is judge_address(link)[0]


@pytest.mark.parametrize(
    ("changes", "kind", "state"),
    [
        ({}, Kind.PAGE, State.CAPTURED),
        ({"status": 204}, Kind.PAGE, State.CAPTURED),
        ({"status": 404}, Kind.IMAGE, State.ABSENT),
        ({"status": 410}, Kind.IMAGE, State.ABSENT),
        ({"status": 403}, Kind.IMAGE, State.ERROR),
        ({"status": 503}, Kind.IMAGE, State.ERROR),
        ({"status": 302}, Kind.IMAGE, State.ERROR),
        ({"status": None}, Kind.IMAGE, State.ERROR),
        ({"ended": Ended.DISCONNECT}, Kind.IMAGE, State.TRUNCATED),
        ({"ended": Ended.LENGTH, "status": 404}, Kind.IMAGE, State.TRUNCATED),
        ({}, Kind.IMAGE, State.UNSUITABLE),
        ({}, Kind.DOCUMENT, State.UNSUITABLE),
        ({}, Kind.STYLE, State.UNSUITABLE),
        ({"sniffed_type": "application/pdf"}, Kind.DOCUMENT, State.CAPTURED),
        ({"sniffed_type": "image/svg+xml"}, Kind.ICON, State.CAPTURED),
        ({"sniffed_type": "text/plain"}, Kind.IMAGE, State.UNSUITABLE),
    ],
)
def test_answers_are_judged_by_status_end_and_content(
    changes: dict[str, Any], kind: Kind, state: State
) -> None:
    """A stored answer satisfies its reference only if it is whole, a success, and of a kind that suits."""
    assert state is judge_answer(a_link(SEED, kind), a_resource(**changes))[0]


def test_a_size_that_differs_from_the_stated_one_is_said() -> None:
    """A document of another size than its widget states is captured, with a sentence."""
    document = a_resource(sniffed_type="application/pdf")
    assert (State.CAPTURED, "") == judge_answer(a_link(SEED, Kind.DOCUMENT, stated_bytes=(10, 19)), document)
    state, reason = judge_answer(a_link(SEED, Kind.DOCUMENT, stated_bytes=(11, 20)), document)
    assert State.CAPTURED is state
    assert "10 bytes came" in reason


def test_a_redirect_answers_its_target_too() -> None:
    """When a chain lands on a URL that is also referred to directly, it is not asked for again."""
    table, page = a_table(), a_resource()
    table.next()
    table.landed(SEED, page, Ended.WHOLE)
    old, new = UriR("https://example.org/old.png"), UriR("https://example.org/new.png")
    table.add_links(page, [a_link(old), a_link(new)])
    assert old == getattr(table.next(), "url", None)
    table.landed(old, a_resource(new, sniffed_type="image/png"), Ended.WHOLE)
    assert table.next() is None
    assert [State.CAPTURED] * 3 == [state for _, state in states(table, page)]


def test_what_is_never_asked_is_not_attempted() -> None:
    """Rows that are open at the end say why."""
    table, page = a_table(), a_resource()
    table.next()
    table.landed(SEED, page, Ended.WHOLE)
    table.add_links(page, [a_link("https://example.org/a.png"), a_link("https://example.org/b.png")])
    table.next()
    assert 2 == table.refuse_rest("The limit was met.")
    assert table.next() is None
    assert [State.NOT_ATTEMPTED] * 2 == [state for _, state in states(table, page)[1:]]


def test_nothing_that_came_is_refused_or_failed() -> None:
    """A task without an answer keeps the engine's reason."""
    for ended, state in ((Ended.REFUSED, State.REFUSED), (Ended.FAILED, State.FAILED)):
        table = a_table()
        table.next()
        assert state is table.landed(SEED, None, ended, "Because.")
        (seed,) = table.references([])
        assert (state, "Because.", None) == (seed.state, seed.reason, seed.record)


def test_links_of_documents_are_listed_and_never_followed() -> None:
    """What a PDF links to is navigation, whatever it is."""
    table = a_table()
    table.next()
    document = a_resource("https://example.org/a.pdf", role=Role.DOCUMENT)
    table.add_links(document, [a_link("https://example.org/b.pdf", Kind.DOCUMENT)])
    assert table.next() is None
    assert State.NOT_FOLLOWED is states(table, document)[1][1]


def test_depth_is_bounded() -> None:
    """Style sheets that import style sheets end at the limit, and that is said."""
    table = a_table(depth=2)
    url, source = SEED, a_resource()
    for level in range(3):
        task = table.next()
        if task is None:
            break
        source = a_resource(task.url, role=Role.REQUISITE)
        table.landed(task.url, source, Ended.WHOLE)
        url = UriR(f"https://example.org/{level}.css")
        table.add_links(source, [a_link(url, Kind.STYLE)])
    assert table.next() is None
    assert (url, State.NOT_ATTEMPTED) == states(table, source)[1]


def test_references_are_bounded_and_counted() -> None:
    """Links above the limit are dropped, and how many is known."""
    table, page = a_table(references=3), a_resource()
    table.add_links(page, [a_link(f"https://example.org/{n}.png") for n in range(5)])
    assert 3 == len(states(table, page))
    assert 3 == table.dropped


def test_data_urls_are_not_written_out_again() -> None:
    """A data: URL keeps only what stands before its octets."""
    table, page = a_table(), a_resource()
    table.add_links(page, [a_link("data:image/gif;base64," + "A" * 5000)])
    reference = list(table.references([page.response]))[1]
    assert ("data:image/gif;base64,",) * 2 == (reference.url, reference.written)


def a_reference(state: State, role: Role = Role.REQUISITE, **changes: Any) -> Reference:
    """Return a reference in a state."""
    reference = Reference(
        source="urn:x",
        source_url=SEED,
        url="https://example.org/a",
        written="a",
        kind=Kind.IMAGE,
        role=role,
        state=state,
        record="urn:y",
    )
    return attrs.evolve(reference, **changes)


SEEN = a_reference(State.CAPTURED, Role.PAGE)


@pytest.mark.parametrize("state", [state for state in State if state is not State.PENDING])
def test_gaps_are_those_of_the_specification(state: State) -> None:
    """The states that count as gaps are those of the table in the package's specification."""
    expected = state in {
        State.ERROR,
        State.UNSUITABLE,
        State.TRUNCATED,
        State.REFUSED,
        State.FAILED,
        State.NOT_ATTEMPTED,
        State.UNRESOLVED,
    }
    assert expected is is_gap(a_reference(state))
    assert not is_gap(a_reference(state, speculative=True))
    assert not is_gap(a_reference(state, Role.NAVIGATION))
    verdict = judge_outcome([SEEN, a_reference(state)], engine="plain").verdict
    assert (Verdict.PARTIAL if expected else Verdict.COMPLETE) is verdict


def test_a_page_that_is_absent_is_partial() -> None:
    """An answer of 404 to the page itself is kept, and never called complete."""
    outcome = judge_outcome(
        [attrs.evolve(SEEN, state=State.ABSENT, reason="The origin answered 404.")], engine="e"
    )
    assert (
        Outcome(
            verdict=Verdict.PARTIAL,
            engine="e",
            gaps=0,
            reasons=("The page itself: The origin answered 404.",),
        )
        == outcome
    )


def test_nothing_of_the_page_is_failed() -> None:
    """Without any answer to the page the capture has failed."""
    seed = attrs.evolve(SEEN, state=State.FAILED, record=None, reason="No.")
    assert Verdict.FAILED is judge_outcome([seed], engine="e").verdict


def test_limits_and_interruption_are_never_complete() -> None:
    """A limit that was met, or an interruption, makes a capture partial and stands in the reasons."""
    met = judge_outcome([SEEN], engine="e", met=["Too long."])
    assert (Verdict.PARTIAL, ("Too long.",)) == (met.verdict, met.reasons)
    interrupted = judge_outcome([SEEN], engine="e", interrupted=True)
    assert (Verdict.PARTIAL, True) == (interrupted.verdict, interrupted.interrupted)


def test_every_kind_has_a_rule() -> None:
    """The table of rules lists every kind of reference."""
    assert set(Kind) == set(RULES)


ROBOTS = UriR("https://example.org/robots.txt")


def test_robots_txt_that_is_ignored_is_kept() -> None:
    """What the seed's origin asks of robots is fetched, stands after the seed, and is never a gap."""
    table = Table(a_request())
    assert [SEED, ROBOTS] == [task.url for task in iter(table.next, None)]
    assert Role.ROBOTS is table.role_of(ROBOTS)
    table.landed(SEED, a_resource(), Ended.WHOLE)
    table.landed(ROBOTS, None, Ended.FAILED, "Connection refused.")
    seed, robots = table.references([])
    assert (Kind.PAGE, State.CAPTURED) == (seed.kind, seed.state)
    assert (Kind.ROBOTS, State.FAILED, "Connection refused.") == (robots.kind, robots.state, robots.reason)
    assert (None, ROBOTS, False) == (robots.source, robots.url, is_gap(robots))


def test_robots_txt_as_the_seed_stands_once() -> None:
    """A capture of robots.txt itself asks for it once, as the page."""
    table = Table(CaptureRequest(url=ROBOTS, as_given=ROBOTS))
    assert [ROBOTS] == [task.url for task in iter(table.next, None)]
    assert Role.PAGE is table.role_of(ROBOTS)


def test_robots_txt_of_html_is_unsuitable() -> None:
    """A page that is sent in the place of robots.txt is not opened for its links."""
    table = Table(a_request())
    assert State.UNSUITABLE is table.landed(ROBOTS, a_resource(ROBOTS), Ended.WHOLE)


def test_robots_txt_of_an_engine_is_entered() -> None:
    """What an engine asked for before the rest becomes a reference, once for each origin."""
    table = a_table()
    for _ in range(2):
        table.landed_aside(ROBOTS, a_resource(ROBOTS, sniffed_type="text/plain"), Ended.WHOLE)
    assert [SEED] == [task.url for task in iter(table.next, None)]
    table.landed(SEED, a_resource(), Ended.WHOLE)
    assert [Kind.PAGE, Kind.ROBOTS] == [reference.kind for reference in table.references([])]


def test_forbidden_page_fails_the_capture() -> None:
    """A page that may not be kept answers nothing any more, and what it links is not asked for."""
    table, page = a_table(), a_resource()
    table.next()
    table.landed(SEED, page, Ended.WHOLE)
    table.add_links(page, [a_link("https://example.org/a.png")])
    table.forbid("The page asks not to be kept.")
    assert (None, None) == (table.next(), table.seed_answer)
    references = list(table.references([page.response]))
    assert [State.REFUSED, State.NOT_ATTEMPTED] == [reference.state for reference in references]
    assert Verdict.FAILED is judge_outcome(references, engine="plain").verdict
