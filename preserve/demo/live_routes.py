"""What does the demo site answer that only a browser asks for?"""

from __future__ import annotations

import json
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import quote

from preserve.demo import text
from preserve.demo.document import booklet
from preserve.demo.live import (
    COUNTER_PATH,
    FILE_CALL,
    GALLERY,
    LIVE_PATH,
    LIVE_SCRIPT,
    OBSERVED,
    WORKER,
    WORKER_PATH,
    render_live,
)
from preserve.demo.pictures import encode
from preserve.demo.routes import Response

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["LIVE_DOCUMENT", "LIVE_EXPECTED", "live_site"]

LIVE_DOCUMENT = "/live/files/" + quote(text.DOCUMENT_NAME)
"""Where the PDF behind the button is."""

LIVE_EXPECTED = (
    LIVE_PATH,
    "/live/live.js",
    COUNTER_PATH,
    *(picture.path for picture in GALLERY),
    OBSERVED.path,
    WORKER_PATH,
    FILE_CALL,
    LIVE_DOCUMENT,
)
"""The paths that a browser's capture of the page has; all but the first two are unknown without scripts."""


@cache
def live_site() -> Mapping[str, Response]:
    """Return every path of the page and its answer; that of the counter holds for every query."""
    document = booklet()
    kept = f"attachment; filename*=UTF-8''{quote(text.DOCUMENT_NAME)}"
    answers = {
        LIVE_PATH: _typed("text/html; charset=utf-8", render_live(len(document))),
        "/live/live.js": _typed("text/javascript; charset=utf-8", LIVE_SCRIPT),
        COUNTER_PATH: _typed("application/json", json.dumps({"views": 35}), ("Cache-Control", "no-store")),
        FILE_CALL: _typed("application/json", json.dumps({"url": LIVE_DOCUMENT})),
        WORKER_PATH: _typed("text/javascript; charset=utf-8", WORKER),
        LIVE_DOCUMENT: _typed("application/pdf", document, ("Content-Disposition", kept)),
    }
    for picture in (*GALLERY, OBSERVED):
        answers[picture.path] = _typed(picture.media_type, encode(picture))
    return MappingProxyType(answers)


def _typed(media_type: str, body: bytes | str, *extra: tuple[str, str]) -> Response:
    data = body.encode() if isinstance(body, str) else body
    return Response(headers=(("Content-Type", media_type), *extra), body=data)
