"""
Are the packages those that receipts pin, and are all of them still there?

A receipt pins one capture. A capture that is the one its receipt pins names, in its ``capture.json``, the
capture it followed and that one's tag manifest: so the latest receipt pins every earlier capture of the
page, too. What came later, and what lies beside a package, no receipt speaks of.

docs/format/package-1.md, section 13.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from preserve.checks.layout import TAGMANIFEST
from preserve.checks.statements import say, shown
from preserve.errors import PackageDamaged, PreserveError
from preserve.model.finding import Finding, Report, Result
from preserve.model.package import Receipt
from preserve.package.exported import ExportedPackage
from preserve.package.reader import Package, packages_in
from preserve.package.receipt import make_receipt, sealed_capture

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from preserve.package.receipt import Held

__all__ = ["Pinned", "lost_pages", "missing", "pinned", "with_findings"]

_NAMED_MOST = 3


@attrs.frozen(kw_only=True)
class _Pin:
    """What the tag manifest of a capture must be, and who says so."""

    tagmanifest: str
    source: str
    receipt: Receipt | None = None


@attrs.frozen(kw_only=True)
class Pinned:
    """What the receipts say of the packages of one page."""

    by_capture: dict[str, tuple[Finding, ...]]
    """Of each capture that is there."""
    others: tuple[Finding, ...]
    """Of captures that are not among the packages that were asked about."""

    def of(self, package: Package, *, last: bool) -> tuple[Finding, ...]:
        """Return the findings for the report on a package; the last one of a page has the others too."""
        return self.by_capture.get(package.path.name, ()) + (self.others if last else ())


def pinned(packages: Sequence[Package], held: Iterable[Held]) -> Pinned:
    """
    Compare the packages of one page folder with receipts. Reads small files only.

    Args:
        packages: Those asked about, all in one folder.
        held: All receipts there are; those of other pages are passed over.
    """
    exported = [package for package in packages if isinstance(package, ExportedPackage)]
    if exported:
        text = "A .wacz has no tag manifest, so it could not be compared with a receipt; verify the package."
        finding = say("receipt.none", "", text).finding
        return Pinned(by_capture={package.path.name: (finding,) for package in exported}, others=())
    return _Page(packages, held).judge()


def lost_pages(pages: Iterable[str], held: Iterable[Held]) -> list[Held]:
    """Return the receipts of pages of which no package is there any more."""
    there = set(pages)
    return [one for one in held if one.receipt.page not in there]


def missing(one: Held) -> Finding:
    """Return the finding on a package that a receipt knows and that is not there, nor any of its page."""
    text = f"The package that {shown(str(one.path))} pins is not there, nor is any other of its page."
    return say("receipt.capture-missing", "", text, expected=one.receipt.capture).finding


def with_findings(report: Report, findings: Iterable[Finding]) -> Report:
    """
    Return a report with what the receipts say.

    A tag manifest that is damaged is not the one that was pinned, either: that goes with its finding.
    """
    made = list(report.findings)
    for finding in findings:
        causes = [
            at
            for at, found in enumerate(made)
            if found.where.path == TAGMANIFEST and found.result not in (Result.PASS, Result.WARN)
        ]
        if causes and finding.where.path == TAGMANIFEST:
            cause = made[causes[0]]
            made[causes[0]] = attrs.evolve(cause, also=(*cause.also, finding))
        elif finding.result is Result.PASS:
            made.append(finding)
        else:
            made.insert(0, finding)
    return attrs.evolve(report, findings=tuple(made))


class _Page:
    """The packages of one page folder, those asked about and those beside them."""

    def __init__(self, packages: Sequence[Package], held: Iterable[Held]) -> None:
        self._asked = {package.path.name: package for package in packages}
        home = packages[0].path.parent
        self._there = {path.name: Package(path=path) for path in packages_in(home)} | self._asked
        pages = {home.name}
        self._names: dict[str, str] = {}
        """Of packages in folders of other names: capture to folder."""
        for folder, package in self._asked.items():
            try:
                pages.add(package.capture.page)
                self._names[package.capture.capture] = folder
            except PreserveError:
                continue
        self._placed = False
        """Whether this is the page folder that the receipts speak of: what is not in it is then missing."""
        self._pins: dict[str, list[_Pin]] = {}
        for one in held:
            if one.receipt.page in pages:
                pin = _Pin(tagmanifest=one.receipt.tagmanifest, source=str(one.path), receipt=one.receipt)
                self._pins.setdefault(one.receipt.capture, []).append(pin)
                self._placed = self._placed or one.receipt.page == home.name

    def judge(self) -> Pinned:
        self._follow()
        by_capture: dict[str, tuple[Finding, ...]] = {}
        others: list[Finding] = []
        for capture in sorted(self._pins):
            folder = self._folder(capture)
            if folder is None:
                others += [self._missing(capture)] if self._placed else []
                continue
            finding = self._compare(folder, self._pins[capture])
            if folder in self._asked:
                by_capture[folder] = (finding,)
            elif finding.result is not Result.PASS:
                others.append(finding)
        newest, compared = max(self._pins, default=""), bool(by_capture)
        for folder in self._asked.keys() - by_capture.keys():
            by_capture[folder] = (_unpinned(folder, newer=compared and folder > newest),)
        return Pinned(by_capture=by_capture, others=tuple(others))

    def _folder(self, capture: str) -> str | None:
        return capture if capture in self._there else self._names.get(capture)

    def _follow(self) -> None:
        """Add what captures that are the ones pinned say of those before them."""
        waiting = sorted(self._pins)
        done: set[str] = set()
        while waiting:
            capture = waiting.pop()
            folder = self._folder(capture)
            if capture in done or folder is None:
                continue
            done.add(capture)
            try:
                sealed = sealed_capture(self._there[folder], {pin.tagmanifest for pin in self._pins[capture]})
            except PreserveError:
                continue  # it is not the one pinned, or damaged, and either is said of it
            before = sealed.previous
            if before is not None and before.capture < capture:
                pin = _Pin(tagmanifest=before.tagmanifest, source=f"the capture {capture}, which followed it")
                self._pins.setdefault(before.capture, []).append(pin)
                waiting.append(before.capture)

    def _compare(self, folder: str, pins: list[_Pin]) -> Finding:
        package = self._there[folder]
        path = TAGMANIFEST if folder in self._asked else f"../{folder}"
        try:
            measured = str(package.tagmanifest_digest())
        except PreserveError as exc:
            text = f"{shown(folder)} could not be compared with {shown(pins[0].source)}. {exc.message}"
            return say("receipt.differs", path, text, expected=pins[0].tagmanifest).finding
        for pin in pins:
            if measured != pin.tagmanifest:
                text = (
                    f"The package {shown(folder)} is not the one that {shown(pin.source)} pins: it was made "
                    f"again or replaced. Its tag manifest should have {pin.tagmanifest} and has {measured}."
                )
                expected = pin.tagmanifest
                return say("receipt.differs", path, text, expected=expected, observed=measured).finding
            if pin.receipt is not None and (odd := _odd(package, pin.receipt)):
                text = f"{shown(pin.source)} does not fit the package that it pins in {', '.join(odd)}."
                return say("receipt.differs", path, text).finding
        sources = ", ".join(shown(pin.source) for pin in pins[:_NAMED_MOST])
        return say("receipt.holds", "", f"The package is the one pinned by {sources}.").finding

    def _missing(self, capture: str) -> Finding:
        sources = ", ".join(shown(pin.source) for pin in self._pins[capture][:_NAMED_MOST])
        text = f"The capture {shown(capture)} is not there any more; it is known from {sources}."
        return say("receipt.capture-missing", f"../{capture}", text, expected=capture).finding


def _unpinned(folder: str, *, newer: bool) -> Finding:
    if newer:
        text = f"The capture {shown(folder)} is newer than the latest one that a receipt speaks of."
        return say("receipt.newer", "", text).finding
    text = f"No receipt given speaks of the capture {shown(folder)}, and none of a later capture leads to it."
    return say("receipt.none", "", text).finding


def _odd(package: Package, receipt: Receipt) -> list[str]:
    """Return the keys in which a receipt is not the one that a package gives; none if it gives none."""
    try:
        made = make_receipt(package.path)
    except PackageDamaged:
        return []
    return [
        field.name
        for field in attrs.fields(type(made))
        if getattr(made, field.name) != getattr(receipt, field.name)
    ]
