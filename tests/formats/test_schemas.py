"""Tests of preserve.formats.schemas."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import json
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preserve.errors import JsonSyntaxError
from preserve.formats.schemas import (
    DOCUMENT_BYTES,
    dump_json,
    dump_line,
    load,
    parse_json,
    read_lines,
    unstructure,
)
from preserve.model.capture import Limits, Outcome, Verdict
from preserve.model.exchange import Ended
from preserve.model.inspection import Claim, Inspection, Json, Problem
from preserve.model.package import Receipt
from preserve.model.reference import Kind, Link, Reference, Role, State
from preserve.model.resource import Resource

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    # A lone surrogate in a claim of a page must survive too.
    | st.text(st.characters(), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)


def resource(facts: Mapping[str, Json] | None = None) -> Resource:
    """Return a resource with a value in every kind of field."""
    return Resource(
        url="http://example.org/",
        role=Role.PAGE,
        status=None,
        captured_at="2026-11-22T10:15:00.123Z",
        ended=Ended.WHOLE,
        response="urn:uuid:1",
        block_digest="sha256:00",
        payload_digest="sha256:01",
        payload_bytes=3,
        codings=("gzip",),
        facts=facts or {},
        problems=(Problem(code="http.odd", message="Odd."),),
    )


@attrs.frozen(kw_only=True)
class Moment:
    """A class with an instant, which the model keeps as text so far."""

    at: dt.datetime
    until: dt.datetime | None


def test_document_is_sorted_and_indented() -> None:
    """A document has sorted keys, two spaces, non-ASCII characters as themselves and LF at the end."""
    expected = '{\n  "a": [\n    1,\n    null\n  ],\n  "b": "é"\n}\n'.encode()
    assert expected == dump_json({"b": "é", "a": (1, None)})


def test_line_is_sorted_and_on_one_line() -> None:
    """A line has sorted keys, a space after comma and colon, and LF at the end."""
    expected = b'{"a": [1, true], "b": "x\\ny"}\n'
    assert expected == dump_line({"b": "x\ny", "a": [1, True]})


def test_enums_are_written_as_their_values() -> None:
    """A verdict is its word, and every field is written, defaults too."""
    expected = {"verdict": "partial", "engine": "plain", "gaps": 0, "reasons": [], "interrupted": False}
    assert expected == unstructure(Outcome(verdict=Verdict.PARTIAL, engine="plain"))


@given(st.dictionaries(st.text(max_size=5), JSON, max_size=4))
@settings(max_examples=150, deadline=None)
def test_what_was_written_is_read_again(facts: dict[str, Json]) -> None:
    """A resource with any facts comes back equal, from a document and from a line."""
    value = resource(facts)
    assert value == load(Resource, dump_json(value))
    assert [value, value] == list(read_lines(Resource, io.BytesIO(dump_line(value) * 2)))


def test_enums_come_back_as_enums() -> None:
    """A role that was read is a Role and not a bare text."""
    assert Role is type(load(Resource, dump_json(resource())).role)


def test_nested_classes_and_tuples_come_back() -> None:
    """Links with tuples of numbers, claims and problems come back equal."""
    value = Inspection(
        facts={"pages": 9},
        links=(Link(written="a", url=None, kind=Kind.DOCUMENT, stated_bytes=(716_500, 717_499)),),
        claims=(Claim(name="byline", value="A. Writer", source="text"),),
    )
    assert value == load(Inspection, dump_json(value))


def test_instants_are_written_in_utc_with_milliseconds() -> None:
    """A field that is an instant is written as docs/format/package-1.md section 3 says."""
    value = Moment(at=dt.datetime(2026, 11, 22, 10, 15, 0, 123_999, dt.UTC), until=None)
    expected = b'{"at": "2026-11-22T10:15:00.123Z", "until": null}\n'
    assert expected == dump_line(value)
    assert value.at.replace(microsecond=123_000) == load(Moment, expected).at


def test_key_left_out_takes_its_default() -> None:
    """A field with a default, and a field that may be null, may be left out."""
    text = '{"written": "", "kind": "page", "role": "page", "state": "captured"}'
    expected = Reference(
        source=None,
        source_url=None,
        url=None,
        written="",
        kind=Kind.PAGE,
        role=Role.PAGE,
        state=State.CAPTURED,
    )
    assert expected == load(Reference, text)


def test_unknown_keys_are_ignored() -> None:
    """A key of a later version does no harm."""
    assert Problem(code="a", message="b") == load(Problem, '{"code": "a", "message": "b", "new": {}}')


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"gaps": "5"}', 'must be a whole number, not "5" @ $.gaps'),
        ('{"gaps": 5.0}', "must be a whole number, not 5.0 @ $.gaps"),
        ('{"gaps": true}', "must be a whole number, not true @ $.gaps"),
        ('{"interrupted": 0}', "must be true or false, not 0 @ $.interrupted"),
        ('{"engine": null}', "must be text, not null @ $.engine"),
        ('{"reasons": ["a", 1]}', "must be text, not 1 @ $.reasons[1]"),
        ('{"reasons": "ab"}', None),
        ('{"reasons": {"a": 1}}', None),
        ('{"verdict": "good"}', 'must be one of complete, partial, failed, not "good" @ $.verdict'),
        ('{"verdict": ["complete"]}', None),
        ("[]", "must be an object, not [] @ $"),
        ("null", "must be an object, not null @ $"),
        ("{}", "a required key is missing @ $.verdict"),
    ],
)
def test_value_of_another_kind_is_refused(text: str, problem: str | None) -> None:
    """Nothing is turned into what it is not, and the fault names its path."""
    with pytest.raises(JsonSyntaxError, match="This is no Outcome") as caught:
        load(Outcome, text)
    if problem is not None:
        assert problem in caught.value.facts["problems"]  # type: ignore[operator] # facts are objects


def test_numbers_of_seconds_may_be_whole() -> None:
    """A duration written as a whole number is read as one."""
    assert load(Limits, '{"head_s": 5}').head_s == 5.0


@pytest.mark.parametrize("value", ["true", '"5"', "null", "[5]"])
def test_number_of_seconds_must_be_a_number(value: str) -> None:
    """A duration that is true, a text, null or a list is refused."""
    with pytest.raises(JsonSyntaxError, match=r"must be a number, not .* @ \$\.head_s"):
        load(Limits, f'{{"head_s": {value}}}')


def test_facts_must_be_an_object() -> None:
    """Facts of a resource that are a list are refused."""
    with pytest.raises(JsonSyntaxError, match=r"must be an object, not \[\] @ \$\.facts"):
        load(Inspection, '{"facts": []}')


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"{", "Not JSON"),
        (b"", "Not JSON"),
        (b"{} {}", "Not JSON"),
        (b"\xef\xbb\xbf{}", "Not JSON"),
        (b'"\xff"', "byte 2 is not"),
        (b'{"a": 1, "a": 1}', "the key 'a' stands twice"),
        (b'{"a": 1, "b": 1, "a": 1}', "the key 'a' stands twice"),
        (b'{"a": NaN}', "NaN is no JSON number"),
        (b"[-Infinity]", "-Infinity is no JSON number"),
        (b"[1e999]", "out of range"),
        (b"9" * 5000, "Not JSON"),
        (b"[" * 100_000, "nests too deeply"),
        (b'{"a":' * 100_000, "nests too deeply"),
    ],
)
def test_octets_that_are_no_strict_json_are_refused(data: bytes, word: str) -> None:
    """Two readers could understand these differently, or not at all, so they are refused."""
    with pytest.raises(JsonSyntaxError, match=word):
        parse_json(data)


@given(st.binary(max_size=200))
@settings(max_examples=200, deadline=None)
def test_no_octets_raise_anything_else(data: bytes) -> None:
    """Whatever the octets, the reader returns a value or raises its own error."""
    with contextlib.suppress(JsonSyntaxError):
        assert all(isinstance(claim, Claim) for claim in read_lines(Claim, io.BytesIO(data)))


@given(JSON)
@settings(max_examples=200, deadline=None)
def test_no_json_raises_anything_else(value: Json) -> None:
    """Whatever the JSON, the reader of a class returns a value or raises its own error."""
    for cls in (Resource, Reference, Receipt):
        with pytest.raises(JsonSyntaxError):
            load(cls, json.dumps(value))


def test_fault_in_a_line_names_the_line() -> None:
    """The second of two lines is named when it is the broken one."""
    data = b'{"code": "a", "message": "b"}\n{"code": 5, "message": "b"}\n'
    with pytest.raises(JsonSyntaxError, match=r"line 2: .*\$\.code") as caught:
        list(read_lines(Problem, io.BytesIO(data)))
    assert caught.value.facts["line"] == 2


def test_line_that_is_too_long_is_refused() -> None:
    """A line longer than allowed is refused before it is parsed."""
    with pytest.raises(JsonSyntaxError, match="longer than 10 bytes"):
        list(read_lines(Problem, io.BytesIO(b'{"code": "aaaaaaaaaa"}\n'), most=10))


def test_message_names_at_most_twenty_problems() -> None:
    """A document with thousands of faults has a message of readable length."""
    text = json.dumps({"verdict": "complete", "engine": "x", "reasons": [1] * 5000})
    with pytest.raises(JsonSyntaxError, match="and 4980 more") as caught:
        load(Outcome, text)
    assert len(caught.value.message) < 2000
    text = json.dumps({"verdict": "complete", "engine": "x", "reasons": [1] * 20})
    with pytest.raises(JsonSyntaxError, match=r"@ \$\.reasons\[19\]\.$"):
        load(Outcome, text)


def test_fact_without_end_is_written_as_text() -> None:
    """A page width of infinity in a PDF cannot be a JSON number and is kept as its word."""
    assert {"facts": {"a": ["inf", "nan"]}} == {
        "facts": json.loads(dump_line(resource({"a": [float("inf"), float("nan")]})))["facts"]
    }


def test_value_that_json_cannot_say_is_refused() -> None:
    """Octets among the facts are a mistake of ours and not written."""
    with pytest.raises(ValueError, match="is not JSON"):
        dump_line({"a": b"octets"})


@pytest.mark.parametrize(("value", "word"), [({1: "a"}, "is no text"), ({"a": {"b": {2, 3}}}, "is not JSON")])
def test_facts_that_json_cannot_say_are_refused(value: dict[str, Json], word: str) -> None:
    """A key that is no text and a set are mistakes of ours and not written."""
    with pytest.raises(ValueError, match=word):
        dump_line(resource(value))


@pytest.mark.parametrize(
    "wrap", [lambda inner: [inner], lambda inner: {"a": inner}], ids=["lists", "objects"]
)
def test_facts_without_bottom_are_refused(wrap: Callable[[Json], Json]) -> None:
    """Facts that nest deeper than any reader should have to follow are not written."""
    deep: Json = None
    for _ in range(63):  # and the facts themselves
        deep = wrap(deep)
    assert deep == load(Resource, dump_line(resource({"a": deep}))).facts["a"]
    with pytest.raises(ValueError, match="64 deep"):
        dump_line(resource({"a": wrap(deep)}))


@pytest.mark.parametrize("text", ['{"at": 5}', '{"at": "2026-11-22"}', '{"at": "2026-11-22T10:15:00+01:00"}'])
def test_what_is_no_instant_is_refused(text: str) -> None:
    """An instant is a text in UTC; anything else is a fault of its path."""
    with pytest.raises(JsonSyntaxError, match=r"@ \$\.at"):
        load(Moment, text)


def test_document_that_is_too_long_is_refused() -> None:
    """A document above the limit is refused before it is parsed."""
    with pytest.raises(JsonSyntaxError, match=f"longer than {DOCUMENT_BYTES} bytes"):
        load(Problem, b" " * (DOCUMENT_BYTES + 1))
    with pytest.raises(JsonSyntaxError, match="a required key is missing"):
        load(Problem, b"{}" + b" " * (DOCUMENT_BYTES - 2))


def test_attrs_values_among_facts_are_written() -> None:
    """A value of the model and a word of an enumeration among the facts are written as JSON."""
    facts: Any = {"problem": Problem(code="a", message="b"), "ended": Ended.TIME}
    found = json.loads(dump_line(resource(facts)))["facts"]
    assert {"problem": {"code": "a", "message": "b"}, "ended": "time"} == found


def test_half_a_surrogate_pair_keeps_the_line_utf8() -> None:
    """Half a surrogate pair from a page's JSON-LD is written as its escape."""
    assert dump_line({"a": "\ud800"}) == b'{"a": "\\ud800"}\n'
