"""Can another tool archive its own requests through the library?"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import preserve
from tests.workflows.sites import Sites

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

    import pytest

API = Path(__file__).parents[2] / "docs" / "api.md"
EXAMPLE = "https://example.org/post"


def requests(package: preserve.Package) -> list[bytes]:
    """Return the octets of every request record."""
    found = []
    for line in package.records():
        if line.type == "request":
            with package.open_record(line) as record:
                found.append(b"".join(record.block()))
    return found


def test_the_example_of_the_documents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tool in docs/api.md archives a page with what it refers to, by requests of its own words only."""
    (code,) = (
        block
        for block in re.findall(r"^```python\n(.*?)^```$", API.read_text(), re.MULTILINE | re.DOTALL)
        if "preserve.Wire(" in block
    )
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"__name__": "example"}
    with Sites(1) as sites:
        url = sites[0].url("/with-image")
        exec(code.replace(f'"{EXAMPLE}"', f'"{url}", allow_private_network=True'), names)  # noqa: S102 - our own
    package = preserve.open_package(next((tmp_path / "my-archive").glob("*/*Z")))
    assert "my-tool" == package.capture.outcome.engine
    asked = requests(package)
    assert {b"/with-image", b"/image.png"} <= {block.split(b" ")[1] for block in asked}
    assert [] == [block for block in asked if b"User-Agent: my-tool/1.0" not in block]
    assert preserve.Result.PASS is preserve.verify(package.path).result


class Poster:
    """Posts a form before it asks for the page."""

    name = "poster"

    def configure(self, request: preserve.CaptureRequest, *, spool: Any, clock: Any) -> None:
        """Begin a capture."""
        self.wire = preserve.Wire(
            limits=request.limits, spool=spool, clock=clock, allow_private=request.allow_private_network
        )

    async def visit(self, task: preserve.Task) -> AsyncGenerator[preserve.Exchange, None]:
        """Yield the form's exchange, then the page's."""
        host = task.url.split("/")[2].encode()
        own = ((b"Host", host), (b"x-oDD", b" kept "), (b"Connection", b"keep-alive"))
        if task.url.endswith("/form"):
            framed = (*own, (b"Content-Length", b"7"))
            form = preserve.WireRequest(url=task.url, method="POST", fields=framed)
            exchange = await self.wire.exchange(form, upload=_body())
            assert exchange.response is not None
            with exchange.response.open() as stream:
                assert stream.read().startswith(b"HTTP/1.1 200 ")
            yield exchange
        yield await self.wire.exchange(preserve.WireRequest(url=task.url, fields=own))

    async def close(self) -> None:
        """Close all connections."""
        self.wire.close()


async def _body() -> AsyncIterator[bytes]:
    yield b"use"
    yield b"r=me"


def test_a_posted_form_is_kept(tmp_path: Path) -> None:
    """A request with a body stands in the package as it was sent, before the one for the page."""
    with Sites(1) as sites:
        package = preserve.archive(
            sites[0].url("/form"), tmp_path, engine=Poster(), allow_private_network=True
        )
    posted = [block for block in requests(package) if block.startswith(b"POST ")]
    host = package.url.split("/")[2].encode()
    assert [
        b"POST /form HTTP/1.1\r\nHost: " + host + b"\r\nx-oDD:  kept \r\nConnection: keep-alive\r\n"
        b"Content-Length: 7\r\n\r\nuser=me"
    ] == posted
    assert preserve.Verdict.COMPLETE is package.capture.outcome.verdict
    assert preserve.Result.PASS is preserve.verify(package.path).result
