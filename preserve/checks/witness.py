"""What would the index say of a response, by the lists, and by the stored response itself?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from preserve.checks.layout import warc_path
from preserve.errors import PreserveError
from preserve.formats import warc
from preserve.formats.cdxj import CdxLine
from preserve.formats.records import escape_uri
from preserve.formats.surt import surt
from preserve.model.times import parse_iso, stamp17

if TYPE_CHECKING:
    from preserve.checks.evidence import Evidence
    from preserve.formats.records import RecordLine
    from preserve.model.resource import Resource

__all__ = ["expected_line", "stored_line"]


def expected_line(line: RecordLine, resource: Resource) -> CdxLine | None:
    """Return the line of the index that follows from the lists; None if none can."""
    status = "-" if resource.status is None else str(resource.status)
    # records.tsv writes white space and the like in a URL as %XX; else the two are the same.
    same = line.uri is None or escape_uri(resource.url) == line.uri
    url = resource.url if same else line.uri or ""
    return _line(line, url, resource.declared_type, status, resource.payload_digest)


def stored_line(evidence: Evidence, line: RecordLine) -> CdxLine | None:
    """
    Return the line that follows from the record itself; None if it cannot be read.

    Reads the record's header and the head of its response.
    """
    stream = evidence.open(warc_path(line.file))
    if stream is None:
        return None
    with stream:
        try:
            record = warc.open_record(stream, line.offset, line.length)
            head = warc.http_head(record)
        except (PreserveError, OSError):
            return None
    parsed = head.parsed if head is not None else None
    declared = parsed.get(b"content-type") if parsed is not None else None
    status = "-" if parsed is None or parsed.status is None else str(parsed.status)
    text = None if declared is None else declared.decode("utf-8", "replace")
    return _line(
        line, record.header.target_uri or "", text, status, record.header.get("WARC-Payload-Digest") or ""
    )


def _line(line: RecordLine, url: str, declared: str | None, status: str, payload: str) -> CdxLine | None:
    try:
        return CdxLine(
            key=surt(url),
            stamp=stamp17(parse_iso(line.date)),
            fields={
                "url": url,
                "mime": (declared or "").partition(";")[0].strip().lower() or "unk",
                "status": status,
                "digest": payload,
                "length": str(line.length),
                "offset": str(line.offset),
                "filename": line.file,
                "recordDigest": f"sha256:{line.sha256}",
            },
        )
    except ValueError:
        return None
