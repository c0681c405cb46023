"""Which package do the tests of the command line share?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped] # it has no types

import preserve
from preserve.cli.main import run
from preserve.demo import DemoServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_MANIFESTS = Path(__file__).parents[2] / "manifests" / "1"


@pytest.fixture(scope="session")
def server() -> Iterator[DemoServer]:
    """Serve the demo site once for all tests."""
    with DemoServer() as serving:
        yield serving


@pytest.fixture(scope="session")
def archived(server: DemoServer, tmp_path_factory: pytest.TempPathFactory) -> preserve.Package:
    """Archive the demo page once for all tests; they must leave the package as it is."""
    into = tmp_path_factory.mktemp("archive")
    return preserve.archive(server.url, into=into, allow_private_network=True)


@pytest.fixture
def cli(capfd: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Return a function that runs a command line and gives exit code, standard output, standard error."""

    def call(*arguments: str | Path) -> tuple[int, str, str]:
        code = run([str(argument) for argument in arguments])
        out, err = capfd.readouterr()
        return code, out, err

    return call


@pytest.fixture
def json_cli(cli: Callable[..., tuple[int, str, str]]) -> Callable[..., tuple[int, list[dict[str, Any]]]]:
    """Return the same for --json: exit code and lines, each valid by its schema, the last the summary."""

    def call(*arguments: str | Path) -> tuple[int, list[dict[str, Any]]]:
        code, out, _ = cli(*arguments, "--json")
        lines = [json.loads(line) for line in out.splitlines()]
        for line in lines:
            name = line["schema"].removeprefix("preserve/").removesuffix("/1")
            schema = json.loads((_MANIFESTS / f"{name}.schema.json").read_bytes())
            Draft202012Validator(schema).validate(line)
        assert ("summary", code) == (lines[-1]["type"], lines[-1]["exit_code"])
        return code, lines

    return call
