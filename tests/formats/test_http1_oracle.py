"""Does our reader of HTTP messages agree with h11 wherever h11 has an answer?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import h11
from hypothesis import given, settings
from hypothesis import strategies as st

from preserve.formats.http1 import Body, End, EndReason, Fields, Head, MessageReader
from preserve.formats.http1.framing import SWITCHING

if TYPE_CHECKING:
    from collections.abc import Iterable

FAST = settings(max_examples=200, deadline=None)


@attrs.frozen(kw_only=True)
class Answer:
    """What both parsers must agree on."""

    interim: int
    status: int
    fields: Fields
    entity: bytes
    whole: bool
    keep_alive: bool
    trailers: Fields


def ask_h11(data: bytes, method: bytes) -> Answer | None:
    """Return what h11 makes of a response; None where it refuses the head."""
    connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=100_000)
    connection.send(h11.Request(method=method, target="/", headers=[("Host", "a")]))
    connection.send(h11.EndOfMessage())
    connection.receive_data(data)
    events: list[h11.Event] = []
    closed = False
    try:
        while not events or not isinstance(events[-1], h11.EndOfMessage):
            event = connection.next_event()
            if isinstance(event, h11.Event):
                events.append(event)
            elif closed or event is not h11.NEED_DATA:
                return None
            else:
                closed = True
                connection.receive_data(b"")
    except h11.RemoteProtocolError:
        if not closed:
            return None
    heads = [event for event in events if isinstance(event, h11.Response)]
    ends = [event for event in events if isinstance(event, h11.EndOfMessage)]
    if not heads or (ends and heads[0].status_code == SWITCHING):
        return None
    return Answer(
        interim=sum(isinstance(event, h11.InformationalResponse) for event in events),
        status=heads[0].status_code,
        fields=folded((bytes(name), bytes(value)) for name, value in heads[0].headers),
        entity=b"".join(bytes(event.data) for event in events if isinstance(event, h11.Data)),
        whole=bool(ends),
        keep_alive=connection.their_state is h11.DONE and not closed,
        trailers=folded((bytes(name), bytes(value)) for end in ends for name, value in end.headers),
    )


def folded(fields: Iterable[tuple[bytes, bytes]]) -> Fields:
    """Return the fields with names in lower case, less Content-Length, of which h11 makes one."""
    return tuple((name.lower(), value) for name, value in fields if name.lower() != b"content-length")


def ask_ours(data: bytes, method: bytes) -> Answer | None:
    """Return the same of our reader."""
    reader = MessageReader("response", request_method=method)
    events = reader.feed(data) + reader.close()
    heads = [event for event in events if isinstance(event, Head)]
    end = events[-1]
    assert isinstance(end, End)
    if not heads or heads[-1].parsed is None or heads[-1].interim:
        return None
    return Answer(
        interim=len(heads) - 1,
        status=heads[-1].parsed.status or 0,
        fields=folded(heads[-1].parsed.fields),
        entity=b"".join(bytes(event.entity) for event in events if isinstance(event, Body)),
        whole=end.reason is EndReason.WHOLE,
        keep_alive=end.keep_alive,
        trailers=folded(end.trailers),
    )


NAMES = st.from_regex(r"X-[A-Za-z0-9!#_.-]{0,8}", fullmatch=True).map(str.encode)
VALUES = st.from_regex(r"([!-~\x80-\xff]([ \t!-~\x80-\xff]{0,8}[!-~\x80-\xff])?)?", fullmatch=True).map(
    lambda text: text.encode("latin-1")
)
FIELD_LINES = st.tuples(NAMES, VALUES).map(lambda pair: pair[0] + b": " + pair[1] + b"\r\n")
BODIES = st.binary(max_size=40)


@st.composite
def chunked(draw: st.DrawFn, entity: bytes) -> bytes:
    """Return the entity in chunks, with extensions and trailers."""
    wire = b""
    while entity:
        size = draw(st.integers(1, len(entity)))
        extension = draw(st.sampled_from([b"", b"", b";a", b';a="b;c"', b" "]))
        wire += b"%x%s\r\n%s\r\n" % (size, extension, entity[:size])
        entity = entity[size:]
    return wire + b"0\r\n" + b"".join(draw(st.lists(FIELD_LINES, max_size=2))) + b"\r\n"


@st.composite
def responses(draw: st.DrawFn) -> bytes:
    """Return a response without fault, with interim responses before it and octets after it."""
    version = draw(st.sampled_from([b"1.1", b"1.1", b"1.0"]))
    status = draw(st.sampled_from([200, 200, 204, 304, 404, 500, 302]))
    entity = draw(BODIES)
    framing = draw(
        st.sampled_from(["length", "chunked", "close", "twice"] if version == b"1.1" else ["length", "close"])
    )
    interim = draw(st.lists(st.sampled_from([b"100 Continue", b"103 Early Hints"]), max_size=2))
    head = b"".join(b"HTTP/1.1 " + line + b"\r\n\r\n" for line in interim)
    head += b"HTTP/%s %d %s\r\n" % (version, status, draw(st.sampled_from([b"OK", b"", b"Not Found"])))
    lines = draw(st.lists(FIELD_LINES, max_size=3))
    options = [b"", b"Connection: close\r\n", b"connection: x-a, CLOSE\r\n"]
    lines.append(
        draw(st.sampled_from([*options, b"Connection: keep-alive\r\n"] if version == b"1.1" else options))
    )
    length = b"Content-Length: %d\r\n" % len(entity)
    lines += {
        "length": [length],
        "twice": [length, b"Content-Length: %d, %d\r\n" % (len(entity), len(entity))],
        "chunked": [b"Transfer-Encoding: chunked\r\n"],
        "close": [],
    }[framing]
    body = draw(chunked(entity)) if framing == "chunked" else entity
    surplus = b"" if framing == "close" else draw(st.sampled_from([b"", b"HTTP/1.1 200 OK\r\n\r\n", b"\x00"]))
    return head + b"".join(draw(st.permutations(lines))) + b"\r\n" + body + surplus


METHODS = st.sampled_from([b"GET", b"GET", b"HEAD", b"POST"])


@FAST
@given(data=responses(), method=METHODS)
def test_h11_agrees_on_valid_responses(data: bytes, method: bytes) -> None:
    """Of a valid response h11 and we read the same fields, entity, end, trailers and persistence."""
    theirs = ask_h11(data, method)
    assert theirs is not None
    assert theirs == ask_ours(data, method)


@FAST
@given(data=responses(), method=METHODS, end=st.integers(0, 400))
def test_h11_agrees_on_responses_cut_short(data: bytes, method: bytes, end: int) -> None:
    """Of a response cut anywhere h11 and we read the same entity, and both miss its end."""
    theirs, ours = ask_h11(data[:end], method), ask_ours(data[:end], method)
    if ours is not None and not ours.whole:
        ours = attrs.evolve(ours, trailers=())  # h11 gives trailers with the end only
    assert theirs == ours


@FAST
@given(
    data=responses(),
    at=st.integers(0, 400),
    removed=st.integers(0, 3),
    put=st.sampled_from(
        [b"", b" ", b"\t", b"\r\n", b"\n", b"0", b"A", b":", b",", b";", b"\x00", b"\xff", b"\r\n x"]
    ),
)
def test_h11_agrees_wherever_it_has_an_answer(data: bytes, at: int, removed: int, put: bytes) -> None:
    """Of a response with a fault put in, what h11 reads to the end we read alike."""
    at = min(at, len(data))
    faulty = data[:at] + put + data[at + removed :]
    theirs = ask_h11(faulty, b"GET")
    if theirs is not None and theirs.whole:
        assert theirs == ask_ours(faulty, b"GET")


def test_the_oracle_refuses_what_we_read() -> None:
    """Odd heads on which h11 raises are still framed by us."""
    odd = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc"
    assert None is ask_h11(odd, b"GET")
    ours = ask_ours(odd, b"GET")
    assert ours is not None
    assert b"abc" == ours.entity
