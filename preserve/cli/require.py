"""``--require``: what must a capture hold, and what is said when it does not?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from preserve.errors import RequiredMissing

if TYPE_CHECKING:
    from preserve.cli.terminal import Run
    from preserve.model.summary import Summary

__all__ = ["check_required", "require_option"]

_NAMES = ("documents", "images", "media", "styles", "fonts", "scripts", "frames")  # scope.REQUIRABLE
_SHOWN = 5


def _read(_: click.Context, __: click.Parameter, value: str | None) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip() for name in (value or "").split(",") if name.strip()))
    unknown = [name for name in names if name not in _NAMES]
    if unknown:
        raise click.BadParameter(f"{unknown[0]!r} cannot be required; there are {', '.join(_NAMES)}.")
    return names


require_option = click.option(
    "--require",
    metavar="KINDS",
    default=None,
    callback=_read,
    help="Make it an error when one of these is missing: documents,images,media,styles,fonts,scripts,frames.",
)


def check_required(run: Run, summary: Summary, required: tuple[str, ...]) -> None:
    """Say an error when a sealed capture lacks something that is required; absent at its origin counts."""
    from preserve.reports.words import count, short  # noqa: PLC0415 - keeps --help light
    from preserve.scope import missing_required  # noqa: PLC0415 - the same

    missing = missing_required((*summary.gaps, *summary.absent), required)
    if not missing:
        return
    named = "; ".join(
        f"{short(one.url or one.written or one.text)} ({one.state})" for one in missing[:_SHOWN]
    )
    more = f"; and {len(missing) - _SHOWN} more" if len(missing) > _SHOWN else ""
    run.error(
        RequiredMissing(
            f"{count(len(missing), 'reference')} to what is required ({', '.join(required)}) "
            f"{'has' if len(missing) == 1 else 'have'} nothing in {summary.path}: {named}{more}. The "
            "package is sealed; try again, or accept it as it is.",
            path=summary.path,
            url=summary.url,
            missing=len(missing),
        )
    )
