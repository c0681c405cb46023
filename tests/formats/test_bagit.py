"""Tests of preserve.formats.bagit."""

from __future__ import annotations

import contextlib
import io
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preserve.errors import BagSyntaxError
from preserve.formats.bagit import (
    BAGIT_TXT,
    Declaration,
    ManifestLine,
    Oxum,
    format_bag_info,
    format_manifest,
    parse_bag_info,
    parse_declaration,
    parse_manifest,
    parse_oxum,
    safe_path,
)
from preserve.model.digest import Digest

if TYPE_CHECKING:
    from pathlib import Path

A, B = "aa" * 32, "bb" * 32


def manifest(data: bytes, algorithm: str = "sha256") -> list[tuple[str, str]]:
    """Return value and path of each line of a manifest."""
    return [(line.digest.value, line.path) for line in parse_manifest(io.BytesIO(data), algorithm)]


def line(path: str, value: str = A) -> ManifestLine:
    """Return a manifest line."""
    return ManifestLine(digest=Digest("sha256", value), path=path)


def test_declaration_of_ours_is_that_of_the_standard() -> None:
    """What we write as ``bagit.txt`` declares version 1.0 and UTF-8."""
    assert Declaration(version="1.0", encoding="UTF-8") == parse_declaration(io.BytesIO(BAGIT_TXT))


@pytest.mark.parametrize(
    ("data", "number"),
    [
        (b"", 1),
        (b"BagIt-Version: 1.0\n", 2),
        (b"BagIt-Version : 1.0\nTag-File-Character-Encoding : UTF-8\n", 1),
        (b"BagIt-Version: 1.0 \nTag-File-Character-Encoding: UTF-8\n", 1),
        (b"BagIt-Version: .97\nTag-File-Character-Encoding: UTF-8\n", 1),
        (b"\xef\xbb\xbf" + BAGIT_TXT, 1),
        (BAGIT_TXT + b"\n", 3),
        (BAGIT_TXT + b"More: 1\n", 3),
        (b"BagIt-Version: 1.0\nTag-File-Character-Encoding:\n", 2),
        (b"a" * 2000, 1),
    ],
)
def test_declaration_that_is_not_exact_is_refused(data: bytes, number: int) -> None:
    """``bagit.txt`` must be its two lines, without byte order mark or odd white space."""
    with pytest.raises(BagSyntaxError) as caught:
        parse_declaration(io.BytesIO(data))
    assert number == caught.value.facts["line"]


def test_manifest_is_sorted_by_path() -> None:
    """Lines are sorted by the octets of the path: upper case before lower case, é after z."""
    written = b"".join(format_manifest([line("data/é"), line("data/a", B), line("data/z"), line("data/Z")]))
    expected = f"{A}  data/Z\n{B}  data/a\n{A}  data/z\n{A}  data/é\n".encode()
    assert expected == written


def test_percent_and_line_ends_are_encoded() -> None:
    """``%``, LF and CR in a path are written as escapes, and are read back."""
    written = b"".join(format_manifest([line("data/50%\r\nx%0A")]))
    assert f"{A}  data/50%25%0D%0Ax%250A\n".encode() == written
    assert [(A, "data/50%\r\nx%0A")] == manifest(written)


def test_only_the_three_escapes_are_decoded() -> None:
    """Other percent signs stay as they are, as RFC 8493 section 2.1.3 says."""
    assert [(A, "data/%7Ex%test\n")] == manifest(f"{A}  data/%7Ex%test%0a\n".encode())


@pytest.mark.parametrize("between", ["  ", " ", "\t", " *", "    "])
def test_other_tools_lines_are_read(between: str) -> None:
    """One or more spaces or tabs, an asterisk, upper-case digits and CRLF are read."""
    data = f"{A.upper()}{between}./data/a b\r\n{B}  data/c".encode()
    assert [(A, "data/a b"), (B, "data/c")] == manifest(data)


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (f"{A}\n", "expected a digest"),
        (f"{A} \n", "expected a digest"),
        ("\n", "expected a digest"),
        (f"{A[1:]}  data/a\n", "64 digits, this one 63"),
        (f"{A}aa  data/a\n", "64 digits, this one 66"),
        (f"{A[1:]}g  data/a\n", "expected a digest"),
        (f"{A}  ../a\n", "leads out"),
    ],
)
def test_broken_manifest_line_is_named(data: str, word: str) -> None:
    """A line that is no digest and safe path is refused by its number."""
    with pytest.raises(BagSyntaxError, match=rf"manifest-sha256\.txt line 2: .*{word}") as caught:
        manifest(f"{B}  data/b\n{data}".encode())
    assert caught.value.facts["line"] == 2


def test_manifest_of_an_unknown_algorithm_is_refused() -> None:
    """An algorithm that is not in the registry cannot be checked and is refused."""
    with pytest.raises(BagSyntaxError, match="'crc32' is not known") as caught:
        manifest(b"", "crc32")
    assert 0 == caught.value.facts["line"]


@pytest.mark.parametrize(
    "path",
    [
        *("/etc/passwd", "\\\\server\\x", "C:\\x", "c:x", "~/x", "~root/x", "%HomeDrive%\\x", "$HOME/x"),
        *("..", "../x", "data/../../x", "data/..", "data\\..\\x", "..\\x", "\\.\\./x", "data/..\n"[:-1]),
        *("", "./", "data/", "data//x", "data/./x", "data/.", ".", "././", "data/\x00"),
    ],
)
def test_path_that_could_leave_the_bag_is_refused(path: str) -> None:
    """Absolute paths, dots, home folders, drives, variables and empty parts are refused."""
    with pytest.raises(BagSyntaxError) as caught:
        safe_path(path)
    assert path == caught.value.facts["path"]


@pytest.mark.parametrize(
    "path", ["data/a", "data/~x", "data/..x", "data/x..", "data/a:b", "data/...", "data/é"]
)
def test_path_inside_the_bag_is_kept(path: str) -> None:
    """Names that only look odd are kept as they are, a leading ``./`` is dropped."""
    assert path == safe_path(path)
    assert path == safe_path(f"./{path}")


NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/\\\x00"), min_size=1).filter(
    lambda name: name not in (".", "..")
)


@given(st.lists(NAMES, min_size=1, max_size=3, unique=True))
@settings(max_examples=150, deadline=None)
def test_manifest_is_read_as_it_was_written(names: list[str]) -> None:
    """Every file name that Linux allows, but for backslash, comes back from a manifest."""
    lines = [line(f"data/{name}") for name in names]
    written = b"".join(format_manifest(lines))
    expected = sorted(lines, key=lambda each: each.path.encode())
    assert expected == list(parse_manifest(io.BytesIO(written), "sha256"))


def test_oxum_is_octets_and_files() -> None:
    """The Oxum of RFC 8493 is parsed and written again."""
    oxum = parse_oxum(" 279164409832.1198 ")
    assert Oxum(octets=279164409832, files=1198) == oxum
    assert str(oxum) == "279164409832.1198"


@pytest.mark.parametrize(
    "text", ["", "1", "1.", ".1", "1.2.3", "-1.2", "1,2", "٣.1", "1 .2", "9" * 30 + ".1"]
)
def test_text_that_is_no_oxum_is_refused(text: str) -> None:
    """Two decimal numbers with one full stop between them, and nothing else."""
    with pytest.raises(BagSyntaxError, match="Payload-Oxum"):
        parse_oxum(text)


def test_bag_info_keeps_order_and_repeats() -> None:
    """Elements are written in the order given and read in file order, repeated ones too."""
    pairs = [("Bagging-Date", "2026-11-22"), ("A", "é: b"), ("Bagging-Date", "x")]
    data = format_bag_info(pairs)
    assert "Bagging-Date: 2026-11-22\nA: é: b\nBagging-Date: x\n".encode() == data
    assert pairs == parse_bag_info(io.BytesIO(data))


def test_folded_values_are_joined() -> None:
    """A line that begins with white space continues the value before it, with one space."""
    data = b"External-Description: Uncompressed\r\n\t  greyscale\r\n images\r\n\r\nTag : 3"
    expected = [("External-Description", "Uncompressed greyscale images"), ("Tag", "3")]
    assert expected == parse_bag_info(io.BytesIO(data))


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"no colon\n", 1),
        (b": value\n", 1),
        (b" \t: value\n", 1),
        (b" folded: first\n", 1),
        (b"\n\tfolded: first\n", 2),
        (b"a: 1\n\nb\n", 3),
        (b"a: 1\n\xff", 0),
    ],
)
def test_broken_bag_info_is_refused(data: bytes, line: int) -> None:
    """A line without label, and one that continues nothing, are refused by their number."""
    with pytest.raises(BagSyntaxError, match=r"bag-info\.txt") as caught:
        parse_bag_info(io.BytesIO(data))
    assert line == caught.value.facts["line"]


VALUE_MOST = 64 * 1024


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"a: b\n" * 10_001, 10_001),
        (b"a: b\n" + b" cc\n" * (VALUE_MOST // 3) + b" c\n", VALUE_MOST // 3 + 2),
        (b"\na:" + b"b" * VALUE_MOST, 2),
        (b"\n" + b"b" * 200_000, 2),
    ],
)
def test_bag_info_without_end_is_refused(data: bytes, line: int) -> None:
    """Neither the number of elements nor the length of a value may fill memory."""
    with pytest.raises(
        BagSyntaxError, match=rf"line {line}: (there is too much of it|longer than)"
    ) as caught:
        parse_bag_info(io.BytesIO(data))
    assert line == caught.value.facts["line"]


def test_bag_info_of_the_greatest_size_is_read() -> None:
    """Ten thousand elements are read, and a value of 64 KiB that is folded."""
    assert 10_000 == len(parse_bag_info(io.BytesIO(b"a: b\n" * 10_000)))
    folded = b"a: " + b"b" * (VALUE_MOST // 2) + b"\n " + b"b" * (VALUE_MOST // 2 - 1)
    assert [VALUE_MOST] == [len(value) for _, value in parse_bag_info(io.BytesIO(folded))]


@pytest.mark.parametrize(
    "pair", [("a:b", "c"), ("a", "b\nc"), ("", "b"), ("a", ""), ("a", " b"), (" a", "b")]
)
def test_element_that_could_be_misread_is_not_written(pair: tuple[str, str]) -> None:
    """A label with a colon or a value with a line end is an error of the caller."""
    with pytest.raises(ValueError, match=r"cannot be a line of bag-info\.txt"):
        format_bag_info([pair])


@given(st.binary(max_size=200))
@settings(max_examples=200, deadline=None)
def test_no_octets_raise_anything_else(data: bytes) -> None:
    """Whatever the octets, the readers return values or raise their own error."""
    for parse in (parse_bag_info, parse_declaration, lambda stream: list(parse_manifest(stream, "md5"))):
        with contextlib.suppress(BagSyntaxError):
            assert parse(io.BytesIO(data)) is not None


def problems(bag: Path) -> list[str]:
    """Return what the tag files of a bag break, as far as they tell without the payload."""
    found: list[str] = []
    try:
        with (bag / "bagit.txt").open("rb") as stream:
            encoding = parse_declaration(stream).encoding
    except (BagSyntaxError, FileNotFoundError) as exc:
        return [str(exc)]
    for path in sorted(bag.glob("*manifest-*.txt")):
        algorithm = path.stem.rpartition("-")[2]
        try:
            with path.open("rb") as stream:
                seen = [each.path for each in parse_manifest(stream, algorithm, encoding=encoding)]
        except BagSyntaxError as exc:
            found.append(exc.message)
        else:
            found += [f"{path.name}: twice"] * (len(seen) != len(set(seen)))
    if (bag / "bag-info.txt").exists():
        with (bag / "bag-info.txt").open("rb") as stream, contextlib.suppress(BagSyntaxError):
            info = dict(parse_bag_info(stream, encoding=encoding))
            if "Payload-Oxum" in info:
                parse_oxum(info["Payload-Oxum"])
    return found


# What the tag files alone cannot tell: files missing, added or changed, and what only a fetch.txt says.
NEEDS_PAYLOAD = (
    *("corrupt-data-file", "corrupt-tag-file", "extra-file-in-bag", "missing-baginfo"),
    *("notAllManifestsListAllFiles", "for-fetch"),
)


def test_conformance_suite_is_told_apart(corpora: Path) -> None:
    """The tag files of every valid bag are read, and those of every bag that they make invalid are not."""
    wrong, suite = [], corpora / "bagit"
    for declaration in sorted([*suite.glob("v*/*/*/bagit.txt"), *suite.glob("v*/invalid/*/data")]):
        bag = declaration.parent
        group, name = bag.parent.name, bag.name
        if group == "warning" or name.endswith(NEEDS_PAYLOAD):
            continue
        if bool(problems(bag)) != (group != "valid"):
            wrong.append(f"{bag.parent.parent.name}/{group}/{name}: {problems(bag)}")
    assert [] == wrong
