"""What was taken out of a package, in words?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from preserve.reports.words import Line, Tone, count, printable, size

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from preserve.model.package import Receipt
    from preserve.model.summary import Exported, Extracted

__all__ = ["exported", "extracted", "receipt"]


def exported(made: Exported) -> Iterator[Line]:
    """Yield the line that says where the file for delivery is, and its digest."""
    yield Line(f"exported  {printable(made.path)}  ({size(made.size_bytes)}, {made.digest})", Tone.GOOD)


def extracted(files: Sequence[Extracted], folder: str) -> Iterator[Line]:
    """Yield one line for each file taken out, those too damaged to be taken out, and the sum."""
    lost = [file for file in files if file.problem]
    taken = [file for file in files if not file.problem]
    for file in taken:
        coded = "" if file.decoded else ", still in its content coding"
        known = f", {printable(file.pronom)}" if file.pronom else ""
        yield Line(
            f"  {printable(file.path)}  ({size(file.size_bytes)}{coded}{known})  {printable(file.url)}"
        )
        for made in file.made:
            if made.problem:
                yield Line(f"    {printable(made.kind)}: {printable(made.problem)}", Tone.WARN)
            else:
                yield Line(f"    {printable(made.path)}  ({size(made.size_bytes)}, {printable(made.kind)})")
    for file in lost:
        yield Line(f"  not taken out  {printable(file.url)}: {printable(file.problem)}", Tone.BAD)
    tally = f", {count(len(lost), 'file')} too damaged" if lost else ""
    yield Line(
        f"extracted {count(len(taken), 'file')}, {size(sum(file.size_bytes for file in taken))}, "
        f"to {printable(folder)}{tally}",
        Tone.BAD if lost else Tone.GOOD,
    )


def receipt(made: Receipt, path: str) -> Iterator[Line]:
    """Yield the line that says what a receipt pins and where it is."""
    yield Line(
        f"receipt  {printable(path)}  pins {printable(made.page)}/{printable(made.capture)}: "
        f"{printable(made.tagmanifest)}",
        Tone.GOOD,
    )
