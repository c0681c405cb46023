"""Tests of ``preserve.capturers.srcset``."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preserve.capturers.srcset import parse_srcset


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a.png 1x, b.png 2x", ["a.png", "b.png"]),
        ("a.png,b.png 2x", ["a.png,b.png"]),
        ("a.png, b.png", ["a.png", "b.png"]),
        ("/f/w_48,h_32/a.png 1x,/f/w_96,h_64/a.png 2x", ["/f/w_48,h_32/a.png", "/f/w_96,h_64/a.png"]),
        ("data:image/png;base64,AAA= 1x, b.png 2x", ["data:image/png;base64,AAA=", "b.png"]),
        (",\n, a.png 100w ,,\tb.png 200w,", ["a.png", "b.png"]),
        ("a.png (1, 2) 1x, b.png", ["a.png", "b.png"]),
        ("a.png (1, b.png", ["a.png"]),
        ("", []),
        (" , ", []),
    ],
)
def test_candidates(value: str, expected: list[str]) -> None:
    """Candidates are told apart as the HTML Standard tells them apart."""
    assert parse_srcset(value)[0] == expected


_URL = st.text("abc/.,:;=%-_w", min_size=1, max_size=12).filter(lambda url: url[0] != "," and url[-1] != ",")
_CANDIDATE = st.tuples(_URL, st.sampled_from([" 1x", " 2.5x", " 640w", " 100w 50h"]))


@given(st.lists(_CANDIDATE, min_size=1, max_size=6), st.sampled_from([", ", ",\n\t", " , ", ","]))
@settings(max_examples=200, deadline=None)
def test_what_is_written_is_read(candidates: list[tuple[str, str]], comma: str) -> None:
    """A list of URLs with descriptors is read back, commas within URLs included."""
    assert parse_srcset(comma.join(url + descriptor for url, descriptor in candidates))[0] == [
        url for url, _ in candidates
    ]


@given(st.text(" ,()ab1x\n", max_size=60))
@settings(max_examples=200, deadline=None)
def test_candidates_hold_no_space(value: str) -> None:
    """Whatever the value, each candidate is a word of it."""
    assert all(url in value and not set(url) & set(" \n") and url for url in parse_srcset(value)[0])
