"""What did a verification find, in words?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from preserve.model.finding import Result
from preserve.reports.words import Line, Tone, count, number, printable, size

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from preserve.model.finding import Finding, Report, Where

__all__ = ["totals", "verified"]

# A package's word, and how it is said. A warning leaves a package valid (RFC 8493, section 3).
_WORDS = {
    Result.PASS: ("valid", Tone.GOOD),
    Result.WARN: ("valid, with warnings", Tone.WARN),
    Result.NOT_CHECKED: ("not checked", Tone.WARN),
    Result.FAIL: ("failed", Tone.BAD),
}
_ALSO_SHOWN = 20


def verified(report: Report) -> Iterator[Line]:
    """Yield the verdict on one package, then every finding with what follows from the same cause."""
    word, tone = _WORDS[report.result]
    if report.level == "quick" and word.startswith("valid"):
        word = word.replace("valid", "complete")  # RFC 8493, section 3: valid needs every digest
    level = "" if report.level == "default" else f", level {printable(report.level)}"
    url = f"  {printable(report.url)}" if report.url else ""
    yield Line(
        f"{word}  {printable(report.package)}{url}  ({count(report.files, 'file')}, "
        f"{count(report.records, 'record')}, {size(report.size_bytes)} read{level})",
        tone,
    )
    wrong = [finding for finding in report.findings if finding.result is not Result.PASS]
    if len(wrong) > 1:
        # The report has the worst first; what else is wrong may follow from it.
        yield Line(f"  do first: {printable(wrong[0].remedy)}", tone)
    for finding in wrong:
        yield from _finding(finding)
    if wrong:
        yield _added_up(report, wrong)


def _added_up(report: Report, wrong: Sequence[Finding]) -> Line:
    """Return the line that counts the findings by result, causes and what follows from them apart."""
    held = len(report.findings) - len(wrong)
    kinds = [
        f"{number(found)} {words}"
        for result, words in (
            (Result.FAIL, "failed"),
            (Result.NOT_CHECKED, "not checked"),
            (Result.WARN, "to know of"),
        )
        if (found := sum(finding.result is result for finding in wrong))
    ]
    follow = sum(len(finding.also) for finding in wrong)
    return Line(
        f"  {count(len(wrong), 'cause')}: {', '.join(kinds)}; {count(follow, 'consequence')}; "
        f"{count(held, 'question')} answered well"
    )


def totals(reports: Sequence[Report], unopened: int = 0) -> Iterator[Line]:
    """
    Yield the one line that sums up a run.

    Args:
        reports: One for each package that was verified.
        unopened: How many of the paths given hold no package or could not be read.
    """
    seen = [report.result for report in reports]
    failed, unchecked = seen.count(Result.FAIL), seen.count(Result.NOT_CHECKED) + unopened
    tone = Tone.BAD if failed else Tone.WARN if unchecked else Tone.GOOD
    held = "complete" if any(one.level == "quick" for one in reports) else "valid"
    yield Line(
        f"verified {count(len(reports), 'package')}, {count(sum(one.files for one in reports), 'file')}, "
        f"{size(sum(one.size_bytes for one in reports))} read: "
        f"{number(len(seen) - failed - seen.count(Result.NOT_CHECKED))} {held}, {number(failed)} failed, "
        f"{number(unchecked)} not checked",
        tone,
    )


def _finding(finding: Finding) -> Iterator[Line]:
    tone = _WORDS[finding.result][1]
    where = _where(finding.where)
    yield Line(f"  {finding.result.value}  {printable(finding.code)}{where}", tone)
    yield Line(f"    {printable(finding.message)}")
    for label, text in (
        ("expected", finding.expected),
        ("observed", finding.observed),
        ("clause", finding.clause),
        ("do", finding.remedy),
    ):
        if text:
            yield Line(f"    {label:<9} {printable(text)}")
    for also in finding.also[:_ALSO_SHOWN]:
        yield Line(
            f"    also {printable(also.code)}{_where(also.where)}: {printable(also.message)}", Tone.FAINT
        )
    if len(finding.also) > _ALSO_SHOWN:
        left = len(finding.also) - _ALSO_SHOWN
        yield Line(f"    {count(left, 'more follows', 'more follow')} from the same cause", Tone.FAINT)


def _where(where: Where) -> str:
    parts = []
    if where.path:
        parts.append(printable(where.path))
    if where.line is not None:
        parts.append(f"line {number(where.line)}")
    if where.offset is not None:
        parts.append(f"from byte {number(where.offset)}")
    if where.length is not None:
        parts.append(count(where.length, "byte") + " long")
    if where.record:
        parts.append(f"record {printable(where.record)}")
    if where.url:
        parts.append(printable(where.url))
    return f"  {', '.join(parts)}" if parts else ""
