"""Tests of preserve.model: digests, instants, URLs, exchanges, reports."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preserve.model.digest import ALGORITHMS, Digest, hasher
from preserve.model.exchange import Ended, Exchange
from preserve.model.finding import Finding, Report, Result
from preserve.model.times import capture_name, parse_iso, stamp14, stamp17, to_iso
from preserve.model.url import join, normalise, origin, page_folder, plain_join, slug

AT = dt.datetime(2026, 11, 22, 10, 15, 0, 123999, tzinfo=dt.UTC)


@given(st.binary(max_size=64), st.sampled_from(sorted(ALGORITHMS)))
def test_digests_are_read_in_every_spelling(data: bytes, algorithm: str) -> None:
    """Hexadecimal, base32 and base64 in any case of label and hex give the same value."""
    octets = hashlib.new(algorithm, data).digest()
    expected = Digest(algorithm, octets.hex())
    for value in (
        octets.hex(),
        octets.hex().upper(),
        base64.b32encode(octets).decode(),
        base64.b32encode(octets).decode().rstrip("=").lower(),
        base64.b64encode(octets).decode(),
        base64.urlsafe_b64encode(octets).decode(),
    ):
        assert expected == Digest.parse(f" {algorithm.upper()}:{value} ")
    assert expected == Digest.of(data, algorithm)
    assert expected == Digest.parse(str(expected))


@pytest.mark.parametrize(
    "text", ["", "sha256", "sha256:", "sha256:00", "crc32:00", "sha1:" + "g" * 40, "md5:" + "!" * 22]
)
def test_what_is_no_digest_is_refused(text: str) -> None:
    """An unknown algorithm or a value of another size is an error that quotes it."""
    with pytest.raises(ValueError, match=r"is no|is not a digest"):
        Digest.parse(text)


def test_the_registry_states_true_sizes() -> None:
    """Every algorithm of the registry exists and has the size the registry says."""
    assert [row.size_bytes for row in ALGORITHMS.values()] == [
        hasher(name).digest_size for name in ALGORITHMS
    ]


def test_instants_are_truncated_to_milliseconds() -> None:
    """No spelling rounds an instant into the future."""
    assert "2026-11-22T10:15:00.123Z" == to_iso(AT)
    assert "20261122101500" == stamp14(AT)
    assert "20261122101500123" == stamp17(AT)
    assert "20261122T101500Z" == capture_name(AT)


def test_instants_are_utc() -> None:
    """An instant of another zone is written in UTC; one without a zone is refused."""
    zone = dt.timezone(dt.timedelta(hours=2))
    assert "2026-11-22T10:15:00.123Z" == to_iso(AT.astimezone(zone))
    with pytest.raises(ValueError, match="time zone"):
        to_iso(AT.replace(tzinfo=None))


@given(st.datetimes(min_value=dt.datetime(1000, 1, 1), timezones=st.just(dt.UTC)))  # noqa: DTZ001 - hypothesis adds the zone
def test_instants_survive_a_round_trip(at: dt.datetime) -> None:
    """What is written can be read, to the millisecond."""
    assert at.replace(microsecond=at.microsecond // 1000 * 1000) == parse_iso(to_iso(at))


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-22",
        "2026-11-22T10:15:00",
        "2026-11-22T10:15:00.Z",
        "2026-1-2T1:1:1Z",
        "x",
        "2026-11-22T10:15:00.1234567890Z",
    ],
)
def test_what_is_no_instant_is_refused(text: str) -> None:
    """Instants need a time, a Z and at most nine digits of fraction."""
    with pytest.raises(ValueError, match=r"2026|x"):
        parse_iso(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("HTTPS://Example.ORG:443/a/../b?q=1#top", "https://example.org/b?q=1"),
        (" http://example.org ", "http://example.org/"),
        ("http://bücher.example/ä?ü", "http://xn--bcher-kva.example/%C3%A4?%C3%BC"),
        ("http://0x7f.1/", "http://127.0.0.1/"),
    ],
)
def test_urls_are_normalised(text: str, expected: str) -> None:
    """The normalised form is the WHATWG serialisation without fragment."""
    assert expected == normalise(text)
    assert expected == normalise(normalise(text))


@pytest.mark.parametrize("text", ["", "example.org", "/post", "http://", "https://exa mple.org/"])
def test_what_is_no_url_is_refused(text: str) -> None:
    """A relative or broken URL is a ValueError."""
    with pytest.raises(ValueError, match=r"."):
        normalise(text)


def test_references_are_resolved_against_their_base() -> None:
    """Joining resolves, drops the fragment, and gives None for what cannot be resolved."""
    assert "https://example.org/c%20d" == join("https://example.org/a/b", "\n../c d#x")
    assert join("https://example.org/", "http://[") is None
    assert "https://example.org:8443" == origin("https://example.org:8443/a")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.example.org/blog/A-Russian_Legion", "www-example-org-blog-a-russian-legion"),
        ("https://example.org/", "example-org"),
        ("https://example.org/%E2%98%83/Caf%C3%A9?x=1", "example-org-cafe"),
        ("https://example.org/%FF%00..%2f", "example-org"),
        ("https://" + "a" * 60 + ".example/" + "b" * 100, "a" * 40 + "-" + "b" * 39),
    ],
)
def test_slugs_are_plain(url: str, expected: str) -> None:
    """A slug has only a-z, 0-9 and hyphens, and at most 80 characters."""
    assert expected == slug(url)


def test_page_folders_tell_urls_apart() -> None:
    """The folder of a page ends in digits of its URL's SHA-256, so a query makes another folder."""
    url = "https://example.org/blog/post"
    assert f"example-org-blog-post-{hashlib.sha256(url.encode()).hexdigest()[:16]}" == page_folder(url + "#x")
    assert page_folder(url) != page_folder(url + "?x")


def test_an_exchange_finds_fields_in_any_case() -> None:
    """The first field of a name is found whatever its case."""
    exchange = Exchange(
        url=normalise("https://example.org/"),
        method="GET",
        began_at=AT,
        ended_at=AT,
        ended=Ended.WHOLE,
        fields=((b"SERVER", b" a "), (b"server", b"b")),
    )
    assert "a" == exchange.field("Server")
    assert exchange.field("absent") is None
    assert 0 == exchange.received_bytes


@pytest.mark.parametrize(
    ("results", "result", "exit_code"),
    [
        ([], Result.PASS, 0),
        ([Result.PASS, Result.WARN], Result.WARN, 0),
        ([Result.WARN, Result.NOT_CHECKED], Result.NOT_CHECKED, 3),
        ([Result.NOT_CHECKED, Result.FAIL, Result.PASS], Result.FAIL, 6),
    ],
)
def test_a_report_is_as_bad_as_its_worst_finding(
    results: list[Result], result: Result, exit_code: int
) -> None:
    """Fail outweighs not-checked, which outweighs warn."""
    findings = tuple(Finding(code="x", result=each, message="") for each in results)
    report = Report(package="p", findings=findings)
    assert (result, exit_code) == (report.result, report.exit_code)


_PART = st.text("abz09.-_~%:@/?&=#\\ é", max_size=12)


@given(st.sampled_from(["", "/", "//", "http://", "https://", "https://a.example/"]), _PART, _PART)
@settings(max_examples=2000, deadline=None)
def test_what_needs_no_parser_is_what_the_parser_gives(start: str, middle: str, end: str) -> None:
    """Where a reference is resolved without the parser, the parser gives the same."""
    base = "https://b.example:8080/c/d?e"
    reference = (start + middle + end).strip()
    found = plain_join(origin(base), reference)
    assert found is None or found == join(base, reference)


def test_common_references_need_no_parser() -> None:
    """Absolute references to ordinary hosts, and those from the root, are taken as they are."""
    for reference in ("https://cdn.example.org/a/b-1.jpg?w=2&h=3", "/a/b.png", "/", "/a?b=%20"):
        expected = reference if ":" in reference else f"https://b.example{reference}"
        assert expected == plain_join("https://b.example", reference)
    for reference in (
        "a.png",
        "//x.example/",
        "https://1.2.3.4/",
        "https://xn--a.example/",
        "/a/../b",
        "/%2e",
    ):
        assert plain_join("https://b.example", reference) is None
