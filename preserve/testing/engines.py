"""What must every engine do, whatever a server does?"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from preserve.disk import Spool
from preserve.model.exchange import Artefact, Ended, Engine, Exchange, Task
from preserve.model.rendering import Observation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from preserve.model.capture import CaptureRequest
    from preserve.model.url import UriR

__all__ = ["check_engine"]


async def check_engine(
    make: Callable[[], object], request: CaptureRequest, urls: Iterable[UriR]
) -> list[Ended]:
    """
    Hold an engine against the contract of ``preserve.model.exchange.Engine``.

    Args:
        make: Makes an instance, as its entry point does.
        request: What it is configured with; give it leave to reach the servers of ``urls``.
        urls: What to visit, each once: servers that answer, that break off, that nobody runs.

    Returns:
        How the last exchange of each visit ended, in the order of ``urls``.

    Raises:
        AssertionError: With a sentence, when the contract is broken.
    """
    engine = make()
    _hold(isinstance(engine, Engine), f"{engine!r} has no name, configure(), visit() or close().")
    assert isinstance(engine, Engine)  # noqa: S101 - for the type checker
    engine.configure(request, spool=Spool, clock=lambda: dt.datetime.now(dt.UTC))
    try:
        return [await _check_visit(engine, url) for url in urls]
    finally:
        await engine.close()


async def _check_visit(engine: Engine, url: UriR) -> Ended:
    ended: Ended | None = None
    async for item in engine.visit(Task(url=url)):
        try:
            _hold(
                isinstance(item, Exchange | Artefact | Observation),
                f"A visit yields exchanges, artefacts and observations, not {item!r}.",
            )
            if isinstance(item, Exchange):
                _check_exchange(item)
                ended = item.ended
        finally:
            if isinstance(item, Exchange | Artefact):
                item.close()
    _hold(ended is not None, f"The visit of {url} gave no exchange; a failure is one too.")
    return ended or Ended.FAILED


def _check_exchange(exchange: Exchange) -> None:
    what = f"The exchange with {exchange.url}"
    for at in (exchange.began_at, exchange.ended_at):
        _hold(at.utcoffset() == dt.timedelta(0), f"{what} has an instant that is not UTC.")
    _hold(exchange.began_at <= exchange.ended_at, f"{what} ended before it began.")
    whole = exchange.ended is Ended.WHOLE
    _hold(whole or bool(exchange.reason), f"{what} ended as {exchange.ended} and does not say why.")
    nothing = exchange.ended in {Ended.FAILED, Ended.REFUSED}
    _hold(
        nothing == (exchange.response is None),
        f"{what} ended as {exchange.ended}, which its response belies.",
    )
    if exchange.ended is Ended.REFUSED:
        _hold(exchange.request is None, f"{what} was refused, and yet something was sent.")
    if exchange.response is not None:
        _hold(exchange.request is not None, f"{what} has an answer to nothing.")
        _hold(exchange.response.size_bytes > 0, f"{what} has a response of no bytes; that is none.")


def _hold(condition: bool, sentence: str) -> None:  # noqa: FBT001 - what is held to be true
    if not condition:
        raise AssertionError(sentence)
