"""``export``, ``extract`` and ``receipt``: how does something leave a package from the command line?"""

from __future__ import annotations

from pathlib import Path

import click

from preserve.cli.examine import opened
from preserve.cli.terminal import Run, json_option, quiet_option
from preserve.cli.verdicts import warn_restricted
from preserve.errors import PackageDamaged

__all__ = ["export", "extract", "receipt"]

_INCOMPLETE = 3


@click.command(
    short_help="Make a .wacz file for delivery and replay.",
    epilog="\b\nExample:\n  preserve export my-archive/example-org-post-*/20261122T101500Z --wacz post.wacz",
)
@click.argument("package")
@click.option("--wacz", "target", metavar="FILE", required=True, help="The file to make; never written over.")
@json_option
@quiet_option
def export(
    package: str,
    target: str,
    as_json: bool,  # noqa: FBT001 - click passes options by name
    quiet: bool,  # noqa: FBT001 - the same
) -> None:
    """
    Make one .wacz file of PACKAGE, the same to the bit every time; it plays in ReplayWeb.page.

    Every file is compared with the manifests as it is read; a damaged package is not exported.
    """
    from preserve.model.summary import Exported  # noqa: PLC0415 - keeps --help light
    from preserve.package.export import export_wacz  # noqa: PLC0415 - the same
    from preserve.reports import jsonl, taken  # noqa: PLC0415 - the same

    with Run("export", as_json=as_json, quiet=quiet) as run:
        source = opened(run, package)
        digest = export_wacz(source, target)
        made = Exported(
            path=target,
            digest=str(digest),
            size_bytes=Path(target).stat().st_size,
            package=str(source.path),
        )
        run.count(files=1, size_bytes=made.size_bytes)
        run.result(taken.exported(made), jsonl.exported(made))
        warn_restricted(run, source)


@click.command(
    short_help="Take the files back out of a package.",
    epilog="\b\nExample:\n  preserve extract my-archive/example-org-post-*/20261122T101500Z --to files",
)
@click.argument("package")
@click.option("--to", "target", metavar="DIR", required=True, help="A folder that is empty or not there yet.")
@click.option("--text", is_flag=True, help="Put the text of pages and PDFs beside them.")
@click.option("--attachments", is_flag=True, help="Take out what is attached to PDFs.")
@click.option("--thumbnails", is_flag=True, help="Draw the pages of PDFs; with the extra pdf.")
@click.option("--repair-report", is_flag=True, help="Say what is wrong with PDFs; with the extra pdf.")
@click.option("--pronom", is_flag=True, help="Identify formats by PRONOM; with the extra formats.")
@json_option
@quiet_option
def extract(
    package: str,
    target: str,
    as_json: bool,  # noqa: FBT001 - click passes options by name
    quiet: bool,  # noqa: FBT001 - the same
    **making: bool,
) -> None:
    """
    Take the captured files out of PACKAGE: page.html, documents, images, other, extracted.json.

    Names are made safe, content codings undone, and each file is compared with its digest; a damaged one
    stays in the package and the exit code is 6.
    """
    from preserve.package.extract import extract as take_out  # noqa: PLC0415 - keeps --help light
    from preserve.reports import jsonl, taken  # noqa: PLC0415 - the same

    with Run("extract", as_json=as_json, quiet=quiet) as run:
        damaged: PackageDamaged | None = None
        wanted = [name.replace("_", "-") for name, chosen in making.items() if chosen]
        source = opened(run, package)
        try:
            files = take_out(source, target, make=wanted)
        except PackageDamaged as exc:
            files = list(exc.facts.get("extracted", ()))  # type: ignore[call-overload] # extract() puts a list
            damaged = exc
            if not files:
                raise
        kept = [file for file in files if not file.problem]
        run.count(files=len(kept), damaged=len(files) - len(kept), size_bytes=sum(f.size_bytes for f in kept))
        run.result(
            taken.extracted(files, target),
            (line for file in files for line in jsonl.extracted(file, target)),
        )
        if any(not file.decoded or any(made.problem for made in file.made) for file in kept):
            run.exits(_INCOMPLETE)
        if damaged is not None:
            raise damaged


@click.command(
    short_help="Write what pins a package, to be kept elsewhere.",
    epilog="\b\nExample:\n  preserve receipt my-archive/example-org-post-*/20261122T101500Z -o post.json",
)
@click.argument("package")
@click.option("-o", "--output", metavar="FILE", default=None, help="The file to make.  [default: print it]")
@json_option
@quiet_option
def receipt(
    package: str,
    output: str | None,
    as_json: bool,  # noqa: FBT001 - click passes options by name
    quiet: bool,  # noqa: FBT001 - the same
) -> None:
    """
    Write the receipt of PACKAGE: a small file whose digest of the tag manifest pins every byte.

    Keep it apart from the package: mail it, commit it. Nothing is verified; run preserve verify first.
    """
    from preserve.formats.schemas import dump_json  # noqa: PLC0415 - keeps --help light
    from preserve.package.receipt import make_receipt, write_receipt  # noqa: PLC0415 - the same
    from preserve.reports import jsonl, taken  # noqa: PLC0415 - the same

    with Run("receipt", as_json=as_json, quiet=quiet) as run:
        source = opened(run, package)
        if output is None:
            made = make_receipt(source.path)
            run.document(dump_json(made), jsonl.receipt(made, None))
        else:
            made = write_receipt(source.path, Path(output))
            run.result(taken.receipt(made, output), jsonl.receipt(made, output))
