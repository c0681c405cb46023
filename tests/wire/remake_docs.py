"""
What do the tables of ``docs/wire.md`` say, and how are they made again?

Run it after any change of the tables of this folder::

    python -m tests.wire.remake_docs

It writes what stands between the marks of each table anew, and leaves the rest alone.
``tests/wire/test_tables.py`` fails until it was run.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from preserve.model.exchange import Ended
from tests.wire.forbidden import ANSWERS, METADATA, PRIVATE
from tests.wire.hostile import HOSTILE
from tests.wire.odd import ODD

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.wire.case import Odd
    from tests.wire.hostile_case import Hostile

__all__ = ["PAGE", "TABLES", "filled", "main"]

PAGE = Path(__file__).parent.parent.parent / "docs" / "wire.md"


def odd() -> str:
    """Return the table of odd exchanges."""
    head = ("Name", "What the server does", "What the record becomes", "End", "Deadline")
    return _table(
        head, ((name, case.does, case.becomes, _odd_end(case), case.deadline) for name, case in ODD.items())
    )


def hostile() -> str:
    """Return the table of hostile cases."""
    head = ("Name", "What the server or page does", "What the record becomes", "End", "Ended by", "Deadline")
    rows = (
        (name, case.does, case.becomes, _hostile_end(case), case.deadline or "itself", f"{case.within_s:g} s")
        for name, case in HOSTILE.items()
    )
    return _table(head, rows)


def metadata() -> str:
    """Return the notations of the metadata service."""
    return _table(("Name", "Host in the URL"), ((name, f"`{host}`") for name, host in METADATA.items()))


def private() -> str:
    """Return the addresses that are refused by default."""
    return _table(("Name", "Host in the URL"), ((name, f"`{host}`") for name, host in PRIVATE.items()))


def answers() -> str:
    """Return the answers of name servers."""
    rows = (
        (name, ", ".join(f"`{one}`" for one in addresses[:2]) + (" …" if addresses[2:] else ""))
        for name, addresses in ANSWERS.items()
    )
    return _table(("Name", "Addresses"), rows)


TABLES = {"odd": odd, "hostile": hostile, "metadata": metadata, "private": private, "answers": answers}


def filled(text: str) -> str:
    """Return the page with each table as it should be."""
    for name, table in TABLES.items():
        begin, end = f"<!-- {name}: made by tests/wire/remake_docs.py -->", f"<!-- end of {name} -->"
        before, found, rest = text.partition(begin)
        _, ended, after = rest.partition(end)
        if not (found and ended):
            raise ValueError(f"docs/wire.md should have the marks of the table {name}")
        text = f"{before}{begin}\n\n{table()}\n{end}{after}"
    return text


def main() -> None:
    """Write the tables anew."""
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def _odd_end(case: Odd) -> str:
    states = {scheme: f"{case.ended_over(scheme)}, {case.state_over(scheme)}" for scheme in ("http", "https")}
    if states["http"] == states["https"]:
        return states["http"]
    return "; ".join(f"{scheme}: {state}" for scheme, state in states.items())


def _hostile_end(case: Hostile) -> str:
    if case.ended is None:
        return f"no response, {case.state}"
    return f"{case.ended if case.ended is not Ended.WHOLE else 'whole'}, {case.state}"


if __name__ == "__main__":
    main()
