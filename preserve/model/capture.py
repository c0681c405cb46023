"""What was asked for, within which limits, and what came of it?"""

from __future__ import annotations

from enum import StrEnum

import attrs

from preserve.model.url import UriR

__all__ = ["CaptureRequest", "ClockFacts", "Limits", "Outcome", "Verdict"]

_MIB = 1 << 20


@attrs.frozen(kw_only=True)
class Limits:
    """
    How much one capture may take. Every limit that is met is recorded and makes the capture partial.

    The defaults come from practice: a long blog post with forty photos and a few documents stays an
    order of magnitude below them.
    """

    body_bytes: int = 512 * _MIB
    """One response, as transferred."""
    head_bytes: int = 256 * 1024
    """One response head, interim responses included."""
    capture_bytes: int = 4096 * _MIB
    """All responses of one capture together."""
    requests: int = 5000
    redirects: int = 20
    """One reference's chain."""
    connect_s: float = 20.0
    head_s: float = 30.0
    """From the request's last byte to the head's last."""
    idle_s: float = 30.0
    """Between two arrivals of body bytes."""
    exchange_s: float = 600.0
    """One whole exchange."""
    capture_s: float = 3600.0
    """The whole capture."""
    connections_per_host: int = 6
    connections: int = 32
    inspect_bytes: int = 64 * _MIB
    """A decoded payload above this is kept but not opened by a capturer."""
    inspect_s: float = 30.0
    inspect_memory_bytes: int = 1024 * _MIB
    decode_ratio: int = 200
    """Decoded size over coded size, past the first MiB."""
    references: int = 100_000
    """References of one capture."""
    depth: int = 4
    """Frames within frames, style sheets importing style sheets."""


@attrs.frozen(kw_only=True)
class CaptureRequest:
    """What the user asked for."""

    url: UriR
    as_given: str
    """The URL as the user wrote it."""
    engine: str = "plain"
    user_agent: str = ""
    """Empty: our own honest one."""
    allow_private_network: bool = False
    limits: Limits = attrs.field(factory=Limits)


@attrs.frozen(kw_only=True)
class ClockFacts:
    """When the capture began and ended by the clock of the machine that made it."""

    began_at: str
    ended_at: str


class Verdict(StrEnum):
    """Whether all that the page asks for was had."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    FAILED = "failed"


@attrs.frozen(kw_only=True)
class Outcome:
    """The verdict of a capture, as seen by one engine."""

    verdict: Verdict
    engine: str
    gaps: int = 0
    """References that should have been captured and were not."""
    reasons: tuple[str, ...] = ()
    """Sentences: why the verdict is not ``complete``."""
    interrupted: bool = False
