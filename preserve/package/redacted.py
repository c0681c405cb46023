"""
What is known of masked secrets and of verdicts on certificates when only the WARC records are left?

``recover`` asks. The names of what was given stand in the request that was staged; the values are
nowhere.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from preserve.model.exchange import Fidelity
from preserve.model.url import origin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preserve.formats.http1 import ParsedHead
    from preserve.formats.warc import RecordHeader
    from preserve.model.capture import CaptureRequest

__all__ = ["redacted_fields", "stored_fidelity", "tls_verdict"]

_HEADER = "header "
_COOKIES = "cookies"
_PROFILE = "browser profile"
_BASIC = "basic authentication"
_MASKED_PAIR = re.compile(rb"(?:^|; )(?:[^=;]*=)?x+(?:;|$)")


def redacted_fields(request: CaptureRequest, url: str, head: ParsedHead | None) -> tuple[str, ...]:
    """
    Return the names of the fields of a stored request in which secrets are masked.

    A cookie that a server set to nothing but ``x`` is taken for a masked one, if cookies were given.

    Args:
        request: What was asked for, with the names of what was given.
        url: What the request asks for.
        head: Its head; None when it cannot be read.
    """
    return tuple(dict.fromkeys(_redacted(request, url, head))) if head is not None else ()


def tls_verdict(request: CaptureRequest, record: RecordHeader) -> str | None:
    """Return the verdict on the certificate of a stored response, where it can only have been one."""
    secured = any(value.startswith("tls/") for value in record.get_all("WARC-Protocol"))
    return "verified" if secured and not request.allow_bad_tls else None


def stored_fidelity(request: CaptureRequest, record: RecordHeader) -> Fidelity:
    """
    Return how near a stored response is to the octets of the connection.

    What a browser fetched by itself has no cipher suite in its record; nor has what our client fetched over
    TLS before 1.3. Where the one was allowed the two cannot be told apart, and the lesser claim is made.
    """
    secured = any(value.startswith("tls/") for value in record.get_all("WARC-Protocol"))
    known = record.get("WARC-Cipher-Suite") is not None
    return Fidelity.DECODED if request.fallback and secured and not known else Fidelity.WIRE


def _redacted(request: CaptureRequest, url: str, head: ParsedHead) -> Iterator[str]:
    given = {name.removeprefix(_HEADER).lower() for name in request.credentials if name.startswith(_HEADER)}
    if _BASIC in request.credentials:
        given.add("authorization")
    ours = origin(url) == origin(request.url)
    cookies = _COOKIES in request.credentials or _PROFILE in request.credentials
    for name, value in head.fields:
        text = name.decode("latin-1")
        masked = text.lower() == "cookie" and cookies and _MASKED_PAIR.search(value)
        if masked or (ours and text.lower() in given):
            yield text
