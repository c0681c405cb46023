"""Which URLs does a list name, whatever stands in it?"""

from __future__ import annotations

import io

import pytest

from preserve.formats.url_list import LINE_BYTES, Entry, read_list


def texts(data: bytes) -> list[str]:
    """Return what the lines without a problem say."""
    return [entry.text for entry in read_list(io.BytesIO(data)) if not entry.problem]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", []),
        (b"\n  \n\t\n", []),
        (b"http://a/\nhttp://b/", ["http://a/", "http://b/"]),
        (b"http://a/\r\nhttp://b/\r\n", ["http://a/", "http://b/"]),
        (b"\xef\xbb\xbfhttp://a/\n", ["http://a/"]),
        (b"# all of it\n  # also\n#http://a/\n", []),
        (b"  http://a/  \n", ["http://a/"]),
        (b"http://a/#part\n", ["http://a/#part"]),
        (b"http://a/ # why\n", ["http://a/"]),
        (b"http://a/\t#why # not\n", ["http://a/"]),
        (b"http://a/#part # why\n", ["http://a/#part"]),
        ("http://ü.example/ö\n".encode(), ["http://ü.example/ö"]),
        (b"not a\nurl\n", ["url"]),
    ],
)
def test_lines(data: bytes, expected: list[str]) -> None:
    """Comments, space around and byte order mark are no part of a URL; a fragment is."""
    assert expected == texts(data)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"\xff\xfe", "Byte 1 of the line is not UTF-8."),
        (b"http://a/ http://b/", "one URL a line"),
        (b"a" * (LINE_BYTES + 1), f"longer than {LINE_BYTES} bytes"),
        (b"a" * (3 * LINE_BYTES), f"longer than {LINE_BYTES} bytes"),
    ],
    ids=["encoding", "two", "long", "very long"],
)
def test_what_can_be_no_url(line: bytes, words: str) -> None:
    """A line that can be no URL is told with its number, and the lines around it are read."""
    first, bad, last = read_list(io.BytesIO(b"# list\nhttp://a/\n" + line + b"\nhttp://b/\n"))
    assert Entry(line=2, text="http://a/") == first
    assert (3, "") == (bad.line, bad.text)
    assert words in bad.problem
    assert Entry(line=4, text="http://b/") == last


def test_the_longest_line() -> None:
    """A line of the longest length is read, its end included."""
    url = b"http://a/" + b"a" * (LINE_BYTES - 10)
    assert [url.decode()] == texts(url + b"\n")
    assert [url.decode() + "a"] == texts(url + b"a")
