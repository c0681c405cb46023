"""``archive -i``: how is a list of pages archived from the command line?"""

from __future__ import annotations

import functools
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from preserve.cli.interrupt import first_ctrl_c
from preserve.cli.require import check_required
from preserve.cli.verdicts import INCOMPLETE, INTERRUPTED, say, stop
from preserve.errors import UrlRefused, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from preserve.cli.terminal import Run
    from preserve.formats.url_list import Entry
    from preserve.workflows.archive import ArchiveOptions
    from preserve.workflows.list_plan import ListOptions
    from preserve.workflows.lists import PageResult

__all__ = ["ListWish", "archive_list", "list_options"]

_STDIN = "-"
_AT_ONCE_MOST = 32

_OPTIONS = (
    click.option(
        "-i",
        "--input",
        "source",
        metavar="FILE",
        default=None,
        help="Archive every page of a list, one URL a line, # for comments; - reads standard input.",
    ),
    click.option(
        "--pages-at-once",
        type=click.IntRange(1, _AT_ONCE_MOST),
        metavar="N",
        default=None,
        help="With -i: pages under way at once, of different hosts.  [default: 4]",
    ),
    click.option("--again", is_flag=True, help="With -i: archive what an earlier run has archived, too."),
    click.option(
        "--receipts",
        metavar="DIR",
        default=None,
        help="With -i: a folder that gets a receipt of each package.",
    ),
)


class ListWish(NamedTuple):
    """What the options of lists say; not a value of attrs, so that ``--help`` stays light."""

    source: str | None
    pages_at_once: int | None
    again: bool
    receipts: str | None

    def check(self, *, url: str | None, output: str | None, receipt: str | None) -> None:
        """
        Hold the options of lists and of single pages apart.

        Raises:
            UsageError: If they are mixed, or there is neither URL nor list.
        """
        if self.source is None:
            if url is None:
                raise UsageError("Give the URL of a page, or a list of them with -i FILE.")
            if self != ListWish(None, None, again=False, receipts=None):
                raise UsageError(
                    "--pages-at-once, --again and --receipts are for a list; give one with -i FILE."
                )
            return
        if url is not None:
            raise UsageError(f"Give a URL or a list, not both; the URL {url!r} may stand in the list.")
        if output is not None:
            raise UsageError(
                "--output makes one file of one page; a list makes packages, in the folder --into."
            )
        if receipt is not None:
            raise UsageError(
                "--receipt names the receipt of one page; for a list name a folder with --receipts."
            )


def list_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options of lists to a command, which gets them as one ``listing``."""

    @functools.wraps(command)
    def wrapped(
        *args: Any,  # noqa: ANN401 - whatever click passes
        source: str | None,
        pages_at_once: int | None,
        again: bool,
        receipts: str | None,
        **others: Any,  # noqa: ANN401 - the same
    ) -> None:
        command(*args, listing=ListWish(source, pages_at_once, again, receipts), **others)

    for option in reversed(_OPTIONS):
        wrapped = option(wrapped)
    return wrapped


def archive_list(
    run: Run, wish: ListWish, into: Path, options: ArchiveOptions, required: tuple[str, ...] = ()
) -> None:
    """
    Archive the pages of a list; print the result of each as it ends, and a line for all.

    Raises:
        StorageUnavailable: If the list cannot be read.
        KeyboardInterrupt: At the second Ctrl-C; what was under way is left for ``recover``.
    """
    from preserve.workflows.context import Cancel  # noqa: PLC0415 - keeps --help light
    from preserve.workflows.journal import JOURNAL_NAME  # noqa: PLC0415 - the same
    from preserve.workflows.list_plan import PAGES_AT_ONCE  # noqa: PLC0415 - the same
    from preserve.workflows.lists import archive_many  # noqa: PLC0415 - the same

    tally = _Tally()
    urls = list(_good(run, str(wish.source), tally))
    cancel = Cancel()
    with ExitStack() as held:
        held.callback(tally.say, run)
        shown = held.enter_context(run.page_progress())
        held.enter_context(first_ctrl_c(lambda: stop(run, cancel)))
        wishes: ListOptions = {
            **options,
            "pages_at_once": wish.pages_at_once or PAGES_AT_ONCE,
            "receipts": wish.receipts,
            "journal": into / JOURNAL_NAME,
            "again": wish.again,
            "on_progress": shown.report,
            "cancel": cancel,
        }
        results = archive_many(urls, into, **wishes)
        held.callback(results.close)
        try:
            for result in results:
                with shown.aside():
                    _say_result(run, result, tally, required)
        except KeyboardInterrupt:
            results.close()
            with shown.aside():
                run.talk("What was under way is left in .partial folders; preserve recover seals them.")
            raise
    if cancel.is_set and tally.not_begun:
        run.exits(INTERRUPTED)
    if tally.skipped == tally.pages > 0:
        run.talk("All of them were archived before; --again archives them anew.")


class _Tally:
    """What came of the list so far."""

    def __init__(self) -> None:
        self.pages = 0
        self.duplicates = 0
        self.bad_lines = 0
        self.skipped = 0
        self.verdicts = {"complete": 0, "partial": 0, "failed": 0}

    @property
    def not_begun(self) -> int:
        """How many pages have no result."""
        return self.pages - sum(self.verdicts.values())

    def say(self, run: Run) -> None:
        """Print the line for all, and count."""
        from preserve.model.listing import ListTotals  # noqa: PLC0415 - keeps --help light
        from preserve.reports.listed import totals  # noqa: PLC0415 - the same

        value = ListTotals(
            pages=self.pages,
            not_begun=self.not_begun,
            skipped=self.skipped,
            bad_lines=self.bad_lines,
            duplicates=self.duplicates,
            **self.verdicts,
        )
        run.result(totals(value), ())
        run.count(
            pages=value.pages,
            **self.verdicts,
            not_begun=value.not_begun,
            skipped=value.skipped,
            bad_lines=value.bad_lines,
            duplicates=value.duplicates,
        )


def _good(run: Run, source: str, tally: _Tally) -> Iterator[str]:
    """Yield each page that a list names, once; report every line that is no URL."""
    seen: set[str] = set()
    name = "standard input" if source == _STDIN else source
    for entry in _entries(source):
        try:
            url = _normal(entry)
        except UrlRefused as exc:
            facts = {**exc.facts, "file": name, "line": entry.line}
            run.error(UrlRefused(f"{name} line {entry.line}: {exc.message}", **facts))
            tally.bad_lines += 1
            continue
        if url in seen:
            tally.duplicates += 1
            continue
        seen.add(url)
        tally.pages += 1
        yield entry.text


def _normal(entry: Entry) -> str:
    from preserve.workflows.archive import archivable  # noqa: PLC0415 - keeps --help light

    if entry.problem:
        raise UrlRefused(entry.problem)
    return archivable(entry.text)


def _entries(source: str) -> Iterator[Entry]:
    from preserve.disk import storage_errors  # noqa: PLC0415 - keeps --help light
    from preserve.formats.url_list import read_list  # noqa: PLC0415 - the same

    if source == _STDIN:
        yield from read_list(sys.stdin.buffer)
        return
    with storage_errors(f"read the list {source}"), Path(source).open("rb") as stream:
        yield from read_list(stream)


def _say_result(run: Run, result: PageResult, tally: _Tally, required: tuple[str, ...]) -> None:
    """Print what came of one page, and remember its exit code."""
    from preserve.model.listing import Skipped  # noqa: PLC0415 - keeps --help light
    from preserve.package.summary import summarise  # noqa: PLC0415 - the same
    from preserve.reports import jsonl  # noqa: PLC0415 - the same
    from preserve.reports.listed import skipped  # noqa: PLC0415 - the same

    tally.verdicts[result.verdict.value] += 1
    if result.skipped and result.package is not None:
        tally.skipped += 1
        page = Skipped(url=result.url, path=str(result.package.path), verdict=result.verdict)
        run.result(skipped(page), jsonl.skipped(page))
        run.exits(INCOMPLETE if result.verdict != "complete" else 0)
        if required:
            check_required(run, summarise(result.package), required)
    elif result.package is not None:
        say(run, result.package, required=required)
    if result.interrupted:
        run.exits(INTERRUPTED)
    if result.error is not None:
        result.error.facts.setdefault("url", result.url)
        run.error(result.error)
