"""Does a report of a verification name what is damaged, and the last line what was done?"""

from __future__ import annotations

import attrs
import pytest

from preserve.model.finding import Finding, Report, Result, Where
from preserve.reports.verified import totals, verified

_WHERE = Where(
    path="data/archive/a.warc.gz",
    offset=1200,
    length=345,
    record="urn:uuid:1",
    url="https://example.org/a.jpg",
)
_FINDING = Finding(
    code="bag.digest-mismatch",
    result=Result.FAIL,
    where=_WHERE,
    message="data/archive/a.warc.gz: sha256 differs from manifest-sha256.txt.",
    expected="9f86d0",
    observed="3b4c12",
    clause="RFC 8493, section 3",
    remedy="Restore it from a copy.",
    also=(
        Finding(code="records.digest-mismatch", result=Result.FAIL, where=Where(line=3), message="So too."),
    ),
)


def _report(*findings: Finding) -> Report:
    return Report(
        package="/p/20261122T101500Z",
        url="https://example.org/post",
        findings=findings,
        files=14,
        records=67,
        size_bytes=1_900_000,
    )


def _unchecked() -> Finding:
    return Finding(code="file.unreadable", result=Result.NOT_CHECKED, message="It could not be read.")


def test_a_valid_package_is_one_line() -> None:
    """A package without findings is one line: verdict, path, URL, what was read."""
    expected = "valid  /p/20261122T101500Z  https://example.org/post  (14 files, 67 records, 1.9 MB read)"
    assert [expected] == [line.text for line in verified(_report())]


def test_a_finding_is_told_whole() -> None:
    """A finding names file, bytes, record, URL, digests, clause and remedy; what follows is below."""
    lines = [line.text for line in verified(_report(_FINDING))]
    assert [
        "failed  /p/20261122T101500Z  https://example.org/post  (14 files, 67 records, 1.9 MB read)",
        (
            "  fail  bag.digest-mismatch  data/archive/a.warc.gz, from byte 1 200, 345 bytes long, "
            "record urn:uuid:1, https://example.org/a.jpg"
        ),
        "    data/archive/a.warc.gz: sha256 differs from manifest-sha256.txt.",
        "    expected  9f86d0",
        "    observed  3b4c12",
        "    clause    RFC 8493, section 3",
        "    do        Restore it from a copy.",
        "    also records.digest-mismatch  line 3: So too.",
        "  1 cause: 1 failed; 1 consequence; 0 questions answered well",
    ] == lines


def test_many_consequences_are_counted() -> None:
    """What follows from one cause is cut at a screenful and counted."""
    many = Finding(code="a.b", result=Result.FAIL, message="It broke.", also=_FINDING.also * 25)
    assert "    5 more follow from the same cause" == list(verified(_report(many)))[-2].text


def test_what_to_do_first_stands_first() -> None:
    """Of several causes the remedy of the worst stands below the verdict, and the counts add up."""
    passed = Finding(code="bag.complete", result=Result.PASS, message="All is there.")
    warned = Finding(code="a.b", result=Result.WARN, message="It is odd.", remedy="Look at it.")
    lines = [line.text for line in verified(_report(_FINDING, _unchecked(), warned, passed, passed))]
    assert "  do first: Restore it from a copy." == lines[1]
    assert (
        "  3 causes: 1 failed, 1 not checked, 1 to know of; 1 consequence; 2 questions answered well"
        == lines[-1]
    )


def test_unread_bytes_are_not_called_valid() -> None:
    """A package whose bytes were not read is complete, in the verdict and in the sum."""
    report = attrs.evolve(_report(), level="quick")
    (line,) = verified(report)
    assert line.text.startswith("complete  ")
    assert line.text.endswith("read, level quick)")
    assert next(totals([report])).text.endswith("1 complete, 0 failed, 0 not checked")


def test_passes_are_silent() -> None:
    """A finding that passed is not listed among what is wrong."""
    passed = Finding(code="bag.complete", result=Result.PASS, message="All is there.")
    assert 1 == len(list(verified(_report(passed))))


@pytest.mark.parametrize(
    ("reports", "unopened", "expected"),
    [
        ([_report()], 0, "verified 1 package, 14 files, 1.9 MB read: 1 valid, 0 failed, 0 not checked"),
        (
            [_report(), _report(_FINDING), _report(_unchecked())],
            1,
            "verified 3 packages, 42 files, 5.7 MB read: 1 valid, 1 failed, 2 not checked",
        ),
        ([], 1, "verified 0 packages, 0 files, 0 bytes read: 0 valid, 0 failed, 1 not checked"),
    ],
)
def test_totals(reports: list[Report], unopened: int, expected: str) -> None:
    """The last line counts valid, failed and not checked; a path that could not be opened is not checked."""
    assert [expected] == [line.text for line in totals(reports, unopened)]


def test_hostile_findings_are_escaped() -> None:
    """Terminal sequences in anything a damaged package made us say are escaped."""
    evil = "\x1b[31m"
    where = Where(path=evil, record=evil, url=evil)
    finding = Finding(code="a.b", result=Result.FAIL, where=where, message=evil, expected=evil, observed=evil)
    report = Report(package=evil, url=evil, findings=(finding,))
    assert not any("\x1b" in line.text for line in verified(report))
