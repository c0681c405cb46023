"""Tests of preserve.formats.robots_tag."""

from __future__ import annotations

import pytest

from preserve.formats.robots_tag import RobotsTag, agent_of, forbids_archiving, parse_field, parse_meta


@pytest.mark.parametrize(
    ("value", "agent", "rules"),
    [
        ("noarchive", "", ("noarchive",)),
        ("NoArchive , nofollow", "", ("noarchive", "nofollow")),
        ("googlebot: noarchive, noindex", "googlebot", ("noarchive", "noindex")),
        ("archive.org_bot:none", "archive.org_bot", ("none",)),
        ("max-snippet: 20, noarchive", "", ("max-snippet: 20", "noarchive")),
        ("unavailable_after: 25 Jun 2030 15:00:00 PST", "", ("unavailable_after: 25 jun 2030 15:00:00 pst",)),
        ("", "", ()),
        (" ,, ", "", ()),
        ("otherbot:", "otherbot", ()),
    ],
)
def test_field_is_parsed(value: str, agent: str, rules: tuple[str, ...]) -> None:
    """A field holds rules, for one robot when it begins with a name that is no rule."""
    assert RobotsTag(source="header", agent=agent, rules=rules) == parse_field(value)


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("robots", "noarchive", RobotsTag(source="meta", rules=("noarchive",))),
        (" ROBOTS ", "None", RobotsTag(source="meta", rules=("none",))),
        ("Googlebot", "nocache", RobotsTag(source="meta", agent="Googlebot", rules=("nocache",))),
        ("description", "noarchive", None),
        ("", "noarchive", None),
    ],
)
def test_meta_is_parsed(name: str, content: str, expected: RobotsTag | None) -> None:
    """A meta element speaks to robots when it is named after them or one of them."""
    assert expected == parse_meta(name, content)


@pytest.mark.parametrize(
    ("tags", "forbidden"),
    [
        ([parse_field("noarchive")], True),
        ([parse_field("none")], True),
        ([parse_field("noindex, nofollow")], False),
        ([parse_field("googlebot: noarchive")], False),
        ([parse_field("Preserve: noarchive")], True),
        ([parse_field("noindex"), parse_field("*: noarchive")], True),
        ([parse_field("all"), parse_field("noarchive")], True),
        ([], False),
    ],
)
def test_archiving_is_forbidden(tags: list[RobotsTag], *, forbidden: bool) -> None:
    """Keeping a copy is forbidden by noarchive and none, to all or to us, and by nothing else."""
    assert forbidden is forbids_archiving([tag.as_fact() for tag in tags], "preserve")


@pytest.mark.parametrize("facts", [None, "noarchive", {}, [None], [{"rules": "noarchive"}], [{}]])
def test_odd_facts_forbid_nothing(facts: object) -> None:
    """What is no list of statements says nothing."""
    assert False is forbids_archiving(facts, "preserve")  # type: ignore[arg-type]  # as a foreign package may be


@pytest.mark.parametrize("size", [10**6])
def test_long_statements_are_cut(size: int) -> None:
    """Of a statement without end a first part is kept."""
    assert True is (len(parse_field("x," * size).rules) <= 1000)


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("Mozilla/5.0 (compatible; preserve/0.1; web archiving)", "preserve"),
        ("preserve/0.1 (web archiving)", "preserve"),
        ("OtherBot/2.0 (+https://example.org/bot)", "OtherBot"),
        ("Mozilla/5.0 (compatible; Other-Bot/2.0)", "Other-Bot"),
        ("Mozilla/5.0 (X11; Linux x86_64)", "Mozilla"),
        ("", "preserve"),
        ("123", "preserve"),
    ],
)
def test_name_that_rules_use(user_agent: str, name: str) -> None:
    """Rules address a robot by the product token of its User-Agent."""
    assert name == agent_of(user_agent)
