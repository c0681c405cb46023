"""``archive``, ``recover`` and ``demo``: how is a package made from the command line?"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from preserve.cli.identity import Identity, identity_options
from preserve.cli.interrupt import first_ctrl_c
from preserve.cli.lists import ListWish, archive_list, list_options
from preserve.cli.manners import Manners, OptionalNetwork, manners_options
from preserve.cli.require import require_option
from preserve.cli.terminal import Run, json_option, quiet_option
from preserve.cli.verdicts import judge, say, stop, warn_restricted
from preserve.cli.window import Window, window_options
from preserve.errors import TargetExists, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from preserve.package.reader import Package
    from preserve.workflows.archive import ArchiveOptions

__all__ = ["archive", "demo", "recover"]


@click.command(
    cls=OptionalNetwork,
    short_help="Archive a web page, or a list of pages, into packages.",
    epilog="\b\nExample:\n  preserve archive https://example.org/post --into my-archive",
)
@click.argument("url", required=False)
@list_options
@click.option(
    "--into", metavar="DIR", default=None, help="Folder of the archive; made if needed.  [default: here]"
)
@click.option("-o", "--output", metavar="FILE.wacz", default=None, help="Make just this one file, no folder.")
@click.option("--receipt", metavar="FILE", default=None, help="Write a receipt to keep somewhere else.")
@require_option
@click.option(
    "--pixels", is_flag=True, help="Decode every pixel of every picture, and make perceptual digests."
)
@click.option(
    "--documents",
    metavar="KINDS",
    multiple=True,
    help="Keep linked documents of these kinds besides PDF: office, odf, epub, zip, csv, audio, … or all.",
)
@manners_options
@identity_options
@window_options
@json_option
@quiet_option
def archive(  # noqa: PLR0913, PLR0917 - click passes every option by name
    url: str | None,
    listing: ListWish,
    into: str | None,
    output: str | None,
    receipt: str | None,
    require: tuple[str, ...],
    pixels: bool,  # noqa: FBT001 - click passes options by name
    documents: tuple[str, ...],
    manners: Manners,
    identity: Identity,
    window: Window,
    as_json: bool,  # noqa: FBT001 - click passes options by name
    quiet: bool,  # noqa: FBT001 - the same
) -> None:
    """
    Archive the page at URL with everything it needs to be shown again.

    The page, its images, style sheets and linked documents are stored exactly as they came, in a new
    package. Prints one line: the verdict, and where the package is. Exit code 0: complete; 3: partial,
    with the gaps listed; 4: nothing could be had.

    With --require, what is named must all be there: else it is an error, and the exit code 3.

    With -i every page of a list is archived, several at once; running it again does what is left.
    """
    from preserve.workflows.archive import archive as archive_page  # noqa: PLC0415 - keeps --help light
    from preserve.workflows.context import Cancel  # noqa: PLC0415 - the same

    with Run("archive", as_json=as_json, quiet=quiet) as run:
        listing.check(url=url, output=output, receipt=receipt)
        options: ArchiveOptions = {
            **manners.options(),
            **identity.options(url),
            **window.options(),
            "pixels": pixels,
            "documents": documents,
        }
        if url is None:
            archive_list(run, listing, Path(into or "."), options, require)
            return
        if output is not None and into is not None:
            raise UsageError("--into names a folder for a package, --output one file; give one of them.")

        def capture(folder: Path) -> Package:
            cancel = Cancel()
            with run.progress("archiving") as on_progress, first_ctrl_c(lambda: stop(run, cancel)):
                wishes: ArchiveOptions = {
                    **options,
                    "receipt": receipt,
                    "on_progress": on_progress,
                    "cancel": cancel,
                }
                return archive_page(url, folder, **wishes)

        if output is None:
            say(run, capture(Path(into or ".")), required=require)
        else:
            _one_file(run, capture, Path(output), require)


@click.command(
    short_help="Seal what an interrupted capture left behind.",
    epilog="\b\nExample:\n  preserve recover my-archive/example-org-post-*/20261122T101500Z.partial",
)
@click.argument("partial")
@json_option
@quiet_option
def recover(
    partial: str,
    as_json: bool,  # noqa: FBT001 - click passes options by name
    quiet: bool,  # noqa: FBT001 - the same
) -> None:
    """
    Seal the folder PARTIAL that a capture left when it was killed.

    Every exchange that was stored whole becomes part of the package; what was cut off is named in it.
    """
    from preserve.workflows.recover import recover as recover_partial  # noqa: PLC0415 - keeps --help light

    with Run("recover", as_json=as_json, quiet=quiet) as run:
        with run.progress("recovering") as on_progress:
            package = recover_partial(Path(partial), on_progress=on_progress)
        say(run, package)


@click.command(
    short_help="Archive a page of our own, offline, and show what comes of it.",
    epilog="\b\nExample:\n  preserve demo --into demo-archive",
)
@click.option(
    "--into", metavar="DIR", default="preserve-demo", show_default=True, help="Folder of the archive."
)
@click.option("--browser", is_flag=True, help="The page that only a browser sees whole, in a browser.")
@json_option
@quiet_option
def demo(
    into: str,
    browser: bool,  # noqa: FBT001 - click passes options by name
    as_json: bool,  # noqa: FBT001 - click passes options by name
    quiet: bool,  # noqa: FBT001 - the same
) -> None:
    """
    Serve the demonstration page on this machine, archive it, verify the package and show what is inside.

    Needs no network and takes seconds. The last line is the path of the package. With --browser it is
    another page: one whose pictures and file come by script.
    """
    from preserve.demo import DemoServer  # noqa: PLC0415 - keeps --help light
    from preserve.package.summary import summarise  # noqa: PLC0415 - the same
    from preserve.reports import jsonl  # noqa: PLC0415 - the same
    from preserve.reports.archived import archived  # noqa: PLC0415 - the same
    from preserve.reports.shown import shown  # noqa: PLC0415 - the same
    from preserve.reports.verified import verified  # noqa: PLC0415 - the same
    from preserve.reports.words import Line, printable  # noqa: PLC0415 - the same
    from preserve.workflows.archive import archive as archive_page  # noqa: PLC0415 - the same
    from preserve.workflows.verify import verify as verify_package  # noqa: PLC0415 - the same

    with Run("demo", as_json=as_json, quiet=quiet) as run:
        with DemoServer() as server, run.progress("archiving") as on_progress:
            package = archive_page(
                server.live_url if browser else server.url,
                Path(into),
                engine="browser" if browser else "plain",
                allow_private_network=True,
                on_progress=on_progress,
            )
        summary = summarise(package)
        run.result(archived(summary), ())
        with run.progress("verifying") as on_progress:
            report = verify_package(package.path, on_progress=on_progress)
        run.result(verified(report), jsonl.report(report))
        run.result(shown(summary), jsonl.package(summary))
        run.result([Line(printable(summary.path))], ())
        judge(run, summary)
        run.exits(report.exit_code)


def _one_file(run: Run, capture: Callable[[Path], Package], output: Path, required: tuple[str, ...]) -> None:
    """Capture into a folder beside the file, export, remove the folder; keep it if there is no file."""
    import os  # noqa: PLC0415 - beside its one use

    from preserve.disk import remove_tree, storage_errors, walk_files  # noqa: PLC0415 - keeps --help light
    from preserve.package.export import export_wacz  # noqa: PLC0415 - the same

    if output.suffix != ".wacz":
        raise UsageError(f"{output} would be a WACZ file; give it a name that ends in .wacz.")
    if os.path.lexists(output):
        raise TargetExists(f"{output} exists already; name a file that does not.", path=str(output))
    with storage_errors(f"make a folder beside {output}", "Choose a folder that exists and can be written."):
        work = Path(tempfile.mkdtemp(prefix=f"{output.stem[:40]}.", suffix=".capture", dir=output.parent))
    exported = False
    try:
        package = capture(work)
        export_wacz(package, output)
        exported = True
        say(run, package, output, required=required)
        warn_restricted(run, package)
    finally:
        if exported or not any(entry.kind == "file" for entry in walk_files(work)):
            remove_tree(work)
        else:
            run.talk(f"What was captured is kept in {work}")
