"""Tests of preserve.formats.zip_read: what exactly is said of a ZIP that is not as specified."""

from __future__ import annotations

import io
import stat
import zlib
from typing import TYPE_CHECKING, Any

import pytest

from preserve.formats.zip_read import ZipListing, read_zip
from tests.checks.wacz import Entry, Wacz

if TYPE_CHECKING:
    from collections.abc import Callable

# Local headers are 31 octets long, those of the directory 47, its end 22: see the places below.
A, B, C, DIRECTORY, END, SIZE = 0, 35, 71, 104, 245, 267
Said = tuple[str, str | None, int | None, int | None]
"""Code, entry, offset and length of a problem."""


def _zip() -> Wacz:
    made = Wacz(entries=[Entry(name=n, data=d) for n, d in (("a", b"AAAA"), ("b", b"BBBBB"), ("c", b"CC"))])
    assert SIZE == len(made.assemble())
    return made


def _read(wacz: Wacz) -> ZipListing:
    return read_zip(io.BytesIO(wacz.change(wacz.assemble())))


def _said(listing: ZipListing) -> list[Said]:
    return [(one.code, one.name, one.offset, one.length) for one in listing.problems]


def _names(listing: ZipListing) -> tuple[str, str]:
    return "".join(one.name for one in listing.members), "".join(sorted(listing.lost))


def _set(place: object, parts: dict[str, Any]) -> None:
    for name, value in parts.items():
        setattr(place, name, value)


def _entry(name: str, **parts: Any) -> Callable[[Wacz], object]:
    return lambda wacz: _set(wacz.entry(name), parts)


def _file(**parts: Any) -> Callable[[Wacz], object]:
    return lambda wacz: _set(wacz, parts)


def _both(name: str, **fields: object) -> Callable[[Wacz], object]:
    return _entry(name, local=fields, central=fields)


def _steps(*steps: Callable[[Wacz], object]) -> Callable[[Wacz], object]:
    return lambda wacz: [step(wacz) for step in steps]


def _hidden(**parts: Any) -> Callable[[Wacz], object]:
    return _entry("b", listed=False, **parts)


DESCRIPTOR = {"flags": 8}
LINK = {"attributes": (stat.S_IFLNK | 0o777) << 16}

CASES: dict[str, tuple[Callable[[Wacz], object], list[Said], str, str]] = {
    "nothing": (_file(), [], "abc", ""),
    "bytes before": (_file(prefix=b"xx"), [("zip.bytes-added", None, 0, 2)], "abc", ""),
    "one byte before": (_file(prefix=b"x"), [("zip.bytes-added", None, 0, 1)], "abc", ""),
    "bytes between": (_entry("c", before=b"junk"), [("zip.bytes-added", None, C, 4)], "abc", ""),
    "bytes before the directory": (
        _file(before_directory=b"junk"),
        [("zip.bytes-added", None, DIRECTORY, 4)],
        "abc",
        "",
    ),
    "bytes after": (_file(after=b"junk"), [("zip.bytes-added", None, SIZE, 4)], "abc", ""),
    "a comment": (_file(comment=b"hello"), [("zip.comment", None, SIZE, 5)], "abc", ""),
    "a count": (_file(end={"count": 4}), [("zip.headers-differ", None, END, None)], "abc", ""),
    "a count of this disk": (_file(end={"here": 2}), [("zip.form", None, END, 22)], "abc", ""),
    "a hidden entry": (_hidden(), [("zip.entry-hidden", "b", B, 36)], "ac", "b"),
    "a hidden entry behind bytes": (
        _hidden(before=b"junk"),
        [("zip.entry-hidden", "b", B, 40)],
        "ac",
        "b",
    ),
    "a hidden entry before the directory": (
        _entry("c", listed=False),
        [("zip.entry-hidden", "c", C, 33)],
        "ab",
        "c",
    ),
    "a hidden entry's mere beginning": (
        _entry("c", before=b"PK\3\4" + bytes(20)),
        [("zip.bytes-added", None, C, 24)],
        "abc",
        "",
    ),
    "a hidden entry that is listed too": (
        lambda wacz: wacz.entries.insert(1, Entry(name="a", data=b"", listed=False)),
        [("zip.entry-hidden", "a", B, 31)],
        "abc",
        "",
    ),
    "an entry in another": (
        _entry("c", at=1),
        [
            ("zip.form", "c", None, None),
            ("zip.entries-overlap", "c", 1, None),
            ("zip.entry-hidden", "c", C, 33),
        ],
        "ab",
        "c",
    ),
    "an entry at the place of another": (
        _entry("c", at=B),
        [("zip.entries-overlap", "c", B, None), ("zip.entry-hidden", "c", C, 33)],
        "ab",
        "c",
    ),
    "an entry in the directory": (
        _entry("c", at=DIRECTORY + 1),
        [("zip.entry-hidden", "c", C, 33), ("zip.entries-overlap", "c", DIRECTORY + 1, None)],
        "ab",
        "c",
    ),
    "an entry at the directory": (
        _entry("c", at=DIRECTORY),
        [("zip.entry-hidden", "c", C, 33), ("zip.headers-differ", "c", DIRECTORY, None)],
        "ab",
        "c",
    ),
    "an entry that reaches into the directory": (
        _both("c", packed=3, size=3),
        [("zip.entries-overlap", "c", C, None)],
        "ab",
        "c",
    ),
    "an entry that reaches into the next": (
        _both("b", packed=6, size=6),
        [("zip.entries-overlap", "c", C, None), ("zip.bytes-added", None, C + 1, 32)],
        "ab",
        "c",
    ),
    "a header destroyed": (
        _entry("b", local={"signature": bytes(4)}),
        [("zip.headers-differ", "b", B, None)],
        "abc",
        "",
    ),
    "the last header destroyed": (
        _entry("c", local={"signature": bytes(4)}),
        [("zip.headers-differ", "c", C, None)],
        "abc",
        "",
    ),
    "a header destroyed, bytes between": (
        _steps(_entry("b", local={"signature": bytes(4)}), _entry("c", before=b"x")),
        [("zip.headers-differ", "b", B, None)],
        "ac",
        "b",
    ),
    "a header destroyed of a packed entry": (
        _entry("b", local={"signature": bytes(4)}, central={"method": 8}),
        [("zip.headers-differ", "b", B, None)],
        "ac",
        "b",
    ),
    "a size in the entry's header": (
        _entry("b", local={"packed": 4, "size": 4}),
        [("zip.headers-differ", "b", B, None)],
        "abc",
        "",
    ),
    "a size in the directory": (
        _entry("b", central={"packed": 4, "size": 4}),
        [("zip.headers-differ", "b", B, None)],
        "abc",
        "",
    ),
    "two CRC-32": (_entry("b", central={"crc": 1}), [("zip.headers-differ", "b", B, None)], "abc", ""),
    "a name in the entry's header": (
        _entry("b", local={"name": b"x"}),
        [("zip.headers-differ", "b", B, None)],
        "abc",
        "b",
    ),
    "a name twice": (
        lambda wacz: setattr(wacz.entry("b"), "name", "a"),
        [("zip.name-twice", "a", A, None), ("zip.name-twice", "a", B, None)],
        "ac",
        "a",
    ),
    "a comment of an entry": (
        _entry("b", central={"comment": b"hi"}),
        [("zip.comment", "b", DIRECTORY + 47, None)],
        "abc",
        "",
    ),
    "a time": (_both("b", time=1), [("zip.form", "b", B, None)], "abc", ""),
    "a time in the entry's header": (_entry("b", local={"time": 1}), [("zip.form", "b", B, None)], "abc", ""),
    "a time in the directory": (_entry("b", central={"time": 1}), [("zip.form", "b", B, None)], "abc", ""),
    **{
        f"a descriptor of {length} octets": (
            _steps(_both("b", **DESCRIPTOR), _entry("b", after=bytes(length))),
            [("zip.form", "b", B, None)],
            "abc",
            "",
        )
        for length in (12, 16, 20, 24)
    },
    **{
        f"no descriptor, {length} octets": (
            _steps(_both("b", **DESCRIPTOR), _entry("b", after=bytes(length))),
            [("zip.form", "b", B, None), ("zip.bytes-added", None, C, length)],
            "abc",
            "",
        )
        for length in (1, 11, 13, 25)
    },
    "a descriptor, sums in it alone": (
        _entry("b", local={"crc": 0, **DESCRIPTOR}, central=DESCRIPTOR, after=bytes(16)),
        [("zip.form", "b", B, None)],
        "abc",
        "",
    ),
    "a descriptor that no flag announces": (
        _entry("b", after=bytes(16)),
        [("zip.bytes-added", None, C, 16)],
        "abc",
        "",
    ),
    "a link": (_entry("b", central=LINK), [("zip.entry-not-file", "b", B, None)], "ac", "b"),
    "packed": (_both("b", method=8), [("zip.entry-compressed", "b", B, None)], "ac", "b"),
    "encrypted": (_both("b", flags=1), [("zip.entry-compressed", "b", B, None)], "ac", "b"),
    "out of order by place": (
        _steps(_entry("c", at=B), _entry("b", at=C)),
        [
            ("zip.form", "c", None, None),
            ("zip.headers-differ", "c", B, None),
            ("zip.headers-differ", "b", C, None),
        ],
        "abc",
        "bc",
    ),
    "out of order by name": (
        lambda wacz: wacz.entries.reverse(),
        [("zip.form", "b", None, None)],
        "abc",
        "",
    ),
    "the end gone": (_file(change=lambda data: data[:END]), [("zip.truncated", None, END, None)], "abc", ""),
    "the end overwritten": (
        _file(change=lambda data: data[:END] + bytes(22)),
        [("zip.directory-damaged", None, DIRECTORY, None)],
        "abc",
        "",
    ),
    "no directory, but its end": (
        _file(change=lambda data: data[:DIRECTORY] + bytes(141) + data[END:]),
        [("zip.directory-damaged", None, DIRECTORY, None)],
        "abc",
        "",
    ),
    "no directory, for a length leads out of it": (
        _file(change=lambda data: data[: END - 14] + b"\1" + data[END - 13 :]),
        [("zip.directory-damaged", None, DIRECTORY, None)],
        "abc",
        "",
    ),
    "no directory, an entry cut": (
        _file(change=lambda data: data[: DIRECTORY - 1]),
        [("zip.truncated", None, DIRECTORY - 1, None)],
        "abc",
        "c",
    ),
    "no directory, a name twice": (
        _steps(lambda wacz: setattr(wacz.entry("b"), "name", "a"), _file(change=lambda data: data[:END])),
        [("zip.name-twice", "a", B, None), ("zip.truncated", None, END, None)],
        "ac",
        "a",
    ),
    "no directory, a packed entry": (
        _steps(_both("b", method=8), _file(change=lambda data: data[:END])),
        [("zip.entry-compressed", "b", B, None), ("zip.truncated", None, END, None)],
        "ac",
        "b",
    ),
    "no directory, a packed entry cut": (
        _steps(_both("c", method=8), _file(change=lambda data: data[: C + 32])),
        [("zip.entry-compressed", "c", C, None), ("zip.truncated", None, C + 32, None)],
        "ab",
        "c",
    ),
    "nothing at all": (
        _file(change=lambda _: b""),
        [("zip.directory-damaged", None, 0, None)],
        "",
        "",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_problem_is_told_with_its_place(name: str) -> None:
    """Code, entry, offset and length of each problem; what can be read, and what is lost."""
    damage, problems, members, lost = CASES[name]
    wacz = _zip()
    damage(wacz)
    listing = _read(wacz)
    assert (problems, (members, lost)) == (_said(listing), _names(listing))
    assert listing.whole == ("end" not in name and "no directory" not in name and "at all" not in name)


def test_every_cut_is_one() -> None:
    """Of every beginning of a ZIP it is said that the file ends too early; whole entries stay listed."""
    data = _zip().assemble()
    for size in range(1, SIZE):
        listing = read_zip(io.BytesIO(data[:size]))
        assert [("zip.truncated", None, size, None)] == _said(listing)
        begun = [name for name, at in (("a", A), ("b", B), ("c", C)) if size >= at + 31]
        assert begun == [one.name for one in listing.members]
        assert [
            name for name, end in (("a", B), ("b", C), ("c", DIRECTORY)) if name in begun and size < end
        ] == [*listing.lost]
        assert all(one.start + one.size <= size for one in listing.members)


@pytest.mark.parametrize("field", ["crc", "size", "packed"])
def test_member_is_where_its_headers_agree(field: str) -> None:
    """Of sizes that differ, those that lead to the next entry hold; of two CRC-32, both are told."""
    for side in ("local", "central"):
        wacz = _zip()
        getattr(wacz.entry("b"), side).update({"crc": {"crc": 1}}.get(field, {"size": 9, "packed": 9}))
        member = next(one for one in _read(wacz).members if one.name == "b")
        assert (B + 31, 5) == (member.start, member.size)
        sums = {zlib.crc32(b"BBBBB"), 1} if field == "crc" else {zlib.crc32(b"BBBBB")}
        assert sums == member.crc


def test_descriptor_leaves_the_directory_s_sum() -> None:
    """Of an entry with a data descriptor, the directory alone says the CRC-32."""
    wacz = _zip()
    _entry("b", local={"crc": 0, **DESCRIPTOR}, central=DESCRIPTOR, after=bytes(16))(wacz)
    assert {zlib.crc32(b"BBBBB")} == next(one for one in _read(wacz).members if one.name == "b").crc


def test_salvaged_entry_is_read_where_it_must_be() -> None:
    """Where an entry's own header is destroyed, its data is what stands before the next thing."""
    wacz = _zip()
    _entry("b", local={"signature": bytes(4)})(wacz)
    member = next(one for one in _read(wacz).members if one.name == "b")
    assert (B + 31, 5, frozenset({zlib.crc32(b"BBBBB")})) == (
        member.start,
        member.size,
        member.crc,
    )


@pytest.mark.parametrize("forged", [0, 1])
def test_first_of_two_is_listed(forged: int) -> None:
    """Of two entries with one name the first is read, and the name is lost."""
    wacz = _zip()
    wacz.entries.insert(forged, Entry(name="a", data=b"forged"))
    member = next(one for one in _read(wacz).members if one.name == "a")
    assert (31, (4, 6)[forged == 0]) == (member.start, member.size)


@pytest.mark.parametrize("tail", [0, END])
def test_no_more_than_two_hundred_problems_are_told(tail: int) -> None:
    """However many there are, two hundred are told; what became of the directory is among them."""
    wacz = Wacz(entries=[Entry(name=f"{n:04}/", data=b"") for n in range(300)])
    if tail:
        wacz.change = lambda data: data[:-22]
    listing = _read(wacz)
    assert 200 == len(listing.problems)
    assert 300 == len(listing.lost)
    assert ("zip.truncated" if tail else "zip.entry-not-file") == listing.problems[-1].code


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("x" * 1024, True),
        ("x" * 1025, False),
        ("!~", True),
        ("a b", False),
        ("a\x7f", False),
        ("a:b", False),
        ("ab:c", True),
        ("a/../b", False),
        ("a/..b", True),
        ("a//b", False),
        ("a\\b", False),
        ("\n", False),
    ],
)
def test_names_that_may_be_used(name: str, safe: bool) -> None:  # noqa: FBT001 - a column of the table
    """Printable ASCII of at most 1024 octets, without what leads elsewhere, is a name."""
    listing = _read(Wacz(entries=[Entry(name=name, data=b"")]))
    assert safe == (listing.problems == ())
    assert safe == ([name] == [one.name for one in listing.members])
    assert safe or {"zip.name-unsafe"} == {one.code for one in listing.problems}
