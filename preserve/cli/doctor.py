"""``doctor``: is everything there, and if not, what is to be installed?"""

from __future__ import annotations

import click

from preserve.cli.terminal import Run, json_option, quiet_option

__all__ = ["doctor"]

_ENVIRONMENT = 4


@click.command(
    short_help="Say which browser is used, and what to install.",
    epilog="\b\nExample:\n  preserve doctor --json",
)
@json_option
@quiet_option
def doctor(
    as_json: bool,  # noqa: FBT001 - click passes options by name
    quiet: bool,  # noqa: FBT001 - the same
) -> None:
    """
    Say what is there on this machine: extras, the browser that shows pages, whether it starts.

    Whatever is missing comes with the command that installs it. Exit code 0: all is there; 4: it is not.
    """
    from preserve.reports import jsonl  # noqa: PLC0415 - keeps --help light
    from preserve.reports.diagnosed import diagnosed  # noqa: PLC0415 - the same
    from preserve.workflows.doctor import diagnose  # noqa: PLC0415 - the same

    with Run("doctor", as_json=as_json, quiet=quiet) as run:
        for value in diagnose():
            run.result(diagnosed(value), jsonl.diagnosis(value))
            run.count(looked_at=1, missing=not value.ok)
            if not value.ok:
                run.exits(_ENVIRONMENT)
