"""What may a page and its files do: names, addresses, lies about types, too much of everything?"""

from __future__ import annotations

import struct
import zlib
from typing import Final

from preserve.model.reference import State
from tests.wire.hostile_case import HTTP, OBJECT, Hostile, Peer, answer, then

__all__ = ["ADDRESSES", "CONTENT", "FILE_NAMES"]

_LONG: Final = "/long" * 6000
_PDF: Final = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"


def _named(does: str, disposition: bytes) -> Hostile:
    return Hostile(
        does=does,
        becomes="Whole, the field as sent. `extract` gives the file a harmless name.",
        state=State.CAPTURED,
        page=b'<a href="%CASE%/it.pdf" download>File (1KB)</a>',
        about="/it.pdf",
        paths={
            "/it.pdf": (
                answer(_PDF, b"Content-Type: application/pdf\r\nContent-Disposition: %s\r\n" % disposition),
            )
        },
        schemes=HTTP,
    )


FILE_NAMES: dict[str, Hostile] = {
    "name-traversal": _named("Calls a file `../../../x.pdf`.", b'attachment; filename="../../../x.pdf"'),
    "name-traversal-encoded": _named(
        "Calls a file `../../x.pdf`, percent-encoded.", b"attachment; filename*=UTF-8''..%2F..%2Fx.pdf"
    ),
    "name-traversal-backslash": _named(
        "Calls a file `..\\..\\x.pdf`.", b'attachment; filename="..\\\\..\\\\x.pdf"'
    ),
    "name-absolute": _named("Calls a file `/etc/cron.d/x`.", b'attachment; filename="/etc/cron.d/x"'),
    "name-with-drive": _named("Calls a file `C:\\x.pdf`.", b'attachment; filename="C:\\\\x.pdf"'),
    "name-with-nul": _named(
        "Puts NUL and escape sequences into a file's name.", b'attachment; filename="a\x00\x1b[2J.pdf"'
    ),
    "name-reserved": _named(
        "Calls a file `con.pdf`, a device of Windows.", b'attachment; filename="con.pdf"'
    ),
    "name-hidden": _named("Calls a file `.profile`.", b'attachment; filename=".profile"'),
    "name-reversed": _named(
        "Puts a right-to-left override into a file's name.",
        b"attachment; filename*=UTF-8''%E2%80%AEfdp.exe",
    ),
    "name-too-long": _named(
        "Calls a file by 4 000 letters.", b'attachment; filename="' + b"x" * 4000 + b'.pdf"'
    ),
}

ADDRESSES: dict[str, Hostile] = {
    "url-of-30-kb": Hostile(
        does="Refers to an address of 30 000 octets.",
        becomes="Asked for and kept as it is, in request line and WARC-Target-URI.",
        state=State.CAPTURED,
        page=b'<object data="%CASE%' + _LONG.encode() + b'"></object>',
        about=_LONG,
        paths={_LONG: (answer(b"long"),)},
        schemes=HTTP,
    ),
    "url-of-64-kb": Hostile(
        does="Refers to an address of 64 000 octets.",
        becomes="Listed, cut, and never asked for: no server answers it.",
        state=State.REFUSED,
        ended=None,
        page=b'<object data="http://odd.test' + _LONG.encode() * 2 + b'"></object>',
        about="http://odd.test/long/long/long",
        schemes=HTTP,
    ),
    "redirect-to-64-kb": Hostile(
        does="Redirects to an address of 60 000 octets.",
        becomes="Asked for and kept as it is.",
        state=State.CAPTURED,
        paths={"/it": (then(b"%CASE%" + _LONG.encode() * 2),), _LONG * 2: (answer(b"long"),)},
        schemes=HTTP,
    ),
    "url-with-password": Hostile(
        does="Refers to an address with user name and password.",
        becomes="Never asked for; neither is sent or stored in a record.",
        state=State.REFUSED,
        ended=None,
        page=b'<object data="http://user:secret@odd.test/"></object>',
        about="http://user:secret@odd.test/",
        says="user name or password",
        schemes=HTTP,
    ),
    "url-of-a-mail-server": Hostile(
        does="Refers to port 25.",
        becomes="Never asked for.",
        state=State.REFUSED,
        ended=None,
        page=b'<object data="http://odd.test:25/"></object>',
        about="http://odd.test:25/",
        says="Port 25",
        schemes=HTTP,
    ),
    "url-with-line-breaks": Hostile(
        does="Puts line breaks, encoded and not, into an address, to add a field of its own to our request.",
        becomes="The breaks are dropped or stay encoded; the request has our fields only.",
        state=State.CAPTURED,
        page=b'<object data="%CASE%/i&#13;&#10;t%0d%0aX-Evil:%201"></object>',
        about="/it%0d%0aX-Evil:%201",
        paths={"/it%0d%0aX-Evil:%201": (answer(b"hello"),)},
        schemes=HTTP,
    ),
    "url-of-nobody": Hostile(
        does="Refers to a name that does not exist.",
        becomes="No record; the reference says why.",
        state=State.FAILED,
        ended=None,
        page=b'<object data="http://nobody.example/"></object>',
        about="http://nobody.example/",
        says="could not be looked up",
        schemes=HTTP,
    ),
    "mixed-addresses": Hostile(
        does="Refers to a name with a good address and a forbidden one.",
        becomes="Never connected to: one bad address refuses the name.",
        state=State.REFUSED,
        ended=None,
        page=b'<object data="http://mixed.example:%PORT%/"></object>',
        about="http://mixed.example:%PORT%/",
        names={"mixed.example": ("127.0.0.1", "169.254.169.254")},
        says="169.254.169.254",
        schemes=HTTP,
    ),
    "no-address-at-all": Hostile(
        does="Refers to a name whose answer is no address.",
        becomes="Never connected to.",
        state=State.REFUSED,
        ended=None,
        page=b'<object data="http://odd-answer.example/"></object>',
        about="http://odd-answer.example/",
        names={"odd-answer.example": ("localhost; rm -rf /",)},
        says="is not an IP address",
        schemes=HTTP,
    ),
}
for _written, _state in (
    ("file:///etc/passwd", State.NOT_FOLLOWED),
    ("javascript:alert(1)", State.NOT_FOLLOWED),
    ("blob:http://odd.test/1", State.NOT_FOLLOWED),
    ("mailto:a@odd.test", State.NOT_FOLLOWED),
    ("ftp://odd.test/x", State.NOT_FOLLOWED),
    ("data:text/plain,hello", State.INLINE),
):
    _scheme = _written.partition(":")[0]
    ADDRESSES[f"url-{_scheme}"] = Hostile(
        does=f"Refers to `{_written}`.",
        becomes="Its octets are in the page." if _scheme == "data" else "Listed, never asked for.",
        state=_state,
        ended=None,
        page=b'<object data="%s"></object>' % _written.encode(),
        about="data:text/plain," if _scheme == "data" else _written,
        schemes=HTTP,
    )


def _lie(does: str, page: bytes, about: str, body: bytes, fields: bytes, state: State) -> Hostile:
    return Hostile(
        does=does,
        becomes="Whole, declared and identified type apart; the reference says what came instead."
        if state is State.UNSUITABLE
        else "Whole, declared and identified type apart.",
        state=state,
        page=page,
        about=about,
        paths={about: (answer(body, fields),)},
        says="which is not what" if state is State.UNSUITABLE else "",
        schemes=HTTP,
    )


_HTML: Final = b"<!doctype html><html><body><h1>Please log in</h1></body></html>"
_PIXELS: Final = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


_PIXEL_BOMB: Final = (
    b"\x89PNG\r\n\x1a\n"
    + _chunk(b"IHDR", _PIXELS)
    + _chunk(b"IDAT", zlib.compress(bytes(1 << 20), 9))
    + _chunk(b"IEND", b"")
)

CONTENT: dict[str, Hostile] = {
    "pdf-that-is-html": _lie(
        "Answers a PDF's address with a login page called `application/pdf`.",
        b'<a href="%CASE%/it.pdf">Report (PDF)</a>',
        "/it.pdf",
        _HTML,
        b"Content-Type: application/pdf\r\n",
        State.UNSUITABLE,
    ),
    "image-that-is-html": _lie(
        "Answers an image's address with a page called `image/jpeg`.",
        b'<img src="%CASE%/it.jpg">',
        "/it.jpg",
        _HTML,
        b"Content-Type: image/jpeg\r\n",
        State.UNSUITABLE,
    ),
    "script-that-is-html": _lie(
        "Answers a script's address with a page called `text/javascript`.",
        b'<script src="%CASE%/it.js"></script>',
        "/it.js",
        _HTML,
        b"Content-Type: text/html\r\n",
        State.UNSUITABLE,
    ),
    "image-without-a-type": _lie(
        "Sends an image without a Content-Type.",
        b'<img src="%CASE%/it">',
        "/it",
        b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
        b"",
        State.CAPTURED,
    ),
    "hundred-thousand-links": Hostile(
        does="Has 100 000 links.",
        becomes="As many as the limit are listed; the rest is counted and makes the capture partial.",
        state=State.CAPTURED,
        deadline="1 000 references, opening 30 s",
        within_s=60,
        alone={"references": 1000, "body_bytes": 1 << 23},
        page=b"".join(b'<a href="/%d">x</a>' % number for number in range(100_000)),
        about="",
        schemes=HTTP,
    ),
    "too-many-requests": Hostile(
        does="Has more images than requests are allowed.",
        becomes="The first answers are kept; the rest is not attempted, by name.",
        state=State.NOT_ATTEMPTED,
        ended=None,
        deadline="5 requests",
        alone={"requests": 5, "connections": 1},
        page=b"".join(b'<img src="%%CASE%%/x/%d">' % number for number in range(40)) + OBJECT,
        paths={"/x/*": (answer(b"GIF89a", b""),), "/it": (answer(b"hello"),)},
        says="limit of 5 requests",
        schemes=HTTP,
    ),
    "frames-without-end": Hostile(
        does="Has a frame in a frame in a frame, each at a new address, for ever.",
        becomes="Followed to the limit of depth; the next is not attempted, by name.",
        state=State.CAPTURED,
        deadline="4 levels",
        page=b'<iframe src="%CASE%/it"></iframe>',
        paths={
            "/it": (
                (
                    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n",
                    b'<iframe src="%CASE%/it?%N%"></iframe>',
                ),
            )
        },
        schemes=HTTP,
    ),
    "deep-nesting": Hostile(
        does="Nests 100 000 elements in each other.",
        becomes="Whole; that it was read up to the 20 000th is a problem of the resource.",
        state=State.CAPTURED,
        deadline="20 000 deep",
        within_s=20,
        alone={"body_bytes": 1 << 20},
        page=b"<div>" * 100_000,
        about="",
        says="more than 20000 deep",
        schemes=HTTP,
    ),
    "memory-eater": Hostile(
        does="Sends a page that takes more memory to open than is allowed.",
        becomes="Whole; that it could not be opened is a problem of the resource.",
        state=State.CAPTURED,
        deadline="opening in 128 MiB",
        within_s=30,
        alone={"inspect_memory_bytes": 128 << 20, "body_bytes": 1 << 24},
        page=b"<p id=x>" * 1_000_000,
        about="",
        says="was not opened",
        schemes=HTTP,
    ),
    "pixel-bomb": Hostile(
        does="Sends a PNG of 1 kB that says it is 100 000 pixels wide and high.",
        becomes="Whole; its size is a fact, and no pixel is decoded.",
        state=State.CAPTURED,
        deadline="none needed",
        page=b'<img src="%CASE%/it">',
        paths={"/it": (answer(_PIXEL_BOMB, b"Content-Type: image/png\r\n"),)},
        schemes=HTTP,
    ),
    "malformed-pdf": Hostile(
        does="Sends a PDF without pages, cross-reference table or end.",
        becomes="Whole; that it cannot be read is a problem of the resource.",
        state=State.CAPTURED,
        page=b'<a href="%CASE%/it.pdf">Report (PDF)</a>',
        about="/it.pdf",
        paths={
            "/it.pdf": (answer(b"%PDF-1.7\n" + b"\xff\x00(((<<" * 500, b"Content-Type: application/pdf\r\n"),)
        },
        says="could not be opened",
        schemes=HTTP,
    ),
    "rebinding": Hostile(
        does="Refers twice to a name that leads to a good address once and to a forbidden one after.",
        becomes="Looked up once; both are asked of the address that was judged.",
        state=State.CAPTURED,
        page=b'<object data="http://rebound.test:%PORT%%CASE%/it"></object>'
        b'<object data="http://rebound.test:%PORT%%CASE%/again"></object>',
        about="http://rebound.test:%PORT%%CASE%/again",
        paths={
            "/it": ((b"HTTP/1.0 200 OK\r\n\r\nhello",),),
            "/again": ((b"HTTP/1.0 200 OK\r\n\r\nhello",),),
        },
        schemes=HTTP,
    ),
    "tls-good": Hostile(
        does="Shows a good certificate for the name that was asked, in a page over http.",
        becomes="Whole: the other TLS cases fail for their certificates, not for ours.",
        state=State.CAPTURED,
        page=b'<object data="%PEER%/it"></object>',
        about="%PEER%/it",
        peer=Peer(certificate="good", scripts={"/it": (answer(b"hello"),)}),
        schemes=HTTP,
    ),
}
