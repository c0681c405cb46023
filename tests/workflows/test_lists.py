"""Are many pages archived at once, fairly, each remembered, and none twice?"""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import threading
from contextlib import aclosing
from typing import TYPE_CHECKING

import pytest

import preserve
from preserve.model.progress import LIST_STEPS, Progress
from preserve.workflows.journal import JOURNAL_NAME
from tests.workflows.sites import Sites

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COMPLETE, PARTIAL, FAILED = preserve.Verdict.COMPLETE, preserve.Verdict.PARTIAL, preserve.Verdict.FAILED


@pytest.fixture
def sites() -> Iterator[Sites]:
    """Serve three sites, each a host of its own."""
    with Sites(3) as serving:
        yield serving


def test_every_page_gets_its_result(sites: Sites, tmp_path: Path) -> None:
    """Complete, partial, failed and refused pages all have a result; a page named twice is archived once."""
    urls = [sites[0].url(), sites[0].url("/gone"), "http://127.0.0.9:9/", "no url", sites[0].url("/#top")]
    results = {
        result.as_given: result
        for result in preserve.archive_many(
            urls, tmp_path, allow_private_network=True, limits=preserve.Limits(retries=0)
        )
    }
    assert urls[:4] == sorted(results, key=urls.index)
    assert [COMPLETE, PARTIAL, FAILED, FAILED] == [results[url].verdict for url in urls[:4]]
    errors = [type(results[url].error) for url in urls[:4]]
    assert [type(None), type(None), preserve.CaptureFailed, preserve.UrlRefused] == errors
    for url in urls[:2]:
        package = results[url].package
        assert package is not None
        assert preserve.Result.PASS is preserve.verify(package.path).result
    assert 2 == len(list(tmp_path.glob("*/*")))


def test_hosts_are_served_fairly(sites: Sites, tmp_path: Path) -> None:
    """While one page of a host is fetched no other of it is asked for, and other hosts' pages are."""
    first, second, third = sites[0], sites[1], sites[2]
    first.held.add("/1")
    urls = [
        first.url("/1"),
        first.url("/2"),
        first.url("/3"),
        second.url("/1"),
        second.url("/2"),
        third.url(),
    ]
    results = preserve.archive_many(urls, tmp_path, pages_at_once=3, allow_private_network=True)
    others = {next(results).url for _ in range(3)}
    assert {second.url("/1"), second.url("/2"), third.url()} == others
    assert ["/1"] == first.asked
    first.let_go()
    assert set(urls[:3]) == {result.url for result in results}
    assert ["/1", "/2", "/3"] == [path for path in first.asked if path[1:].isdigit()]


def test_the_next_page_of_a_host_begins_while_one_is_sealed(sites: Sites, tmp_path: Path) -> None:
    """A host is free again when nothing more is asked of it, though its page is not published yet."""
    urls = [sites[0].url("/1"), sites[0].url("/2")]
    sealing = threading.Event()

    def on_progress(report: Progress) -> None:
        if (report.step, report.page) == ("bag.written", urls[0]):
            sites[0].wait_for("/2")
            sealing.set()

    results = list(preserve.archive_many(urls, tmp_path, on_progress=on_progress, allow_private_network=True))
    assert [True, [COMPLETE] * 2] == [sealing.is_set(), [result.verdict for result in results]]


def test_progress_names_the_page(sites: Sites, tmp_path: Path) -> None:
    """Every report names its page, and the steps of the list say how many have ended."""
    urls = [site.url() for site in sites.sites]
    reports: list[Progress] = []
    list(preserve.archive_many(urls, tmp_path, on_progress=reports.append, allow_private_network=True))
    assert set(urls) == {report.page for report in reports}
    steps = [report for report in reports if report.step in LIST_STEPS]
    assert [1, 2, 3] == [report.done for report in steps if report.step == "page.ended"]
    assert {3} == {report.total for report in steps}


def test_receipts_are_written(sites: Sites, tmp_path: Path) -> None:
    """Each package gets a receipt, named after page folder and package; a folder is made for them."""
    results = preserve.archive_many(
        [sites[0].url(), sites[1].url()],
        tmp_path / "a",
        receipts=tmp_path / "r" / "s",
        allow_private_network=True,
    )
    expected = {f"{r.package.page}-{r.package.name}.receipt.json" for r in results if r.package}
    assert (2, expected) == (len(expected), {path.name for path in (tmp_path / "r" / "s").iterdir()})


def test_a_receipt_that_cannot_be_written(
    sites: Sites, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A package whose receipt cannot be written is there, is remembered, and comes with the error."""

    def refuse(*_: object) -> None:
        raise preserve.TargetExists("It exists.")

    monkeypatch.setattr("preserve.workflows.list_run.write_receipt", refuse)
    journal = tmp_path / "j"
    (result,) = preserve.archive_many(
        [sites[0].url()], tmp_path, receipts=tmp_path / "r", journal=journal, allow_private_network=True
    )
    assert (COMPLETE, preserve.TargetExists) == (result.verdict, type(result.error))
    assert result.package is not None
    assert "complete" == json.loads(journal.read_bytes())["verdict"]


def test_running_again_does_what_is_left(sites: Sites, tmp_path: Path) -> None:
    """Done pages are skipped, failed ones and new ones archived; ``again`` archives all."""
    journal = tmp_path / JOURNAL_NAME
    urls = [sites[0].url(), sites[0].url("/gone"), "http://127.0.0.9:9/"]

    def play(urls: list[str], *, again: bool = False) -> list[tuple[str, bool, preserve.Verdict]]:
        results = preserve.archive_many(
            urls,
            tmp_path,
            journal=journal,
            again=again,
            allow_private_network=True,
            limits=preserve.Limits(retries=0),
        )
        return sorted((result.url, result.skipped, result.verdict) for result in results)

    verdicts = dict(zip(urls, [COMPLETE, PARTIAL, FAILED], strict=True))
    assert sorted((url, False, verdicts[url]) for url in urls) == play(urls)
    new = sites[1].url()
    expected = [*((url, verdicts[url] is not FAILED, verdicts[url]) for url in urls), (new, False, COMPLETE)]
    assert sorted(expected) == play([*urls, new])
    assert 1 == sites[0].asked.count("/gone")
    assert [(new, False, COMPLETE)] == play([new], again=True)


def test_a_package_that_is_gone_is_made_again(sites: Sites, tmp_path: Path) -> None:
    """What the journal calls done is archived again when its package is not there."""
    options: dict[str, object] = {"journal": tmp_path / "j", "allow_private_network": True}
    (first,) = preserve.archive_many([sites[0].url()], tmp_path / "a", **options)  # type: ignore[arg-type] # as above
    (moved,) = preserve.archive_many([sites[0].url()], tmp_path / "b", **options)  # type: ignore[arg-type] # as above
    assert [False, False] == [first.skipped, moved.skipped]


def test_a_killed_run_is_taken_up(sites: Sites, tmp_path: Path) -> None:
    """After kill -9 the next run skips what had ended, and archives the rest."""
    sites[1].held.add("/with-image")
    urls = [sites[0].url(), sites[1].url("/with-image"), sites[2].url()]
    code = (
        "import json, sys, preserve\nurls, into, journal = json.loads(sys.argv[1])\n"
        "for r in preserve.archive_many(urls, into, journal=journal, allow_private_network=True):\n"
        "    print(r.url, flush=True)"
    )
    argument = json.dumps([urls, str(tmp_path), str(tmp_path / "j")])
    with subprocess.Popen([sys.executable, "-c", code, argument], stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        ended = {run.stdout.readline().strip() for _ in range(2)}
        run.send_signal(signal.SIGKILL)
    sites[1].let_go()
    results = list(preserve.archive_many(urls, tmp_path, journal=tmp_path / "j", allow_private_network=True))
    assert ended == {result.url for result in results if result.skipped}
    assert [COMPLETE] * 3 == [result.verdict for result in results]


def test_cancelling_seals_what_is_under_way(sites: Sites, tmp_path: Path) -> None:
    """A cancelled run seals its pages as interrupted, begins no other, and remembers that none is done."""
    sites[0].held.add("/image.png")
    cancel = preserve.Cancel()
    urls = [sites[0].url("/with-image"), sites[0].url()]
    results = preserve.archive_many(
        urls, tmp_path, cancel=cancel, journal=tmp_path / "j", allow_private_network=True
    )

    def wait_and_cancel() -> None:
        sites[0].wait_for("/image.png")
        cancel.set()

    waiting = threading.Thread(target=wait_and_cancel)
    waiting.start()
    (result,) = results
    waiting.join()
    assert (urls[0], PARTIAL, True) == (result.url, result.verdict, result.interrupted)
    assert result.package is not None
    assert preserve.Result.PASS is preserve.verify(result.package.path).result
    sites[0].let_go()
    again = list(preserve.archive_many(urls, tmp_path, journal=tmp_path / "j", allow_private_network=True))
    assert [(False, COMPLETE)] * 2 == [(each.skipped, each.verdict) for each in again]


def test_cancelled_before_it_began(sites: Sites, tmp_path: Path) -> None:
    """A run that was cancelled before it began asks for nothing and gives no results."""
    cancel = preserve.Cancel()
    cancel.set()
    assert [] == list(
        preserve.archive_many([sites[0].url()], tmp_path, cancel=cancel, allow_private_network=True)
    )
    assert [] == sites[0].asked


def test_leaving_early_leaves_partial_folders(sites: Sites, tmp_path: Path) -> None:
    """Closing the iterator ends what is under way at once, and recover seals it."""
    sites[0].held.add("/image.png")
    urls = [sites[0].url("/with-image"), sites[1].url()]
    results = preserve.archive_many(urls, tmp_path, allow_private_network=True)
    assert urls[1] == next(results).url
    sites[0].wait_for("/image.png")
    threads = threading.active_count()
    results.close()
    assert threads > threading.active_count()
    (partial,) = tmp_path.glob("*/*.partial")
    assert PARTIAL is preserve.recover(partial).capture.outcome.verdict


def test_a_full_disk_ends_the_run(sites: Sites, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk refuses, the page has the error, and no other page is begun."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("preserve.package.staging.write_new", refuse)
    urls = [sites[0].url("/1"), sites[0].url("/2")]
    (result,) = preserve.archive_many(urls, tmp_path, allow_private_network=True)
    assert (urls[0], FAILED, preserve.StorageUnavailable) == (result.url, result.verdict, type(result.error))


def test_a_journal_that_cannot_be_written(
    sites: Sites, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the journal cannot take a page, its package comes with the error, and no other page is begun."""

    def refuse(*_: object) -> None:
        raise preserve.StorageUnavailable("It is full.")

    monkeypatch.setattr("preserve.workflows.journal.Journal.add", refuse)
    (result,) = preserve.archive_many(
        [sites[0].url("/1"), sites[0].url("/2")],
        tmp_path,
        pages_at_once=1,
        journal=tmp_path / "j",
        allow_private_network=True,
    )
    assert (COMPLETE, preserve.StorageUnavailable) == (result.verdict, type(result.error))
    assert result.package is not None


def test_a_fault_of_a_plug_in_is_raised(
    sites: Sites, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is no error of ours is raised where results are asked for, and ends what is under way."""

    def break_down(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("preserve.workflows.archive.Crawl", break_down)
    with pytest.raises(ZeroDivisionError):
        list(preserve.archive_many([sites[0].url()], tmp_path, allow_private_network=True))


@pytest.mark.parametrize(
    ("urls", "options", "words"),
    [
        ("http://a/", {}, "not as one text"),
        (["http://a/"], {"receipt": "r"}, "folder with receipts"),
        (["http://a/"], {"engine": object()}, "the name of an engine"),
        (["http://a/"], {"pages_at_once": 0}, "At least one page"),
        (["http://a/"], {"user_agent": "\n"}, "user agent"),
    ],
)
def test_what_cannot_be_meant(
    urls: list[str], options: dict[str, object], words: str, tmp_path: Path
) -> None:
    """An option that cannot be meant is refused at once, before anything is fetched or written."""
    with pytest.raises(preserve.UsageError, match=words):
        preserve.archive_many(urls, tmp_path, **options)  # type: ignore[arg-type] # wrong on purpose
    assert [] == list(tmp_path.iterdir())


def test_nothing_to_do_writes_nothing(tmp_path: Path) -> None:
    """A list without a page that can be archived makes neither journal nor folder."""
    into = tmp_path / "a"
    (result,) = preserve.archive_many(["no url"], into, journal=into / "j", receipts=tmp_path / "r")
    assert (FAILED, []) == (result.verdict, list(tmp_path.iterdir()))


def test_inside_a_running_loop(sites: Sites, tmp_path: Path) -> None:
    """Callers with an event loop use archive_many_async, which archive_many names; both give the same."""

    async def play() -> list[preserve.Verdict]:
        with pytest.raises(preserve.RunningLoop, match="archive_many_async"):
            preserve.archive_many([], tmp_path)
        many = preserve.archive_many_async(
            [site.url() for site in sites.sites], tmp_path, allow_private_network=True
        )
        async with aclosing(many) as results:
            return [result.verdict async for result in results]

    assert [COMPLETE] * 3 == asyncio.run(play())
