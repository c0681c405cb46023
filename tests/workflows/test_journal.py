"""Does the journal remember what was done, whatever happened to the machine?"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped] # it has no types

import preserve
from preserve.model.capture import Verdict
from preserve.model.journal import JournalLine
from preserve.model.url import UriR
from preserve.workflows.journal import JOURNAL_NAME, open_journal

SCHEMA = Path(__file__).parents[2] / "manifests" / "1" / "journal.schema.json"
URL = UriR("https://example.org/post")


def line(verdict: Verdict = Verdict.COMPLETE, *, url: str = URL, interrupted: bool = False) -> JournalLine:
    """Return a line about a page."""
    return JournalLine(
        at="2026-11-22T10:15:04.000Z",
        url=url,
        verdict=verdict,
        interrupted=interrupted,
        page="example-org-post-1f0c9a3e5b6d7a88",
        capture="20261122T101500Z",
    )


def test_what_was_added_is_remembered(tmp_path: Path) -> None:
    """A journal is made with its folder, its lines are as the schema says, and the last of a page counts."""
    path = tmp_path / "new" / JOURNAL_NAME
    with open_journal(path) as journal:
        assert journal.last(URL) is None
        journal.add(line(Verdict.FAILED))
        journal.add(line())
        assert line() == journal.last(URL)
    schema = Draft202012Validator(json.loads(SCHEMA.read_bytes()))
    written = [json.loads(text) for text in path.read_text().splitlines()]
    assert ["failed", "complete"] == [each["verdict"] for each in written]
    assert [] == [error for each in written for error in schema.iter_errors(each)]
    with open_journal(path) as journal:
        assert line() == journal.last(URL)


@pytest.mark.parametrize(
    ("value", "done"),
    [
        (line(), True),
        (line(Verdict.PARTIAL), True),
        (line(Verdict.PARTIAL, interrupted=True), False),
        (line(Verdict.FAILED), False),
    ],
    ids=["complete", "partial", "interrupted", "failed"],
)
def test_what_is_done(value: JournalLine, done: bool) -> None:  # noqa: FBT001 - a parameter
    """A page is done when it is complete, or partial without having been interrupted."""
    assert done is value.is_done


def test_a_torn_line_is_cut_off(tmp_path: Path) -> None:
    """Wherever the last line was cut short, the lines before it count, and new ones follow upon them."""
    path = tmp_path / JOURNAL_NAME
    with open_journal(path) as journal:
        journal.add(line())
    first = path.read_bytes()
    with open_journal(path) as journal:
        journal.add(line(url="https://example.org/" + "a" * 70_000))
    whole = path.read_bytes()
    for end in (len(first) + 1, len(first) + 66_000, len(whole) - 1, 1, len(first) - 1):
        path.write_bytes(whole[:end])
        with open_journal(path) as journal:
            assert (line() if end > len(first) else None) == journal.last(URL)
            journal.add(line(Verdict.PARTIAL))
        kept = first if end > len(first) else b""
        assert (kept, 1) == (path.read_bytes()[: len(kept)], path.read_bytes().count(b"partial"))


@pytest.mark.parametrize(
    "text",
    [
        "{}\n",
        "nonsense\n",
        json.dumps({"schema": "preserve/journal/2", "at": "", "url": "", "verdict": "failed"}) + "\n",
        "nonsense\n{",
    ],
    ids=["empty", "no JSON", "another version", "no JSON, torn"],
)
def test_what_is_no_journal_is_refused(tmp_path: Path, text: str) -> None:
    """A file with a whole line that is none of a journal is an error that says what to do."""
    path = tmp_path / JOURNAL_NAME
    path.write_text(text)
    with (
        pytest.raises(preserve.JsonSyntaxError, match=r"is no journal of ours: .* Move it away"),
        open_journal(path),
    ):
        pass


def test_one_process_at_a_time(tmp_path: Path) -> None:
    """While one process works with a journal another one is refused."""
    code = (
        "import sys; from pathlib import Path; from preserve.workflows.journal import open_journal\n"
        "with open_journal(Path(sys.argv[1])): pass"
    )
    command = [sys.executable, "-c", code, str(tmp_path / JOURNAL_NAME)]
    with open_journal(tmp_path / JOURNAL_NAME):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "in use by another process" in done.stderr
    assert 0 == subprocess.run(command, check=False).returncode


def test_half_a_line_is_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that the disk takes in part only is taken back, so that the next one is whole."""
    path = tmp_path / JOURNAL_NAME
    with open_journal(path) as journal:
        journal.add(line())

        def refuse(_: int) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr("preserve.workflows.journal.os.fsync", refuse)
            with pytest.raises(preserve.StorageUnavailable, match="No space left"):
                journal.add(line(Verdict.FAILED))
        assert line() == journal.last(URL)
        journal.add(line(Verdict.PARTIAL))
    assert ["complete", "partial"] == [json.loads(text)["verdict"] for text in path.read_text().splitlines()]
