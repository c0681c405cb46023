"""``cite``: how is a package cited from the command line?"""

from __future__ import annotations

import click

from preserve.cli.examine import opened
from preserve.cli.terminal import Run, json_option, quiet_option

__all__ = ["cite"]

_FORMATS = ("text", "bibtex", "ris", "csl")  # model.citation.FORMATS, which --help does not import


@click.command(
    short_help="Write how a package is cited.",
    epilog="\b\nExample:\n  preserve cite my-archive/example-org-post-*/20261122T101500Z --format bibtex",
)
@click.argument("package")
@click.option(
    "--format",
    "name",
    type=click.Choice(_FORMATS),
    default=_FORMATS[0],
    show_default=True,
    help="Text to read, BibTeX, RIS, or CSL-JSON.",
)
@json_option
@quiet_option
def cite(
    package: str,
    name: str,
    as_json: bool,  # noqa: FBT001 - click passes options by name
    quiet: bool,  # noqa: FBT001 - the same
) -> None:
    """
    Write how PACKAGE is cited, with the day of the capture and the digest that pins it.

    Author, title, publication and day are what the page claims; docs/claims.md has the rule. An article
    that was printed elsewhere is cited as that print, with who put it on the web in the note. Each linked
    document is an entry of its own. Nothing is verified.
    """
    from preserve.package.restricted import token_names  # noqa: PLC0415 - keeps --help light
    from preserve.package.summary import summarise  # noqa: PLC0415 - the same
    from preserve.reports import citations, jsonl  # noqa: PLC0415 - the same

    with Run("cite", as_json=as_json, quiet=quiet) as run:
        citation = citations.cite(summarise(opened(run, package)))
        text = citations.render_citation(citation, name)
        run.count(packages=1, documents=len(citation.documents))
        tokens = set().union(
            *(token_names(url) for url in (citation.url, *(one.url for one in citation.documents)))
        )
        run.document(text.encode("utf-8", "replace"), jsonl.citation(citation, name, text))
        if tokens:
            names = ", ".join(sorted(tokens))
            run.warn(f"look before you publish it: an address carries what looks like a token ({names}).")
