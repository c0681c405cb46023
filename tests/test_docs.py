"""What must the documents say, and does every example in them run?"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

import preserve
from preserve.cli.main import preserve as command_line
from preserve.demo import DemoServer
from preserve.errors import PreserveError
from preserve.model.reference import State

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
EXAMPLE_URL = "https://example.org/post"
BLOCK = re.compile(r"^```(console|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PAGES_WITH_EXAMPLES = ("README.md", "docs/tutorial.md", "docs/api.md")


def missing(names: set[str], text: str) -> set[str]:
    """Return the names that the text does not have in backquotes or as a heading."""
    return {name for name in names if not re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", text)}


def section(text: str, heading: str) -> str:
    """Return what stands below a heading, up to the next of its kind."""
    return text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def test_every_command_and_option_is_documented() -> None:
    """docs/cli.md has a section for each command, and in it each of its options."""
    text = (DOCS / "cli.md").read_text()
    common = text.partition("\n## ")[0]
    for name, command in command_line.commands.items():
        described = section(text, f"preserve {name}")
        assert described, name
        options = {
            option
            for parameter in command.params
            if isinstance(parameter, click.Option)
            for option in parameter.opts
        }
        assert set() == missing(options, described + common), name
    assert set() == missing(
        {option for parameter in command_line.params for option in parameter.opts}, common
    )


def test_an_undocumented_option_is_noticed() -> None:
    """The search for names finds no part of a longer name."""
    assert {"--into", "-o"} == missing({"--into", "-o", "--to"}, "`--into-dir`, `--to`, `--o`, `-of`")


def test_every_exit_code_is_documented() -> None:
    """docs/exit-codes.md lists the code of every exception, and those of the command line."""
    listed = {
        int(code) for code in re.findall(r"^\| (\d+) \|", (DOCS / "exit-codes.md").read_text(), re.MULTILINE)
    }
    raised = {cls.exit_code for cls in exceptions(PreserveError)}
    assert raised | {0, 1, 5} == listed


def exceptions(cls: type[PreserveError]) -> Iterator[type[PreserveError]]:
    """Yield a class and all below it."""
    yield cls
    for child in cls.__subclasses__():
        yield from exceptions(child)


def test_every_public_name_is_documented() -> None:
    """docs/api.md names everything that ``from preserve import …`` offers."""
    public = set(preserve.__all__) - {"__version__"}
    assert set() == missing(public, (DOCS / "api.md").read_text())


def test_every_schema_is_documented() -> None:
    """Each file of manifests/ that describes something is named in the documents."""
    text = "".join(path.read_text() for path in sorted(DOCS.rglob("*.md")))
    described = {
        path.name for folder in ("1", "registries") for path in (ROOT / "manifests" / folder).glob("*.json")
    }
    assert set() == missing(described, text)


def test_every_state_is_documented() -> None:
    """The specification lists every state that a sealed package can hold."""
    text = (DOCS / "format" / "package-1.md").read_text()
    assert set() == missing({f"`{state}`" for state in State if state is not State.PENDING}, text)


def build_site(config: Path, site: Path) -> tuple[int, str]:
    """Build the documents into a site; return the exit code and what was complained of."""
    command = [
        sys.executable,
        "-m",
        "mkdocs",
        "build",
        "--strict",
        "-f",
        str(config),
        "-d",
        str(site),
    ]
    quiet = {"DISABLE_MKDOCS_2_WARNING": "true", "NO_MKDOCS_2_WARNING": "true"}
    done = subprocess.run(
        command, cwd=config.parent, capture_output=True, text=True, check=False, env={**os.environ, **quiet}
    )
    complaints = [line for line in done.stderr.splitlines() if not line.startswith("INFO")]
    return done.returncode, "\n".join(complaints)


def test_the_site_builds(tmp_path: Path) -> None:
    """The documents build into a site without a warning: no dead link, no page left out."""
    assert (0, "") == build_site(ROOT / ".mkdocs.yml", tmp_path / "site")
    assert (tmp_path / "site" / "format" / "package-1.html").exists()


@pytest.mark.parametrize(("page", "added"), [("why.md", "[gone](gone.md)"), ("left-out.md", "# Left out")])
def test_a_dead_link_or_a_page_left_out_is_noticed(tmp_path: Path, page: str, added: str) -> None:
    """A link to nowhere, and a page that the navigation does not have, stop the build."""
    shutil.copytree(DOCS, tmp_path / "docs")
    config = (ROOT / ".mkdocs.yml").read_text()
    (tmp_path / ".mkdocs.yml").write_text(config)
    with (tmp_path / "docs" / page).open("a") as file:
        file.write(f"\n{added}\n")
    code, complaint = build_site(tmp_path / ".mkdocs.yml", tmp_path / "site")
    assert 1 == code
    assert ("gone.md" if page == "why.md" else "left-out.md") in complaint


def test_nothing_undocumented_goes_unnoticed() -> None:
    """A command, an option, a code or a name that the documents lack is found missing in them."""
    text = "".join(path.read_text() for path in sorted(DOCS.rglob("*.md")))
    seeded = {"preserve conjure", "--conjure", "bag.conjured", "conjured.schema.json", "Conjured"}
    assert seeded == missing(seeded, text)


def examples() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the pages with their examples."""
    pages = {page: BLOCK.findall((ROOT / page).read_text()) for page in PAGES_WITH_EXAMPLES}
    return [(page, [(kind, text) for kind, text in found]) for page, found in pages.items()]


def run_example(kind: str, text: str, url: str, folder: Path) -> tuple[int, str]:
    """Run one example against a page on this machine; return the exit code and stderr."""
    if kind == "python":
        shutil.rmtree(folder, ignore_errors=True)
        code = text.replace(f'"{EXAMPLE_URL}"', f'"{url}", allow_private_network=True')
        command = [sys.executable, "-W", "error"]
    else:
        lines = [line.removeprefix("$ ") for line in text.splitlines() if line.startswith("$ ")]
        code = "set -e\n" + "\n".join(lines).replace(EXAMPLE_URL, f"{url} --allow-private-network")
        command = ["bash"]
    folder.mkdir(exist_ok=True)
    script = folder.with_suffix(".example")
    script.write_text(code)
    paths = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    done = subprocess.run(
        [*command, str(script)],
        cwd=folder,
        env={**os.environ, "PATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize(("page", "blocks"), examples(), ids=PAGES_WITH_EXAMPLES)
def test_every_example_runs(page: str, blocks: list[tuple[str, str]], tmp_path: Path) -> None:
    """What the documents tell a reader to type works, in the order in which it stands."""
    assert blocks, page
    with DemoServer() as server:
        for kind, text in blocks:
            code, complaint = run_example(kind, text, server.url, tmp_path / kind)
            assert 0 == code, text + complaint


@pytest.mark.parametrize(
    ("kind", "text"), [("python", "import conjured\n"), ("console", "$ preserve conjure\n")]
)
def test_an_example_that_fails_is_noticed(kind: str, text: str, tmp_path: Path) -> None:
    """An example that does not work has an exit code that says so."""
    assert 0 != run_example(kind, text, EXAMPLE_URL, tmp_path / kind)[0]
