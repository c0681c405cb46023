"""
What does every test have at hand, and what is it kept from?

- ``needs("nginx")`` marks a test that is skipped, by name, where that program is absent.
- ``oracle(name)`` and ``player`` give the tools that did not come from us (``tests/oracles``).
- ``corpora`` is the folder of other projects' samples, ``demo_package`` the demo page, archived once.
- The network is closed: a test that connects to anything but this machine fails.
- With ``CI=true`` a skip that ``allowed-skips.toml`` does not name makes the run fail.
"""

from __future__ import annotations

import fnmatch
import ipaddress
import os
import shutil
import socket
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from preserve.package.reader import Package

TESTS = Path(__file__).parent
CORPORA = TESTS.parent.parent / "shared" / "corpora"
PROGRAM_FOLDERS = ("/usr/sbin", "/sbin", "/usr/local/sbin")
"""Where servers are installed, and where an ordinary user's PATH does not lead."""


def find_oracle(name: str) -> Path | None:
    """Return a tool of the oracles' environment, which ``tests/run`` makes and names."""
    folder = os.environ.get("PRESERVE_ORACLES")
    path = Path(folder) / name if folder else None
    return path if path and path.exists() else None


def find_player() -> Path | None:
    """Return the folder of ReplayWeb.page's ``ui.js`` and ``sw.js``, which ``tests/run`` fetches."""
    folder = os.environ.get("PRESERVE_PLAYER")
    path = Path(folder) if folder else None
    return path if path and (path / "ui.js").exists() and (path / "sw.js").exists() else None


def find_program(name: str) -> Path | None:
    """Return a program of this machine, a tool of the oracles or the player."""
    if name == "replayweb.page":
        return find_player()
    search = os.pathsep.join((os.environ.get("PATH", os.defpath), *PROGRAM_FOLDERS))
    found = shutil.which(name, path=search)
    return find_oracle(name) or (Path(found) if found else None)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what needs a program that is absent."""
    for mark in item.iter_markers("needs"):
        for name in mark.args:
            if find_program(name) is None:
                pytest.skip(f"needs {name}, which is not installed")


@pytest.fixture(scope="session")
def program() -> Callable[[str], Path]:
    """Give the path of a program by its name; skip the test where it is absent."""

    def find(name: str) -> Path:
        return find_program(name) or pytest.skip(f"needs {name}, which is not installed")

    return find


@pytest.fixture(scope="session")
def oracle() -> Callable[[str], Path]:
    """Give the path of a tool of the oracles' environment; skip the test where it is absent."""

    def find(name: str) -> Path:
        return find_oracle(name) or pytest.skip(f"needs {name} of the oracles, which is not installed")

    return find


@pytest.fixture(scope="session")
def player() -> Path:
    """Give the folder of ReplayWeb.page; skip the test where it is absent."""
    return find_player() or pytest.skip("needs replayweb.page, which is not installed")


@pytest.fixture(scope="session")
def corpora() -> Path:
    """Give the folder of other projects' samples; skip the test where it is absent."""
    if not CORPORA.is_dir():
        pytest.skip("needs the samples of corpora/, which lie beside the checkout")
    return CORPORA


@pytest.fixture(scope="session")
def demo_package(tmp_path_factory: pytest.TempPathFactory, network: object) -> Package:  # noqa: ARG001 - order
    """Give the demo page, archived by the library: to be read, never changed. Its server has ended."""
    import preserve  # noqa: PLC0415 - the tests of single rooms need neither of these
    from preserve.demo import DemoServer  # noqa: PLC0415

    with DemoServer() as server:
        return preserve.archive(server.url, into=tmp_path_factory.mktemp("demo"), allow_private_network=True)


class ClosedNetworkError(OSError):
    """A test tried to leave this machine."""


class Network:
    """Stands before ``socket.connect`` and the resolver, and remembers who tried to leave this machine."""

    def __init__(self) -> None:
        self.refused: list[str] = []

    def admit(self, address: object) -> None:
        """Return if an address is this machine's own; else remember it and raise."""
        if not isinstance(address, tuple):
            return  # a path: a socket of this machine
        host = str(address[0])
        try:
            own = ipaddress.ip_address(host.partition("%")[0]).is_loopback
        except ValueError:
            own = host == "localhost"
        if not own:
            self.refused.append(f"{host}:{address[1]}")
            raise ClosedNetworkError(f"the tests' network is closed: {host}:{address[1]}")


def is_name(host: object) -> bool:
    """Return whether a host would have to be asked of a name server."""
    text = host.decode() if isinstance(host, bytes) else host
    if not isinstance(text, str) or text in {"", "localhost"}:
        return False
    try:
        ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return True
    return False


@pytest.fixture(scope="session", autouse=True)
def network() -> Iterator[Network]:
    """Close the network for the whole run: only loopback connects, and no name but localhost resolves."""
    guard = Network()
    connect, connect_ex, resolve = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: object) -> None:
        guard.admit(address)
        connect(self, address)  # type: ignore[arg-type]  # handed on as it came

    def guarded_connect_ex(self: socket.socket, address: object) -> int:
        guard.admit(address)
        return connect_ex(self, address)  # type: ignore[arg-type]  # handed on as it came

    def guarded_resolve(host: object, *rest: object, **named: object) -> object:
        if is_name(host):
            raise socket.gaierror(socket.EAI_NONAME, f"the tests' network is closed: {host!r}")
        return resolve(host, *rest, **named)  # type: ignore[arg-type]  # handed on as it came

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        patch.setattr(socket, "getaddrinfo", guarded_resolve)
        yield guard


@pytest.fixture(autouse=True)
def _stay_on_this_machine(network: Network) -> Iterator[None]:
    """Fail a test that tried to connect to another machine, even if the code under test caught the error."""
    network.refused.clear()
    yield
    if network.refused:
        pytest.fail(f"connected to another machine: {', '.join(network.refused)}")


class Skips:
    """Collects the skips of a run and compares them with those that are allowed."""

    def __init__(self, allowed: list[dict[str, str]]) -> None:
        self.allowed = allowed
        self.unnamed: list[str] = []

    def see(self, node: str, longrepr: object) -> None:
        """Remember a skip that no row allows."""
        message = str(longrepr[2] if isinstance(longrepr, tuple) else longrepr).removeprefix("Skipped: ")
        if not any(
            fnmatch.fnmatchcase(node, row["tests"])
            and fnmatch.fnmatchcase(message, row["message"])
            and row["reason"].strip()
            for row in self.allowed
        ):
            self.unnamed.append(f"{node}: {message}")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """See the skip of a test; an expected failure is none."""
        if report.skipped and not hasattr(report, "wasxfail"):
            self.see(report.nodeid, report.longrepr)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """See the skip of a whole file."""
        if report.skipped:
            self.see(report.nodeid, report.longrepr)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Make a run with skips that are not allowed fail."""
        if self.unnamed and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Name them."""
        if self.unnamed:
            terminalreporter.section("skips that tests/allowed-skips.toml does not name", red=True)
            for line in self.unnamed:
                terminalreporter.line(line)


def pytest_configure(config: pytest.Config) -> None:
    """Where CI=true, let no skip pass that is not allowed by name."""
    if os.environ.get("CI") == "true" and not hasattr(config, "workerinput"):
        rows = tomllib.loads((TESTS / "allowed-skips.toml").read_text())
        config.pluginmanager.register(Skips(rows.get("skip", [])), "preserve-skips")
