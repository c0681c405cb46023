"""
What is in a WARC file?

WARC 1.1 (ISO 28500:2017), read and written record by record. Modules: ``header`` (fields),
``write`` (a record as one gzip member), ``read`` (a record whose place is known), ``walk`` (a whole
file, damaged or not), ``feed``, ``draft`` and ``meter`` (its parts: data of members, one record as it
is read, digests), ``payload`` (what of a block is payload), ``problems`` (what can be wrong).
"""

from preserve.formats.warc.header import (
    FIELD_ORDER,
    RecordHeader,
    format_header,
    lex_fields,
    parse_header,
    warcinfo_block,
)
from preserve.formats.warc.payload import http_role
from preserve.formats.warc.problems import NOTES, PROBLEMS
from preserve.formats.warc.read import Record, http_head, open_record, payload
from preserve.formats.warc.walk import WalkedRecord, walk
from preserve.formats.warc.write import write_record

__all__ = [
    "FIELD_ORDER",
    "NOTES",
    "PROBLEMS",
    "Record",
    "RecordHeader",
    "WalkedRecord",
    "format_header",
    "http_head",
    "http_role",
    "lex_fields",
    "open_record",
    "parse_header",
    "payload",
    "walk",
    "warcinfo_block",
    "write_record",
]
