"""Which odd heads are there: start lines, fields, interim responses, and none at all?"""

from __future__ import annotations

from preserve.model.exchange import Ended
from preserve.model.reference import State
from tests.wire.case import LENGTH, OK, Odd
from tests.wire.origin import End

__all__ = ["FIELDS", "INTERIM", "START_LINES"]

_AS_SENT = "The block has the octets as sent; the fields are read all the same."
_SAID = "The block has the octets as sent; the oddity is told as a problem of the resource."
_NO_HEAD = "The whole answer is block and payload; the resource has no status."

START_LINES: dict[str, Odd] = {
    "no-reason": Odd(
        does="Leaves the reason phrase out, and the space before it.",
        becomes=_AS_SENT,
        head=b"HTTP/1.1 200\r\n" + LENGTH,
        body=b"hello",
        end=End.KEEP,
    ),
    "empty-reason": Odd(
        does="Sends the space before the reason phrase, and no phrase.",
        becomes=_AS_SENT,
        head=b"HTTP/1.1 200 \r\n" + LENGTH,
        body=b"hello",
        end=End.KEEP,
    ),
    "latin-1-reason": Odd(
        does="Sends a reason phrase in Latin-1.",
        becomes=_AS_SENT,
        head=b"HTTP/1.1 200 Tr\xe8s bien\r\n" + LENGTH,
        body=b"hello",
        end=End.KEEP,
    ),
    "tab-after-status": Odd(
        does="Separates version, status and reason by tabs.",
        becomes=_SAID,
        head=b"HTTP/1.1\t200\tOK\r\n" + LENGTH,
        body=b"hello",
        says="not separated by one space",
    ),
    "many-spaces": Odd(
        does="Puts three spaces before the status code.",
        becomes=_SAID,
        head=b"HTTP/1.1   200 OK\r\n" + LENGTH,
        body=b"hello",
        says="not separated by one space",
    ),
    "lower-case-version": Odd(
        does="Writes `http/1.1`.",
        becomes=_SAID,
        head=b"http/1.1 200 OK\r\n" + LENGTH,
        body=b"hello",
        says="not in capitals",
    ),
    "http-2-status-line": Odd(
        does="Writes `HTTP/2.0` in a status line of HTTP/1.",
        becomes=_SAID,
        head=b"HTTP/2.0 200 OK\r\n" + LENGTH,
        body=b"hello",
        says="neither HTTP/1.0 nor HTTP/1.1",
    ),
    "http-1-9": Odd(
        does="Claims a version 1.9.",
        becomes=_SAID,
        head=b"HTTP/1.9 200 OK\r\n" + LENGTH,
        body=b"hello",
        says="neither HTTP/1.0 nor HTTP/1.1",
    ),
    "http-1-0": Odd(
        does="Answers with HTTP/1.0, without a length, and ends the connection.",
        becomes="The body goes to the end of the connection.",
        head=b"HTTP/1.0 200 OK\r\n\r\n",
        body=b"old",
    ),
    "http-1-0-keep-alive": Odd(
        does="Answers with HTTP/1.0, a length and `Connection: keep-alive`, and keeps the connection.",
        becomes="The body ends at its length; the connection is used again.",
        head=b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n" + LENGTH,
        body=b"hello",
        end=End.KEEP,
    ),
    "http-0-9": Odd(
        does="Sends a page without any head.",
        becomes=_NO_HEAD,
        body=b"<html><body>no head at all</body></html>",
        status=None,
        state=State.ERROR,
        says="does not begin with a start line",
    ),
    "icy": Odd(
        does="Answers like a SHOUTcast server: `ICY 200 OK`.",
        becomes="Read as a response of HTTP/1.0.",
        head=b"ICY 200 OK\r\nicy-name: radio\r\n\r\n",
        body=b"noise",
        says="neither HTTP/1.0 nor HTTP/1.1",
    ),
    "status-999": Odd(
        does="Sends the status code 999.",
        becomes=_SAID,
        head=b"HTTP/1.1 999 Request denied\r\n" + LENGTH,
        body=b"hello",
        status=999,
        state=State.ERROR,
        says="outside 100-599",
    ),
    "status-of-two-digits": Odd(
        does="Sends the status code 20.",
        becomes=_NO_HEAD,
        body=b"HTTP/1.1 20 OK\r\nContent-Length: 5\r\n\r\nhello",
        status=None,
        state=State.ERROR,
        says="does not begin with a start line",
    ),
    "leading-line-ends": Odd(
        does="Sends two line ends before the status line.",
        becomes=_SAID,
        head=b"\r\n\r\n" + OK + LENGTH,
        body=b"hello",
        says="4 octets of line ends",
    ),
    "line-ends-only": Odd(
        does="Sends two line ends, and ends the connection.",
        becomes="The four octets are the block, truncated by disconnect.",
        body=b"\r\n\r\n",
        status=None,
        ended=Ended.DISCONNECT,
    ),
    "empty-reply": Odd(
        does="Reads the request and ends the connection without an octet.",
        becomes="A request record and no response record.",
        status=None,
        ended=Ended.FAILED,
    ),
    "cut-in-status-line": Odd(
        does="Ends the connection within the status line.",
        becomes="What came is the block, truncated by disconnect.",
        body=b"HTTP/1.1 2",
        status=None,
        ended=Ended.DISCONNECT,
        says="head of the response is not whole",
    ),
    "cut-in-head": Odd(
        does="Ends the connection within a field.",
        becomes="What came is the block, truncated by disconnect.",
        body=OK + b"Content-Ty",
        status=None,
        ended=Ended.DISCONNECT,
        says="head of the response is not whole",
    ),
}

FIELDS: dict[str, Odd] = {
    "odd-case": Odd(
        does="Spells field names in odd cases.",
        becomes=_AS_SENT,
        head=OK + b"sErVeR: x\r\ncOnTeNt-LENGTH: 5\r\n\r\n",
        body=b"hello",
        end=End.KEEP,
    ),
    "duplicate-fields": Odd(
        does="Sends one field three times, with other values and in other cases.",
        becomes=_AS_SENT,
        head=OK + b"X-A: 1\r\nx-a: 2\r\nX-B: -\r\nX-A: 1\r\n" + LENGTH,
        body=b"hello",
        end=End.KEEP,
    ),
    "folded-field": Odd(
        does="Folds a value over three lines, with blanks and a tab.",
        becomes=_SAID,
        head=OK + b"X-A: one\r\n  two\r\n\tthree\r\n" + LENGTH,
        body=b"hello",
        says="is folded",
    ),
    "folded-first-line": Odd(
        does="Begins the line after the status line with a blank.",
        becomes=_SAID,
        head=OK + b" X-A: one\r\n" + LENGTH,
        body=b"hello",
        says="before the first field begins with white space",
    ),
    "utf-8-value": Odd(
        does="Sends a value in UTF-8.",
        becomes=_AS_SENT,
        head=OK + "X-A: æøå €\r\n".encode() + LENGTH,
        body=b"hello",
    ),
    "latin-1-value": Odd(
        does="Sends a value in Latin-1.",
        becomes=_AS_SENT,
        head=OK + b"X-A: \xe6\xf8\xe5\r\n" + LENGTH,
        body=b"hello",
    ),
    "space-before-colon": Odd(
        does="Puts a blank before the colon of a field, of Content-Length too.",
        becomes=_SAID,
        head=OK + b"X-A : 1\r\nContent-Length : 5\r\n\r\n",
        body=b"hello",
        says="before the colon",
    ),
    "blanks-around-value": Odd(
        does="Puts blanks and tabs before and after a value.",
        becomes=_AS_SENT,
        head=OK + b"X-A:  \t 1 \t \r\nX-B:\r\nX-C: \r\n" + LENGTH,
        body=b"hello",
    ),
    "no-colon": Odd(
        does="Sends a line without a colon among the fields.",
        becomes=_SAID,
        head=OK + b"this is no field\r\n" + LENGTH,
        body=b"hello",
        says="has no colon",
    ),
    "no-name": Odd(
        does="Sends a field without a name.",
        becomes=_SAID,
        head=OK + b": value\r\n" + LENGTH,
        body=b"hello",
        says="has no name",
    ),
    "name-that-is-no-token": Odd(
        does="Sends field names with brackets, blanks and octets above 127.",
        becomes=_SAID,
        head=OK + b"X(1): y\r\nA B: z\r\n\xff: x\r\n" + LENGTH,
        body=b"hello",
        says="not of a token",
    ),
    "nul-in-head": Odd(
        does="Sends NUL within a value.",
        becomes=_SAID,
        head=OK + b"X-A: a\x00b\r\n" + LENGTH,
        body=b"hello",
        says="control character",
    ),
    "controls-in-value": Odd(
        does="Sends escape sequences, backspaces and a lone CR within values.",
        becomes=_SAID,
        head=OK + b"X-A: \x1b[2J\x08\r\nX-B: a\rSet-Cookie: b\r\n" + LENGTH,
        body=b"hello",
        says="control character",
    ),
    "bare-line-feeds": Odd(
        does="Ends every line with LF alone.",
        becomes=_SAID,
        head=b"HTTP/1.1 200 OK\nX-A: 1\nContent-Length: 5\n\n",
        body=b"hello",
        says="LF alone",
    ),
    "mixed-line-ends": Odd(
        does="Ends some lines with CR LF, some with LF, one with CR CR LF.",
        becomes=_SAID,
        head=b"HTTP/1.1 200 OK\r\nX-A: 1\nX-B: 2\r\r\nContent-Length: 5\r\n\n",
        body=b"hello",
        says="more than one CR",
    ),
    "set-cookie-oddities": Odd(
        does="Sets cookies without name or value, quoted, for another host, with an impossible date.",
        becomes=_AS_SENT,
        head=OK
        + b'Set-Cookie: =x\r\nSet-Cookie: y\r\nSet-Cookie:\r\nSet-Cookie: q="a;b"; Path=/nowhere\r\n'
        + b"Set-Cookie: o=1; Domain=elsewhere.example\r\n"
        + b"Set-Cookie: d=1; Path=/nowhere; Expires=Mon, 99 Foo\r\n"
        + LENGTH,
        body=b"hello",
    ),
    "two-content-types": Odd(
        does="Sends Content-Type twice, with other types.",
        becomes="The first counts as declared; the record's identified type is found by looking.",
        head=OK + b"Content-Type: image/png\r\nContent-Type: text/plain\r\n" + LENGTH,
        body=b"hello",
    ),
    "content-type-lie": Odd(
        does="Calls a PDF `text/plain; charset=utf-8`.",
        becomes="Declared and identified type stand apart in the resource.",
        head=OK + b"Content-Type: text/plain; charset=utf-8\r\nContent-Length: 9\r\n\r\n",
        body=b"%PDF-1.4\n",
    ),
    "bytewise": Odd(
        does="Sends head and body one octet at a time.",
        becomes=_AS_SENT,
        head=OK + b"X-A: 1\r\n" + LENGTH,
        body=b"hello",
        end=End.KEEP,
        piece=1,
    ),
}

INTERIM: dict[str, Odd] = {
    "100-unasked": Odd(
        does="Sends `100 Continue`, which nobody waited for, before the answer.",
        becomes="The 100 is the block of a metadata record beside the response.",
        interim=b"HTTP/1.1 100 Continue\r\n\r\n",
        head=OK + LENGTH,
        body=b"hello",
        end=End.KEEP,
    ),
    "102": Odd(
        does="Sends `102 Processing` before the answer.",
        becomes="The 102 is the block of a metadata record beside the response.",
        interim=b"HTTP/1.1 102 Processing\r\n\r\n",
        head=OK + LENGTH,
        body=b"hello",
        end=End.KEEP,
    ),
    "103": Odd(
        does="Sends `103 Early Hints` with links before the answer.",
        becomes="The 103 is the block of a metadata record beside the response.",
        interim=b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n",
        head=OK + LENGTH,
        body=b"hello",
        end=End.KEEP,
    ),
    "several-1xx": Odd(
        does="Sends 100, 102 and twice 103, one of them with LF alone, before the answer.",
        becomes="All four in a row are the block of one metadata record.",
        interim=b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\nX: 1\r\n\r\n"
        b"HTTP/1.1 103 Early Hints\nLink: </a>\n\nHTTP/1.1 103 Early Hints\r\nLink: </b>\r\n\r\n",
        head=OK + LENGTH,
        body=b"hello",
        end=End.KEEP,
        piece=7,
    ),
    "1xx-with-length": Odd(
        does="Gives a length in a 103, which has no body.",
        becomes="The length means nothing; the next head follows at once.",
        interim=b"HTTP/1.1 103 Early Hints\r\nContent-Length: 9\r\n\r\n",
        head=OK + LENGTH,
        body=b"hello",
        end=End.KEEP,
    ),
    "only-1xx": Odd(
        does="Sends a 102 and ends the connection.",
        becomes="The 102 is the block of a metadata record beside the request; there is no response.",
        interim=b"HTTP/1.1 102 Processing\r\n\r\n",
        status=None,
        ended=Ended.FAILED,
    ),
    "101-unasked": Odd(
        does="Sends `101 Switching Protocols`, which nobody asked for, and goes on in another protocol.",
        becomes="The head is the block; the exchange ends with it.",
        head=b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
        status=101,
        state=State.ERROR,
        end=End.HOLD,
    ),
}
