"""Which odd redirects are there?"""

from __future__ import annotations

from preserve.model.reference import State
from tests.wire.case import LENGTH, Odd, sized
from tests.wire.origin import End

__all__ = ["REDIRECTS"]

_BOTH = "Two exchanges, both kept; the reference points to the second."
_NOWHERE = "One exchange; the reference is an error at the origin."


def _redirect(does: str, target: bytes, to: str, *, status: int = 302, extra: bytes = b"") -> Odd:
    head = b"HTTP/1.1 %d Onward\r\nLocation: %s\r\n%s" % (status, target, extra)
    return Odd(
        does=does, becomes=_BOTH, head=head + LENGTH, body=b"moved", status=status, to=to, end=End.KEEP
    )


def _stranded(does: str, status: int, fields: bytes, says: str = "") -> Odd:
    head = b"HTTP/1.1 %d Onward\r\n%s" % (status, fields)
    return Odd(
        does=does,
        becomes=_NOWHERE,
        head=head + LENGTH,
        body=b"moved",
        status=status,
        state=State.ERROR,
        says=says,
        end=End.KEEP,
    )


def _refreshing(does: str, fields: bytes, body: bytes, becomes: str) -> Odd:
    return Odd(
        does=does,
        becomes=f"The block as sent. The address: {becomes[0].lower()}{becomes[1:]}",
        head=sized(b"Content-Type: text/html\r\n" + fields, body),
        body=body,
        end=End.KEEP,
    )


REDIRECTS: dict[str, Odd] = {
    "redirect-with-body": _redirect(
        "Sends 302 with an absolute address and a body.", b"%ORIGIN%/landed/body", "/landed/body"
    ),
    "redirect-301": _redirect("Sends 301 with a path.", b"/landed/301", "/landed/301", status=301),
    "redirect-303": _redirect("Sends 303.", b"/landed/303", "/landed/303", status=303),
    "redirect-307": _redirect("Sends 307.", b"/landed/307", "/landed/307", status=307),
    "redirect-308": _redirect("Sends 308.", b"/landed/308", "/landed/308", status=308),
    "redirect-relative": _redirect(
        "Sends a relative address with dot segments.", b"../landed/./x/../relative", "/landed/relative"
    ),
    "redirect-utf-8": _redirect(
        "Sends an address in UTF-8, not percent-encoded.",
        "/landed/é".encode(),
        "/landed/%C3%A9",
    ),
    "redirect-latin-1": _redirect(
        "Sends an address in Latin-1, not percent-encoded.", b"/landed/\xe9", "/landed/%E9"
    ),
    "redirect-to-fragment": _redirect(
        "Sends an address with a fragment.", b"/landed/fragment#there", "/landed/fragment"
    ),
    "redirect-protocol-relative": _redirect(
        "Sends an address without a scheme.", b"//odd.test:%PORT%/landed/scheme", "/landed/scheme"
    ),
    "redirect-with-blanks": _redirect(
        "Puts blanks around the address and within it.", b"  /landed/a b  ", "/landed/a%20b"
    ),
    "redirect-twice": _redirect(
        "Sends two Location fields with other addresses; the first counts.",
        b"/landed/first",
        "/landed/first",
        extra=b"Location: /landed/second\r\n",
    ),
    "redirect-through-cookie": Odd(
        does="Sends 302 to itself with a cookie, and to the one who has it another answer.",
        becomes="Two exchanges of one URL, both kept; the reference points to the second.",
        head=b"HTTP/1.1 302 Found\r\nSet-Cookie: seen=1; Path=/odd/redirect-through-cookie\r\n"
        b"Location: /odd/redirect-through-cookie\r\n" + LENGTH,
        body=b"moved",
        status=302,
        to="/odd/redirect-through-cookie",
        end=End.KEEP,
    ),
    "redirect-to-self": _stranded(
        "Sends 302 to itself, always.", 302, b"Location: /odd/redirect-to-self\r\n", "leads back"
    ),
    "redirect-to-own-fragment": _stranded(
        "Sends 302 to a fragment of itself.", 302, b"Location: #there\r\n", "leads back"
    ),
    "redirect-without-location": _stranded("Sends 302 without Location.", 302, b"", "names no address"),
    "redirect-to-no-address": _stranded(
        "Sends 302 to `http://[`.", 302, b"Location: http://[\r\n", "names no address"
    ),
    "300-with-location": _stranded("Sends 300 with Location.", 300, b"Location: /landed/300\r\n"),
    "305-with-location": _stranded("Sends 305 with Location.", 305, b"Location: /landed/305\r\n"),
    "refresh-field": _refreshing(
        "Sends the field Refresh with another address of its own, to be gone to at once.",
        b"Refresh: 0; url=/landed/refreshed\r\n",
        b"<title>Soon</title>",
        "Fetched with the page, as a frame is.",
    ),
    "refresh-field-later": _refreshing(
        "Sends the field Refresh with an address to be gone to after five seconds.",
        b"Refresh: 5;URL=/landed/later\r\n",
        b"<title>Soon</title>",
        "Listed as a place to go, not followed.",
    ),
    "link-field": _refreshing(
        "Sends two fields Link: a preload, the next page and a connection to open.",
        b"Link: </landed/preloaded>; rel=preload; as=script, <http://elsewhere.example/>; rel=preconnect\r\n"
        b'Link: </landed/next>; rel="next"; title="The next, <b>bold</b> one"\r\n',
        b"<title>Ahead</title>",
        "What is preloaded is fetched with the page; the next page is listed, the connection is not opened.",
    ),
    "meta-refresh": _refreshing(
        "Sends a page that refreshes itself to another of the same origin at once.",
        b"",
        b'<meta http-equiv=refresh content="0; url=/landed/at-once">',
        "Fetched with the page, as a frame is.",
    ),
    "meta-refresh-later": _refreshing(
        "Sends a page that refreshes itself to another after five seconds.",
        b"",
        b'<meta http-equiv=refresh content="5; url=/landed/later">',
        "Listed as a place to go, not followed.",
    ),
    "meta-refresh-elsewhere": _refreshing(
        "Sends a page that refreshes itself to another origin at once.",
        b"",
        b'<meta http-equiv=refresh content="0; url=http://elsewhere.example/">',
        "Listed as a place to go, not followed.",
    ),
}
