"""Tests of ``preserve/formats/written.py``: one pattern gives what the parser gives, or gives way to it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from preserve.errors import JsonSyntaxError
from preserve.formats.schemas import dump_line, load
from preserve.formats.written import Written
from preserve.model.exchange import AskedBy, Ended
from preserve.model.inspection import Problem
from preserve.model.reference import Kind, Reference, Role, State
from preserve.model.resource import Resource

if TYPE_CHECKING:
    from preserve.model.inspection import Json

_NAMES = ("declared_type", "ended", "payload_bytes", "redirect_to", "request", "status", "tls", "url")
_TEXTS = st.text(st.characters(codec="utf-8"), max_size=12)
_FACTS = st.dictionaries(_TEXTS, st.none() | st.booleans() | st.integers() | st.floats() | _TEXTS, max_size=3)

RESOURCE = Resource(
    url="https://example.org/",
    role=Role.PAGE,
    status=200,
    captured_at="2026-11-22T10:15:00.000Z",
    ended=Ended.WHOLE,
    response="urn:uuid:1",
    block_digest="sha256:1",
    payload_digest="sha256:2",
    payload_bytes=7,
)
REFERENCE = Reference(
    source=None,
    source_url=None,
    url="https://example.org/",
    written="/",
    kind=Kind.PAGE,
    role=Role.PAGE,
    state=State.CAPTURED,
)
_RESOURCES = Written(Resource, dict.fromkeys(_NAMES, ""))
_EDITED: dict[type[Resource | Reference], Written] = {
    cls: Written(cls, {"role": "", "url": ""}) for cls in (Resource, Reference)
}


def _line(value: object) -> str:
    return dump_line(value).decode().removesuffix("\n")


def _expected(line: str, names: tuple[str, ...]) -> list[tuple[str | None, ...]]:
    value = json.loads(line)
    found = (value[name] for name in names)
    return [tuple(item if item is None or isinstance(item, str) else json.dumps(item) for item in found)]


@given(
    url=_TEXTS,
    declared=st.none() | _TEXTS,
    status=st.none() | st.integers(),
    size=st.integers(),
    codings=st.lists(_TEXTS, max_size=3),
    facts=_FACTS,
    problems=st.lists(st.builds(Problem, code=_TEXTS, message=_TEXTS), max_size=1),
)
def test_fields_are_those_of_the_line(
    url: str,
    declared: str | None,
    status: int | None,
    size: int,
    codings: list[str],
    facts: dict[str, Json],
    problems: list[Problem],
) -> None:
    """Whatever a resource is like, the fields of its line are given as a parser reads them."""
    made = Resource(
        url=url,
        role=Role.REQUISITE,
        status=status,
        captured_at="",
        ended=Ended.TIME,
        response="",
        block_digest="",
        payload_digest="",
        payload_bytes=size,
        codings=tuple(codings),
        declared_type=declared,
        facts=facts,
        problems=tuple(problems),
    )
    line = _line(made)
    assert _expected(line, _NAMES) == _RESOURCES.rows([line])


def test_usual_lines_are_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of lines as we write them, with texts, numbers and lists of words, only what is in facts is parsed."""
    monkeypatch.setattr("preserve.formats.shapes.json", None)
    monkeypatch.setattr("preserve.formats.shapes.parse_json", None)
    resources = Written(Resource, {"status": "", "url": ""})
    with_facts = _line(RESOURCE).replace('"facts": {}', '"facts": {"width": 7, "format": "PNG"}')
    with_codings = _line(RESOURCE).replace('"codings": []', '"codings": ["gzip", "br"]')
    lines = [_line(RESOURCE), with_facts, with_codings]
    assert [("200", "https://example.org/")] * 3 == resources.rows(lines)
    references = Written(Reference, {"source": "", "speculative": ""})
    assert [(None, "false")] == references.rows([_line(REFERENCE)])


@given(
    place=st.integers(0, 1000), put=st.text('"\\{}[]:, \n\t\x1f\x7fae0-1.', max_size=3), cut=st.integers(0, 4)
)
@example(place=0, put='{"asked_by": "", ', cut=1)
@example(place=0, put="", cut=0)
def test_what_is_refused_stays_refused(place: int, put: str, cut: int) -> None:
    """A line that was edited anywhere gives what its parser gives, or is refused when that refuses it."""
    resource = _line(RESOURCE).replace('"facts": {}', '"facts": {"a": 1, "b": "x", "c": null}')
    cases: list[tuple[str, type[Resource | Reference]]] = [
        (resource, Resource),
        (_line(REFERENCE), Reference),
    ]
    for line, cls in cases:
        at = place % (len(line) + 1)
        edited = line[:at] + put + line[at + cut :]
        written = _EDITED[cls]
        try:
            loaded = load(cls, edited)
        except JsonSyntaxError:
            with pytest.raises(JsonSyntaxError):
                written.rows([edited])
        else:
            assert [(str(loaded.role), loaded.url)] == written.rows([edited])


@pytest.mark.parametrize(
    "facts", ['{"a": 1, "a": 1}', '{"a": NaN}', '{"a": 01}', '{"a": 1,}', '{"a" : {"b": 1, "b": 2}}']
)
def test_facts_are_read_by_the_rules(facts: str) -> None:
    """Facts in which a name stands twice, or that are no JSON, are refused."""
    line = _line(RESOURCE).replace('"facts": {}', f'"facts": {facts}')
    with pytest.raises(JsonSyntaxError):
        Written(Resource, {"url": ""}).rows([line])


@pytest.mark.parametrize("written", ["example", "\\u0065xample"])
def test_texts_must_be_what_is_asked_for(written: str) -> None:
    """A text that does not fit its pattern is refused, however its line is spelt; one that does is given."""
    line = _line(RESOURCE).replace("https://example.org/", written)
    assert [("example",)] == Written(Resource, {"url": "[a-z]+"}).rows([line])
    with pytest.raises(ValueError, match="url is 'example'"):
        Written(Resource, {"url": "[0-9]+"}).rows([line])


def test_every_word_of_an_enumeration_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """No word of an enumeration needs the parser, not even the empty one."""
    monkeypatch.setattr("preserve.formats.shapes.json", None)
    for asked in AskedBy:
        line = _line(RESOURCE).replace('"asked_by": ""', f'"asked_by": "{asked}"')
        assert [(str(asked),)] == Written(Resource, {"asked_by": ""}).rows([line])
