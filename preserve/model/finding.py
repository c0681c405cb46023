"""What can a check say? The codes are the table ``CODES``; they never change their meaning."""

from __future__ import annotations

from enum import StrEnum

import attrs

__all__ = ["Finding", "Report", "Result", "Where"]


class Result(StrEnum):
    """What a check came to. *Not checked* is neither passed nor failed."""

    PASS = "pass"  # noqa: S105 - an outcome, not a password
    WARN = "warn"
    FAIL = "fail"
    NOT_CHECKED = "not-checked"


@attrs.frozen(kw_only=True)
class Where:
    """The thing a finding is about, as closely as it is known."""

    path: str = ""
    """Relative to the package, with ``/``."""
    offset: int | None = None
    """First byte in the file."""
    length: int | None = None
    line: int | None = None
    record: str | None = None
    """WARC-Record-ID without angle brackets."""
    url: str | None = None


@attrs.frozen(kw_only=True)
class Finding:
    """One statement of a check."""

    code: str
    result: Result
    where: Where = attrs.field(factory=Where)
    message: str
    """A full sentence: which thing, what was expected, what was seen."""
    expected: str = ""
    observed: str = ""
    clause: str = ""
    """Standard and section, or the package specification's section."""
    remedy: str = ""
    also: tuple[Finding, ...] = ()
    """What follows from the same cause."""


@attrs.frozen(kw_only=True)
class Report:
    """Everything one verification found out about one package."""

    package: str
    """The path as given."""
    url: str | None = None
    level: str = "default"
    findings: tuple[Finding, ...] = ()
    files: int = 0
    records: int = 0
    size_bytes: int = 0
    """Bytes read and hashed."""

    @property
    def result(self) -> Result:
        """The worst of all findings: fail, then not-checked, then warn, then pass."""
        seen = {finding.result for finding in self.findings}
        for result in (Result.FAIL, Result.NOT_CHECKED, Result.WARN):
            if result in seen:
                return result
        return Result.PASS

    @property
    def exit_code(self) -> int:
        """0 it holds; 6 damaged; 3 something could not be checked."""
        return {Result.FAIL: 6, Result.NOT_CHECKED: 3}.get(self.result, 0)
