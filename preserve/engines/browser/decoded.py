"""
What did the browser understand of an exchange whose octets we did not see?

For origins that speak to a browser only. Request and response are written down as HTTP/1.1 messages from
what Playwright tells: fields in their order, without those of HTTP/2's own, the content without its coding.
They are stored with fidelity ``decoded``; WARC-Protocol says what was spoken. The fields that would not be
true of such a body (Content-Encoding, Transfer-Encoding, Content-Length) are left out, and the length is
that of the content.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

import attrs
from playwright.async_api import Error as PlaywrightError

from preserve.engines.browser.foreign import Foreigners
from preserve.engines.wire.redirects import location
from preserve.formats.http1 import Fields
from preserve.model.capture import Limits
from preserve.model.exchange import AskedBy, Ended, Exchange, Fidelity, TlsFacts, WritableSpool
from preserve.model.url import UriR, normalise, parse

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, Request, Response


__all__ = ["Decoder", "message"]

_UNTRUE = frozenset({b"content-encoding", b"content-length", b"transfer-encoding"})
_PATIENCE_S = 20.0
"""For one body, once the browser has it."""
_DESTINATIONS = {"document": "document", "stylesheet": "style", "media": "video"}


@attrs.define(eq=False, kw_only=True, slots=False)  # Playwright notes its listeners on whom they belong to
class Decoder:
    """
    Tells of the exchanges with origins that the browser reaches by itself.

    Args:
        foreigners: Those origins.
        limits: Of the capture.
        spool: Makes an empty spool.
        clock: Returns the present, an aware UTC datetime.
        tell: Gets each exchange, and closes it.
        keep: Returns the fields to keep of a request: secrets are masked.
    """

    foreigners: Foreigners
    limits: Limits
    spool: Callable[[], WritableSpool]
    clock: Callable[[], dt.datetime]
    tell: Callable[[Exchange], None]
    keep: Callable[[UriR, Fields], Fields]
    _tasks: set[asyncio.Task[None]] = attrs.field(factory=set, init=False)
    _failed: BaseException | None = attrs.field(default=None, init=False)

    def listen(self, context: BrowserContext) -> None:
        """Begin to listen to a browser."""
        context.on("requestfinished", self._finished)

    async def finish(self) -> None:
        """
        Wait for what is being asked of the browser; bounded, as each of it is.

        Raises:
            StorageUnavailable: If a spool could not take what came.
        """
        while self._tasks:
            await asyncio.wait(self._tasks)
        if self._failed is not None:
            raise self._failed

    def _finished(self, request: Request) -> None:
        if self.foreigners.holds(request.url) and request.existing_response is not None:
            task = asyncio.ensure_future(self._tell(request))
            self._tasks.add(task)
            task.add_done_callback(self._told)

    def _told(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self._failed = self._failed or task.exception()

    async def _tell(self, request: Request) -> None:
        try:
            async with asyncio.timeout(_PATIENCE_S):
                response = await request.response()
                if response is None or response.from_service_worker:
                    return
                exchange = await self._exchange(request, response)
        except (PlaywrightError, TimeoutError):
            return  # the page was left meanwhile; its reference will say that no answer came
        self.tell(exchange)

    async def _exchange(self, request: Request, response: Response) -> Exchange:
        url = normalise(request.url)
        asked = _fields(await request.headers_array())
        said = _fields(await response.headers_array())
        body, problem = await _body(response)
        ended, reason = (Ended.DISCONNECT, problem) if problem else (Ended.WHOLE, "")
        if len(body) > self.limits.body_bytes:
            body = body[: self.limits.body_bytes]
            ended = Ended.LENGTH
            reason = f"The content is longer than {self.limits.body_bytes} bytes; the rest was left."
        status_line = f"HTTP/1.1 {response.status} {response.status_text}".rstrip()
        path = parse(url)
        line = f"{request.method} {path.pathname}{path.search} HTTP/1.1"
        host = ((b"Host", path.host.encode()),)
        kept = self.keep(url, asked if any(name.lower() == b"host" for name, _ in asked) else host + asked)
        began_at = self._began_at(request)
        return Exchange(
            url=url,
            method=request.method,
            began_at=began_at,
            ended_at=max(began_at, self.clock()),
            ended=ended,
            reason=reason,
            request=self._stored(message(line, kept, request.post_data_buffer or b"")),
            response=self._stored(message(status_line, said, body, sized=request.method != "HEAD")),
            status=response.status,
            fields=said,
            peer=self.foreigners.peer(url),
            tls=await _tls(response),
            redirect_to=location(
                response.status, next((value for name, value in said if name == b"location"), None), url
            ),
            protocol=await _protocol(response),
            asked_by=AskedBy.BROWSER,
            destination=_DESTINATIONS.get(request.resource_type, request.resource_type),
            fidelity=Fidelity.DECODED,
        )

    def _began_at(self, request: Request) -> dt.datetime:
        """Return when the browser says that it asked; never later than now."""
        started_ms = request.timing.get("startTime", -1)
        now = self.clock()
        if started_ms <= 0:
            return now
        return min(now, dt.datetime.fromtimestamp(started_ms / 1000, dt.UTC))

    def _stored(self, octets: bytes) -> WritableSpool:
        spool = self.spool()
        spool.write(octets)
        return spool


def message(first: str, fields: Fields, body: bytes, *, sized: bool = True) -> bytes:
    """
    Return an HTTP/1.1 message whose body is decoded content.

    Args:
        first: The start line.
        fields: As the browser tells them.
        body: Without any coding.
        sized: Whether a Content-Length may be stated.
    """
    lines = [first.encode("latin-1", "replace")]
    lines += [b"%s: %s" % field for field in fields if field[0].lower() not in _UNTRUE]
    if body and sized:
        lines.append(b"Content-Length: %d" % len(body))
    elif sized and first.startswith("HTTP/"):
        lines.append(b"Content-Length: 0")
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def _fields(told: Iterable[Mapping[str, object]]) -> Fields:
    """Return fields without those of HTTP/2's own. Chromium joins repeated ones by line feeds."""
    fields = []
    for each in told:
        name = str(each["name"])
        if not name.startswith(":"):
            fields += [
                (name.encode("latin-1", "replace"), value.encode("latin-1", "replace"))
                for value in str(each["value"]).split("\n")
            ]
    return tuple(fields)


async def _body(response: Response) -> tuple[bytes, str]:
    """Return the content, and why there is none, as a sentence; redirects have none that a browser keeps."""
    if response.status in range(300, 400) or response.request.method == "HEAD":
        return b"", ""
    try:
        return await response.body(), ""
    except PlaywrightError as exc:
        return b"", f"The browser did not give the content: {exc.message.splitlines()[0][:200]}."


async def _tls(response: Response) -> TlsFacts:
    details = await response.security_details()
    version = str(details.get("protocol", "") if details else "").replace("TLS ", "TLSv")
    return TlsFacts(version=version, cipher="", verdict="verified")


async def _protocol(response: Response) -> str:
    spoken = await response.http_version()
    return {"HTTP/2.0": "h2", "h2": "h2", "HTTP/3.0": "h3", "h3": "h3"}.get(spoken, spoken.lower())
