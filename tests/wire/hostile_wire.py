"""What may a server do to a connection: lead astray, break, lie about sizes, and TLS?"""

from __future__ import annotations

import gzip
import zlib
from typing import Final

import brotli  # type: ignore[import-untyped]  # it has no stubs

from preserve.model.exchange import Ended
from preserve.model.reference import State
from tests.wire.hostile_case import HTTP, OBJECT, Hostile, Peer, answer, then
from tests.wire.origin import Drip, End, Pause

__all__ = ["BOMBS", "BREAKS", "REDIRECTS", "TLS"]

_OK: Final = b"HTTP/1.1 200 OK\r\n"
_CHUNKED: Final = _OK + b"Transfer-Encoding: chunked\r\n\r\n"
_HELLO: Final = _OK + b"Content-Length: 5\r\n\r\nhello"
_KEPT: Final = "What came is the block, `WARC-Truncated: {}`."
_NO_RESPONSE: Final = "A request record and no response record."
_BREAK: Final = Pause(0.3)
"""Time for what was sent to be read before the connection breaks."""

REDIRECTS: dict[str, Hostile] = {
    "endless-redirects": Hostile(
        does="Redirects to another address of its own, for ever.",
        becomes="As many redirects as the limit are kept; the last one answers.",
        state=State.ERROR,
        deadline="5 redirects",
        paths={"/it": (then(b"%CASE%/it?%N%"),)},
        says="More than 5 redirects",
    ),
    "redirect-loop-of-two": Hostile(
        does="Redirects to a second address, which redirects back.",
        becomes="Both redirects are kept; the second answers.",
        state=State.ERROR,
        paths={"/it": (then(b"%CASE%/ti"),), "/ti": (then(b"%CASE%/it"),)},
        says="leads back",
    ),
    "redirect-with-new-cookies": Hostile(
        does="Redirects to itself with another cookie each time.",
        becomes="As many redirects as the limit are kept.",
        state=State.ERROR,
        deadline="5 redirects",
        paths={"/it": (then(b"%CASE%/it", fields=b"Set-Cookie: n=%N%; Path=%CASE%\r\n"),)},
        says="More than 5 redirects",
    ),
}
for _scheme in (
    "file:///etc/passwd",
    "data:text/html,hello",
    "javascript:alert(1)",
    "ftp://127.0.0.1/",
    "blob:null/0",
):
    REDIRECTS[f"redirect-to-{_scheme.partition(':')[0]}"] = Hostile(
        does=f"Redirects to `{_scheme}`.",
        becomes="The redirect is kept; what it leads to is never asked for.",
        state=State.REFUSED,
        ended=None,
        paths={"/it": (then(_scheme.encode()),)},
        says="neither http nor https",
        schemes=HTTP,
    )
REDIRECTS["redirect-with-password"] = Hostile(
    does="Redirects to an address with user name and password.",
    becomes="The redirect is kept; what it leads to is never asked for.",
    state=State.REFUSED,
    ended=None,
    paths={"/it": (then(b"http://user:secret@odd.test:%PORT%/"),)},
    says="user name or password",
    schemes=HTTP,
)

BREAKS: dict[str, Hostile] = {
    "reset-at-once": Hostile(
        does="Resets the connection as soon as it is made.",
        becomes="A request record or none; no response record.",
        state=State.FAILED,
        ended=None,
        page=b'<object data="%PEER%/it"></object>',
        about="%PEER%/it",
        peer=Peer(opening=(End.RESET,), scheme="http"),
        schemes=HTTP,
    ),
    "reset-instead-of-answer": Hostile(
        does="Resets the connection when it has the request.",
        becomes=_NO_RESPONSE,
        state=State.FAILED,
        ended=None,
        paths={"/it": ((End.RESET,),)},
        says="No response came",
    ),
    "reset-in-head": Hostile(
        does="Resets the connection within the head.",
        becomes=_KEPT.format("disconnect"),
        state=State.TRUNCATED,
        ended=Ended.DISCONNECT,
        paths={"/it": ((_OK + b"Content-Ty", _BREAK, End.RESET),)},
    ),
    "reset-in-body": Hostile(
        does="Resets the connection within the body.",
        becomes=_KEPT.format("disconnect"),
        state=State.TRUNCATED,
        ended=Ended.DISCONNECT,
        paths={"/it": ((_OK + b"Content-Length: 9\r\n\r\nhello", _BREAK, End.RESET),)},
    ),
    "reset-in-chunk": Hostile(
        does="Resets the connection within a chunk.",
        becomes=_KEPT.format("disconnect"),
        state=State.TRUNCATED,
        ended=Ended.DISCONNECT,
        paths={"/it": ((_CHUNKED + b"ff\r\nhello", _BREAK, End.RESET),)},
    ),
    "reset-of-a-body-without-length": Hostile(
        does="Resets the connection where its good end would end the body.",
        becomes=_KEPT.format("disconnect"),
        state=State.TRUNCATED,
        ended=Ended.DISCONNECT,
        paths={"/it": ((_OK + b"\r\nhello", _BREAK, End.RESET),)},
    ),
    "idle-connection-closed": Hostile(
        does="Answers the page, waits for the next request on that connection, and closes it without a word.",
        becomes="Asked again on a new connection; that answer is whole.",
        state=State.CAPTURED,
        alone={"connections_per_host": 1, "retries": 1},
        paths={"/it": ((), (_HELLO, End.KEEP))},
    ),
    "idle-connection-reset": Hostile(
        does="Answers the page, waits for the next request on that connection, and resets it.",
        becomes="Asked again on a new connection; that answer is whole.",
        state=State.CAPTURED,
        alone={"connections_per_host": 1, "retries": 1},
        paths={"/it": ((End.RESET,), (_HELLO, End.KEEP))},
    ),
    "answer-before-the-request": Hostile(
        does="Answers before it was asked, then reads the request and ends the connection.",
        becomes="The block is what came.",
        state=State.CAPTURED,
        page=b'<object data="%PEER%/it"></object>',
        about="%PEER%/it",
        peer=Peer(opening=(_HELLO,), scheme="http"),
        schemes=HTTP,
    ),
    "poisoned-connection": Hostile(
        does="Sends a second response after the first, to be taken for the answer to the next request.",
        becomes="The second is left out and told; the next request goes over another connection.",
        state=State.CAPTURED,
        alone={"connections_per_host": 1},
        page=b'<object data="%CASE%/poison"></object>' + OBJECT,
        paths={
            "/poison": ((_HELLO + b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison", End.KEEP),),
            "/it": ((_HELLO, End.KEEP),),
        },
    ),
}


def _bomb(does: str, coding: bytes, body: bytes, says: str = "times its size") -> Hostile:
    return Hostile(
        does=does,
        becomes="Whole: the coded octets as sent. Not decoded, not opened; a problem says so.",
        state=State.CAPTURED,
        deadline="decoded: 200 times the octets, 1 MiB free, body limit",
        paths={"/it": (answer(body, b"Content-Type: text/html\r\nContent-Encoding: " + coding + b"\r\n"),)},
        batch="bombs",
        says=says,
        schemes=HTTP,
    )


_ZEROS: Final = bytes(64 << 20)
_GZIPPED: Final = gzip.compress(_ZEROS, 9, mtime=0)
# RFC 8878, section 3.1.1: a frame without content size, of RLE blocks of 128 KiB each; three octets of
# block header and one of data stand for all of them.
_ZSTD_BOMB: Final = b"\x28\xb5\x2f\xfd\x00\x58" + b"\x02\x00\x10\x00" * 4000 + b"\x03\x00\x10\x00"

BOMBS: dict[str, Hostile] = {
    "gzip-bomb": _bomb("Sends 64 kB of gzip that stand for 64 MB.", b"gzip", _GZIPPED),
    "deflate-bomb": _bomb(
        "Sends 64 kB of deflate that stand for 64 MB.", b"deflate", zlib.compress(_ZEROS, 9)
    ),
    "br-bomb": _bomb(
        "Sends less than 100 octets of br that stand for 64 MB.", b"br", brotli.compress(_ZEROS)
    ),
    "zstd-bomb": _bomb("Sends 16 kB of zstd that stand for 500 MB.", b"zstd", _ZSTD_BOMB),
    "nested-bomb": _bomb(
        "Sends gzip of gzip: a few hundred octets for 64 MB.",
        b"gzip, gzip",
        gzip.compress(_GZIPPED, 9, mtime=0),
    ),
    "six-codings": _bomb(
        "Names six codings for one body.", b"gzip, " * 5 + b"gzip", b"x", "6 content codings"
    ),
    "empty-members": _bomb(
        "Sends 12 000 empty gzip members.", b"gzip", gzip.compress(b"", mtime=0) * 12_000, ""
    ),
}


def _tls(does: str, peer: Peer, says: str, deadline: str = "") -> Hostile:
    return Hostile(
        does=does,
        becomes="Nothing is sent, so there is no record; the reference says why.",
        state=State.FAILED,
        ended=None,
        deadline=deadline,
        page=b'<object data="%PEER%/it"></object>',
        about="%PEER%/it",
        peer=peer,
        says=says,
        schemes=HTTP,
    )


# A ServerHello record that promises 122 octets and has ten: RFC 8446, section 5.1.
_HALF_HELLO: Final = b"\x16\x03\x03\x00\x7a\x02\x00\x00\x76\x03\x03abcde"

TLS: dict[str, Hostile] = {
    "tls-expired": _tls("Shows a certificate of last year.", Peer(certificate="expired"), "expired"),
    "tls-not-yet": _tls("Shows a certificate of next year.", Peer(certificate="early"), "not yet valid"),
    "tls-self-signed": _tls(
        "Shows a certificate of its own making.", Peer(certificate="self-signed"), "self-signed"
    ),
    "tls-wrong-host": _tls(
        "Shows the certificate of another host.", Peer(certificate="wrong-host"), "ostname mismatch"
    ),
    "tls-cut": _tls("Closes the connection within the handshake.", Peer(opening=(_HALF_HELLO,)), "handshake"),
    "tls-reset": _tls(
        "Resets the connection within the handshake.",
        Peer(opening=(_HALF_HELLO, _BREAK, End.RESET)),
        "handshake",
    ),
    "tls-silent": _tls(
        "Takes the connection and never answers the handshake.",
        Peer(opening=(End.HOLD,)),
        "handshake",
        "TLS 4 s",
    ),
    "tls-plain-http": _tls(
        "Speaks plain HTTP where TLS is spoken to.",
        Peer(opening=(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",)),
        "handshake",
    ),
    "tls-slow-loris": _tls(
        "Drips the handshake, one octet at a time.",
        Peer(opening=(_HALF_HELLO[:5], Drip(b"\x00", 0.05))),
        "handshake",
        "TLS 4 s",
    ),
}
