"""
Can every document, image and page still be opened, and is it what is recorded of it?

docs/format/package-1.md, section 10.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from preserve import __version__
from preserve.checks.layout import RESOURCES, warc_path
from preserve.checks.statements import Fault, say, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preserve.checks.evidence import Evidence
    from preserve.checks.results import Opened
    from preserve.checks.statements import Statement

__all__ = ["judge_contents"]

_LIBRARIES = ("pillow", "pypdf", "selectolax")
"""Those that look at contents."""
_SHOWN_FACTS = 8


def judge_contents(evidence: Evidence) -> Iterator[Statement]:
    """Say which contents could not be opened, are broken, or are not what is recorded of them."""
    same = _same_software(evidence)
    for odd in evidence.odd_contents:
        located = evidence.listed[odd.record]
        line = located.line
        what = f"{RESOURCES} line {odd.number}, {shown(line.uri)}"
        if odd.failed:
            text = f"{what}: the content could not be opened: {odd.failed}"
            cause = Fault(warc_path(line.file)) if odd.unread else None
            yield _say("contents.not-opened", odd, line.uri, text, cause=cause)
        if odd.differing:
            names = ", ".join(shown(name) for name, _, _ in odd.differing[:_SHOWN_FACTS])
            expected = "; ".join(f"{name} {recorded}" for name, recorded, _ in odd.differing)
            observed = "; ".join(f"{name} {now}" for name, _, now in odd.differing)
            who = "recorded by this version" if same else "recorded by another version of the software"
            text = f"{what}: what is seen in the content differs from what was {who}: {names}."
            code = "contents.facts-differ" if same else "contents.seen-otherwise"
            yield _say(code, odd, line.uri, text, expected=expected, observed=observed)
        if odd.problems:
            text = f"{what}: {' '.join(odd.problems)}"
            yield _say("contents.broken", odd, line.uri, text)


def _say(
    code: str,
    odd: Opened,
    url: str | None,
    text: str,
    *,
    cause: Fault | None = None,
    expected: str = "",
    observed: str = "",
) -> Statement:
    return say(
        code,
        cause or Fault(RESOURCES, odd.number),
        text,
        path=RESOURCES,
        line=odd.number,
        record=odd.record,
        url=url,
        expected=expected,
        observed=observed,
    )


def _same_software(evidence: Evidence) -> bool:
    """Tell whether the facts were recorded by the software and the libraries that look now."""
    capture = evidence.capture
    if capture is None or capture.software != f"preserve {__version__}":
        return False
    from importlib.metadata import version  # noqa: PLC0415 - a tenth of the start of every process that verifies

    return all(capture.environment.get(name) == version(name) for name in _LIBRARIES)
