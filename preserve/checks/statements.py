"""
How do the many things that one fault brings about become one finding?

Judges make statements. A statement is a finding and the *fault* it is laid to: a file, or one
damaged stretch of it. Statements of one fault are folded: those about the file at fault itself before
those about others, and of these the one whose code stands first in ``CODES``, becomes the primary
finding; the others stand in its ``also``.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import attrs

from preserve.model.finding import Finding, Result, Where
from preserve.model.findings import CODES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Fault", "Piles", "Statement", "say", "shown"]

_SHOWN_MOST = 300
_PATH_MOST = 4096
_KEPT_MOST = 50
"""Statements kept of one fault and code: enough to see a pattern, and bounded."""

_FAULTS_MOST = 5000
"""Faults of one code that are listed, one finding each: more were made to flood whoever reads them."""

_RANK = {code: rank for rank, code in enumerate(CODES)}
_SEVERITY = {Result.FAIL: 0, Result.NOT_CHECKED: 1, Result.WARN: 2, Result.PASS: 3}


@attrs.frozen(order=True)
class Fault:
    """What a statement is laid to."""

    path: str
    """The file or folder at fault, relative to the package."""
    part: int = -1
    """Which damaged stretch of it, where a file can have several causes; -1: the file as such."""


@attrs.frozen(kw_only=True)
class Statement:
    """One thing a judge has to say."""

    fault: Fault
    finding: Finding


def shown(text: object, most: int = _SHOWN_MOST) -> str:
    r"""
    Return text as it may be shown to a person: one line, bounded, nothing a terminal obeys.

    Control characters, separators, marks of direction and undecodable octets become ``\x1b`` and the like.
    """
    plain = str(text)
    cut = plain if len(plain) <= most else plain[:most] + "…"
    if cut.isprintable():
        return cut
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in cut
    )


def say(  # noqa: PLR0913 - the parts of a finding, each named at the call
    code: str,
    fault: Fault | str,
    message: str,
    *,
    path: str | None = None,
    offset: int | None = None,
    length: int | None = None,
    line: int | None = None,
    record: str | None = None,
    url: str | None = None,
    expected: object = "",
    observed: object = "",
) -> Statement:
    """
    Return a statement; title, result, clause and remedy come from the table.

    Args:
        code: One of ``CODES``.
        fault: What it is laid to; a text is a file as such.
        message: A full sentence. What it quotes from the package has been through ``shown``, or is
            put through it here: the whole message is.
        path: Where to look, if that is not the file at fault.
        offset: First byte.
        length: Bytes.
        line: One-based.
        record: WARC-Record-ID without angle brackets.
        url: WARC-Target-URI.
        expected: What should be there.
        observed: What is there.
    """
    row = CODES[code]
    laid = Fault(fault) if isinstance(fault, str) else fault
    about = laid.path if path is None else path
    return Statement(
        fault=laid,
        finding=Finding(
            code=code,
            result=row.result,
            where=Where(
                path=shown(about, _PATH_MOST),
                offset=offset,
                length=length,
                line=line,
                record=None if record is None else shown(record),
                url=None if url is None else shown(url, _PATH_MOST),
            ),
            message=shown(message, 2000),
            expected=shown(expected),
            observed=shown(observed),
            clause=row.clause,
            remedy=row.remedy.format(file=shown(about)),
        ),
    )


@attrs.define
class _Pile:
    """The statements of one fault, bounded."""

    fault: Fault
    kept: list[Finding] = attrs.field(factory=list)
    counts: dict[str, int] = attrs.field(factory=dict)

    def add(self, finding: Finding) -> None:
        count = self.counts[finding.code] = self.counts.get(finding.code, 0) + 1
        if count <= _KEPT_MOST:
            self.kept.append(finding)

    def count(self, other: _Pile) -> None:
        """Count what another pile, whose statements were taken, had not kept."""
        for code, count in other.counts.items():
            self.counts[code] += count - min(count, _KEPT_MOST)

    def merge(self, other: _Pile) -> None:
        """Take what another pile kept and counted."""
        self.kept += other.kept
        for code, count in other.counts.items():
            self.counts[code] = self.counts.get(code, 0) + count

    def primary(self) -> Finding:
        """Return the finding of the cause, with the others in its ``also``."""
        first, *others = sorted(self.kept, key=lambda finding: _order(finding, self.fault))
        for code, count in self.counts.items():
            alike = [finding for finding in self.kept if finding.code == code]
            if count > len(alike):
                text = f"{count - len(alike)} more findings of this kind are not listed."
                where = Where(path=first.where.path)
                others.append(attrs.evolve(alike[0], where=where, message=text, expected="", observed=""))
        return attrs.evolve(first, also=tuple(others))


def _order(finding: Finding, fault: Fault) -> tuple[int, bool, int]:
    """Put the worst first, then what is about the file at fault itself, then by the table."""
    elsewhere = finding.where.path != shown(fault.path, _PATH_MOST)
    return _SEVERITY[finding.result], elsewhere, _RANK[finding.code]


class Piles:
    """
    The statements made so far, by fault. Memory stays bounded, however many there are of one fault or faults.
    """

    def __init__(self) -> None:
        self._piles: dict[Fault, _Pile] = {}
        self._faults: Counter[str] = Counter()
        """How many faults were first met by a statement of a code."""
        self._beyond: dict[str, Finding] = {}
        """Of each code with more faults than are listed, one of the others."""

    def add(self, statement: Statement) -> None:
        """Take a statement."""
        fault, code = statement.fault, statement.finding.code
        pile = self._piles.get(fault)
        if pile is None:
            self._faults[code] += 1
            if self._faults[code] > _FAULTS_MOST:
                self._beyond.setdefault(code, statement.finding)
                return
            pile = self._piles[fault] = _Pile(fault=fault)
        pile.add(statement.finding)

    def take(self, other: Piles) -> None:
        """Take all statements that others took."""
        for fault, pile in other._piles.items():
            for finding in pile.kept:
                self.add(Statement(fault=fault, finding=finding))
            if fault in self._piles:
                self._piles[fault].count(pile)
        for code, finding in other._beyond.items():
            self._faults[code] += other._faults[code] - _FAULTS_MOST
            self._beyond.setdefault(code, finding)

    def fresh(self, told: set[Fault], held: Callable[[str], bool]) -> Iterator[Finding]:
        """
        Yield the primary finding of each fault not told of yet, and note it in ``told``.

        Args:
            told: Those told of before.
            held: Tells of which files nothing is said as such yet, because their parts may still be named.
        """
        for fault, pile in self._piles.items():
            if fault not in told and (fault.part >= 0 or not held(fault.path)):
                told.add(fault)
                yield pile.primary()

    def fold(self) -> list[Finding]:
        """
        Return one primary finding for each fault, worst first, then by place.

        What is laid to a file as such goes to the first damaged stretch of that file, if it has one.
        """
        piles = self._piles
        first: dict[str, Fault] = {}
        for fault in sorted(fault for fault in piles if fault.part >= 0):
            first.setdefault(fault.path, fault)
        for fault in [fault for fault in piles if fault.part < 0 and fault.path in first]:
            piles[first[fault.path]].merge(piles.pop(fault))
        made = [(fault, pile.primary()) for fault, pile in piles.items()]
        listed = sorted(made, key=lambda each: (_SEVERITY[each[1].result], each[0]))
        return [finding for _, finding in listed] + list(self._unlisted())

    def _unlisted(self) -> Iterator[Finding]:
        """Say of which codes there are more faults than are listed, and how many."""
        for code, one in self._beyond.items():
            text = f"{self._faults[code] - _FAULTS_MOST} more findings of this kind are not listed."
            yield attrs.evolve(one, where=Where(), message=text, expected="", observed="", also=())
