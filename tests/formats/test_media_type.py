"""Tests of preserve.formats.media_type."""

from __future__ import annotations

import pytest

from preserve.formats.media_type import charset_of


@pytest.mark.parametrize(
    ("declared", "charset"),
    [
        ("text/html; charset=utf-8", "utf-8"),
        ('text/html;CHARSET="ISO-8859-1"; x=y', "ISO-8859-1"),
        ("text/html;\r\n charset=koi8-r", "koi8-r"),
        ("text/html", None),
        ("text/html; version=1", None),
        ("text/html; charset*=utf-8''utf-8", None),
        ("", None),
        (None, None),
    ],
)
def test_charset_is_that_parameter(declared: str | None, charset: str | None) -> None:
    """The charset is the parameter of that name, without quotes; none where it is not one plain text."""
    assert charset == charset_of(declared)
