"""Which odd bodies are there: lengths at odds, chunks, and bodies where none may be?"""

from __future__ import annotations

import gzip

from preserve.model.exchange import Ended
from preserve.model.reference import State
from tests.wire.case import LENGTH, OK, Odd
from tests.wire.origin import End

__all__ = ["BODILESS", "CHUNKS", "LENGTHS"]

_CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
_TO_THE_END = "The body goes to the end of the connection; the length that means nothing is told."
_FRAMING = "The block keeps the chunk framing; the payload digest is over the entity body."
_SURPLUS = "The response ends where it must; what follows belongs to none, is left out and told."

LENGTHS: dict[str, Odd] = {
    "length-too-short": Odd(
        does="Sends more than Content-Length says.",
        becomes=_SURPLUS,
        head=OK + LENGTH,
        body=b"hello",
        surplus=b" and more",
        says="after the end of the response",
    ),
    "length-too-long": Odd(
        does="Ends the connection before the octets that Content-Length promises.",
        becomes="What came is the block, truncated by disconnect.",
        head=OK + b"Content-Length: 100\r\n\r\n",
        body=b"hello",
        ended=Ended.DISCONNECT,
        says="5 of 100 bytes",
    ),
    "length-too-long-held": Odd(
        does="Sends less than Content-Length promises and keeps the connection open.",
        becomes="What came is the block, truncated by time.",
        head=OK + b"Content-Length: 100\r\n\r\n",
        body=b"hello",
        ended=Ended.TIME,
        says="5 of 100 bytes",
        end=End.HOLD,
    ),
    "length-huge": Odd(
        does="Promises 10^20 octets, sends five, ends the connection.",
        becomes=_TO_THE_END,
        head=OK + b"Content-Length: 100000000000000000000\r\n\r\n",
        body=b"hello",
        says="no single number",
    ),
    "length-of-18-digits": Odd(
        does="Promises 10^18 - 1 octets, sends five, ends the connection.",
        becomes="What came is the block, truncated by disconnect.",
        head=OK + b"Content-Length: 999999999999999999\r\n\r\n",
        body=b"hello",
        ended=Ended.DISCONNECT,
        says="5 of 999999999999999999 bytes",
    ),
    "length-negative": Odd(
        does="Gives the length `-5`.",
        becomes=_TO_THE_END,
        head=OK + b"Content-Length: -5\r\n\r\n",
        body=b"hello",
        says="no single number",
    ),
    "length-with-plus": Odd(
        does="Gives the length `+5`.",
        becomes=_TO_THE_END,
        head=OK + b"Content-Length: +5\r\n\r\n",
        body=b"hello world",
        says="no single number",
    ),
    "length-hexadecimal": Odd(
        does="Gives the length `0x5`.",
        becomes=_TO_THE_END,
        head=OK + b"Content-Length: 0x5\r\n\r\n",
        body=b"hello",
        says="no single number",
    ),
    "length-empty": Odd(
        does="Sends Content-Length without a value.",
        becomes="The body goes to the end of the connection.",
        head=OK + b"Content-Length:\r\n\r\n",
        body=b"hello",
        says="no single number",
    ),
    "length-list-equal": Odd(
        does="Gives the length `5, 5`.",
        becomes="The body ends at its length: all members say the same.",
        head=OK + b"Content-Length: 5, 5\r\n\r\n",
        body=b"hello",
        end=End.KEEP,
    ),
    "length-list-at-odds": Odd(
        does="Gives the length `5, 6`.",
        becomes=_TO_THE_END,
        head=OK + b"Content-Length: 5, 6\r\n\r\n",
        body=b"hello!!",
        says="no single number",
    ),
    "length-twice-equal": Odd(
        does="Sends the same Content-Length twice.",
        becomes="The body ends at its length.",
        head=OK + b"Content-Length: 5\r\n" + LENGTH,
        body=b"hello",
        end=End.KEEP,
    ),
    "length-twice-at-odds": Odd(
        does="Sends Content-Length 3 and Content-Length 5.",
        becomes=_TO_THE_END,
        head=OK + b"Content-Length: 3\r\n" + LENGTH,
        body=b"hello",
        says="no single number",
    ),
    "close-with-length": Odd(
        does="Says `Connection: close` and gives a length.",
        becomes="The body ends at its length.",
        head=OK + b"Connection: close\r\n" + LENGTH,
        body=b"hello",
    ),
    "close-without-notice": Odd(
        does="Sends a body without length and ends the connection without the close_notify of TLS.",
        becomes="Whole over http. Over https anyone may have cut it: truncated by disconnect.",
        head=OK + b"\r\n",
        body=b"hello",
        cut_by=Ended.DISCONNECT,
        end=End.CUT,
    ),
    "cut-without-notice-after-length": Odd(
        does="Ends the connection without the close_notify of TLS after all octets of the length.",
        becomes="Whole: the length says so.",
        head=OK + LENGTH,
        body=b"hello",
        end=End.CUT,
    ),
    "pipelined-surplus": Odd(
        does="Sends a second whole response that nobody asked for.",
        becomes=_SURPLUS + " The connection is not used again.",
        head=OK + LENGTH,
        body=b"hello",
        surplus=b"HTTP/1.1 200 Poison\r\nContent-Length: 3\r\n\r\nbad",
        says="after the end of the response",
        end=End.HOLD,
    ),
}

BODILESS: dict[str, Odd] = {
    "204-with-body": Odd(
        does="Sends 204 with a length and a body, which it cannot have.",
        becomes=_SURPLUS,
        head=b"HTTP/1.1 204 No Content\r\n" + LENGTH,
        surplus=b"hello",
        status=204,
        says="after the end of the response",
    ),
    "304-with-body": Odd(
        does="Sends 304 to a plain GET, with a length and a body.",
        becomes=_SURPLUS,
        head=b"HTTP/1.1 304 Not Modified\r\n" + LENGTH,
        surplus=b"hello",
        status=304,
        state=State.ERROR,
        says="after the end of the response",
    ),
    "304-with-length": Odd(
        does="Sends 304 with the length of what it does not send.",
        becomes="The head is the block.",
        head=b"HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n",
        status=304,
        state=State.ERROR,
        end=End.KEEP,
    ),
    "206-to-a-plain-get": Odd(
        does="Sends a part that nobody asked for: 206 with Content-Range.",
        becomes="The block as sent, status 206.",
        head=b"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-4/99\r\n" + LENGTH,
        body=b"hello",
        status=206,
        end=End.KEEP,
    ),
    "200-with-content-range": Odd(
        does="Sends Content-Range with 200.",
        becomes="The field means nothing there; the block as sent.",
        head=OK + b"Content-Range: bytes 0-4/99\r\n" + LENGTH,
        body=b"hello",
        end=End.KEEP,
    ),
    "answer-as-if-to-head": Odd(
        does="Answers GET as if it were HEAD: a length and no body, and ends the connection.",
        becomes="The head is the block, truncated by disconnect.",
        head=OK + b"Content-Length: 100\r\n\r\n",
        ended=Ended.DISCONNECT,
        says="0 of 100 bytes",
    ),
}

CHUNKS: dict[str, Odd] = {
    "chunk-extensions": Odd(
        does="Adds extensions to chunk sizes, quoted ones and nameless ones.",
        becomes=_FRAMING,
        head=_CHUNKED,
        body=b'5;x=1;y="a;b"\r\nhello\r\n1;\r\n!\r\n0;last\r\n\r\n',
        entity=b"hello!",
        end=End.KEEP,
    ),
    "trailers": Odd(
        does="Sends a trailer section, with fields it did not announce.",
        becomes=_FRAMING,
        head=OK + b"Transfer-Encoding: chunked\r\nTrailer: X\r\n\r\n",
        body=b"5\r\nhello\r\n0\r\nX: 1\r\nY: 2\r\nContent-Length: 9\r\n\r\n",
        entity=b"hello",
        end=End.KEEP,
    ),
    "chunk-sizes-in-capitals": Odd(
        does="Writes chunk sizes with capital letters.",
        becomes=_FRAMING,
        head=_CHUNKED,
        body=b"A\r\n0123456789\r\n0B\r\n0123456789a\r\n0\r\n\r\n",
        entity=b"01234567890123456789a",
        end=End.KEEP,
    ),
    "chunk-sizes-with-zeros": Odd(
        does="Writes chunk sizes with leading zeros, the last as `0000`.",
        becomes=_FRAMING,
        head=_CHUNKED,
        body=b"00000000000000000005\r\nhello\r\n0000\r\n\r\n",
        entity=b"hello",
        end=End.KEEP,
    ),
    "chunk-sizes-with-blanks": Odd(
        does="Puts blanks after chunk sizes.",
        becomes=_FRAMING,
        head=_CHUNKED,
        body=b"5  \r\nhello\r\n0 \t\r\n\r\n",
        entity=b"hello",
        end=End.KEEP,
    ),
    "chunks-with-bare-line-feeds": Odd(
        does="Ends the lines of chunk framing with LF alone.",
        becomes=_FRAMING,
        head=_CHUNKED,
        body=b"5\nhello\n0\n\n",
        entity=b"hello",
        end=End.KEEP,
    ),
    "chunks-bytewise": Odd(
        does="Sends the chunks one octet at a time.",
        becomes=_FRAMING,
        head=_CHUNKED,
        body=b"5\r\nhello\r\n1;a=b\r\n!\r\n0\r\nX: 1\r\n\r\n",
        entity=b"hello!",
        end=End.KEEP,
        piece=1,
    ),
    "not-chunked-at-all": Odd(
        does="Says chunked and sends plain text.",
        becomes="All of it is payload, to the end of the connection.",
        head=_CHUNKED,
        body=b"zebras are not numbers",
    ),
    "cut-in-chunk": Odd(
        does="Ends the connection within a chunk.",
        becomes="What came is the block, truncated by disconnect.",
        head=_CHUNKED,
        body=b"64\r\nonly this",
        entity=b"only this",
        ended=Ended.DISCONNECT,
        says="last chunk is missing",
    ),
    "cut-before-last-chunk": Odd(
        does="Ends the connection after a chunk, without the last one.",
        becomes="What came is the block, truncated by disconnect.",
        head=_CHUNKED,
        body=b"5\r\nhello\r\n",
        entity=b"hello",
        ended=Ended.DISCONNECT,
        says="last chunk is missing",
    ),
    "cut-in-trailers": Odd(
        does="Ends the connection within the trailer section.",
        becomes="What came is the block, truncated by disconnect.",
        head=_CHUNKED,
        body=b"5\r\nhello\r\n0\r\nX: 1\r\n",
        entity=b"hello",
        ended=Ended.DISCONNECT,
    ),
    "chunk-size-lost": Odd(
        does="Sends no number where the second chunk size should stand, and ends the connection.",
        becomes="The payload ends with the last good chunk; all octets are in the block; truncated.",
        head=_CHUNKED,
        body=b"5\r\nhello\r\nzz\r\nmore",
        entity=b"hello",
        ended=Ended.DISCONNECT,
    ),
    "chunk-longer-than-its-size": Odd(
        does="Sends more octets than a chunk's size says, and ends the connection.",
        becomes="The payload ends with what the size covers; all octets are in the block; truncated.",
        head=_CHUNKED,
        body=b"5\r\nhello world\r\n0\r\n\r\n",
        entity=b"hello",
        ended=Ended.DISCONNECT,
    ),
    "length-and-chunked": Odd(
        does="Gives Content-Length 3 and Transfer-Encoding chunked.",
        becomes="Chunked decides; the clash is told and the connection is not used again.",
        head=OK + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
        body=b"5\r\nhello\r\n0\r\n\r\n",
        entity=b"hello",
        says="both given",
    ),
    "transfer-gzip-chunked": Odd(
        does="Sends Transfer-Encoding `gzip, chunked`.",
        becomes="Chunks are removed for the payload digest, gzip is not; told.",
        head=OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n",
        body=b"%x\r\n" % len(gzip.compress(b"hello", mtime=0))
        + gzip.compress(b"hello", mtime=0)
        + b"\r\n0\r\n\r\n",
        entity=gzip.compress(b"hello", mtime=0),
        says="other than chunked",
    ),
    "transfer-identity": Odd(
        does="Sends Transfer-Encoding identity and a length.",
        becomes="Identity means nothing; the body ends at its length; told.",
        head=OK + b"Transfer-Encoding: identity\r\n" + LENGTH,
        body=b"hello",
        says="identity",
    ),
    "chunked-not-last": Odd(
        does="Sends Transfer-Encoding `chunked, gzip`.",
        becomes="All up to the end of the connection is payload; told.",
        head=OK + b"Transfer-Encoding: chunked, gzip\r\n\r\n",
        body=b"5\r\nhello\r\n0\r\n\r\n",
        says="not the last",
    ),
    "chunked-in-http-1-0": Odd(
        does="Sends chunks with HTTP/1.0.",
        becomes="Read as chunks; told.",
        head=b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        body=b"5\r\nhello\r\n0\r\n\r\n",
        entity=b"hello",
        says="older than HTTP/1.1",
    ),
}
