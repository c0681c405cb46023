"""
Is every reference of the small pages found, in its role, and what became of it said?

Each page is served, archived over HTTP, and read back from its package. Chromium, scripts off, opens
the same pages: what it asks for, and every address that stands in its tree, has to be among ours.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pytest

import preserve
from preserve.model.capture import Limits, Verdict
from preserve.workflows.context import Context
from preserve.workflows.intake import make_workers
from tests.pages.case import Case, lines
from tests.pages.cases import CASES
from tests.pages.site import serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from preserve.model.reference import Reference

BROWSE = Path(__file__).parent / "browse.py"
Archive: TypeAlias = "Callable[[Case], preserve.Package]"

pytestmark = pytest.mark.xdist_group("pages")


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    """Give the origin that serves all pages."""
    with serving(CASES) as url:
        yield url


@pytest.fixture(scope="module")
def archived(origin: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """Give a function that archives a page, each once."""
    into = tmp_path_factory.mktemp("pages")
    known: dict[str, preserve.Package] = {}
    with make_workers(Limits()) as workers:
        context = Context(workers=workers)

        def archive(case: Case) -> preserve.Package:
            if case.name not in known:
                known[case.name] = preserve.archive(
                    f"{origin}/{case.name}/page",
                    into,
                    allow_private_network=True,
                    engine="plain",
                    documents=case.documents,
                    context=context,
                    limits=Limits(retries=0),
                )
            return known[case.name]

        yield archive


@pytest.fixture(scope="module")
def browsed(
    origin: str,
    oracle: Callable[[str], Path],
    program: Callable[[str], Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, dict[str, list[str]]]:
    """Give what Chromium asked for and named, by page; all pages in one browser."""
    out = tmp_path_factory.mktemp("browsed") / "seen.json"
    urls = [f"{origin}/{case.name}/page" for case in CASES]
    done = subprocess.run(
        [oracle("python"), BROWSE, program("chromium"), out, *urls],
        capture_output=True,
        check=False,
        text=True,
        timeout=600,
    )
    assert 0 == done.returncode, done.stderr
    found: dict[str, dict[str, list[str]]] = json.loads(out.read_text())
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_reference_is_said(case: Case, archived: Archive, origin: str) -> None:
    """The references of a page are just these, each with place, kind, role and state."""
    expected = [line.strip() for line in case.expected.strip().splitlines()]
    assert sorted(expected) == sorted(lines(archived(case).references(), origin, case.name))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_gaps_make_partial(case: Case, archived: Archive) -> None:
    """A capture is complete unless the page has a gap; guesses that fail are none."""
    expected = Verdict.COMPLETE if case.complete else Verdict.PARTIAL
    assert expected is archived(case).capture.outcome.verdict


@pytest.mark.needs("chromium", "playwright")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_chromium_asks_for_is_found(
    case: Case, archived: Archive, browsed: dict[str, dict[str, list[str]]], origin: str
) -> None:
    """With scripts off Chromium asks for nothing that is not among the references, and we ask for it too."""
    page = f"{origin}/{case.name}/page"
    listed = {f"{origin}/{case.name}/{path}" for path in case.unfetched}
    # What else it asks for it has from itself: data: URLs, the extension that shows a PDF.
    asked = {url for url in browsed[page]["fetched"] if url.startswith("http")}
    assert page in asked
    assert set() == asked - {page} - listed - _asked(archived(case))


@pytest.mark.needs("chromium", "playwright")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_chromium_names_is_found(
    case: Case, archived: Archive, browsed: dict[str, dict[str, list[str]]], origin: str
) -> None:
    """Every address in Chromium's tree is among the references of the page, resolved as Chromium does."""
    page = f"{origin}/{case.name}/page"
    ours = {_bare(reference.url) for reference in archived(case).references() if reference.url is not None}
    assert set() == {_bare(url) for url in browsed[page]["named"]} - ours - {page}


def test_chromium_looks_at_more_than_nothing(browsed: dict[str, dict[str, list[str]]]) -> None:
    """The oracle has something to say: more than a hundred addresses asked for, and more named."""
    assert [True, True] == [
        sum(len(seen[key]) for seen in browsed.values()) > 100 for key in ("fetched", "named")
    ]


def _asked(package: preserve.Package) -> set[str]:
    return {
        url
        for reference in package.references()
        if reference.state not in {"not-followed", "not-attempted"}
        for url in _ways(package, reference)
    }


def _ways(package: preserve.Package, reference: Reference) -> set[str]:
    """Return a reference's address, and where its answer came from."""
    answers = {resource.url for resource in package.resources() if resource.response == reference.record}
    return {reference.url or "", *answers}


def _bare(url: str) -> str:
    """Return an address as it is compared: of a data: URL what stands before its data."""
    return url.partition(",")[0] + "," if url.startswith("data:") else url
