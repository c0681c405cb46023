"""In what is a record not what its line in records.tsv says?"""

from __future__ import annotations

import attrs

from preserve.formats.records import RecordLine

__all__ = ["Off"]


@attrs.frozen(kw_only=True)
class Off:
    """One line whose bytes are not what it says."""

    index: int
    """Of the line among those of its file."""
    digest: bytes
    """Of the bytes that are there, 32 octets."""
    whole: bool
    """Whether all of them were there."""
    found: RecordLine | None = None
    """The line the header gives, when the digest is right and other columns are not."""
    code: str = "warc.record-damaged"
    """What to call it when there is a problem."""
    problem: str = ""
    """The digest is right, and yet the record is not as it must be: a sentence."""

    @property
    def by_bytes(self) -> bool:
        """Whether the bytes are not those of the line, rather than what is in them."""
        return self.found is None and not self.problem
