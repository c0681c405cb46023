"""
Is an exported ``.wacz`` the file that was made?

docs/format/package-1.md, section 14. There is no bag around the files: a CRC-32 says whether an entry has
changed, the digests of ``datapackage.json`` which files belong together.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from preserve.checks.fixity import near
from preserve.checks.layout import FILES, is_warc
from preserve.checks.results import Standing
from preserve.checks.statements import Fault, say, shown
from preserve.checks.zipped import PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preserve.checks.evidence import Evidence
    from preserve.checks.statements import Statement
    from preserve.checks.zipped import Zipped

__all__ = ["adjudicate_zip", "judge_zip"]

_PIECE_BYTES = 1 << 18


def judge_zip(evidence: Evidence) -> Iterator[Statement]:
    """
    Say where the ZIP is not exactly as specified; all that is wrong with one entry is one cause.

    Files that could not be listed for sure are noted in ``evidence.upset``.
    """
    listing = _of(evidence).listing
    if not listing.whole:
        # What the local headers do not show may be there; nothing is laid to the files themselves.
        missing = {*FILES, *evidence.described} - evidence.tree.files.keys()
        evidence.upset.update(dict.fromkeys(missing, ""))
    for name in listing.lost:
        evidence.upset[f"{PREFIX}{name}"] = ""
    parts: dict[str, int] = {}
    for number, problem in enumerate(listing.problems):
        part = parts.setdefault(f"{number}" if problem.name is None else f"data/{problem.name}", len(parts))
        yield say(
            problem.code,
            Fault("", part),
            problem.message,
            path="" if problem.name is None else f"{PREFIX}{problem.name}",
            offset=problem.offset,
            length=problem.length,
        )


def adjudicate_zip(evidence: Evidence) -> Iterator[Statement]:
    """
    Give every file its standing, and say which entries are not the bytes that their headers sum up.

    Of a file and a ``datapackage.json`` that do not agree, both with a right CRC-32, somebody edited one:
    it is the file, unless the digests differ in a few digits only, or records.tsv vouches for it.
    """
    zipped = _of(evidence)
    for path in sorted(evidence.seen):
        measured = evidence.digest(path)
        if measured is None:
            evidence.standing[path] = Standing.UNREADABLE
            yield say("check.not-done", path, f"The CRC-32 of {shown(path)} could not be compared.")
            continue
        evidence.standing[path] = Standing.SOUND
        described = evidence.described.get(path)
        crc = _crc(evidence, path)
        if crc is not None and crc not in zipped.members[path].crc:
            right = measured == described and evidence.datapackage_agrees
            if not right:
                evidence.standing[path] = Standing.DAMAGED
                evidence.mismatched.append(path)
            wanted = ", ".join(f"{number:08x}" for number in sorted(zipped.members[path].crc))
            text = (
                f"{shown(path)}: CRC-32 differs from the entry's headers: expected {wanted}, read {crc:08x}."
            )
            fault = "" if right else path  # the headers are wrong, and the file is not
            yield say("zip.crc-differs", fault, text, path=path, expected=wanted, observed=f"{crc:08x}")
        elif described not in (None, measured) and evidence.datapackage_agrees:
            vouched = is_warc(path) and evidence.covered(path)
            # A digest of another algorithm says nothing of the file.
            comparable = len(described or "") == len(measured)
            if comparable and not vouched and not near(described, measured):
                evidence.standing[path] = Standing.DAMAGED


def _crc(evidence: Evidence, path: str) -> int | None:
    """Return the CRC-32 of a file; it is read again if nobody read it front to back in this process."""
    zipped = _of(evidence)
    if path not in zipped.crcs:
        stream = evidence.open(path)
        if stream is None:
            return None
        crc = 0
        with stream:
            try:
                while data := stream.read(_PIECE_BYTES):
                    crc = zlib.crc32(data, crc)
            except OSError as exc:
                evidence.lost[path] = exc.strerror or str(exc)
                return None
        zipped.crcs[path] = crc
    return zipped.crcs[path]


def _of(evidence: Evidence) -> Zipped:
    if evidence.zipped is None:
        raise ValueError("not a .wacz")
    return evidence.zipped
