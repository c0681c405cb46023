"""
Where does an HTTP/1 message end, and what is in it?

The one place that decides it: the wire engine, the verifier and the readers of WARC records all
feed a ``MessageReader``. Modules: ``events`` (what it says), ``reader`` (the walk from head to
body), ``lexer`` (start line and fields), ``framing`` (RFC 9112, section 6.3 as a table), ``bodies``
(counted, chunked, endless).
"""

from preserve.formats.http1.events import (
    Body,
    End,
    EndReason,
    Event,
    Fields,
    Framing,
    Head,
    Octets,
    ParsedHead,
    Role,
)
from preserve.formats.http1.reader import MAX_HEAD_BYTES, MessageReader

__all__ = [
    "MAX_HEAD_BYTES",
    "Body",
    "End",
    "EndReason",
    "Event",
    "Fields",
    "Framing",
    "Head",
    "MessageReader",
    "Octets",
    "ParsedHead",
    "Role",
]
