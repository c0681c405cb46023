"""Tests of preserve/model/url.py: the parts of a URL, with the parser's own answers as the oracle."""

from __future__ import annotations

import ada_url
import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from preserve.model.url import Address, parse

PARTS = [field.name for field in attrs.fields(Address)]

ODD = (
    "http://example.org",
    "https://example.org:443/a?#",
    "http://example.org:8080/?a=b?c#d#e",
    "http://u@example.org/",
    "http://u:p%40ss:w@example.org/@x:y",
    "http://:p@example.org/",
    "http://[2001:db8::1]:81/a@b",
    "http://[::1]/?[x]",
    "HTTP://EXAMPLE.org/%7Ea/../b c",
    "http://bücher.example/ü?ü#ü",
    "http://0x7f.1/",
    "http://a@b@c.example/",
    "http:example.org/x",
    "https:\\\\example.org\\x",
    "ftp://example.org:21/x",
    "mailto:someone@example.org",
    "data:text/plain,a?b#c",
    "file:///etc/hosts",
    "javascript:alert(1)",
    "blob:https://example.org/uuid",
)


def asked(text: str) -> dict[str, str]:
    """Return each part as the parser gives it."""
    url = ada_url.URL(text)
    return {name: getattr(url, name) for name in PARTS}


@pytest.mark.parametrize("text", ODD)
def test_parts_are_the_parsers(text: str) -> None:
    """The parts found in the serialisation are those that the parser gives one by one."""
    assert asked(text) == attrs.asdict(parse(text))


AUTHORITY = st.text(alphabet="ab@:[]1.%2f-_é ", max_size=12)
REST = st.text(alphabet="ab/?#:@[]%&=é \\\t", max_size=20)


@given(scheme=st.sampled_from(["http", "https", "ws", "ftp", "x"]), authority=AUTHORITY, rest=REST)
@example(scheme="http", authority="u:@h", rest="?")
def test_parts_of_anything(scheme: str, authority: str, rest: str) -> None:
    """Whatever is delimited how, both ways of asking agree, or both refuse."""
    text = f"{scheme}://{authority}{rest}"
    try:
        expected = asked(text)
    except ValueError:
        with pytest.raises(ValueError, match=r"."):
            parse(text)
        return
    assert expected == attrs.asdict(parse(text))
