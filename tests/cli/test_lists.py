"""Does ``archive -i`` report every line and page, take up what was left, and heed Ctrl-C?"""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

import preserve
from tests.workflows.sites import PATIENCE_S, Sites

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Cli = Callable[..., tuple[int, str, str]]
    JsonCli = Callable[..., tuple[int, list[dict[str, Any]]]]

RUN = "import sys; from preserve.cli.main import run; sys.exit(run(sys.argv[1:]))"
# What the first Ctrl-C begins takes for ever, so that only the second one can end it.
END_AND_LINGER = f"""
import asyncio
import preserve.workflows.archive as archive
async def linger(*_, **__):
    await asyncio.sleep({PATIENCE_S})
archive.finish_aside = linger
{RUN}
"""
SEAL_AND_LINGER = f"""
import threading
import preserve.workflows.finish as finish
from preserve.model.progress import Progress
def linger(_staging, _sealing, on_step):
    for _ in range(100 * int({PATIENCE_S})):
        on_step(Progress(step="lingering"))
        threading.Event().wait(0.01)
finish.seal = linger
{RUN}
"""


@pytest.fixture
def sites() -> Iterator[Sites]:
    """Serve three sites, each a host of its own."""
    with Sites(3) as serving:
        yield serving


def listed(tmp_path: Path, *lines: str) -> Path:
    """Write a list."""
    path = tmp_path / "pages.txt"
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


def arguments(path: Path, tmp_path: Path, *more: str) -> list[str]:
    """Return the command line for a list."""
    return ["archive", "-i", str(path), "--into", str(tmp_path / "a"), "--allow-private-network", *more]


def test_a_list(cli: Cli, sites: Sites, tmp_path: Path) -> None:
    """Comments and empty lines count nothing, a page named twice is archived once, and all is summed up."""
    url = sites[0].url()
    path = listed(tmp_path, "# mine", "", f"{url} # home", f"{url}#top", sites[1].url())
    code, out, err = cli(*arguments(path, tmp_path, "--receipts", str(tmp_path / "r")))
    *pages, last = out.splitlines()
    assert (0, "", ["complete", "complete"]) == (code, err, [line.split()[0] for line in pages])
    assert "2 pages: 2 complete, 0 partial, 0 failed, 0 not begun" == last
    assert 2 == len(list((tmp_path / "r").iterdir()))


def test_running_it_again(cli: Cli, json_cli: JsonCli, sites: Sites, tmp_path: Path) -> None:
    """The second run skips what is done and says so, in text and in JSON; --again archives all anew."""
    path = listed(tmp_path, sites[0].url(), sites[1].url("/gone"))
    assert 3 == cli(*arguments(path, tmp_path))[0]
    code, out, err = cli(*arguments(path, tmp_path))
    assert 3 == code
    assert ["skipped  complete", "skipped  partial"] == sorted(
        line[:17].strip() for line in out.splitlines()[:2]
    )
    assert out.splitlines()[-1].endswith("; 2 of them were archived before")
    assert "--again" in err
    code, lines = json_cli(*arguments(path, tmp_path))
    assert [3, ["skipped", "skipped", "summary"]] == [code, [line["type"] for line in lines]]
    assert {"complete", "partial"} == {line["verdict"] for line in lines[:2]}
    code, lines = json_cli(*arguments(path, tmp_path, "--again"))
    assert [3, ["package", "package", "summary"]] == [code, [line["type"] for line in lines]]
    assert 4 == len(list((tmp_path / "a").glob("*/*Z")))


@pytest.mark.parametrize(
    ("paths", "more", "expected"),
    [
        (["/"], [], 0),
        ([], [], 0),
        (["/"], ["no-url"], 2),
        (["/", "/gone"], ["no-url"], 3),
        (["/", "/gone"], ["no-url", "http://127.0.0.9:9/"], 4),
    ],
    ids=["complete", "nothing", "a bad line", "partial", "failed"],
)
def test_codes_of_a_mixed_list(
    json_cli: JsonCli, sites: Sites, tmp_path: Path, paths: list[str], more: list[str], expected: int
) -> None:
    """The worst page or line gives the exit code, as docs/exit-codes.md lists it."""
    path = listed(tmp_path, *(sites[0].url(one) for one in paths), *more)
    code, lines = json_cli(*arguments(path, tmp_path))
    counts = lines[-1]["counts"]
    assert expected == code
    assert len(paths) + len(more) == len(lines) - 1
    bad = sum(line == "no-url" for line in more)
    assert [len(paths) + len(more) - bad, bad] == [counts["pages"], counts["bad_lines"]]


def test_a_bad_line_is_named(json_cli: JsonCli, tmp_path: Path) -> None:
    """A line that is no URL is an error with the file's name and the line's number."""
    path = listed(tmp_path, "# mine", "no-url", "two words", "ftp://e.org/", "http://me:secret@e.org/")
    code, lines = json_cli(*arguments(path, tmp_path))
    assert 2 == code
    assert [(str(path), number) for number in (2, 3, 4, 5)] == [
        (line["facts"]["file"], line["facts"]["line"]) for line in lines[:-1]
    ]
    assert lines[0]["message"].startswith(f"{path} line 2: 'no-url' is not a URL")
    assert "secret" not in json.dumps(lines)
    assert [path] == list(tmp_path.iterdir())


def test_a_failed_page_is_named(json_cli: JsonCli, tmp_path: Path) -> None:
    """The error of a page that failed has its URL."""
    code, lines = json_cli(*arguments(listed(tmp_path, "http://127.0.0.9:9/"), tmp_path))
    assert [4, "http://127.0.0.9:9/"] == [code, lines[0]["facts"]["url"]]
    assert 1 == lines[-1]["counts"]["failed"]


def test_standard_input(cli: Cli, sites: Sites, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With - the list is read from standard input, and so it is called in errors."""
    data = f"{sites[0].url()}\nno-url\n".encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    code, out, err = cli("archive", "-i", "-", "--into", tmp_path, "--allow-private-network")
    assert 2 == code
    assert "standard input line 2: " in err
    assert out.splitlines()[-1].endswith("; 1 line is no URL")


def test_a_list_that_is_not_there(json_cli: JsonCli, tmp_path: Path) -> None:
    """A list that cannot be read is an error of the environment, and nothing is written."""
    code, lines = json_cli(*arguments(tmp_path / "none", tmp_path))
    assert [4, "StorageUnavailable"] == [code, lines[0]["error"]]
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (["archive"], "Give the URL of a page, or a list"),
        (["archive", "http://e.org/", "-i", "x"], "not both"),
        (["archive", "-i", "x", "-o", "a.wacz"], "one file of one page"),
        (["archive", "-i", "x", "--receipt", "r"], "--receipts"),
        (["archive", "http://e.org/", "--again"], "are for a list"),
        (["archive", "http://e.org/", "--receipts", "r"], "are for a list"),
        (["archive", "http://e.org/", "--pages-at-once", "2"], "are for a list"),
        (["archive", "-i", "x", "--pages-at-once", "0"], "pages-at-once"),
    ],
)
def test_wrong_usage(
    cli: Cli, wrong: list[str], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Options of lists and of single pages are not mixed: exit code 2, and nothing is written."""
    monkeypatch.chdir(tmp_path)
    code, out, err = cli(*wrong)
    assert (2, "", []) == (code, out, list(tmp_path.iterdir()))
    assert words in err


def test_another_run_in_the_folder(json_cli: JsonCli, sites: Sites, tmp_path: Path) -> None:
    """While a run works with a folder, another one is refused and asks for nothing."""
    sites[0].held.add("/")
    path = listed(tmp_path, sites[0].url())
    with subprocess.Popen(
        [sys.executable, "-c", RUN, *arguments(path, tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as first:
        sites[0].wait_for("/")
        code, lines = json_cli(*arguments(path, tmp_path))
        sites[0].let_go()
        first.communicate(timeout=PATIENCE_S)
    assert [4, "Locked", 0] == [code, lines[0]["error"], first.returncode]
    assert 1 == sites[0].asked.count("/")


def test_the_first_ctrl_c_seals(json_cli: JsonCli, sites: Sites, tmp_path: Path) -> None:
    """Ctrl-C seals the page under way as interrupted, begins no other, and the next run does what is left."""
    sites[0].held.add("/image.png")
    urls = [sites[0].url("/with-image"), sites[0].url("/later"), sites[1].url()]
    path = listed(tmp_path, *urls)
    with subprocess.Popen(
        [sys.executable, "-c", RUN, *arguments(path, tmp_path, "--json")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        ended = json.loads(process.stdout.readline())
        sites[0].wait_for("/image.png")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE_S)
    sealed, summary = map(json.loads, out.splitlines())
    assert [urls[2], "complete"] == [ended["url"], ended["verdict"]]
    assert [urls[0], "partial", True] == [sealed["url"], sealed["verdict"], sealed["interrupted"]]
    assert [130, 130, 1] == [process.returncode, summary["exit_code"], summary["counts"]["not_begun"]]
    assert ("sealing what there is" in err, "Traceback" in err) == (True, False)
    assert "/later" not in sites[0].asked
    sites[0].let_go()
    code, lines = json_cli(*arguments(path, tmp_path))
    kinds = {line["url"]: line["type"] for line in lines[:-1]}
    assert (0, dict(zip(urls, ["package", "package", "skipped"], strict=True))) == (code, kinds)


@pytest.mark.parametrize("code", [END_AND_LINGER, SEAL_AND_LINGER], ids=["before sealing", "sealing"])
def test_the_second_ctrl_c_leaves_partial_folders(
    json_cli: JsonCli, sites: Sites, tmp_path: Path, code: str
) -> None:
    """Ctrl-C twice ends the run whatever it is at; what was under way is a folder that recover seals."""
    sites[0].held.add("/image.png")
    path = listed(tmp_path, sites[0].url("/with-image"))
    with subprocess.Popen(
        [sys.executable, "-c", code, *arguments(path, tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        sites[0].wait_for("/image.png")
        process.send_signal(signal.SIGINT)
        assert "sealing what there is" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE_S)
    assert (130, False) == (process.returncode, "Traceback" in err)
    assert "left in .partial folders" in err
    assert "1 page: 0 complete, 0 partial, 0 failed, 1 not begun" == out.splitlines()[-1]
    (partial,) = (tmp_path / "a").glob("*/*.partial")
    package = preserve.recover(partial)
    assert preserve.Verdict.PARTIAL is package.capture.outcome.verdict
    sites[0].let_go()
    again, lines = json_cli(*arguments(path, tmp_path))
    assert [0, "package", "complete"] == [again, lines[0]["type"], lines[0]["verdict"]]
