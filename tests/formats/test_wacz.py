"""Tests of preserve.formats.wacz."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import subprocess
import zipfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preserve.errors import WaczSyntaxError
from preserve.formats.schemas import DOCUMENT_BYTES
from preserve.formats.wacz import (
    Datapackage,
    FileEntry,
    Page,
    format_datapackage,
    format_datapackage_digest,
    format_pages,
    parse_datapackage,
    parse_datapackage_digest,
    parse_pages,
    write_zip,
)
from preserve.model.digest import Digest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from preserve.formats.zip_store import ZipEntry

A = FileEntry(path="archive/a.warc.gz", digest=Digest.of(b"a"), size_bytes=1)
B = FileEntry(path="manifests/records.tsv", digest=Digest.of(b""), size_bytes=0)
PAGE = Page(id="20261122T101500Z", url="https://example.org/", ts="2026-11-22T10:15:00.123Z", title="Zoë")


def datapackage(*, main: bool = True, title: str = "Zoë", files: tuple[FileEntry, ...] = (B, A)) -> bytes:
    """Return a data package."""
    return format_datapackage(
        title=title,
        software="preserve 0.1.0",
        created="2026-11-22T10:15:09Z",
        main_page_url=PAGE.url if main else None,
        main_page_date=PAGE.ts if main else None,
        files=files,
    )


def test_keys_stand_in_the_order_of_the_specification() -> None:
    """The keys of the package and of each resource stand in the order of section 11, files by path."""
    found = json.loads(datapackage(), object_pairs_hook=list)
    expected = "profile wacz_version title software created mainPageUrl mainPageDate resources".split()  # noqa: SIM905 - reads better
    assert expected == [key for key, _ in found]
    expected = ["name", "path", "hash", "bytes", "type"]
    assert [expected, expected] == [[key for key, _ in each] for each in found[-1][1]]
    assert ["a.warc.gz", "records.tsv"] == [each[0][1] for each in found[-1][1]]


def test_datapackage_is_read_as_it_was_written() -> None:
    """What was formatted is parsed to the same values."""
    expected = Datapackage(
        profile="data-package",
        wacz_version="1.1.1",
        title="Zoë",
        software="preserve 0.1.0",
        created="2026-11-22T10:15:09Z",
        main_page_url=PAGE.url,
        main_page_date=PAGE.ts,
        resources=(A, B),
    )
    assert expected == parse_datapackage(datapackage())


def test_package_without_a_page_names_none() -> None:
    """The keys of the main page are left out when there is no page to show."""
    data = datapackage(main=False)
    assert b"mainPage" not in data
    assert parse_datapackage(data).main_page_url is None


def test_digest_file_states_the_digest_of_the_package() -> None:
    """The digest file has the digest of the octets of the data package."""
    data = datapackage()
    assert Digest.of(data) == parse_datapackage_digest(format_datapackage_digest(data))
    text = f'{{\n  "path": "datapackage.json",\n  "hash": "{Digest.of(data)}"\n}}\n'
    assert text.encode() == format_datapackage_digest(data)


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"profile": None}, "$.profile"),
        ({"wacz_version": 1.1}, "$.wacz_version"),
        ({"title": []}, "$.title"),
        ({"resources": None}, "$.resources"),
        ({"resources": [1]}, "$.resources[0]"),
        ({"resources": [{}]}, "$.resources[0].path"),
        ({"resources": [{"path": ""}]}, "$.resources[0].path"),
        ({"resources": [{"path": "a", "bytes": "1"}]}, "$.resources[0].bytes"),
        ({"resources": [{"path": "a", "bytes": -1}]}, "$.resources[0].bytes"),
        ({"resources": [{"path": "a", "bytes": True}]}, "$.resources[0].bytes"),
        ({"resources": [{"path": "a", "bytes": 1}]}, "$.resources[0].hash"),
        ({"resources": [{"path": "a", "bytes": 1, "hash": "sha256:00"}]}, "$.resources[0].hash"),
    ],
)
def test_datapackage_that_breaks_the_form_is_refused(change: dict[str, object], path: str) -> None:
    """The fault names the path of what is not as WACZ asks."""
    data = json.dumps(json.loads(datapackage()) | change)
    with pytest.raises(WaczSyntaxError, match="must be") as caught:
        parse_datapackage(data.encode())
    assert (path, 0) == (caught.value.facts["path"], caught.value.facts["line"])


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{", b'{"path": "x.json", "hash": "sha256:"}', b'{"a":1,"a":1}']
)
def test_digest_file_of_another_form_is_refused(data: bytes) -> None:
    """A digest file must be an object that names the data package and a digest."""
    with pytest.raises(WaczSyntaxError, match=r"datapackage-digest\.json") as caught:
        parse_datapackage_digest(data)
    assert caught.value.facts["line"] == 0


@pytest.mark.parametrize(
    ("more", "words"), [(0, "must be a list"), (1, f"longer than {DOCUMENT_BYTES} bytes")]
)
def test_document_that_is_too_long_is_refused(more: int, words: str) -> None:
    """A document of the largest size is read, a longer one is refused before that."""
    with pytest.raises(WaczSyntaxError, match=words):
        parse_datapackage(b"{}" + b" " * (DOCUMENT_BYTES + more - 2))


def test_pages_are_written_as_specified() -> None:
    """The header line comes first, then a line a page, keys in order, non-ASCII as itself."""
    expected = (
        '{"format": "json-pages-1.0", "id": "pages", "title": "Pages"}\n'
        '{"id": "20261122T101500Z", "title": "Zoë", "ts": "2026-11-22T10:15:00.123Z", '
        '"url": "https://example.org/"}\n'
    )
    assert expected.encode() == format_pages([PAGE])


def test_pages_are_read_as_they_were_written() -> None:
    """Pages come back equal; a list without pages is its header."""
    assert [PAGE, PAGE] == list(parse_pages(io.BytesIO(format_pages([PAGE, PAGE]))))
    assert [] == list(parse_pages(io.BytesIO(format_pages([]))))


def test_pages_of_others_are_read() -> None:
    """Keys we do not know are ignored, id and title may be missing."""
    data = b'{"format": "json-pages-1.0", "hasText": true}\n{"url": "u", "ts": "t", "text": "x"}\n'
    assert [Page(id="", url="u", ts="t", title="")] == list(parse_pages(io.BytesIO(data)))


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"", 1),
        (b"{}\n", 1),
        (b'{"format": "json-pages-1.0"}', 1),
        (b'{"format": "json-pages-1.0"}\n{"url": "u"}\n', 2),
        (b'{"format": "json-pages-1.0"}\n{"ts": "t", "url": 1}\n', 2),
        (b'{"format": "json-pages-1.0"}\n[]\n', 2),
        (b'{"format": "json-pages-1.0"}\n\n', 2),
    ],
)
def test_broken_page_list_is_refused(data: bytes, line: int) -> None:
    """A list without header, and a line that is no page, are refused by the line's number."""
    with pytest.raises(WaczSyntaxError) as caught:
        list(parse_pages(io.BytesIO(data)))
    assert line == caught.value.facts["line"]


def test_half_a_surrogate_pair_in_a_title_is_replaced() -> None:
    """A title with half a surrogate pair is written with U+FFFD, a whole pair as its character."""
    assert parse_datapackage(datapackage(title="a\ud800b\ud83d\ude00")).title == "a\ufffdb\U0001f600"


@given(st.binary(max_size=200))
@settings(max_examples=200, deadline=None)
def test_no_octets_raise_anything_else(data: bytes) -> None:
    """Whatever the octets, the readers return values or raise their own error."""
    for parse in (
        parse_datapackage,
        parse_datapackage_digest,
        lambda data: list(parse_pages(io.BytesIO(data))),
    ):
        with contextlib.suppress(WaczSyntaxError):
            assert parse(data) is not None


# References whose columns look like one type for a hundred lines and then are another: taken for a
# table, any of these makes frictionless 5.21 refuse the package.
TRAPS: tuple[Sequence[Mapping[str, object]], ...] = (
    [],
    [{"text": "2026"}] * 150 + [{"text": "Contact"}],
    [{"line": None}] * 150 + [{"line": 200}],
    [{"url": "http://example.org/"}] * 150 + [{"url": None}],
    [{"facts": {}, "text": ""}, {"facts": {"a": [1]}, "more": True}],
    [{"text": "a\u2028b\x85c" + "x" * 200_000}],
)


def test_wacz_validate_accepts_the_package(tmp_path: Path, oracle: Callable[[str], Path]) -> None:
    """``wacz validate`` accepts a package whatever its JSON Lines hold, and refuses one that was changed."""
    files = {
        "archive/example-org-0011223344556677-20261122101500-00000.warc.gz": gzip.compress(b"WARC/1.1\r\n"),
        "indexes/index.cdx.gz": gzip.compress(b"org,example)/ 20261122101500123 {}\n"),
        "indexes/index.idx": b'!meta 0 {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}\n',
        "manifests/capture.json": b"{}\n",
        "manifests/records.tsv": b"file\toffset\n" + b"a\t1\n" * 150 + b"a\tb\n",
        "pages/pages.jsonl": format_pages([PAGE]),
    }
    for number, rows in enumerate(TRAPS):
        lines = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
        files[f"manifests/references-{number}.jsonl"] = lines
    entries = [
        FileEntry(path=path, digest=Digest.of(data), size_bytes=len(data)) for path, data in files.items()
    ]
    files["datapackage.json"] = datapackage(files=tuple(entries))
    files["datapackage-digest.json"] = format_datapackage_digest(files["datapackage.json"])
    assert 0 == validate(files, tmp_path / "good.wacz", oracle("wacz"))
    files["manifests/records.tsv"] += b"\n"
    assert 1 == validate(files, tmp_path / "bad.wacz", oracle("wacz"))


def validate(files: dict[str, bytes], path: Path, wacz: Path) -> int:
    """Return the exit code of ``wacz validate`` on the ZIP of some files."""

    def entry(name: str, data: bytes) -> ZipEntry:
        return name, len(data), lambda: io.BytesIO(data)

    with path.open("wb") as out:
        write_zip(out, [entry(name, data) for name, data in files.items()])
    assert zipfile.ZipFile(path).testzip() is None
    done = subprocess.run([wacz, "validate", "-f", path], capture_output=True, check=False, timeout=120)
    return done.returncode
