"""Which values do the tests of the renderers share?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped] # it has no types

from preserve.model.capture import Verdict
from preserve.model.inspection import Claim
from preserve.model.reference import Kind, Role, State
from preserve.model.summary import Contradiction, Document, Image, Open, Summary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_MANIFESTS = Path(__file__).parents[2] / "manifests" / "1"
_DIGEST = "sha256:" + "ab" * 32


def _claim(name: str, value: str, source: str) -> Claim:
    return Claim(name=name, value=value, source=source)


@pytest.fixture
def summary() -> Summary:
    """A partial capture with a document, two images, a gap, an absence and a disputed author."""
    byline, owner = _claim("byline", "Anna Weaver", "text"), _claim("owner", "Ivan Blogger", "json-ld")
    return Summary(
        path="/archive/example-org-post-1f0c9a3e5b6d7a88/20261122T101500Z",
        page="example-org-post-1f0c9a3e5b6d7a88",
        capture="20261122T101500Z",
        url="https://example.org/post",
        shown_url="https://www.example.org/post",
        title="The legion that never was",
        began_at="2026-11-22T10:15:00.000Z",
        ended_at="2026-11-22T10:15:04.000Z",
        engine="plain",
        software="preserve 0.1.0",
        verdict=Verdict.PARTIAL,
        interrupted=False,
        reasons=("1 reference could not be captured.",),
        sequence=2,
        recovered="",
        restricted=(),
        chosen={"byline": byline, "owner": owner},
        claims=(byline, owner),
        contradictions=(Contradiction(about="authorship", claims=(byline, owner)),),
        documents=(
            Document(
                url="https://example.org/f/9",
                name="legion report.pdf",
                media_type="application/pdf",
                size_bytes=716_822,
                digest=_DIGEST,
                pages=9,
            ),
        ),
        images=(
            Image(
                url="https://example.org/a.jpg",
                media_type="image/jpeg",
                size_bytes=1_100_000,
                digest=_DIGEST,
                width=1200,
                height=800,
            ),
            Image(
                url="https://example.org/b.svg", media_type="image/svg+xml", size_bytes=900, digest=_DIGEST
            ),
        ),
        rendered=None,
        renditions=(),
        gaps=(
            Open(
                url="https://cdn.example.org/style.css",
                written="style.css",
                kind=Kind.STYLE,
                role=Role.REQUISITE,
                state=State.FAILED,
                reason="cdn.example.org did not answer within 20 s.",
                source_url="https://www.example.org/post",
                line=7,
            ),
        ),
        absent=(
            Open(
                url="https://example.org/lost.png",
                written="lost.png",
                kind=Kind.IMAGE,
                role=Role.REQUISITE,
                state=State.ABSENT,
                reason="The origin answered 404.",
                text="the lost map",
            ),
        ),
        resources=31,
        redirects=2,
        references=58,
        records=67,
        payload_bytes=1_893_112,
        tagmanifest=_DIGEST,
    )


@pytest.fixture
def valid() -> Callable[[Iterable[bytes]], list[Mapping[str, Any]]]:
    """Parse lines of JSON, each valid by the schema that it names in ``manifests/1/``."""

    def parse(lines: Iterable[bytes]) -> list[Mapping[str, Any]]:
        parsed = []
        for line in lines:
            value = json.loads(line)
            name = value["schema"].removeprefix("preserve/").removesuffix("/1")
            schema = json.loads((_MANIFESTS / f"{name}.schema.json").read_bytes())
            Draft202012Validator(schema).validate(value)
            parsed.append(value)
        return parsed

    return parse
