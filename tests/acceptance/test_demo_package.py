"""Is everything that the demo page consists of in its package, and said of it what is true?"""

from __future__ import annotations

import json
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from preserve.demo import expected, site
from preserve.demo.document import PAGES, illustration
from preserve.demo.routes import DOCUMENT_FILE
from preserve.demo.text import CHANGED
from preserve.model.digest import Digest

if TYPE_CHECKING:
    from pathlib import Path

    from preserve import Package


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Return the objects of a JSON Lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def resources(bag: Path) -> list[dict[str, Any]]:
    """Give the lines of resources.jsonl."""
    return read_lines(bag / "data" / "manifests" / "resources.jsonl")


@pytest.fixture(scope="module")
def references(bag: Path) -> list[dict[str, Any]]:
    """Give the lines of references.jsonl."""
    return read_lines(bag / "data" / "manifests" / "references.jsonl")


@pytest.fixture(scope="module")
def capture(bag: Path) -> dict[str, Any]:
    """Give capture.json."""
    found: dict[str, Any] = json.loads((bag / "data" / "manifests" / "capture.json").read_text())
    return found


def target(url: str) -> str:
    """Return path and query of a URL, the key of the demo site's answers."""
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def test_outcome_is_complete(capture: dict[str, Any]) -> None:
    """The capture is complete: no gap, no reason to doubt it."""
    outcome = capture["outcome"]
    assert ("complete", 0, []) == (outcome["verdict"], outcome["gaps"], outcome["reasons"])


def test_every_reference_is_listed(demo_package: Package, references: list[dict[str, Any]]) -> None:
    """Every address of the page is there, each in the state that the demo's tables expect."""
    facts = expected()
    own = [row for row in references if row["kind"] == "alternate" and row["url"] == demo_package.url]
    assert ["not-followed"] == sorted({row["state"] for row in own})
    http = [row for row in references if row not in own and row["url"].startswith("http")]
    found = {target(row["url"]): row["state"] for row in http}
    guessed = {path: found.pop(path) for path in facts.guesses if path in found}
    assert {path: str(state) for path, state in facts.states.items()} == found
    assert {path: str(state) for path, state in facts.guesses.items()} == guessed
    assert all(row["speculative"] for row in http if target(row["url"]) in facts.guesses)
    others = {(row["url"].partition(":")[0], row["state"]) for row in references if row["url"][:4] != "http"}
    assert {("data", "inline"), ("mailto", "not-followed")} == others


def test_every_file_is_kept_to_the_bit(demo_package: Package, resources: list[dict[str, Any]]) -> None:
    """What the site served is what is stored: pictures, style sheets, scripts, frame, sound and document."""
    url = urlsplit(demo_package.url)
    answers = site(f"{url.scheme}://{url.netloc}")
    kept = {target(row["url"]): row["content_digest"] for row in resources if row["status"] == 200}
    facts = expected()
    wanted = {
        path: str(Digest.of(answers[path].body))
        for path, state in {**facts.states, **facts.guesses}.items()
        if state == "captured" and answers[path].status == 200
    }
    assert {**wanted, DOCUMENT_FILE: str(facts.document_digest)} == kept


def test_document_is_known(resources: list[dict[str, Any]]) -> None:
    """The PDF is known as one of nine pages, with its pictures, under the name that the site gave it."""
    row = next(row for row in resources if target(row["url"]) == DOCUMENT_FILE)
    facts = expected()
    assert ("document", "application/pdf", facts.document_name) == (
        row["role"],
        row["sniffed_type"],
        row["file_name"],
    )
    assert facts.document_pages == row["facts"]["pages"]
    drawn = [Digest.of(illustration(page.scene)).value for page in PAGES if page.scene]
    assert drawn == [image["sha256"] for image in row["facts"]["images"]]


def test_lost_picture_is_absent(references: list[dict[str, Any]], resources: list[dict[str, Any]]) -> None:
    """The picture that is 404 is listed as absent at origin, and the answer is kept."""
    row = next(row for row in references if row["state"] == "absent-at-origin")
    answer = next(found for found in resources if found["response"] == row["record"])
    assert (404, row["url"]) == (answer["status"], answer["url"])


def test_reporter_and_owner_are_told_apart(capture: dict[str, Any]) -> None:
    """Byline and print date come from the article's text; the blog's keeper stands beside them, as owner."""
    facts, claims = expected(), capture["claims"]
    shown = {name: claims[index] for name, index in capture["chosen"].items()}
    assert (facts.byline, "text") == (shown["byline"]["value"], shown["byline"]["source"])
    assert facts.printed_iso == shown["printed"]["normal"]
    assert facts.owner == shown["owner"]["value"]
    assert facts.posted == shown["published"]["normal"]
    assert facts.newspaper == shown["publisher"]["normal"]
    assert facts.blog == shown["site"]["value"]
    assert list(facts.credits) == [row["value"] for row in claims if row["name"] == "credit"]
    served = [row["normal"] for row in claims if row["place"] == "Last-Modified"]
    assert [parsedate_to_datetime(CHANGED).strftime("%Y-%m-%dT%H:%M:%SZ")] == served
    assert {facts.byline, facts.owner} == {row["value"] for row in claims if row["name"] == "byline"}
