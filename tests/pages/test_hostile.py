"""Does every page that is made to exhaust its reader end within its limits, and leave a valid package?"""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

import pytest

import preserve
from preserve.capturers import read_answer
from preserve.model.capture import Limits
from preserve.workflows.context import Context
from preserve.workflows.intake import make_workers
from tests.pages.case import Answer, Case
from tests.pages.hostile import HOSTILE, Hostile
from tests.pages.site import serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from preserve.model.inspection import Json
    from preserve.workers.pool import Workers

PATIENCE_S = 240.0
"""Some ten times what the slowest took on an idle machine."""
LARGE_BYTES = 6_000_000
"""Larger ones are left out of the one capture, which would have nothing but time to lose by them."""
LINKS = 100_000
LINKS_MEMORY = 400 << 20
"""For a page of 2.5 MB with 100 000 links, the interpreter and the answer included; it took 240 MiB."""

pytestmark = pytest.mark.xdist_group("pages")


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    """Give a worker with the memory that captures give it."""
    with make_workers(Limits()) as made:
        yield made


@pytest.mark.parametrize("case", HOSTILE, ids=lambda case: case.name)
def test_it_is_read_within_the_limits(case: Hostile, workers: Workers, tmp_path: Path) -> None:
    """A worker with the memory of a capture answers, and what was not looked at is said."""
    file = tmp_path / "payload"
    file.write_bytes(case.make())
    argument: Json = {
        "url": "https://a.example/page",
        "media_type": case.media_type,
        "charset": None,
        "size_bytes": file.stat().st_size,
    }
    future = workers.submit("preserve.capturers:inspect", argument, timeout_s=PATIENCE_S, file=file)
    inspection = read_answer(future.result()).inspection
    said = [problem.code for problem in inspection.problems]
    assert case.problems == tuple(
        code for code in said if code.partition(".")[0] in {"html", "links", "manifest"}
    )


def test_a_hundred_thousand_links_fit_into_bounded_memory(tmp_path: Path) -> None:
    """A page of 100 000 different links is read by a worker that may have 400 MiB in all."""
    file = tmp_path / "page.html"
    file.write_text("".join(f"<a href=/page/{number}>n{number}</a>\n" for number in range(LINKS)))
    argument: Json = {
        "url": "https://a.example/",
        "media_type": "text/html",
        "charset": None,
        "size_bytes": file.stat().st_size,
    }
    with make_workers(Limits(inspect_memory_bytes=LINKS_MEMORY)) as small:
        future = small.submit("preserve.capturers:inspect", argument, timeout_s=PATIENCE_S, file=file)
        inspection = read_answer(future.result()).inspection
    assert [LINKS, ()] == [len(inspection.links), inspection.problems]


def test_a_capture_of_them_all_is_a_valid_package() -> None:
    """One page that has all of them in frames and sheets is captured, sealed and verified."""
    made = {f"f{number}": (case, case.make()) for number, case in enumerate(HOSTILE) if not case.problems}
    files = {
        path: Answer(data, case.media_type) for path, (case, data) in made.items() if len(data) < LARGE_BYTES
    }
    html = "".join(
        f"<link rel=stylesheet href={path}>"
        if answer.media_type == "text/css"
        else f"<iframe src={path}></iframe>"
        for path, answer in files.items()
    )
    case = Case(name="hostile", html=html, files=files, expected="")
    with serving([case]) as origin, tempfile.TemporaryDirectory() as folder:
        package = preserve.archive(
            f"{origin}/hostile/page",
            folder,
            engine="plain",
            allow_private_network=True,
            limits=Limits(inspect_s=PATIENCE_S, guesses=0, depth=1),
            context=Context(),
        )
        report = preserve.verify(package.path)
        states = {reference.url: reference.state for reference in package.references()}
    assert 0 == report.exit_code
    assert len(files) > 10
    assert ["captured"] * len(files) == [states[f"{origin}/hostile/{path}"] for path in files]
