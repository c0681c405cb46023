"""Tests of the level --deep: what only the records themselves can tell, here and in worker processes."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preserve.checks import Level, deep, ranges, verify
from preserve.checks.evidence import Evidence
from preserve.checks.measure import Job, measure
from preserve.checks.one_record import read_one
from preserve.checks.ranges import Ranged, declaration, read_range
from preserve.checks.tree import never_follow, survey
from preserve.formats import inflate, warc
from preserve.formats.warc import unpack as unpacking
from preserve.model.finding import Result
from tests.checks.build import CAPTURE, DATAPACKAGE, PAGES, RECORDS, WARC, build
from tests.checks.damages import DAMAGES, Damage, in_record
from tests.checks.deep_damages import EDITS, Edit
from tests.checks.inline import Inline

if TYPE_CHECKING:
    from pathlib import Path

    from preserve.model.finding import Finding, Report
    from preserve.model.progress import Progress
    from preserve.package.reader import Package

SOUND = build()


def _name(damage: Damage | Edit) -> str:
    return f"{damage.name} {damage.above}" if isinstance(damage, Damage) else damage.name


def _said(report: Report) -> list[Finding]:
    return [finding for finding in report.findings if finding.result is not Result.PASS]


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.name)
def test_edit_is_named(edit: Edit, tmp_path: Path) -> None:
    """A record that was edited, with all around it made again, is named with its id and URL."""
    sample = edit.apply(build())
    hit = sample.lines[edit.record]
    root = sample.write(tmp_path)
    said = _said(verify(root, level=Level.DEEP, jobs=1))
    assert [(edit.code, edit.path)] == [(finding.code, finding.where.path) for finding in said]
    where = said[0].where
    assert (hit.id, hit.uri) == (where.record, where.url)
    assert edit.line is None or edit.line == where.line
    assert edit.says in said[0].message


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.name)
def test_edit_is_hidden_from_digests(edit: Edit, tmp_path: Path) -> None:
    """The default level, which unpacks no records, has nothing to say of such an edit."""
    root = edit.apply(build()).write(tmp_path)
    assert [] == [finding.code for finding in _said(verify(root, jobs=1))]


def test_second_warcinfo_record_is_said_to_be_one(tmp_path: Path) -> None:
    """A warcinfo record that is not the first of its file is called just that."""
    edit = next(edit for edit in EDITS if edit.name == "a second warcinfo record")
    said = _said(verify(edit.apply(build()).write(tmp_path), level=Level.DEEP, jobs=1))
    assert "The first record of a file must be its only warcinfo record." in said[0].message


def test_package_of_another_instant_is_seen(tmp_path: Path) -> None:
    """Where a package says everywhere that it is of another instant, its WARC file says of which it was."""
    sample = build()
    index = [text.replace("-20261122101500-", "-20261122101501-") for text in sample.index_lines()]
    for path in (RECORDS, CAPTURE, DATAPACKAGE, PAGES, "bag-info.txt"):
        data = sample.files[path].replace(b"-20261122101500-", b"-20261122101501-")
        sample.files[path] = data.replace(b"20261122T101500Z", b"20261122T101501Z")
    sample.files[WARC.replace("101500-", "101501-")] = sample.files.pop(WARC)
    sample.set_index(index)
    sample.remake()
    root = sample.write(tmp_path)
    said = _said(verify(root, level=Level.DEEP, jobs=1, placed=False))
    assert ["warc.header-unspecified"] == [finding.code for finding in said]
    assert sample.lines[0].id == said[0].where.record
    assert "WARC-Filename" in said[0].message


def test_demo_package_is_sound(demo_package: Package) -> None:
    """Every record of the demo package is sound, and nearly all are seen to be so at first sight."""
    report = verify(demo_package.path, level=Level.DEEP)
    assert [] == _said(report)
    assert "records.sound" in {finding.code for finding in report.findings}


def test_usual_records_are_not_walked(demo_package: Package, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reader that goes on after damage is not asked of records as our writer makes them."""
    walked: list[int] = []
    walk = warc.walk

    def count(*args: object, **kwargs: int) -> object:
        walked.append(kwargs["start"])
        return walk(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr("preserve.checks.one_record.warc.walk", count)
    report = verify(demo_package.path, level=Level.DEEP, jobs=1)
    # Certificates and chunked answers apart, which are read by the rules.
    assert len(walked) <= report.records // 10


@pytest.mark.parametrize("damage", [*EDITS[:3], *DAMAGES[:12]], ids=lambda damage: damage.name)
def test_workers_say_the_same(damage: Edit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ranges that worker processes read give the findings of those that are read here."""
    root = damage.apply(build(per_file=4)).write(tmp_path)
    here = verify(root, level=Level.DEEP, jobs=1)
    monkeypatch.setattr(deep, "_HERE_BYTES", 0)
    monkeypatch.setattr(deep, "_RANGE_RECORDS", 2)
    assert here == verify(root, level=Level.DEEP, jobs=2)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Return a list that is told of each range of two records that is read, and whether for each of them."""
    told: list[bool] = []

    def look(*args: Any, facts: bool) -> Ranged:
        told.append(facts)
        return read_range(*args, facts=facts)

    monkeypatch.setattr(deep, "_RANGE_RECORDS", 2)
    monkeypatch.setattr(deep, "_HERE_BYTES", 0)
    monkeypatch.setattr(deep, "Workers", Inline)
    monkeypatch.setattr(deep, "read_range", look)
    monkeypatch.setattr(ranges, "read_range", look)
    return told


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("per_file", [2, 4, 5, 9])
def test_ranges_of_a_sound_package_are_read_once(
    per_file: int, jobs: int, read: list[bool], tmp_path: Path
) -> None:
    """What all records of a range declare is enough, and progress is told of each."""
    root = build(per_file=per_file).write(tmp_path)
    steps: list[Progress] = []
    assert Result.PASS is verify(root, level=Level.DEEP, jobs=jobs, on_progress=steps.append).result
    assert {False} == set(read)
    assert len(read) >= len(SOUND.lines) / 2
    octets = sum(path.stat().st_size for path in (root / "data/archive").iterdir())
    files = sum(path.stat().st_size for path in root.rglob("*") if path.is_file())
    assert files + octets == steps[-1].size_bytes == steps[-1].total_bytes


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("damage", EDITS, ids=lambda damage: damage.name)
def test_facts_are_asked_of_odd_ranges_only(
    damage: Edit, jobs: int, read: list[bool], tmp_path: Path
) -> None:
    """Where a range does not declare what it must, each of its records is asked, and no other."""
    root = damage.apply(build(per_file=4)).write(tmp_path)
    verify(root, level=Level.DEEP, jobs=jobs)
    assert 0 < read.count(True) <= 2
    assert read.count(False) >= len(SOUND.lines) / 2


def test_failing_workers_cost_only_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A range whose worker fails is read in this process, and the findings are the same."""
    sample = build()
    in_record(5, 2000)(sample)
    root = sample.write(tmp_path)
    here = verify(root, level=Level.DEEP, jobs=1)
    monkeypatch.setattr(deep, "_HERE_BYTES", 0)
    monkeypatch.setattr(deep, "_MEMORY_BYTES", 1 << 20)
    assert here == verify(root, level=Level.DEEP, jobs=2)


def test_ranges_meet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ranges cover every line of every file once, in order, and each begins where the last one ended."""
    root = build(per_file=2).write(tmp_path)
    evidence = Evidence(root=root, opener=never_follow, tree=survey(root), placed=True)
    evidence.seen[RECORDS] = measure(root, Job(path=RECORDS, keep_bytes=1 << 20), never_follow)
    monkeypatch.setattr(deep, "_RANGE_RECORDS", 2)
    found: dict[str, list[tuple[int, int]]] = {}
    for each in deep.ranges(evidence):
        found.setdefault(each.path, []).append((each.first, each.last))
    assert 2 == len(found)
    for path, runs in found.items():
        extents = evidence.extents(path)
        assert extents is not None
        assert [0, *(last for _, last in runs)] == [*(first for first, _ in runs), len(extents)]


def test_damage_across_two_ranges_is_one_stretch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where damage crosses the border of two ranges, the gap is walked again as a whole."""
    sample = build()
    border = sample.lines[4].offset
    sample.edit(WARC, lambda data: data[: border - 20] + bytes(40) + data[border + 20 :])
    root = sample.write(tmp_path)
    monkeypatch.setattr(deep, "_RANGE_RECORDS", 4)
    said = _said(verify(root, level=Level.DEEP, jobs=1))
    assert [("warc.record-damaged", sample.lines[3].id)] == [(each.code, each.where.record) for each in said]
    assert sample.lines[4].id in {also.where.record for also in said[0].also}


@pytest.mark.parametrize("damage", [*EDITS, *DAMAGES], ids=_name)
def test_inflaters_say_the_same(
    damage: Edit | Damage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the faster inflater and with zlib, every damage gets the same report."""
    root = damage.apply(build()).write(tmp_path)
    assert inflate.FASTER, "install the extra: pip install 'preserve[fast]'"
    faster = verify(root, level=Level.DEEP, jobs=1)
    monkeypatch.setattr(inflate, "FASTER", False)
    assert verify(root, level=Level.DEEP, jobs=1) == faster


@given(
    number=st.integers(0, len(SOUND.lines) - 1),
    place=st.integers(0, 4000),
    mask=st.integers(1, 255),
    cut=st.integers(0, 4),
    put=st.binary(max_size=4),
)
@settings(max_examples=800, deadline=None)
def test_inflaters_take_the_same(number: int, place: int, mask: int, cut: int, put: bytes) -> None:
    """Of a member that was changed anywhere, both inflaters make the same, or refuse it."""
    member = bytearray(SOUND.record(number))
    at = place % len(member)
    member[at] ^= mask
    member[at + 1 : at + 1 + cut] = put
    assert inflate.FASTER, "install the extra: pip install 'preserve[fast]'"
    with pytest.MonkeyPatch.context() as patch:
        faster = unpacking.unpack(memoryview(member), *_begins(number))
        patch.setattr(inflate, "FASTER", False)
        assert unpacking.unpack(memoryview(member), *_begins(number)) == faster


_DATA = SOUND.files[WARC]


@given(
    place=st.integers(0, len(_DATA) - 1),
    cut=st.integers(0, 30),
    put=st.binary(max_size=30),
    number=st.integers(0, len(SOUND.lines) - 1),
)
@settings(max_examples=400, deadline=None)
def test_first_sight_agrees_with_the_rules(place: int, cut: int, put: bytes, number: int) -> None:
    """A member that passes at first sight is one sound record by the rules too, whatever was done to it."""
    line = SOUND.lines[number]
    member = bytearray(_DATA[line.offset : line.end])
    at = place % len(member)
    member[at : at + cut] = put
    _agrees(bytes(member), number)


@given(header=st.integers(0, 500), put=st.binary(max_size=6), number=st.integers(0, len(SOUND.lines) - 1))
@settings(max_examples=400, deadline=None)
def test_first_sight_agrees_on_headers(header: int, put: bytes, number: int) -> None:
    """The same for members that are whole and whose data was changed before it was packed."""
    _agrees(Edit(name="", record=number, change=lambda h, b: _put(h + b, header, put)).packed(SOUND), number)


def _put(data: bytes, at: int, put: bytes) -> tuple[bytes, bytes]:
    at %= len(data)
    return data[:at] + put + data[at + len(put) :], b""


def _begins(number: int) -> tuple[bytes, bytes]:
    """Return what a record must be and begin with, by its line."""
    line = SOUND.lines[number]
    kind, date, record = line.type.encode(), line.date.encode(), line.id.encode()
    uri = None if line.uri is None else line.uri.encode()
    return kind, unpacking.opening(kind, date, record, uri, SOUND.lines[0].id.encode(), line.file.encode())


def _agrees(member: bytes, number: int) -> None:
    begins = _begins(number)
    whole = unpacking.unpack(memoryview(member), *begins)
    assert whole == unpacking.unpack_pieces([memoryview(member)], *begins)
    pieces = (memoryview(member)[at : at + 700] for at in range(0, len(member), 700))
    cut = unpacking.unpack_pieces(pieces, *begins)
    assert cut in (None, whole)
    if whole is not None:
        line = attrs.evolve(SOUND.lines[number], length=len(member))
        stream = io.BytesIO(bytes(line.offset) + member)
        read = read_one(stream, line, line.file, SOUND.lines[0].id.encode()).unpacked
        assert read is not None
        assert (whole.type, whole.block, declaration(whole)) == (read.type, read.block, declaration(read))
