"""Tests of ``preserve.capturers.originals``."""

from __future__ import annotations

import pytest

from preserve.capturers.originals import original_of

_SITE = "https://e.example"


@pytest.mark.parametrize(
    ("scaled", "expected"),
    [
        (f"{_SITE}/media/a~mv2.jpg/v1/fill/w_6,h_4,al_c/n.jpg", f"{_SITE}/media/a~mv2.jpg"),
        (f"{_SITE}/_next/image?url=%2Fa%2Fb.jpg&w=640&q=75", "/a/b.jpg"),
        (f"{_SITE}/image/fetch/w_9,c_limit/https%3A%2F%2Fo.example%2Fa.jpg", "https://o.example/a.jpg"),
        (f"{_SITE}/image/upload/w_300,c_fill/v12/a.jpg", f"{_SITE}/image/upload/v12/a.jpg"),
        (f"{_SITE}/cdn-cgi/image/width=80/b/a.jpg", "/b/a.jpg"),
        (f"{_SITE}/a-300x200.jpg", f"{_SITE}/a.jpg"),
        (f"{_SITE}/a.jpg?w=300", f"{_SITE}/a.jpg"),
        (f"{_SITE}/a?format=750w", f"{_SITE}/a?format=original"),
        (f"{_SITE}/a_300x300.jpg?v=1", f"{_SITE}/a.jpg?v=1"),
        (f"{_SITE}/thumb/a/ab/N.jpg/220px-N.jpg", f"{_SITE}/a/ab/N.jpg"),
        ("https://lh3.googleusercontent.com/abc=w400-h300", "https://lh3.googleusercontent.com/abc=s0"),
        ("https://1.bp.blogspot.com/a/s320/n.jpg", "https://1.bp.blogspot.com/a/s0/n.jpg"),
        (f"{_SITE}/a.jpg", None),
        (f"{_SITE}/1920x1080.jpg", None),
        (f"{_SITE}/a/s320/n.jpg", None),
    ],
)
def test_the_address_of_a_scaled_picture_tells_the_original(scaled: str, expected: str | None) -> None:
    """What a site builder puts into an address is taken out again; other addresses tell nothing."""
    assert expected == original_of(scaled)
