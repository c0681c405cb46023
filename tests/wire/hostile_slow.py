"""What may a server do without end: wait, drip, and go on for ever?"""

from __future__ import annotations

from typing import Final

from preserve.model.exchange import Ended
from preserve.model.reference import State
from tests.wire.hostile_case import HTTP, OBJECT, Hostile, answer
from tests.wire.origin import Drip, End

__all__ = ["ENDLESS", "SLOW"]

_OK: Final = b"HTTP/1.1 200 OK\r\n"
_CHUNKED: Final = _OK + b"Transfer-Encoding: chunked\r\n\r\n"
_NO_RESPONSE: Final = "A request record and no response record."
_KEPT: Final = "What came is the block, `WARC-Truncated: {}`."

SLOW: dict[str, Hostile] = {
    "silence": Hostile(
        does="Takes the request and never answers.",
        becomes=_NO_RESPONSE,
        state=State.FAILED,
        ended=None,
        deadline="head 0.6 s",
        paths={"/it": ((End.HOLD,),)},
        batch="slow",
        says="did not come within 0.6 s",
    ),
    "head-slow-loris": Hostile(
        does="Drips one header field after another, for ever.",
        becomes=_KEPT.format("time"),
        state=State.TRUNCATED,
        ended=Ended.TIME,
        deadline="head 0.6 s",
        paths={"/it": ((_OK, Drip(b"X: y\r\n", 0.03)),)},
        batch="slow",
        says="did not come within 0.6 s",
    ),
    "status-line-slow-loris": Hostile(
        does="Drips a reason phrase, for ever.",
        becomes=_KEPT.format("time"),
        state=State.TRUNCATED,
        ended=Ended.TIME,
        deadline="head 0.6 s",
        paths={"/it": ((b"HTTP/1.1 200 O", Drip(b"K", 0.03)),)},
        batch="slow",
        says="did not come within 0.6 s",
    ),
    "interim-slow-loris": Hostile(
        does="Sends one 103 after another, slowly, and never an answer.",
        becomes="All 1xx in a metadata record beside the request; no response record.",
        state=State.FAILED,
        ended=None,
        deadline="head 0.6 s",
        paths={"/it": ((Drip(b"HTTP/1.1 103 Early Hints\r\n\r\n", 0.03),),)},
        batch="slow",
        says="Only interim responses came",
    ),
    "body-slow-loris": Hostile(
        does="Drips ten octets a second of a long body.",
        becomes=_KEPT.format("time"),
        state=State.TRUNCATED,
        ended=Ended.TIME,
        deadline="least rate 1000 bytes/s over 0.8 s",
        paths={"/it": ((_OK + b"Content-Length: 100000\r\n\r\n", Drip(b"x", 0.1)),)},
        batch="slow",
        says="less than 1000 bytes a second",
    ),
    "body-slow-loris-above-the-rate": Hostile(
        does="Drips a body somewhat faster than the least rate, for ever.",
        becomes=_KEPT.format("time"),
        state=State.TRUNCATED,
        ended=Ended.TIME,
        deadline="whole 1.5 s",
        paths={"/it": ((_OK + b"\r\n", Drip(b"x" * 200, 0.05)),)},
        batch="slow",
        says="longer than 1.5 s",
    ),
    "stall-in-body": Hostile(
        does="Sends half a body, then nothing more.",
        becomes=_KEPT.format("time"),
        state=State.TRUNCATED,
        ended=Ended.TIME,
        deadline="idle 0.6 s",
        paths={"/it": ((_OK + b"Content-Length: 10\r\n\r\nhello", End.HOLD),)},
        batch="slow",
        says="Nothing moved for 0.6 s",
    ),
    "stall-in-chunk-size": Hostile(
        does="Stops within a chunk size.",
        becomes=_KEPT.format("time"),
        state=State.TRUNCATED,
        ended=Ended.TIME,
        deadline="idle 0.6 s",
        paths={"/it": ((_CHUNKED + b"5\r\nhello\r\nff", End.HOLD),)},
        batch="slow",
        says="Nothing moved for 0.6 s",
    ),
    "slow-seed": Hostile(
        does="Drips the body of the very page that was asked for.",
        becomes=_KEPT.format("time") + " The capture is partial.",
        state=State.TRUNCATED,
        ended=Ended.TIME,
        deadline="whole 1 s",
        alone={"exchange_s": 1},
        paths={"/": ((_OK + b"Content-Type: text/html\r\n\r\n<p>", Drip(b"x", 0.05)),)},
        about="",
    ),
    "slow-name-server": Hostile(
        does="Refers to a name whose name server never answers.",
        becomes="No record; the reference says why.",
        state=State.FAILED,
        ended=None,
        deadline="DNS 0.6 s",
        page=b'<object data="http://never.example/"></object>',
        about="http://never.example/",
        names={"never.example": ()},
        batch="slow",
        says="never.example",
        schemes=HTTP,
    ),
}

ENDLESS: dict[str, Hostile] = {
    "endless-body": Hostile(
        does="Sends a body without length, for ever.",
        becomes=_KEPT.format("length") + " Exactly the limit is kept.",
        state=State.TRUNCATED,
        ended=Ended.LENGTH,
        deadline="body 256 KiB",
        paths={"/it": ((_OK + b"\r\n", Drip(bytes(1 << 14))),)},
        says="longer than 262144 bytes",
    ),
    "endless-chunks": Hostile(
        does="Sends chunk after chunk, for ever.",
        becomes=_KEPT.format("length"),
        state=State.TRUNCATED,
        ended=Ended.LENGTH,
        deadline="body 256 KiB",
        paths={"/it": ((_CHUNKED, Drip(b"1000\r\n" + bytes(4096) + b"\r\n")),)},
        says="longer than 262144 bytes",
    ),
    "endless-tiny-chunks": Hostile(
        does="Sends chunks of one octet each, for ever.",
        becomes=_KEPT.format("length"),
        state=State.TRUNCATED,
        ended=Ended.LENGTH,
        deadline="body 256 KiB",
        paths={"/it": ((_CHUNKED, Drip(b"1\r\nx\r\n" * 1000)),)},
        says="longer than 262144 bytes",
    ),
    "endless-chunk-extension": Hostile(
        does="Sends a chunk extension without end.",
        becomes=_KEPT.format("length"),
        state=State.TRUNCATED,
        ended=Ended.LENGTH,
        deadline="body 256 KiB",
        paths={"/it": ((_CHUNKED + b"5;", Drip(b"x" * 4096)),)},
        says="longer than 262144 bytes",
    ),
    "endless-trailers": Hostile(
        does="Sends trailer fields without end.",
        becomes=_KEPT.format("length"),
        state=State.TRUNCATED,
        ended=Ended.LENGTH,
        deadline="trailers 64 KiB, body 256 KiB",
        paths={"/it": ((_CHUNKED + b"5\r\nhello\r\n0\r\n", Drip(b"X: y\r\n" * 500)),)},
    ),
    "endless-head": Hostile(
        does="Sends header fields without end.",
        becomes=_KEPT.format("length") + " Block and payload, as it has no end.",
        state=State.TRUNCATED,
        ended=Ended.LENGTH,
        deadline="head 64 KiB",
        paths={"/it": ((_OK, Drip(b"X: y\r\n" * 500)),)},
        says="longer than 65536 bytes",
    ),
    "endless-1xx": Hostile(
        does="Sends 1xx responses as fast as it can and never an answer.",
        becomes="The 1xx up to the limit in a metadata record; no response record.",
        state=State.FAILED,
        ended=None,
        deadline="head 64 KiB",
        paths={"/it": ((Drip(b"HTTP/1.1 102 Processing\r\n\r\n" * 100),),)},
    ),
    "endless-line-ends": Hostile(
        does="Sends line ends before the status line, for ever.",
        becomes=_KEPT.format("length"),
        state=State.TRUNCATED,
        ended=Ended.LENGTH,
        deadline="head 64 KiB",
        paths={"/it": ((Drip(b"\r\n" * 1000),),)},
        says="longer than 65536 bytes",
    ),
    "five-thousand-fields": Hostile(
        does="Sends 5 000 header fields.",
        becomes="Whole: all of them are in the block.",
        state=State.CAPTURED,
        paths={
            "/it": (
                (
                    _OK
                    + b"".join(b"X%d: y\r\n" % n for n in range(5000))
                    + b"Content-Length: 5\r\n\r\nhello",
                    End.KEEP,
                ),
            )
        },
    ),
    "five-megabyte-head": Hostile(
        does="Sends a head of 5 MB.",
        becomes=_KEPT.format("length"),
        state=State.TRUNCATED,
        ended=Ended.LENGTH,
        deadline="head 64 KiB",
        paths={"/it": ((_OK + b"X: 0123456789abcdef\r\n" * 212_000 + b"\r\nhello",),)},
        says="longer than 65536 bytes",
    ),
    "one-megabyte-line": Hostile(
        does="Sends a header field of 1 MB.",
        becomes=_KEPT.format("length"),
        state=State.TRUNCATED,
        ended=Ended.LENGTH,
        deadline="head 64 KiB",
        paths={"/it": ((_OK + b"X: " + b"y" * 1_000_000 + b"\r\nContent-Length: 0\r\n\r\n",),)},
        says="longer than 65536 bytes",
    ),
    "thousands-of-cookies": Hostile(
        does="Sets 2 000 cookies of 100 octets, then is asked again.",
        becomes="Whole; the Cookie field of later requests stays small enough to be sent.",
        state=State.CAPTURED,
        alone={"head_bytes": 1 << 19},
        page=OBJECT + b'<object data="%CASE%/after"></object>',
        paths={
            "/it": (
                answer(b"hello", b"".join(b"Set-Cookie: c%d=%s\r\n" % (n, b"v" * 100) for n in range(2000))),
            ),
            "/after": (answer(b"after"),),
        },
    ),
    "capture-without-end": Hostile(
        does="Has more than the whole capture may take.",
        becomes=_KEPT.format("length") + " The capture is partial and says which limit was met.",
        state=State.TRUNCATED,
        ended=Ended.LENGTH,
        deadline="capture 128 KiB",
        alone={"capture_bytes": 1 << 17},
        paths={"/it": (answer(bytes(1 << 18)),)},
    ),
}
