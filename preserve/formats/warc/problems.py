"""What can be wrong with a record of a WARC file? The codes never change their meaning."""

from __future__ import annotations

from typing import TYPE_CHECKING

from preserve.formats import gzip_members

if TYPE_CHECKING:
    from collections.abc import Iterable

    from preserve.model.problem import Problem

__all__ = ["NOTES", "PROBLEMS", "damage_first"]

PROBLEMS = gzip_members.PROBLEMS | {
    # Damage, or a breach of WARC 1.1 that makes the record unsure.
    "warc.bad-header": "The header cannot be read, or not whole: version line, a field, Content-Length.",
    "warc.missing-field": "A field that every record must have is absent (WARC 1.1, section 5.1).",
    "warc.truncated": "The file ends inside an uncompressed record.",
    "warc.block-length": "The block is shorter or longer than Content-Length says.",
    "warc.block-digest": "The block differs from its declared WARC-Block-Digest.",
    "warc.payload-digest": "The payload differs from its declared WARC-Payload-Digest.",
    "warc.missing-separator": "Other than two CRLF stands between the block and what follows.",
    "warc.garbage": "Octets that belong to no record, between records or in a member after its record.",
    "warc.empty-member": "A gzip member that holds no octets.",
    "warc.member-shared": "A gzip member holds several records (WARC 1.1, Annex D.2 asks for one each).",
    "warc.record-spread": "A record takes several gzip members.",
    # Notes.
    "warc.odd-field": "The header can be read, but its form is not the standard's.",
    "warc.payload-digest-unframed": (
        "The declared payload digest is over all that follows the HTTP head, not the entity body: so warcio "
        "writes it of chunked messages, and others of bodies they stored decoded under their old head."
    ),
    "warc.not-checked": "A declared digest could not be checked.",
}
"""Code and meaning. Those not in ``NOTES`` mean: do not rely on this record, or on this file's form."""

NOTES = gzip_members.NOTES | {"warc.odd-field", "warc.payload-digest-unframed", "warc.not-checked"}
"""The problems that say nothing against the octets."""


def damage_first(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return the problems in their order, but notes last."""
    return tuple(sorted(problems, key=lambda problem: problem.code in NOTES))
