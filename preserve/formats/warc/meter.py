"""Do a block and its payload have the digests that their record declares?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from preserve.formats.warc.payload import Part, PayloadReader
from preserve.model.digest import ALGORITHMS, Digest, hasher
from preserve.model.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable
    from hashlib import _Hash

    from preserve.formats.warc.header import RecordHeader

__all__ = ["BlockMeter", "Measured"]

_OURS = "sha256"
_PAYLOAD_ELSEWHERE = frozenset({"revisit", "continuation"})
_DECLARED = {"block": "WARC-Block-Digest", "payload": "WARC-Payload-Digest"}
_DECLARED_MOST = 8
"""A digest may be declared once; of what declares thousands, the first show enough."""
_PAYLOAD_NAME = _DECLARED["payload"]


@attrs.frozen(kw_only=True)
class Measured:
    """Digests of a whole block and its payload, and how they agree with the declared ones."""

    block_digest: Digest
    payload_digest: Digest | None
    """None where the payload is not in this record: revisits and segments."""
    payload_bytes: int | None
    problems: tuple[Problem, ...]


class BlockMeter:
    """
    Digests a block and its payload while the block goes by.

    The algorithms are ours (sha256) and those declared. A payload digest is not compared where the
    payload is not in the record: of revisits (WARC 1.1, 6.7) and segments (section 7).
    """

    def __init__(self, header: RecordHeader) -> None:
        self._header = header
        self._problems: list[Problem] = []
        self._reader = PayloadReader(header)
        self._has_payload = (
            header.type.lower() not in _PAYLOAD_ELSEWHERE and header.get("WARC-Segment-Number") is None
        )
        self._block_declared = self._declared("block")
        self._payload_declared = self._declared("payload")
        block, payload = self._block_declared, self._payload_declared
        self._block = _Hashers(block if self._reader.is_http else block + payload)
        self._payload = _Hashers(payload)
        self._after_head: _Hashers | None = None
        """Of all that follows the head; None as long as that is the payload."""

    def update(self, data: bytes) -> None:
        """Take the next octets of the block."""
        self._block.update(data)
        if self._reader.is_http and self._has_payload:
            self._take(self._reader.feed(data))

    def close(self) -> Measured:
        """Return what was found; the block is whole."""
        if self._reader.is_http and self._has_payload:
            self._take(self._reader.close())
        payload = self._payload if self._reader.is_http else self._block
        self._compare(self._block, self._block_declared, "block")
        if self._has_payload:
            self._compare_payload(payload)
        elif self._payload_declared:
            self._note(
                "warc.not-checked",
                f"{_PAYLOAD_NAME} was not checked: the payload is elsewhere, or goes on in other records.",
            )
        return Measured(
            block_digest=self._block.digest(_OURS),
            payload_digest=payload.digest(_OURS) if self._has_payload else None,
            payload_bytes=payload.size if self._has_payload else None,
            problems=tuple(self._problems),
        )

    def _take(self, parts: Iterable[Part]) -> None:
        for part in parts:
            if self._after_head is None and part.after_head != part.entity and self._payload_declared:
                self._after_head = self._payload.copy()
            if self._after_head is not None:
                self._after_head.update(part.after_head)
            self._payload.update(part.entity)

    def _declared(self, what: str) -> tuple[Digest, ...]:
        """Return the declared digests of the block or the payload."""
        found = []
        values = self._header.get_all(_DECLARED[what])
        if len(values) > _DECLARED_MOST:
            message = f"Only {_DECLARED_MOST} of {len(values)} {_DECLARED[what]} fields were checked."
            self._note("warc.not-checked", message)
        for text in values[:_DECLARED_MOST]:
            try:
                found.append(Digest.parse(text))
            except ValueError:
                # A value that no digest of a known algorithm can have is not merely unknown: it is wrong.
                label = text.partition(":")[0].strip().lower().replace("-", "")
                known = label in ALGORITHMS
                code = f"warc.{what}-digest" if known else "warc.not-checked"
                why = f"no {label} value" if known else "of no algorithm known here, and was not checked"
                self._note(code, f"{_DECLARED[what]} of {self._subject} is {text[:160]}, which is {why}.")
        return tuple(found)

    def _compare(self, seen: _Hashers, declared: tuple[Digest, ...], what: str) -> None:
        for digest in declared:
            observed = seen.digest(digest.algorithm)
            if observed != digest:
                message = f"{_DECLARED[what]} of {self._subject} is {digest}; the {what} has {observed}."
                self._note(f"warc.{what}-digest", message)

    @property
    def _subject(self) -> str:
        header = self._header
        return f"{header.record_id[:80] or 'a record without id'} ({(header.target_uri or 'no URI')[:200]})"

    def _compare_payload(self, payload: _Hashers) -> None:
        other = self._after_head
        for digest in self._payload_declared:
            observed = payload.digest(digest.algorithm)
            if other is not None and observed != digest == other.digest(digest.algorithm):
                self._note(
                    "warc.payload-digest-unframed",
                    f"{_PAYLOAD_NAME} of {self._subject} is {digest}, over all that follows the HTTP head; "
                    f"the standard means the entity body, which has {observed}.",
                )
            else:
                self._compare(payload, (digest,), "payload")

    def _note(self, code: str, message: str) -> None:
        self._problems.append(Problem(code=code, message=message))


class _Hashers:
    """One hasher for each algorithm of some digests, and ours."""

    def __init__(self, digests: tuple[Digest, ...]) -> None:
        names = {digest.algorithm for digest in digests} | {_OURS}
        self._each: dict[str, _Hash] = {name: hasher(name) for name in sorted(names)}
        self.size = 0

    def copy(self) -> _Hashers:
        other = _Hashers(())
        other._each = {name: each.copy() for name, each in self._each.items()}
        other.size = self.size
        return other

    def update(self, data: bytes | memoryview) -> None:
        self.size += len(data)
        for each in self._each.values():
            each.update(data)

    def digest(self, algorithm: str) -> Digest:
        return Digest(algorithm, self._each[algorithm].hexdigest())
