"""Does every block equal what the origin said and heard, however odd the exchange?"""

from __future__ import annotations

import hashlib
from contextlib import ExitStack
from typing import TYPE_CHECKING

import attrs
import pytest

from preserve.model.capture import Limits
from preserve.model.exchange import Ended
from preserve.model.reference import Kind, State
from tests.wire.conftest import HOST, Archived, Capture
from tests.wire.odd import IDLE_S, LANDED, ODD, WHOLE_S
from tests.wire.origin import End, Origin, Script, Talk

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.xdist_group("wire-odd")  # one capture serves them all

CASES = [(scheme, name) for scheme in ("http", "https") for name in ODD]
LIMITS = Limits(idle_s=IDLE_S, head_s=WHOLE_S, exchange_s=WHOLE_S, retries=0)

TWICE = "/odd/other-body-the-second-time"
FIRST = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst"
SECOND = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecond"


@attrs.frozen
class Scene:
    """One capture of a page that refers to every odd exchange."""

    origin: Origin
    archived: Archived

    def talks(self, path: str) -> list[Talk]:
        """Return what the origin says of a path."""
        return self.origin.said(path)


@pytest.fixture(scope="module")
def scenes(
    good: ssl.SSLContext, make_capture: Callable[[Path], Capture], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Scene]]:
    """Return the capture of a scheme, made when first asked for."""
    made: dict[str, Scene] = {}
    with ExitStack() as stack:

        def scene(scheme: str) -> Scene:
            if scheme not in made:
                context = good if scheme == "https" else None
                origin = stack.enter_context(Origin(scripts=scripts(), context=context, name=HOST))
                into = tmp_path_factory.mktemp(scheme)
                archived = make_capture(into)(f"{origin.url}/", limits=LIMITS)
                made[scheme] = Scene(origin, archived)
            return made[scheme]

        yield scene


def scripts() -> dict[str, tuple[Script, ...]]:
    """Return what the origin answers: a page that refers to all, and the rows of the table."""
    places = [*(f"/odd/{name}" for name in ODD), "/to-twice", TWICE]
    page = b"<!doctype html><title>Odd</title>" + b"".join(
        b'<object data="%s"></object>' % place.encode() for place in places
    )
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(page)
    landed: Script = (LANDED, End.KEEP)
    answers: dict[str, tuple[Script, ...]] = {
        "/": ((head + page, End.KEEP),),
        "/landed/*": (landed,),
        TWICE: ((FIRST, End.KEEP), (SECOND, End.KEEP)),
        "/to-twice": (
            (
                b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + TWICE.encode() + b"\r\n\r\n",
                End.KEEP,
            ),
        ),
    }
    for name, case in ODD.items():
        own = f"/odd/{name}"
        answers[own] = (case.script, landed) if case.to == own else (case.script,)
    return answers


def test_the_table_is_long_enough() -> None:
    """There are more than twice as many odd exchanges as were asked for."""
    assert True is (len(ODD) >= 90)


@pytest.mark.parametrize(("scheme", "name"), CASES)
def test_blocks_are_the_truth(scenes: Callable[[str], Scene], scheme: str, name: str) -> None:
    """Request, interim and response blocks are what the origin heard and said, and nothing besides."""
    scene, case = scenes(scheme), ODD[name]
    url = f"{scene.origin.url}/odd/{name}"
    talks = scene.talks(f"/odd/{name}")
    asked = [block.block for block in scene.archived.of("request", url)]
    assert sorted(talk.heard for talk in talks) == sorted(asked)
    interim = [block.block for block in scene.archived.of("metadata", url)]
    assert [case.interim] * bool(case.interim) == interim
    response = [block.block for block in scene.archived.of("response", url)]
    first = next(bytes(talk.said) for talk in talks if talk.answered)
    said = first[len(case.interim) : len(first) - len(case.surplus)]
    expected = [said] if case.response else []
    if case.to == f"/odd/{name}":
        expected.append(LANDED)
    assert expected == response
    if b"%" not in case.response:
        assert case.interim + case.response + case.surplus == first


@pytest.mark.parametrize(("scheme", "name"), CASES)
def test_end_and_state(scenes: Callable[[str], Scene], scheme: str, name: str) -> None:
    """The exchange ends as the table says, and the reference points to the record that answers it."""
    scene, case = scenes(scheme), ODD[name]
    url = f"{scene.origin.url}/odd/{name}"
    reference = scene.archived.reference(url)
    assert (case.state_over(scheme), True) == (
        reference.state,
        not reference.reason or reference.reason[-1] == ".",
    )
    if not case.response:
        assert None is reference.record
        return
    first = scene.archived.of("response", url)[0]
    resource = scene.archived.resource(first.record_id)
    ended = case.ended_over(scheme)
    assert (ended, case.status) == (resource.ended, resource.status)
    assert (None if ended is Ended.WHOLE else ended.value) == first.fields.get("WARC-Truncated")
    if case.says:
        said = " ".join([resource.reason, *(problem.message for problem in resource.problems)])
        assert case.says in said
    target = f"{scene.origin.url}{case.to}" if case.to else url
    answer = scene.archived.of("response", target)[-1]
    assert answer.record_id == reference.record


@pytest.mark.parametrize(("scheme", "name"), [(scheme, name) for scheme, name in CASES if ODD[name].response])
def test_payload_digest(scenes: Callable[[str], Scene], scheme: str, name: str) -> None:
    """The payload digest is over the entity body: transfer coding removed, content coding kept."""
    scene, case = scenes(scheme), ODD[name]
    block = scene.archived.of("response", f"{scene.origin.url}/odd/{name}")[0]
    entity = case.body if case.entity is None else case.entity
    assert f"sha256:{hashlib.sha256(entity).hexdigest()}" == block.fields["WARC-Payload-Digest"]
    assert f"sha256:{hashlib.sha256(block.block).hexdigest()}" == block.fields["WARC-Block-Digest"]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_records_are_tied_together(scenes: Callable[[str], Scene], scheme: str) -> None:
    """Request and interim records name a record of their own exchange, with the same date."""
    scene = scenes(scheme)
    blocks = scene.archived.blocks
    dates = {block.record_id: (block.uri, block.fields["WARC-Date"]) for block in blocks}
    tied = [block for block in blocks if block.kind in {"request", "metadata"}]
    silent = {f"/odd/{name}" for name, case in ODD.items() if not case.response}
    unanswered = [talk.path for talk in scene.origin.talks if not talk.answered or talk.path in silent]
    beside = [block.fields.get("WARC-Concurrent-To", "").strip("<>") for block in tied]
    expected = [
        (block.uri, block.fields["WARC-Date"]) for block, there in zip(tied, beside, strict=True) if there
    ]
    assert expected == [dates[there] for there in beside if there]
    alone = [block.uri for block, there in zip(tied, beside, strict=True) if not there]
    assert sorted(f"{scene.origin.url}{path}" for path in unanswered) == sorted(alone)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_nothing_more_was_said(scenes: Callable[[str], Scene], scheme: str) -> None:
    """Every request that the origin heard has its request record; none has two, and none is invented."""
    scene = scenes(scheme)
    heard = sorted(talk.heard for talk in scene.origin.talks if talk.heard)
    kept = sorted(block.block for block in scene.archived.blocks if block.kind == "request")
    assert heard == kept


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_other_body_the_second_time(scenes: Callable[[str], Scene], scheme: str) -> None:
    """A URL that answered twice, with other bodies, has both; each reference points to one of them."""
    scene = scenes(scheme)
    url = f"{scene.origin.url}{TWICE}"
    records = {block.record_id: block.block for block in scene.archived.of("response", url)}
    pointed = {scene.archived.reference(f"{scene.origin.url}{path}").record for path in (TWICE, "/to-twice")}
    assert sorted(bytes(talk.said) for talk in scene.talks(TWICE)) == sorted(records.values())
    assert [FIRST, SECOND] == sorted(records.values())
    assert True is (pointed <= set(records))


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_link_fields_are_references(scenes: Callable[[str], Scene], scheme: str) -> None:
    """What a response preloads by its head is fetched and stands in the list; where it leads is listed."""
    scene = scenes(scheme)
    source = scene.archived.reference(f"{scene.origin.url}/odd/link-field").record
    listed = [one for one in scene.archived.references if one.source == source]
    landed = f"{scene.origin.url}/landed"
    assert [
        (f"{landed}/preloaded", Kind.SCRIPT, State.CAPTURED, "link", ""),
        (f"{landed}/next", Kind.LINK, State.NOT_FOLLOWED, "link", "The next, <b>bold</b> one"),
    ] == [(one.url, one.kind, one.state, one.attribute, one.text) for one in listed]
    assert [LANDED] == [block.block for block in scene.archived.of("response", f"{landed}/preloaded")]


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("name", [name for name in ODD if "refresh" in name])
def test_refreshes_are_listed(scenes: Callable[[str], Scene], scheme: str, name: str) -> None:
    """Where a page sends its reader is in its references; at once and within its origin it is followed."""
    scene = scenes(scheme)
    record = scene.archived.reference(f"{scene.origin.url}/odd/{name}").record
    (listed,) = [reference for reference in scene.archived.references if reference.source == record]
    expected = (Kind.LINK, State.NOT_FOLLOWED)
    if name in {"refresh-field", "meta-refresh"}:
        expected = (Kind.FRAME, State.CAPTURED)
    assert (*expected, "refresh") == (listed.kind, listed.state, listed.attribute)
