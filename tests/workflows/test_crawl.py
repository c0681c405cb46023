"""Tests of preserve.workflows.crawl: what goes on side by side, and what is left when it ends early."""

from __future__ import annotations

import asyncio
import datetime as dt
import errno
import threading
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from preserve.disk import Spool
from preserve.errors import StorageUnavailable
from preserve.model.capture import CaptureRequest, Limits
from preserve.model.exchange import Ended, Exchange
from preserve.model.reference import Kind, Link
from preserve.model.url import UriR
from preserve.package.staging import Staging
from preserve.package.writer import PackageWriter
from preserve.workflows.context import Cancel, Context
from preserve.workflows.crawl import Crawl
from preserve.workflows.intake import Intake

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterator
    from pathlib import Path

    from preserve.model.exchange import Task
    from preserve.model.reference import Role
    from preserve.package.writer import Recorded

SEED = UriR("http://example.org/")
AT = dt.datetime(2026, 11, 22, 10, 15, tzinfo=dt.UTC)
PATIENCE_S = 30
RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: application/octet-stream\r\n\r\nhi"


class Engine:
    """Answers every task with the same response, without a network."""

    name = "still"

    def __init__(self) -> None:
        self.visited: list[str] = []
        self.second = threading.Event()
        """Set when a second visit has begun."""

    def configure(self, request: CaptureRequest, *, spool: Any, clock: Any) -> None:
        """Begin a capture."""

    async def visit(self, task: Task) -> AsyncGenerator[Exchange, None]:
        """Yield one exchange."""
        self.visited.append(task.url)
        if len(self.visited) > 1:
            self.second.set()
        yield an_exchange(task.url)

    async def close(self) -> None:
        """Close no connections."""


def an_exchange(url: UriR) -> Exchange:
    """Return a whole exchange."""
    request, response = Spool(), Spool()
    request.write(b"GET / HTTP/1.1\r\nHost: example.org\r\n\r\n")
    response.write(RESPONSE)
    return Exchange(
        url=url,
        method="GET",
        began_at=AT,
        ended_at=AT,
        ended=Ended.WHOLE,
        request=request,
        response=response,
        status=200,
    )


@attrs.frozen(kw_only=True)
class Stage:
    """All that a crawl needs, with one connection."""

    staging: Staging
    writer: PackageWriter
    intake: Intake
    engine: Engine
    cancel: Cancel

    def run(self) -> list[str]:
        """Run the crawl and return the limits it met."""

        async def journey() -> list[str]:
            crawl = Crawl(self.staging, self.engine, self.writer, self.intake, Context(cancel=self.cancel))
            return await crawl.run()

        return asyncio.run(journey())

    def store(self, before: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> None:
        """Have something done, in the writer's thread, before each exchange is stored."""
        record = self.writer.record

        def late(exchange: Exchange, role: Role) -> Recorded:
            before()
            return record(exchange, role)

        monkeypatch.setattr(self.writer, "record", late)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """Set up a crawl of the seed and robots.txt."""
    limits = Limits(connections=1, connections_per_host=1)
    request = CaptureRequest(url=SEED, as_given=SEED, engine="still", limits=limits)
    staging = Staging.create(tmp_path, request=request, began_at=AT, software="preserve 0", user_agent="ua")
    assert staging is not None
    writer = PackageWriter(staging, new_id=Context().new_id, on_step=lambda _: None)
    intake = Intake(request, writer)
    yield Stage(staging=staging, writer=writer, intake=intake, engine=Engine(), cancel=Cancel())
    intake.close()
    writer.release()
    staging.release()


def test_a_connection_does_not_wait_for_the_disk(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """While an exchange is being stored the only connection serves the next task already."""
    in_time: list[bool] = []
    stage.store(lambda: in_time.append(stage.engine.second.wait(PATIENCE_S)), monkeypatch)
    assert [] == stage.run()
    assert [True, True] == in_time


def test_what_came_whole_before_an_interruption_is_entered(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An exchange that is on its way to the disk when the user stops is stored, and answers its reference."""

    def interrupt() -> None:
        stage.engine.second.wait(PATIENCE_S)
        stage.cancel.set()

    stage.store(interrupt, monkeypatch)
    stage.run()
    answer = stage.intake.table.seed_answer
    assert answer is not None
    assert answer.response in stage.writer.resources
    assert {2} == {sum(line.type == kind for line in stage.writer.lines) for kind in ("response", "request")}


def test_a_full_disk_is_told_even_after_an_interruption(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be stored is never passed over, not even when the capture is ending anyway."""

    def fail() -> None:
        stage.engine.second.wait(PATIENCE_S)
        stage.cancel.set()
        raise StorageUnavailable("No space left.") from OSError(errno.ENOSPC, "No space left")

    stage.store(fail, monkeypatch)
    with pytest.raises(StorageUnavailable, match="No space left"):
        stage.run()


def test_tasks_behind_the_connections_are_bounded(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a hundred references no more than a few are visited while the first is still being stored."""
    seen: list[int] = []

    def count() -> None:
        if not seen:
            stage.engine.second.wait(PATIENCE_S)
        seen.append(len(stage.engine.visited) - len(seen))

    table = stage.intake.table
    links = [Link(written=f"/{n}", url=f"{SEED}{n}", kind=Kind.IMAGE) for n in range(100)]
    begun = table.next()
    assert begun is not None
    source = stage.writer.record(an_exchange(SEED), table.role_of(SEED))
    assert source.resource is not None
    table.landed(SEED, source.resource, Ended.WHOLE)
    table.add_links(source.resource, links)
    source.close()
    stage.store(count, monkeypatch)
    stage.run()
    assert 101 == len(stage.engine.visited)
    assert max(seen) <= 18
