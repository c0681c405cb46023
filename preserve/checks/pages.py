"""Does the page list open the page that was captured? docs/format/package-1.md, section 9."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from preserve.checks.declared import parsed, split_lines
from preserve.checks.layout import PAGES, RECORDS, REFERENCES, RESOURCES
from preserve.checks.statements import say, shown
from preserve.formats import wacz

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preserve.checks.evidence import Evidence
    from preserve.checks.statements import Statement
    from preserve.formats.wacz import Page

__all__ = ["judge_pages", "titles"]


def titles(evidence: Evidence) -> tuple[str, ...]:
    """Return the titles the page may bear: the chosen claim, or else a URL; none when unknown."""
    capture = evidence.capture
    if capture is None:
        return ()
    chosen = capture.chosen.get("title")
    if chosen is None:
        urls = (capture.request.url, evidence.shown.url if evidence.shown else capture.request.url)
        return tuple(dict.fromkeys(map(_whole, urls)))
    if not 0 <= chosen < len(capture.claims):
        return ()
    return (_whole(capture.claims[chosen].value),)


def _whole(text: str) -> str:
    """Return a title as it can be written: half a surrogate pair becomes U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def judge_pages(evidence: Evidence) -> Iterator[Statement]:
    """Say where the page list is not the one that follows from the capture."""
    data = evidence.document(PAGES)
    if data is None:
        text = "The page list could not be compared with the capture."
        yield say("file.too-large" if evidence.readable(PAGES) else "check.not-done", PAGES, text)
        return
    found, problem = parsed(lambda octets: list(wacz.parse_pages(io.BytesIO(octets))), data)
    if problem or not isinstance(found, list):
        yield say("pages.syntax", PAGES, f"The page list cannot be read: {problem}")
        return
    written = wacz.format_pages(()).rstrip(b"\n")
    if next(split_lines(io.BytesIO(data)), (b"", ""))[0] != written:
        text = "The first line of the page list is not the one specified."
        yield say("pages.syntax", PAGES, text, line=1, expected=written.decode())
    if evidence.capture is None or evidence.seed is None:
        fault = evidence.blame(*evidence.sources_of_page)
        yield say(
            "check.not-done", fault, "The page list could not be compared with the capture.", path=PAGES
        )
        return
    yield from _compare(evidence, found)


def _compare(evidence: Evidence, found: list[Page]) -> Iterator[Statement]:
    capture, seed, response = evidence.capture, evidence.seed, evidence.shown
    if capture is None or seed is None or (response is None and seed.record is not None):
        fault = evidence.blame(REFERENCES, RESOURCES, RECORDS)
        yield say(
            "check.not-done", fault, "The page list could not be compared with the capture.", path=PAGES
        )
        return
    fault = evidence.blame(PAGES, *evidence.sources_of_page)
    readable = response is not None and response.status is not None
    if len(found) != int(readable):
        text = f"The page list has {len(found)} pages; the capture shows {int(readable)}."
        url = response.url if response else None
        yield say("pages.line-differs", fault, text, path=PAGES, url=url, record=seed.record)
    if not readable or not found or response is None:
        return
    wanted = {"id": capture.capture, "url": response.url, "ts": response.captured_at}
    for key, expected in wanted.items():
        observed = getattr(found[0], key)
        if observed != expected:
            text = f"The page list has {key} {shown(observed)}; the captured page has {shown(expected)}."
            yield _differs(evidence, fault, text, expected, observed)
    allowed = titles(evidence)
    if allowed and found[0].title not in allowed:
        text = f"The page list has the title {shown(found[0].title)}; capture.json has {shown(allowed[0])}."
        yield _differs(evidence, fault, text, allowed[0], found[0].title)


def _differs(evidence: Evidence, fault: str, text: str, expected: str, observed: str) -> Statement:
    response = evidence.shown
    return say(
        "pages.line-differs",
        fault,
        text,
        path=PAGES,
        line=2,
        record=response.response if response else None,
        url=response.url if response else None,
        expected=expected,
        observed=observed,
    )
