"""How is an instant written?"""

from __future__ import annotations

import datetime as dt
import re

__all__ = ["capture_name", "parse_iso", "stamp14", "stamp17", "to_iso"]

_SECOND = "%Y%m%dT%H%M%SZ"
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?Z")


def _utc(at: dt.datetime) -> dt.datetime:
    if at.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return at.astimezone(dt.UTC)


def to_iso(at: dt.datetime) -> str:
    """Return ``2026-11-22T10:15:00.123Z``: UTC, truncated to milliseconds. WARC 1.1, section 5.4."""
    at = _utc(at)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def parse_iso(text: str) -> dt.datetime:
    """
    Parse an instant of WARC 1.1 section 5.4: UTC, with 0 to 9 digits of fraction.

    Raises:
        ValueError: If it is none, or has no ``Z``.
    """
    if not _INSTANT.fullmatch(text):
        raise ValueError(f"{text!r} is not an instant such as 2026-11-22T10:15:00Z")
    fraction = text[20:26].rstrip("Z").ljust(6, "0")
    # Columns, not strptime: that takes ten times as long, and a package has an instant on every line.
    return dt.datetime(
        int(text[:4]),
        int(text[5:7]),
        int(text[8:10]),
        int(text[11:13]),
        int(text[14:16]),
        int(text[17:19]),
        int(fraction),
        dt.UTC,
    )


def stamp14(at: dt.datetime) -> str:
    """Return ``20261122101500``, the 14 digits of file names and Memento addresses."""
    return f"{_utc(at):%Y%m%d%H%M%S}"


def stamp17(at: dt.datetime) -> str:
    """Return ``20261122101500123``, the 17 digits of our CDXJ lines (milliseconds)."""
    at = _utc(at)
    return f"{at:%Y%m%d%H%M%S}{at.microsecond // 1000:03d}"


def capture_name(at: dt.datetime) -> str:
    """Return ``20261122T101500Z``, the name of a package's folder."""
    return f"{_utc(at):{_SECOND}}"
