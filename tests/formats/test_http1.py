"""Does the reader of HTTP messages find where each one ends, whatever the peer sends?"""

from __future__ import annotations

from itertools import pairwise

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preserve.formats.http1 import (
    Body,
    End,
    EndReason,
    Event,
    Framing,
    Head,
    MessageReader,
    ParsedHead,
    Role,
)
from preserve.formats.http1.bodies import CHUNK_LINE_MOST
from preserve.formats.http1.framing import RULES
from preserve.formats.http1.lexer import lex_fields, lex_start

FAST = settings(max_examples=200, deadline=None)


@attrs.frozen(kw_only=True)
class Seen:
    """Everything a reader said about the octets it was given."""

    heads: tuple[Head, ...]
    raw: bytes
    """Of the body."""
    entity: bytes
    end: End
    surplus: bytes

    @property
    def head(self) -> Head:
        """The last one."""
        return self.heads[-1]

    @property
    def parsed(self) -> ParsedHead:
        """What it says, where it was read."""
        assert self.head.parsed is not None
        return self.head.parsed


def read(
    *pieces: bytes,
    kind: Role = "response",
    method: bytes = b"GET",
    max_head_bytes: int = 262_144,
) -> Seen:
    """Feed the pieces, then the end of the connection."""
    reader = MessageReader(kind, request_method=method, max_head_bytes=max_head_bytes)
    events: list[Event] = []
    for piece in pieces:
        events += reader.feed(piece)
    events += reader.close()
    assert reader.done
    assert [] == reader.close()
    *before, end = events
    assert isinstance(end, End)
    bodies = [event for event in before if isinstance(event, Body)]
    return Seen(
        heads=tuple(event for event in before if isinstance(event, Head)),
        raw=b"".join(bytes(body.raw) for body in bodies),
        entity=b"".join(bytes(body.entity) for body in bodies),
        end=end,
        surplus=reader.surplus,
    )


def bytewise(data: bytes) -> list[bytes]:
    """Return the octets one by one."""
    return [data[at : at + 1] for at in range(len(data))]


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def test_a_counted_body_ends_where_content_length_says() -> None:
    """What follows a body of Content-Length octets is surplus."""
    seen = read(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1 404")
    assert (Framing.LENGTH, 5, b"hello", b"HTTP/1.1 404") == (
        seen.head.framing,
        seen.head.length,
        seen.entity,
        seen.surplus,
    )
    assert End(reason=EndReason.WHOLE, keep_alive=True, size_bytes=43) == seen.end


def test_offsets_and_raw_octets_of_a_head() -> None:
    """A head's raw octets are those from start to end, leading line ends included."""
    seen = read(b"\r\n\nHTTP/1.1 204 No Content\r\nA: b\r\n\r\n")
    assert (0, 36, b"\r\n\nHTTP/1.1 204 No Content\r\nA: b\r\n\r\n") == (
        seen.head.start,
        seen.head.end,
        seen.head.raw,
    )
    assert "3 octets of line ends stand before the start line." in seen.head.problems


def test_end_comes_with_the_last_octet_and_not_with_the_end_of_the_connection() -> None:
    """A message that frames itself has ended as soon as its last octet was fed."""
    reader = MessageReader("response")
    reader.feed(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    assert reader.done


def test_surplus_goes_on_after_the_end() -> None:
    """What is fed after the end is kept as surplus."""
    reader = MessageReader("response")
    reader.feed(b"HTTP/1.1 204 No Content\r\n\r\nab")
    assert ([], b"abcd") == (reader.feed(b"cd"), reader.surplus)


def test_any_bytes_like_data_may_be_fed() -> None:
    """A bytearray may be changed after it was fed."""
    data = bytearray(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
    events = MessageReader("response").feed(data)
    data[:] = bytes(len(data))
    assert [b"hello"] == [bytes(event.entity) for event in events if isinstance(event, Body)]
    assert MessageReader("response").feed(memoryview(b"HTTP/1.1 204 \r\n\r\n"))


# RFC 9112, section 6.3 and 9.3: fields of a response of HTTP/1.1 with status 200 to a GET, and what follows
RESPONSES = {
    "no length": (b"", Framing.CLOSE, False, 0),
    "length": (b"Content-Length: 3", Framing.LENGTH, True, 0),
    "length of nothing": (b"Content-Length: 0", Framing.LENGTH, True, 0),
    "same length twice in a list": (b"Content-Length: 3, 3", Framing.LENGTH, True, 0),
    "same length twice in two fields": (b"Content-Length: 3\r\ncontent-length: 3", Framing.LENGTH, True, 0),
    "same number spelt twice": (b"Content-Length: 3, 03", Framing.LENGTH, True, 0),
    "lengths at odds": (b"Content-Length: 3\r\nContent-Length: 4", Framing.CLOSE, False, 1),
    "lengths at odds in a list": (b"Content-Length: 3, 4", Framing.CLOSE, False, 1),
    "empty length": (b"Content-Length:", Framing.CLOSE, False, 1),
    "signed length": (b"Content-Length: +3", Framing.CLOSE, False, 1),
    "negative length": (b"Content-Length: -3", Framing.CLOSE, False, 1),
    "hexadecimal length": (b"Content-Length: 0x3", Framing.CLOSE, False, 1),
    "fraction of a length": (b"Content-Length: 3.0", Framing.CLOSE, False, 1),
    "length with an underscore": (b"Content-Length: 1_0", Framing.CLOSE, False, 1),
    "length in other digits": ("Content-Length: \u0663".encode(), Framing.CLOSE, False, 1),
    "length past every integer": (b"Content-Length: " + b"9" * 5000, Framing.CLOSE, False, 1),
    "chunked": (b"Transfer-Encoding: Chunked", Framing.CHUNKED, True, 0),
    "chunked with a parameter": (b"Transfer-Encoding: chunked;q=1", Framing.CHUNKED, True, 0),
    "gzip, chunked": (b"Transfer-Encoding: gzip, chunked", Framing.CHUNKED, True, 1),
    "gzip, chunked in two fields": (
        b"Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked",
        Framing.CHUNKED,
        True,
        1,
    ),
    "chunked twice": (b"Transfer-Encoding: chunked, chunked", Framing.CHUNKED, True, 1),
    "chunked not last": (b"Transfer-Encoding: chunked, gzip", Framing.CLOSE, False, 2),
    "gzip alone": (b"Transfer-Encoding: gzip", Framing.CLOSE, False, 2),
    "unknown coding": (b"Transfer-Encoding: xchunked", Framing.CLOSE, False, 2),
    "chunked and length": (
        b"Transfer-Encoding: chunked\r\nContent-Length: 3",
        Framing.CHUNKED,
        False,
        1,
    ),
    "chunked and bad length": (b"Transfer-Encoding: chunked\r\nContent-Length: x", Framing.CHUNKED, False, 1),
    "identity": (b"Transfer-Encoding: identity", Framing.CLOSE, False, 1),
    "identity and length": (b"Transfer-Encoding: identity\r\nContent-Length: 3", Framing.LENGTH, True, 1),
    "empty transfer coding": (b"Transfer-Encoding:\r\nContent-Length: 3", Framing.LENGTH, True, 1),
    "asked to close": (b"Content-Length: 3\r\nConnection: foo, Close", Framing.LENGTH, False, 0),
    "asked to keep": (b"Content-Length: 3\r\nConnection: keep-alive", Framing.LENGTH, True, 0),
}


@pytest.mark.parametrize("name", RESPONSES)
def test_framing_of_a_response_follows_the_table(name: str) -> None:
    """The fields decide framing, persistence and problems as RFC 9112, sections 6.3 and 9.3, say."""
    fields, framing, keep_alive, problems = RESPONSES[name]
    body = b"3\r\nabc\r\n0\r\n\r\n" if framing is Framing.CHUNKED else b"abc"
    reader = MessageReader("response")
    events = reader.feed(b"HTTP/1.1 200 OK\r\n" + fields + b"\r\n" * (2 if fields else 1) + body)
    head = events[0]
    assert isinstance(head, Head)
    assert (framing, problems) == (head.framing, len(head.problems))
    ends = [event for event in events + reader.close() if isinstance(event, End)]
    assert [(EndReason.WHOLE, keep_alive)] == [(end.reason, end.keep_alive) for end in ends]


@pytest.mark.parametrize(
    ("start", "method", "framing", "reason", "keep_alive"),
    [
        (b"HTTP/1.1 200 OK", b"HEAD", Framing.NONE, EndReason.WHOLE, True),
        (b"HTTP/1.1 204 No Content", b"GET", Framing.NONE, EndReason.WHOLE, True),
        (b"HTTP/1.1 304 Not Modified", b"GET", Framing.NONE, EndReason.WHOLE, True),
        (b"HTTP/1.1 204 No Content", b"CONNECT", Framing.NONE, EndReason.WHOLE, True),
        (b"HTTP/1.1 205 Reset Content", b"GET", Framing.LENGTH, EndReason.WHOLE, True),
        (b"HTTP/1.1 407 Proxy Authentication Required", b"CONNECT", Framing.LENGTH, EndReason.WHOLE, True),
        (b"HTTP/1.1 300 Multiple Choices", b"CONNECT", Framing.LENGTH, EndReason.WHOLE, True),
        (b"HTTP/1 200", b"GET", Framing.LENGTH, EndReason.WHOLE, False),
        (b"HTTP/1.1 200 OK", b"CONNECT", Framing.UPGRADE, EndReason.UPGRADE, False),
        (b"HTTP/1.1 101 Switching Protocols", b"GET", Framing.UPGRADE, EndReason.UPGRADE, False),
        (b"HTTP/1.0 200 OK", b"GET", Framing.LENGTH, EndReason.WHOLE, False),
        (b"HTTP/1.2 200 OK", b"GET", Framing.LENGTH, EndReason.WHOLE, True),
        (b"HTTP/2 200", b"GET", Framing.LENGTH, EndReason.WHOLE, False),
        (b"HTTP/0.9 200 OK", b"GET", Framing.LENGTH, EndReason.WHOLE, False),
        (b"ICY 200 OK", b"GET", Framing.LENGTH, EndReason.WHOLE, False),
    ],
)
def test_status_method_and_version_decide_too(
    start: bytes, method: bytes, framing: Framing, reason: EndReason, *, keep_alive: bool
) -> None:
    """Of a head with Content-Length: 3, the start line and the request's method may decide otherwise."""
    seen = read(start + b"\r\nContent-Length: 3\r\n\r\nabcdef", method=method)
    assert (framing, reason, keep_alive) == (seen.head.framing, seen.end.reason, seen.end.keep_alive)
    assert {Framing.NONE: b"", Framing.LENGTH: b"abc", Framing.UPGRADE: b"abcdef"}[framing] == seen.entity


def test_an_old_message_persists_where_it_says_so() -> None:
    """A response of HTTP/1.0 leaves the connection open when its options hold keep-alive."""
    seen = read(b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\nConnection: Keep-Alive\r\n\r\n")
    assert seen.end.keep_alive


def test_an_old_message_with_chunks_is_read_and_closes() -> None:
    """Transfer-Encoding in a message of HTTP/1.0 is a problem, and the connection is not used again."""
    old = CHUNKED.replace(b"1.1", b"1.0").replace(b"OK\r\n", b"OK\r\nConnection: keep-alive\r\n")
    seen = read(old + b"3\r\nabc\r\n0\r\n\r\n")
    assert (b"abc", False, 1) == (seen.entity, seen.end.keep_alive, len(seen.head.problems))


def test_a_message_without_a_version_is_an_old_one() -> None:
    """What SHOUTcast sends is older than HTTP/1.1: chunks are a problem, and it closes, unless it says so."""
    seen = read(CHUNKED.replace(b"HTTP/1.1", b"ICY") + b"3\r\nabc\r\n0\r\n\r\n")
    assert b"abc" == seen.entity
    assert any("older than HTTP/1.1" in problem for problem in seen.head.problems)
    assert read(b"ICY 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n").end.keep_alive


def test_rules_stand_in_the_order_of_the_rfc() -> None:
    """The numbered rules of RFC 9112, section 6.3, are all there, in order."""
    numbers = [int(rule.number) for rule in RULES if rule.number.isdigit()]
    assert sorted(numbers) == numbers
    assert set(range(1, 9)) == set(numbers)


def test_a_body_without_framing_ends_with_the_connection() -> None:
    """A response without length is whole when the connection ends."""
    seen = read(b"HTTP/1.1 200 OK\r\n\r\nab", b"cd")
    assert (b"abcd", EndReason.WHOLE, False) == (seen.entity, seen.end.reason, seen.end.keep_alive)


def test_a_counted_body_cut_short_says_how_much_is_missing() -> None:
    """A connection that ends within a counted body cuts it, and the problem counts the missing octets."""
    for pieces in ([b"hel"], [b"h", b"el"]):
        seen = read(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", *pieces)
        assert (b"hel", EndReason.CUT, False) == (seen.entity, seen.end.reason, seen.end.keep_alive)
        assert (
            "The connection ended 2 octets before the end that Content-Length states.",
        ) == seen.end.problems


def test_interim_responses_come_before_the_final_one() -> None:
    """Heads of 100, 102 and 103 are interim, and the final response counts only its own octets."""
    final = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
    interim = [
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/1.1 102 Processing\r\n\r\n",
        b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nContent-Length: 7\r\n\r\n",
    ]
    seen = read(*interim, final)
    assert [True, True, True, False] == [head.interim for head in seen.heads]
    assert interim == [head.raw for head in seen.heads[:3]]
    assert (sum(map(len, interim)), len(final)) == (seen.head.start, seen.end.size_bytes)


def test_only_interim_responses_are_no_answer() -> None:
    """A connection that ends after an interim response is cut and has no final head."""
    seen = read(b"HTTP/1.1 103 Early Hints\r\n\r\n")
    assert ([True], EndReason.CUT, 0) == (
        [head.interim for head in seen.heads],
        seen.end.reason,
        seen.end.size_bytes,
    )


def test_switching_protocols_may_follow_an_interim_response() -> None:
    """After a 101 everything belongs to the other protocol."""
    seen = read(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 101 Upgrade\r\n\r\n\x81\x00", b"\r\n\r\n")
    assert (b"\x81\x00\r\n\r\n", EndReason.UPGRADE) == (seen.entity, seen.end.reason)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"<html>old</html>\r\n\r\n", EndReason.WHOLE),
        (b"\x00\x01", EndReason.WHOLE),
        (b" HTTP/1.1 200 OK\r\n\r\n", EndReason.WHOLE),
        (b"HTTP/1.1 2000 OK\r\n\r\n", EndReason.WHOLE),
        (b"HTTP/1.1\r\n\r\n", EndReason.WHOLE),
        (b"HTTP/1.1 OK\r\nA: b\r\n\r\n", EndReason.WHOLE),
        (b"GET / HTTP/1.1\r\n\r\n", EndReason.WHOLE),
        (b"HTT", EndReason.CUT),
        (b"\r\n\r\n", EndReason.CUT),
        (b"HTTP/1.1 200 OK", EndReason.CUT),
        (b"HTTP/1.1 200 OK\r\nContent-Le", EndReason.CUT),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n", EndReason.CUT),
    ],
)
def test_without_a_head_all_is_body(data: bytes, reason: EndReason) -> None:
    """Octets that are no head, or a head cut short, are body and entity to the last."""
    for seen in (read(data), read(*bytewise(data))):
        assert (None, b"", Framing.CLOSE, 1) == (
            seen.head.parsed,
            seen.head.raw,
            seen.head.framing,
            len(seen.head.problems),
        )
        assert (data, data, reason, len(data)) == (
            seen.raw,
            seen.entity,
            seen.end.reason,
            seen.end.size_bytes,
        )


def test_nothing_is_cut() -> None:
    """A connection that ends before its first octet gives an end and nothing else."""
    seen = read()
    assert ((), EndReason.CUT, 0) == (seen.heads, seen.end.reason, seen.end.size_bytes)


@pytest.mark.parametrize("size", [99, 100, 101, 5000])
def test_a_head_past_the_limit_is_body(size: int) -> None:
    """A head that has no end within the limit is not read; all octets are kept, and the end says LIMIT."""
    data = (b"HTTP/1.1 200 OK\r\nX: " + b"x" * size)[: size - 4] + b"\r\n\r\n"
    for pieces in ([data, b"abc"], [data[:50], data[50:] + b"abc"], bytewise(data + b"abc")):
        seen = read(*pieces, max_head_bytes=100)
        if size <= 100:
            assert (b"abc", EndReason.WHOLE) == (seen.entity, seen.end.reason)
        else:
            assert (None, data + b"abc", EndReason.LIMIT) == (seen.head.parsed, seen.entity, seen.end.reason)
            assert seen.head.over_limit


ODD_FIELDS = {
    b"A: b\r\nC : d": (((b"A", b"b"), (b"C", b"d")), "before the colon"),
    b"A: b\r\ngarbage\r\n  more\r\nC: d": (((b"A", b"b"), (b"C", b"d")), "no colon"),
    b"A: b\r\n \t c\r\n\td": (((b"A", b"b c d"),), "folded"),
    b"A:\r\n \r\n b": (((b"A", b"b"),), "folded"),
    b" A: b\r\nC: d": (((b"C", b"d"),), "first field"),
    b": b\r\nC: d": (((b"C", b"d"),), "no name"),
    b"A: b\x00c": (((b"A", b"b\x00c"),), "control character"),
    b"A\x00: b": (((b"A\x00", b"b"),), "not of a token"),
    b"A\xff b: c": (((b"A\xff b", b"c"),), "not of a token"),
    b"A: b\nC: d": (((b"A", b"b"), (b"C", b"d")), "LF alone"),
    b"A: b\r\r\nC: d": (((b"A", b"b"), (b"C", b"d")), "more than one CR"),
    b"A: b\rC: d": (((b"A", b"b\rC: d"),), "control character"),
    b"A: \xe4\xf6: c\t": (((b"A", b"\xe4\xf6: c"),), ""),
    b"A:b\r\na:c": (((b"A", b"b"), (b"a", b"c")), ""),
}


@pytest.mark.parametrize("lines", ODD_FIELDS)
def test_odd_field_lines_are_read_and_said(lines: bytes) -> None:
    """A field line that a strict parser refuses is read as far as it goes, and said as a problem."""
    fields, problem = ODD_FIELDS[lines]
    seen = read(b"HTTP/1.1 204 No Content\r\n" + lines + b"\r\n\r\n")
    assert fields == seen.parsed.fields
    assert bool(problem) == bool(seen.head.problems)
    assert not problem or any(problem in said for said in seen.head.problems)


@pytest.mark.parametrize(
    ("line", "status", "reason", "problems"),
    [
        (b"HTTP/1.1 200 OK", 200, b"OK", 0),
        (b"HTTP/1.1 200 ", 200, b"", 0),
        (b"HTTP/1.1 200", 200, b"", 0),
        (b"HTTP/1.1 404 Not  Found \xe4", 404, b"Not  Found \xe4", 0),
        (b"http/1.1 200 ok", 200, b"ok", 1),
        (b"HTTP/1.1  200 OK", 200, b"OK", 1),
        (b"HTTP/1.1\t200\tOK", 200, b"OK", 1),
        (b"HTTP/1.1 999 No", 999, b"No", 1),
        (b"HTTP/1.1  099 No", 99, b"No", 2),
        (b"HTTP/1.1  100 Go on", 100, b"Go on", 1),
        (b"HTTP/1.1  599 No", 599, b"No", 1),
        (b"HTTP/1.1  600 No", 600, b"No", 2),
        (b"HTTP/1.1 000 No", 0, b"No", 1),
        (b"HTTP/2 200", 200, b"", 1),
        (b"ICY 200 OK", 200, b"OK", 1),
        (b"HTTP/1.1 200 O\x00K", 200, b"O\x00K", 1),
    ],
)
def test_status_lines(line: bytes, status: int, reason: bytes, problems: int) -> None:
    """A status line needs a version and three digits; what else is odd is said."""
    seen = read(line + b"\r\n\r\n")
    assert (status, reason, problems) == (seen.parsed.status, seen.parsed.reason, len(seen.head.problems))
    assert line.startswith(seen.parsed.version)


@pytest.mark.parametrize(
    ("head", "kind", "problems"),
    [
        (b"http/1.1 200 ok\r\n", "response", ["line 1 of the head the protocol's name is not in capitals"]),
        (b"HTTP/1.3 200 OK\r\n", "response", ["line 1 of the head the version is neither"]),
        (b"HTTP/1.1  200 OK\r\n", "response", ["line 1 of the head the parts of the start line"]),
        (b"HTTP/1.1 600 OK\r\n", "response", ["line 1 of the head the status code"]),
        (b"HTTP/1.1 200 O\0K\r\n", "response", ["line 1 of the head a control character"]),
        (b"HTTP/1.1 200 OK\n", "response", ["line 1 of the head a line ends with LF alone"]),
        (b"GET /a b HTTP/1.1\r\n", "request", ["line 1 of the head the request target holds white space"]),
        (b"HTTP/1.1 200 OK\r\nA: b\r\nC : d\r\n", "response", ["line 3 of the head white space stands"]),
        (
            b"HTTP/1.1 200 OK\r\nA: b\r\nC\r\n d\r\n",
            "response",
            ["line 3 of the head a field line has no colon", "line 4 of the head a field line is folded"],
        ),
        (
            b"HTTP/1.1 200 OK\r\nA : b\r\nC\r\nD : d\r\n",
            "response",
            ["line 2 of the head white space stands", "line 3 of the head a field line has no colon"],
        ),
    ],
)
def test_problem_says_in_which_line_it_is(head: bytes, kind: Role, problems: list[str]) -> None:
    """What is odd in a head is said with the first line that it is in, and in how many more."""
    said = read(head + b"\r\n", kind=kind).head.problems
    assert len(problems) == len(said)
    for each, sentence in zip(problems, said, strict=True):
        assert sentence.startswith(f"In {each}")
        twice = head.count(b" :") == 2 and "white space" in each
        assert twice == ("; so in 2 lines." in sentence) == ("; so in" in sentence)


def test_lf_alone_ends_lines_and_the_head() -> None:
    """A head whose lines end with LF alone ends at its empty line."""
    seen = read(b"HTTP/1.1 200 OK\nContent-Length: 1\n\nab")
    assert (b"a", b"b") == (seen.entity, seen.surplus)


def test_thousands_of_odd_lines_make_a_few_sentences() -> None:
    """Problems are counted by kind, so that a hostile head cannot fill memory with them."""
    lines = b"".join(b"X%d : y\n" % number for number in range(5000))
    seen = read(b"HTTP/1.1 204 No Content\r\n" + lines + b"nothing\r\n" * 5000 + b"\r\n")
    assert 5000 == len(seen.parsed.fields)
    assert 3 == len(seen.head.problems)
    assert any("in 5000 lines" in said for said in seen.head.problems)


def test_a_head_of_many_folded_lines_is_one_value() -> None:
    """A quarter of a megabyte of folded lines is one value."""
    head = b"HTTP/1.1 204 No\r\nA: b\r\n" + b" x\n" * 87_000 + b"\r\n"
    assert 1 + 2 * 87_000 == len(read(head).parsed.get(b"a") or b"")


def test_fields_are_found_in_any_case() -> None:
    """A name is found in any case, and its values in order."""
    head = ParsedHead(version=b"HTTP/1.1", fields=((b"Via", b"a"), (b"X", b""), (b"VIA", b"b, ,C")))
    assert (b"a", None) == (head.get(b"via"), head.get(b"y"))
    assert ([b"a", b"b, ,C"], [b"a", b"b", b"c"]) == (head.get_all(b"vIa"), head.tokens(b"via"))


LONGEST_LINE = b"5;" + b"x" * (CHUNK_LINE_MOST - 4) + b"\r\n"
CHUNK_BODIES: dict[bytes, tuple[bytes, EndReason, str]] = {
    b"0\r\n\r\n": (b"", EndReason.WHOLE, ""),
    b"5\r\nhello\r\n0\r\n\r\n": (b"hello", EndReason.WHOLE, ""),
    b"0005\r\nhello\r\n000\r\n\r\n": (b"hello", EndReason.WHOLE, ""),
    b"5 \t\r\nhello\r\n0 \r\n\r\n": (b"hello", EndReason.WHOLE, ""),
    b'3;a;b="\\"c"\r\nhel\r\n2 ; x\r\nlo\r\n0;z\r\n\r\n': (b"hello", EndReason.WHOLE, ""),
    b"A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n": (b"0123456789" * 2, EndReason.WHOLE, ""),
    b"1a\r\n" + b"x" * 26 + b"\r\n0\r\n\r\n": (b"x" * 26, EndReason.WHOLE, ""),
    b"5\nhello\n0\n\n": (b"hello", EndReason.WHOLE, "LF alone"),
    b"5\nhello\r\n0\r\n\r\n": (b"hello", EndReason.WHOLE, "LF alone"),
    b"5\r\nhello\n0\r\n\r\n": (b"hello", EndReason.WHOLE, "LF alone"),
    b"": (b"", EndReason.CUT, "where a chunk size should stand"),
    b"5": (b"", EndReason.CUT, "where a chunk size should stand"),
    b"5;ext": (b"", EndReason.CUT, "where a chunk size should stand"),
    b"5\r": (b"", EndReason.CUT, "where a chunk size should stand"),
    b"5\r\nhel": (b"hel", EndReason.CUT, "2 octets before the end of a chunk"),
    b"5\r\nhello": (b"hello", EndReason.CUT, "before the line end"),
    b"5\r\nhello\r": (b"hello", EndReason.CUT, "before the line end"),
    b"5\r\nhello\r\n": (b"hello", EndReason.CUT, "where a chunk size should stand"),
    b"5\r\nhello\r\n0\r\n": (b"hello", EndReason.CUT, "before the empty line"),
    b"5\r\nhelloX\r\n0\r\n\r\n": (b"hello", EndReason.CUT, "not followed by a line end"),
    b"5\r\nhello\rX0\r\n\r\n": (b"hello", EndReason.CUT, "not followed by a line end"),
    b"5\r\nhello\r\nxyz\r\nabc": (b"hello", EndReason.CUT, "No chunk size follows chunk 1"),
    b"5\r\nhello\r\nxyz": (b"hello", EndReason.CUT, "No chunk size follows chunk 1"),
    b"5\r\nhello\r\n\r\n0\r\n\r\n": (b"hello", EndReason.CUT, "No chunk size follows chunk 1"),
    b"5\r\nhello\r\n-1\r\n": (b"hello", EndReason.CUT, "No chunk size follows chunk 1"),
    b"5\r\nhello\r\n" + b"f" * 17 + b"\r\nabc": (b"hello", EndReason.CUT, "No chunk size follows chunk 1"),
    b"5\r\nhello\r\n8000000000000000\r\nabc": (b"hello", EndReason.CUT, "No chunk size follows chunk 1"),
    b"5\r\nhello\r\n7fffffffffffffff\r\nabc": (
        b"helloabc",
        EndReason.CUT,
        f"{(1 << 63) - 4} octets before the end of a chunk",
    ),
    b"5\r\nhello\r\n5;" + b"x" * 20_000 + b"\r\n": (b"hello", EndReason.CUT, "No chunk size follows chunk 1"),
    b"5\r\nhello\r\n5;" + b"x" * 9_000 + b"\r\nabcde\r\n0\r\n\r\n": (b"helloabcde", EndReason.WHOLE, ""),
    LONGEST_LINE + b"abcde\r\n0\r\n\r\n": (b"abcde", EndReason.WHOLE, ""),
    b"5" + LONGEST_LINE + b"abcde": (
        b"5" + LONGEST_LINE + b"abcde",
        EndReason.WHOLE,
        "does not begin with a chunk size",
    ),
    b"<html>plain</html>": (b"<html>plain</html>", EndReason.WHOLE, "does not begin with a chunk size"),
    b"plain\r\nlines\n": (b"plain\r\nlines\n", EndReason.WHOLE, "does not begin with a chunk size"),
    b"0x5\r\nhello\r\n": (b"0x5\r\nhello\r\n", EndReason.WHOLE, "does not begin with a chunk size"),
    b"f" * 40_000: (b"f" * 40_000, EndReason.WHOLE, "does not begin with a chunk size"),
}


@pytest.mark.parametrize("body", CHUNK_BODIES, ids=lambda body: repr(body[:24]))
def test_chunked_bodies(body: bytes) -> None:
    """A chunked body gives its chunks' data, and where the framing breaks, what was framed before."""
    entity, reason, problem = CHUNK_BODIES[body]
    for pieces in ([CHUNKED + body], [CHUNKED, *bytewise(body)], [CHUNKED, body[:7], body[7:]]):
        seen = read(*pieces)
        assert (entity, reason, body) == (seen.entity, seen.end.reason, seen.raw)
        assert bool(problem) == bool(seen.end.problems)
        assert all(problem in said for said in seen.end.problems)
        assert seen.end.keep_alive == (entity != body and reason is EndReason.WHOLE)


def test_trailers_are_read_like_fields() -> None:
    """Trailer fields and their oddities stand in the end."""
    body = b"1\r\na\r\n0\r\nDigest: x\r\nFoo : b\r\n c\r\n\r\nmore"
    for pieces in ([CHUNKED + body], bytewise(CHUNKED + body)):
        seen = read(*pieces)
        assert ((b"Digest", b"x"), (b"Foo", b"b c")) == seen.end.trailers
        assert (b"more", 2) == (seen.surplus, len(seen.end.problems))
        assert seen.end.problems[0].startswith("In line 2 of the trailer section white space")


def test_of_a_trailer_section_cut_short_only_whole_lines_are_read() -> None:
    """A trailer field that the connection's end cuts is not taken for a field."""
    seen = read(CHUNKED + b"0\r\nA: b\r\nC: d")
    assert (((b"A", b"b"),), EndReason.CUT) == (seen.end.trailers, seen.end.reason)


def test_a_trailer_section_past_the_limit_is_not_read() -> None:
    """An endless trailer section is kept as raw octets, and the end says LIMIT."""
    body = b"1\r\na\r\n0\r\n" + b"A: b\r\n" * 50 + b"\r\n"
    for pieces in ([CHUNKED + body], bytewise(CHUNKED + body)):
        seen = read(*pieces, max_head_bytes=100)
        assert (b"a", body, EndReason.LIMIT, ()) == (
            seen.entity,
            seen.raw,
            seen.end.reason,
            seen.end.trailers,
        )


@pytest.mark.parametrize(
    ("size", "reason"), [(100, EndReason.WHOLE), (101, EndReason.LIMIT), (150, EndReason.LIMIT)]
)
def test_limit_of_a_trailer_section(size: int, reason: EndReason) -> None:
    """A trailer section may be as long as the limit, its empty line included, however it comes."""
    section = b"A: " + b"b" * (size - 7) + b"\r\n\r\n"
    body = b"1\r\na\r\n0\r\n"
    for pieces in (
        [CHUNKED + body + section],
        bytewise(CHUNKED + body + section),
        [CHUNKED + body, section[:80], section[80:]],
    ):
        seen = read(*pieces, max_head_bytes=100)
        assert (b"a", reason) == (seen.entity, seen.end.reason)
        said = ("The trailer section is longer than 100 octets.",) if reason is EndReason.LIMIT else ()
        assert said == seen.end.problems


def test_a_body_between_as_many_octets() -> None:
    """A body is its own octets, also where as many follow it as stand before it."""
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n"
    seen = read(head + b"abc" + b"x" * len(head))
    assert (b"abc", b"x" * len(head)) == (seen.entity, seen.surplus)


def test_memory_held_for_a_chunk_line_is_bounded() -> None:
    """A chunk-size line of more than the limit is given up as soon as the limit is fed."""
    reader = MessageReader("response")
    reader.feed(CHUNKED)
    given_up = reader.feed(b"1;" + b"x" * CHUNK_LINE_MOST)
    assert [CHUNK_LINE_MOST + 2] == [len(event.entity) for event in given_up if isinstance(event, Body)]


def test_a_feed_of_many_chunks_is_one_event() -> None:
    """All chunks of a feed are gathered into one Body."""
    events = MessageReader("response").feed(CHUNKED + b"1\r\na\r\n" * 1000)
    assert [Head, Body] == [type(event) for event in events]


@pytest.mark.parametrize(
    ("data", "method", "target", "framing", "entity", "surplus"),
    [
        (b"GET /a?b HTTP/1.1\r\nHost: a\r\n\r\nGET", b"GET", b"/a?b", Framing.NONE, b"", b"GET"),
        (b"\r\nPOST * HTTP/1.1\r\nContent-Length: 2\r\n\r\nabc", b"POST", b"*", Framing.LENGTH, b"ab", b"c"),
        (
            b"PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\nx",
            b"PUT",
            b"/",
            Framing.CHUNKED,
            b"a",
            b"x",
        ),
        (b"HEAD / HTTP/1.1\r\nContent-Length: 2\r\n\r\nab", b"HEAD", b"/", Framing.LENGTH, b"ab", b""),
        (b"CONNECT a:443 HTTP/1.1\r\n\r\n\x16\x03", b"CONNECT", b"a:443", Framing.NONE, b"", b"\x16\x03"),
        (b"GET /a b HTTP/1.0\r\n\r\n", b"GET", b"/a b", Framing.NONE, b"", b""),
        (b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\nab", b"POST", b"/", Framing.CLOSE, b"ab", b""),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\nab", b"POST", b"/", Framing.CLOSE, b"ab", b""),
    ],
)
def test_requests(
    data: bytes, method: bytes, target: bytes, framing: Framing, entity: bytes, surplus: bytes
) -> None:
    """A request has a body only where a length or a transfer coding says so."""
    for pieces in ([data], bytewise(data)):
        seen = read(*pieces, kind="request", method=b"HEAD" if method == b"POST" else b"GET")
        assert (method, target, None) == (seen.parsed.method, seen.parsed.target, seen.parsed.status)
        assert (framing, entity, surplus) == (seen.head.framing, seen.entity, seen.surplus)


@pytest.mark.parametrize(
    "data", [b"\x16\x03\x01", b"GET /\r\n", b"HTTP/1.1 200 OK\r\n\r\n", b"GET / FTP/1\r\n"]
)
def test_no_requests(data: bytes) -> None:
    """What does not begin with a request line of HTTP/1 is body."""
    seen = read(data, kind="request")
    assert (None, data, EndReason.WHOLE) == (seen.head.parsed, seen.entity, seen.end.reason)


# Fragments that make arbitrary octets meet the interesting states often.
FRAGMENTS = st.sampled_from(
    [
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/1.1 101 Switching\r\n",
        b"HTTP/1.0 204 \n",
        b"GET / HTTP/1.1\r\n",
        b"Content-Length: 3\r\n",
        b"Content-Length: 7\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"Connection: close\n",
        b" fold\r\n",
        b"\r\n",
        b"\n",
        b"\r",
        b"3\r\nabc\r\n",
        b"2;x=y\nab\n",
        b"0\r\n",
        b"A : b\r\n",
        b"abc",
    ]
)
STREAMS = st.lists(st.one_of(FRAGMENTS, st.binary(max_size=6)), max_size=14).map(b"".join)
KINDS: st.SearchStrategy[Role] = st.sampled_from(["request", "response"])
LIMITS = st.sampled_from([1, 20, 60, 262_144])


@FAST
@given(
    data=STREAMS,
    cuts=st.lists(st.integers(0, 200), max_size=8),
    kind=KINDS,
    method=st.sampled_from([b"GET", b"HEAD", b"CONNECT"]),
    limit=LIMITS,
)
def test_any_octets_are_kept_however_they_are_split(
    data: bytes, cuts: list[int], kind: Role, method: bytes, limit: int
) -> None:
    """Heads, bodies and surplus are what was fed, and no split changes what is said of it."""
    places = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    pieces = [data[start:end] for start, end in pairwise(places)]
    whole = read(data, kind=kind, method=method, max_head_bytes=limit)
    assert whole == read(*pieces, kind=kind, method=method, max_head_bytes=limit)
    assert whole == read(*bytewise(data), kind=kind, method=method, max_head_bytes=limit)
    assert data == b"".join(head.raw for head in whole.heads) + whole.raw + whole.surplus
    assert all(head.raw == data[head.start : head.end] for head in whole.heads)
    final = whole.heads[-1].raw if whole.heads and not whole.heads[-1].interim else b""
    assert len(final) + len(whole.raw) == whole.end.size_bytes


BLANKS = st.sampled_from([b"", b" ", b"\t", b"  "])
NAMES = st.sampled_from([b"Host", b"content-type", b"X-Y", b"a"])
VALUES = st.binary(max_size=12).map(lambda value: value.replace(b"\r", b"").replace(b"\n", b""))
FIELD_LINES = st.tuples(NAMES, BLANKS, VALUES, BLANKS).map(lambda part: part[0] + b":" + b"".join(part[1:]))


@FAST
@given(lines=st.lists(FIELD_LINES, max_size=6))
def test_usual_fields_are_read_as_odd_ones_are(lines: list[bytes]) -> None:
    """Fields in which nothing is odd are read in one look, and as they are read beside one that is odd."""
    section = b"".join(line + b"\r\n" for line in lines)
    fields, problems = lex_fields(section + b"\r\n")
    beside, told = lex_fields(section + b"no colon\r\n\r\n")
    assert (beside, told[:-1]) == (fields, problems)
    assert "has no colon" in told[-1]


@FAST
@given(
    line=st.one_of(
        st.tuples(st.sampled_from([b"200", b"099", b"599", b"600"]), VALUES).map(
            lambda part: b"HTTP/1.1 " + b" ".join(part)
        ),
        st.tuples(st.sampled_from([b"GET", b"@"]), st.sampled_from([b" ", b"\t"]), VALUES).map(
            lambda part: b"".join(part) + b" HTTP/1.1"
        ),
    )
)
def test_usual_start_lines_are_read_as_odd_ones_are(line: bytes) -> None:
    """A start line in which nothing is odd is read as the same one that ends oddly, with LF alone."""
    kind: Role = "response" if line.startswith(b"HTTP") else "request"
    usual, odd = lex_start(kind, line + b"\r"), lex_start(kind, line)
    assert (usual is None) is (odd is None)
    if usual is not None and odd is not None:
        assert odd[0] == usual[0]
        assert [text for text in odd[1] if "LF alone" not in text] == list(usual[1])
