"""Which damages need a package that has redirects, renditions, gaps, odd answers and a large file?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.checks.build import (
    AT,
    CAPTURE,
    DATAPACKAGE,
    INDEX,
    NAME,
    PAGES,
    RECORDS,
    REFERENCES,
    RESOURCES,
    SEED,
    WARC,
    Sample,
    urn,
)
from tests.checks.damages import (
    Damage,
    both,
    column,
    document,
    in_record,
    index_field,
    keep_index,
    line,
    splice,
    value,
)
from tests.checks.rich import make_bare, make_rich, make_unanswered

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["BARE", "RICH", "RICH_SOUND"]

_PAGE, _INTERIM, _ROBOTS, _STYLE, _PHOTO, _BARE, _CUT, _ERROR, _GONE, _SHOT = (
    5,
    7,
    8,
    10,
    12,
    14,
    16,
    18,
    22,
    24,
)
"""Places of records."""
_ZEROS = "sha256:" + "0" * 64
_DIFFER, _STATE, _CHANGED = "resources.line-differs", "references.state-differs", "index.line-differs"
_OUTCOME = "capture.outcome-differs"
_TYPED, _PAID = "in declared_type.", "in payload_digest."


def _resource(number: int, **changes: object) -> Callable[[Sample], None]:
    return value(RESOURCES, number, **changes)


def _reference(number: int, **changes: object) -> Callable[[Sample], None]:
    return value(REFERENCES, number, **changes)


def _verdict(to: str) -> Callable[[Sample], None]:
    return document(CAPTURE, "outcome", "verdict", to=to)


def _sources_swapped(sample: Sample) -> None:
    lines = sample.list_lines(REFERENCES)
    sample.set_lines(REFERENCES, [*lines[:12], lines[13], lines[12]])


_ROWS: tuple[tuple[str, Callable[[Sample], object], str, str, int | None, int | None], ...] = (
    ("a flip in a large record", in_record(_PHOTO, 150_000), "warc.record-damaged", WARC, _PHOTO, None),
    ("a flip at its beginning", in_record(_PHOTO, 3), "warc.record-damaged", WARC, _PHOTO, None),
    ("a flip at its end", in_record(_PHOTO, -2), "warc.record-damaged", WARC, _PHOTO, None),
    (
        "bytes taken out of it",
        splice(_PHOTO, 1000, b"", at=1000),
        "warc.record-damaged",
        WARC,
        _PHOTO,
        None,
    ),
    *(
        (f"a flip in record {number}", in_record(number, 60), "warc.record-damaged", WARC, number, None)
        for number in (1, 2, _INTERIM, _BARE, _SHOT)
    ),
    ("the URI of a dns record", column(3, 7, b"dns:example.net"), "records.line-differs", RECORDS, 1, 3),
    ("the URI of a rendition", column(26, 7, b"urn:fullPage:x"), "records.line-differs", RECORDS, _SHOT, 26),
    ("the type of an interim", column(9, 4, b"request"), "records.line-differs", RECORDS, _INTERIM, 9),
    ("an interim that is not there", _resource(2, interim=urn(99)), _DIFFER, RESOURCES, _PAGE, 2),
    ("an interim that is a request", _resource(2, interim=urn(7)), _DIFFER, RESOURCES, _PAGE, 2),
    ("a request that is an interim", _resource(2, request=urn(8)), _DIFFER, RESOURCES, _PAGE, 2),
    ("a status of an answer without head", _resource(6, status=200), _DIFFER, RESOURCES, _BARE, 6),
    ("no status of one with a head", _resource(8, status=None), _DIFFER, RESOURCES, _ERROR, 8),
    ("a type that was not declared", _resource(4, declared_type="text/css"), _DIFFER, RESOURCES, _STYLE, 4),
    ("no type though one was", _resource(3, declared_type=None), _DIFFER, RESOURCES, _ROBOTS, 3),
    ("another type", _resource(10, declared_type="text/x"), _DIFFER, RESOURCES, _GONE, 10),
    ("a payload digest", _resource(2, payload_digest=_ZEROS), _DIFFER, RESOURCES, _PAGE, 2),
    ("a digest too short", _resource(2, block_digest="sha256:00"), _DIFFER, RESOURCES, _PAGE, 2),
    ("a digest without label", _resource(2, content_digest="x"), _DIFFER, RESOURCES, _PAGE, 2),
    ("the URL of a rendition", _resource(11, url="urn:fullPage:x"), _DIFFER, RESOURCES, _SHOT, 11),
    (
        "the date of a rendition",
        _resource(11, captured_at="2026-11-22T10:15:01.000Z"),
        _DIFFER,
        RESOURCES,
        _SHOT,
        11,
    ),
    (
        "a rendition not listed",
        line(RESOURCES, 11, lambda _: None),
        "resources.line-missing",
        RESOURCES,
        _SHOT,
        None,
    ),
    ("a state never decided", _reference(3, state="pending"), _STATE, REFERENCES, _STYLE, 3),
    ("no source", _reference(3, source=None), "references.order", REFERENCES, _STYLE, 3),
    ("a link without source", _reference(2, kind="link"), "references.order", REFERENCES, _ROBOTS, 2),
    ("captured with a 500", _reference(7, state="captured"), _STATE, REFERENCES, _ERROR, 7),
    ("captured in part", _reference(6, state="captured"), _STATE, REFERENCES, _CUT, 6),
    ("truncated though whole", _reference(3, state="truncated"), _STATE, REFERENCES, _STYLE, 3),
    ("unsuitable without answer", _reference(8, record=None), _STATE, REFERENCES, None, 8),
    ("captured without answer", _reference(3, record=None), _STATE, REFERENCES, None, 3),
    ("absent with a 500", _reference(7, state="absent-at-origin"), _STATE, REFERENCES, _ERROR, 7),
    ("an error that is a 410", _reference(9, state="error-at-origin"), _STATE, REFERENCES, _GONE, 9),
    ("an error that is a 200", _reference(3, state="error-at-origin"), _STATE, REFERENCES, _STYLE, 3),
    ("failed with an answer", _reference(13, record=urn(11)), _STATE, REFERENCES, None, 13),
    ("refused with an answer", _reference(12, record=urn(11)), _STATE, REFERENCES, None, 12),
    ("sources out of order", _sources_swapped, "references.order", REFERENCES, None, 14),
    ("gaps", document(CAPTURE, "outcome", "gaps", to=4), _OUTCOME, CAPTURE, None, None),
    (
        "complete with gaps",
        document(CAPTURE, "outcome", "verdict", to="complete"),
        _OUTCOME,
        CAPTURE,
        None,
        None,
    ),
    ("failed", document(CAPTURE, "outcome", "verdict", to="failed"), _OUTCOME, CAPTURE, None, None),
    ("another title", value(PAGES, 2, title="x"), "pages.line-differs", PAGES, _PAGE, 2),
    ("the URL before the redirect", value(PAGES, 2, url=str(SEED)), "pages.line-differs", PAGES, _PAGE, 2),
    (
        "datapackage: another title",
        document(DATAPACKAGE, "title", to="x"),
        "datapackage.main-page-differs",
        DATAPACKAGE,
        None,
        None,
    ),
    ("a mime of the index", index_field(4, "mime", "text/x"), _CHANGED, INDEX, _PAGE, 5),
    ("a status of the index", index_field(2, "status", "200"), _CHANGED, INDEX, _BARE, 3),
    ("a mime of what declared none", index_field(9, "mime", "text/css"), _CHANGED, INDEX, _STYLE, 10),
)

RICH = [
    Damage(
        name=f"rich: {name}",
        base=make_rich,
        do=do if above == "all" or path != INDEX else keep_index(do),
        code=code,
        path=path,
        record=record,
        line=number,
        above=("digest" if above == "all" and path == DATAPACKAGE else above),
    )
    for above in ("", "bag", "all")
    for name, do, code, path, record, number in _ROWS
] + [
    # Of these only the records, or another list, know.
    *(
        Damage(
            name=f"rich: {name}",
            base=make_rich,
            do=do,
            code=_DIFFER,
            path=RESOURCES,
            record=record,
            line=at,
            above="all",
            says=says,
        )
        for name, do, record, at, says in (
            (
                "a parameter of a type",
                _resource(2, declared_type="Text/HTML; charset=x"),
                _PAGE,
                2,
                "in declared_type.",
            ),
            ("a count of octets", _resource(2, payload_bytes=7), _PAGE, 2, "in payload_bytes."),
            ("a block digest", _resource(2, block_digest=_ZEROS), _PAGE, 2, "in block_digest."),
            ("a rendition's block digest", _resource(11, block_digest=_ZEROS), _SHOT, 11, "in block_digest."),
            (
                "a rendition's payload digest",
                _resource(11, payload_digest=_ZEROS),
                _SHOT,
                11,
                "in payload_digest.",
            ),
            ("a rendition's count of octets", _resource(11, payload_bytes=7), _SHOT, 11, "in payload_bytes."),
            ("a request of another response", _resource(4, request=urn(10)), _STYLE, 4, "another response"),
            ("a request not listed", _resource(4, request=None), _STYLE, 4, "request is null, though"),
            ("an interim not listed", _resource(2, interim=None), _PAGE, 2, "interim is null, though"),
            ("another reason to end", _resource(7, ended="time"), _CUT, 7, "in ended."),
            ("a digest of the payload", _resource(2, payload_digest=_ZEROS), _PAGE, 2, _PAID),
            ("a status, said", _resource(4, status=404), _STYLE, 4, "in status."),
            ("a type, said", _resource(10, declared_type="text/x"), _GONE, 10, _TYPED),
            ("no type, said", _resource(4, declared_type="text/css"), _STYLE, 4, _TYPED),
            ("a status of no head, said", _resource(6, status=200), _BARE, 6, "in status."),
            ("a rendition's type", _resource(11, declared_type="image/gif"), _SHOT, 11, _TYPED),
        )
    ),
    *(
        Damage(name=f"rich: {name}", base=make_rich, do=do, code=_OUTCOME, path=path, above=above)
        for above, path in (("", REFERENCES), ("bag", REFERENCES), ("all", CAPTURE))
        for name, do in (
            ("a gap called speculative", _reference(13, speculative=True)),
            ("a gap called navigation", _reference(13, role="navigation")),
            ("a gap called not followed", _reference(13, state="not-followed")),
        )
    ),
]
"""Each bare, and with everything above it made again."""


def _page(sample: Sample) -> None:
    """List a page though none can be shown."""
    row = {"id": NAME, "title": str(SEED), "ts": AT, "url": str(SEED)}
    sample.files[PAGES] += json.dumps(row).encode() + b"\n"


def _no_main_page(sample: Sample) -> None:
    sample.edit_json(DATAPACKAGE, lambda found: [found.pop("mainPageUrl"), found.pop("mainPageDate")])


BARE = [
    Damage(
        name=f"no head: {name}",
        base=make_bare,
        do=do,
        code=code,
        path=path,
        record=record,
        line=number,
        above=above,
    )
    for above in ("", "digest")
    for name, do, code, path, record, number in (
        ("a page", _page, "pages.line-differs", PAGES, 1, None),
        ("no main page", _no_main_page, "datapackage.main-page-differs", DATAPACKAGE, None, None),
        ("captured", _reference(1, state="captured"), _STATE, REFERENCES, 1, 1),
        ("no answer", _reference(1, record=None), _STATE, REFERENCES, None, 1),
        ("a status", _resource(1, status=200), _DIFFER, RESOURCES, 1, 1),
    )
]
"""Of a package whose seed was answered without a readable head."""

_SOUND: tuple[tuple[str, Callable[[Sample], object]], ...] = (
    ("as it is", lambda _: None),
    ("the title is the URL before the redirect", value(PAGES, 2, title=str(SEED))),
    ("another reason", document(CAPTURE, "outcome", "reasons", to=["A limit was met."])),
    ("no reason", document(CAPTURE, "outcome", "reasons", to=[])),
    ("a failure with an error page", value(REFERENCES, 13, record=urn(19))),
)


def _outcome(**changes: object) -> Callable[[Sample], None]:
    return lambda sample: sample.edit_json(CAPTURE, lambda found: found["outcome"].update(changes))


_SMALL_SOUND: tuple[tuple[str, Callable[[Sample], object]], ...] = (
    ("partial for a reason", _outcome(verdict="partial", reasons=["A limit was met."])),
    ("partial and interrupted", _outcome(verdict="partial", interrupted=True)),
    ("complete though interrupted", _outcome(interrupted=True)),
)

RICH_SOUND: dict[str, Callable[[Sample], object]] = {
    **{f"rich, {name}": both(make_rich, do) for name, do in _SOUND},
    **{f"small, {name}": do for name, do in _SMALL_SOUND},
    "no head": make_bare,
    "no answer": make_unanswered,
}
"""What may be so in a sound package, all digests made again: by what it is."""
