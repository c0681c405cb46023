"""How does a command speak: results, talk, errors, colours, exit code?"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Self, TextIO

import click

from preserve.cli.exits import worst
from preserve.cli.page_progress import page_progress
from preserve.cli.progress import progress
from preserve.errors import EnvironmentFailed, Interrupted, PreserveError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from contextlib import AbstractContextManager
    from types import TracebackType

    from preserve.cli.page_progress import Shown
    from preserve.model.progress import OnProgress
    from preserve.reports.words import Line

__all__ = ["Run", "json_option", "may_color", "quiet_option"]

_COLORS = {"good": "green", "warn": "yellow", "bad": "red"}

json_option = click.option("--json", "as_json", is_flag=True, help="Results as JSON Lines, errors too.")
quiet_option = click.option("-q", "--quiet", is_flag=True, help="No progress and no remarks.")


def may_color(wish: str, stream: TextIO) -> bool:
    """
    Tell whether a stream gets colours.

    Args:
        wish: ``always``, ``never``, or ``auto``: on a terminal, unless NO_COLOR is set and not empty
            (no-color.org) or the terminal is ``dumb``.
        stream: Standard output or standard error.
    """
    if wish != "auto":
        return wish == "always"
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


class Run:
    """
    One run of one command: results on standard output, all else on standard error.

    In its ``with`` block, errors of ours and Ctrl-C become a sentence and an exit code; at its end the
    ``summary`` line is written with ``--json``, and the process is asked to exit with the worst code.
    """

    def __init__(self, command: str, *, as_json: bool, quiet: bool = False) -> None:
        context = click.get_current_context()
        wish = str(context.find_root().params.get("color", "auto"))
        self._command = command
        self._json = as_json
        self._quiet = quiet
        self._codes = {0}
        self._counts: dict[str, int] = {}
        self._color = may_color(wish, sys.stdout)
        self._color_talk = may_color(wish, sys.stderr)

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End: say what went wrong, sum up, exit."""
        if isinstance(value, PreserveError):
            self.error(value)
        elif isinstance(value, KeyboardInterrupt):
            self.error(Interrupted("Interrupted."))
        elif isinstance(value, OSError) and not isinstance(value, BrokenPipeError):
            self.error(EnvironmentFailed(f"The system refused: {value}."))
        elif value is not None:
            return
        code = worst(self._codes)
        if self._json:
            from preserve.reports import jsonl  # noqa: PLC0415 - keeps --help free of attrs

            self._write_json(jsonl.summary(self._command, code, self._counts))
        raise click.exceptions.Exit(code)

    def result(self, text: Iterable[Line], json: Iterable[bytes]) -> None:
        """Write a result, as text or as JSON: two renderings of one value."""
        if self._json:
            self._write_json(json)
            return
        for line in text:
            click.echo(_styled(line, color=self._color), color=self._color)

    def document(self, data: bytes, json: Iterable[bytes]) -> None:
        """Write a document of ours as it stands, or as a line of JSON."""
        if self._json:
            self._write_json(json)
        else:
            click.echo(data, nl=False)

    def talk(self, text: str) -> None:
        """Say a remark on standard error, unless quiet."""
        if not self._quiet:
            from preserve.reports.words import printable  # noqa: PLC0415 - keeps --help free of attrs

            click.echo(printable(text), err=True)

    def warn(self, text: str) -> None:
        """Say on standard error what must not be missed, quiet or not."""
        from preserve.reports.words import printable  # noqa: PLC0415 - keeps --help free of attrs

        label = click.style("warning:", fg="yellow") if self._color_talk else "warning:"
        click.echo(f"{label} {printable(text)}", err=True, color=self._color_talk)

    def error(self, error: PreserveError) -> None:
        """Say an error and remember its exit code; the command may go on."""
        from preserve.reports.words import printable  # noqa: PLC0415 - keeps --help free of attrs

        self._codes.add(error.exit_code)
        label = click.style("error:", fg="red") if self._color_talk else "error:"
        click.echo(f"{label} {printable(error.message)}", err=True, color=self._color_talk)
        if self._json:
            from preserve.reports import jsonl  # noqa: PLC0415 - keeps --help free of attrs

            self._write_json(jsonl.error(error))

    def exits(self, code: int) -> None:
        """Remember an exit code; the worst wins."""
        self._codes.add(code)

    def count(self, **counts: int) -> None:
        """Add to the counts of the ``summary`` line."""
        for name, value in counts.items():
            self._counts[name] = self._counts.get(name, 0) + value

    def progress(self, verb: str) -> AbstractContextManager[OnProgress]:
        """Give a callback that shows progress."""
        return progress(verb, quiet=self._quiet, color=self._color_talk)

    def page_progress(self) -> AbstractContextManager[Shown]:
        """Give what shows the progress of several pages at once."""
        return page_progress(quiet=self._quiet, color=self._color_talk)

    def _write_json(self, lines: Iterable[bytes]) -> None:
        for line in lines:
            click.echo(line, nl=False)


def _styled(line: Line, *, color: bool) -> str:
    if not color:
        return line.text
    return click.style(
        line.text,
        fg=_COLORS.get(line.tone),
        bold=line.tone == "head" or None,
        dim=line.tone == "faint" or None,
    )
