"""What can be typed, and what does the process exit with?"""

from __future__ import annotations

import gc
import io
import os
import sys
from typing import TYPE_CHECKING

import click

from preserve import __version__
from preserve.cli import capture, cite, doctor, examine, takeout
from preserve.cli.exits import epilog
from preserve.errors import Interrupted, PreserveError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["COLLECT", "main", "preserve", "run"]

COLLECT = (20_000, 20, 20)
"""When Python looks for cycles, of which we make few: as often as by default, it takes 5 % of a command."""
_USAGE = 2
_ENVIRONMENT = 4
_INTERRUPTED = 130


@click.group(
    epilog=epilog(),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colours; auto: on a terminal, unless NO_COLOR is set.",
)
@click.version_option(__version__, message="preserve %(version)s")
def preserve(color: str) -> None:
    """
    Archive web pages into sealed packages, and prove for decades that nothing in them has changed.

    \b
    First archive:       preserve archive https://example.org/post
    First verification:  preserve verify example-org-post-*
    No network at hand:  preserve demo
    """  # noqa: D301 - click reads the \b
    del color  # read by terminal.Run from the context


for command in (
    capture.archive,
    examine.show,
    cite.cite,
    examine.verify,
    takeout.export,
    takeout.extract,
    takeout.receipt,
    capture.recover,
    capture.demo,
    doctor.doctor,
):
    preserve.add_command(command)


def main() -> None:
    """Run the command line of this process and exit."""
    gc.set_threshold(*COLLECT)
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """
    Run a command line.

    Returns:
        The exit code: docs/exit-codes.md. What is no error of ours leaves as an exception: Python then
        says where the mistake is and exits with 1.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = preserve.main(args=list(arguments), prog_name="preserve", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as exc:
        exc.show()
        wrong = UsageError(exc.format_message())
        return _json_error(arguments, wrong)
    except (click.Abort, KeyboardInterrupt):
        return _json_error(arguments, Interrupted("Interrupted."))
    except PreserveError as exc:
        click.echo(f"error: {exc.message}", err=True)
        return _json_error(arguments, exc)
    except SystemExit:
        # Whoever read our output has gone, as in `preserve show PACKAGE | head`: click 8 makes 1 of it.
        return _ENVIRONMENT
    except BrokenPipeError:
        # The same at our own flush. Python would complain once more when it flushes at exit, so standard
        # output is pointed elsewhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _ENVIRONMENT
    return code if isinstance(code, int) else 0


def _json_error(arguments: Sequence[str], error: PreserveError) -> int:
    """Repeat an error that no command could report as lines of JSON, if those were asked for."""
    if "--json" in arguments:
        from preserve.reports import jsonl  # noqa: PLC0415 - keeps --help free of attrs

        name = next((word for word in arguments if word in preserve.commands), "preserve")
        for line in (*jsonl.error(error), *jsonl.summary(name, error.exit_code, {})):
            click.echo(line, nl=False)
    return error.exit_code
