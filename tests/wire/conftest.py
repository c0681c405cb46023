"""How is a whole capture made of what a scripted server says?"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol, TypeAlias

import attrs
import pytest

import preserve
from preserve.engines.wire.plain import PlainEngine
from preserve.model.capture import Limits
from preserve.model.reference import Reference
from preserve.model.resource import Resource
from tests.wire.blocks import Block, read_blocks
from tests.wire.certificates import Authority
from tests.wire.origin import LOOPBACK

if TYPE_CHECKING:
    import ssl
    from pathlib import Path


__all__ = ["HOST", "Archived", "Capture", "Resolve", "own"]

Resolve: TypeAlias = Callable[[str], Sequence[str]]

HOST = "odd.test"
"""The name of our origins; what it leads to is told by the resolver handed to the engine."""

WITHIN_S = 60.0
"""No capture takes longer; one that does hangs."""


@attrs.frozen(kw_only=True)
class Archived:
    """A package, read back."""

    package: preserve.Package
    blocks: list[Block]
    references: list[Reference]
    resources: list[Resource]
    lookups: list[str]
    """Names asked of the resolver."""

    def of(self, kind: str, url: str) -> list[Block]:
        """Return the HTTP records of one WARC-Type about a URL, in file order."""
        return [
            block
            for block in self.blocks
            if (block.kind, block.uri) == (kind, url)
            and block.fields["Content-Type"].startswith("application/http")
        ]

    def reference(self, url: str) -> Reference:
        """Return the first reference to a URL, or to what begins so and is none."""
        return next(one for one in self.references if (one.url or one.written[:30]) == url)

    def resource(self, record: str | None) -> Resource:
        """Return the resource of a response record."""
        return next(resource for resource in self.resources if resource.response == record)


class Capture(Protocol):
    """Archives a page and reads the package back."""

    def __call__(
        self, url: str, *, limits: Limits = ..., resolve: Resolve = ..., within_s: float = ...
    ) -> Archived:
        """Archive; names are asked of ``resolve``; a capture that is not over by then fails."""
        ...


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Make the certificate authority of the run."""
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def good(authority: Authority) -> ssl.SSLContext:
    """Return the context of a server that shows a good certificate."""
    return authority.context("*.test", HOST, LOOPBACK)


@pytest.fixture(scope="session")
def make_capture(authority: Authority) -> Callable[[Path], Capture]:
    """Return what makes captures into a folder."""

    def into(folder: Path) -> Capture:
        def capture(
            url: str, *, limits: Limits | None = None, resolve: Resolve = own, within_s: float = WITHIN_S
        ) -> Archived:
            return _archive(url, folder, authority, limits or Limits(), resolve, within_s)

        return capture

    return into


@pytest.fixture
def capture(make_capture: Callable[[Path], Capture], tmp_path: Path) -> Capture:
    """Return what makes captures into the test's folder."""
    return make_capture(tmp_path)


def own(host: str) -> Sequence[str]:
    """Return this machine for names that end in ``.test``."""
    if host.endswith(".test"):
        return [LOOPBACK]
    raise OSError(2, "no such name")


def _archive(
    url: str, folder: Path, authority: Authority, limits: Limits, resolve: Resolve, within_s: float
) -> Archived:
    lookups: list[str] = []

    def resolver(host: str) -> Sequence[str]:
        lookups.append(host)
        return resolve(host)

    async def run() -> preserve.Package:
        engine = PlainEngine(resolver=resolver, ca_file=authority.file)
        async with asyncio.timeout(within_s):
            return await preserve.archive_async(
                url, folder, engine=engine, limits=limits, allow_private_network=True
            )

    package = asyncio.run(run())
    return Archived(
        package=package,
        blocks=read_blocks(package.path),
        references=list(package.references()),
        resources=list(package.resources()),
        lookups=lookups,
    )
