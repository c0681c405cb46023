"""What was asked for, within which limits, and what came of it?"""

from __future__ import annotations

from enum import StrEnum

import attrs

from preserve.model.documents import DEFAULT_GROUPS
from preserve.model.url import UriR

__all__ = ["CaptureRequest", "ClockFacts", "Limits", "Outcome", "RobotsPolicy", "Verdict"]

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
    dns_s: float = 10.0
    """For the addresses of a name."""
    connect_s: float = 20.0
    """For a connection to one of them."""
    tls_s: float = 20.0
    """For the TLS handshake."""
    head_s: float = 30.0
    """From the request's last byte to the head's last."""
    idle_s: float = 30.0
    """Between two arrivals of body bytes."""
    least_rate_bytes_s: int = 100
    """A body that brings less over ``least_rate_s`` is left; 0: never. A modem of 1990 brought twice that."""
    least_rate_s: float = 60.0
    """The stretch of time over which the rate of a body is taken, wherever it begins."""
    exchange_s: float = 600.0
    """One whole exchange."""
    retries: int = 2
    """How often one request is repeated when what came of it may pass."""
    retry_s: float = 60.0
    """The longest wait before a repetition; a server that asks for a longer one is not asked again."""
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
    guesses: int = 1000
    """Speculative references that are tried: pictures and documents. More of them are no gap."""
    depth: int = 4
    """Frames within frames, style sheets importing style sheets."""
    render_s: float = 180.0
    """A browser with one page, from its start to its end."""
    load_s: float = 45.0
    """From the page's address to its ``load`` event, or to the first stillness after it."""
    quiet_s: float = 1.0
    """How long nothing new may be asked for until a page counts as still."""
    scroll_px: int = 100_000
    """How far down a page is scrolled, in CSS pixels: a hundred screens."""
    scroll_s: float = 40.0
    """How long it is scrolled."""
    screenshot_px: int = 16_384
    """The height of a picture of the page: what Chromium can draw in one piece."""
    clicks: int = 12
    """Download widgets that are clicked."""
    dialogues: int = 30
    """Dialogues that are dismissed before the tab is given up."""
    pop_ups: int = 30
    """Windows that are closed before the tab is given up."""
    frames: int = 60
    """Frames of a rendered page that are read."""


class RobotsPolicy(StrEnum):
    """What robots.txt, X-Robots-Tag and meta robots are for us. They are kept in both cases."""

    IGNORE = "ignore"
    """They are kept and change nothing."""
    OBEY = "obey"
    """What they forbid is not asked for."""


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
    """Whether all private networks may be asked, this machine included."""
    private_networks: tuple[str, ...] = ()
    """Those that may be asked besides, as CIDR; the only way to a metadata service is to name its address."""
    robots: RobotsPolicy = RobotsPolicy.IGNORE
    delay_s: float = 0.0
    """The least time between the starts of two requests to one host."""
    allow_bad_tls: bool = False
    """Go on where a certificate cannot be verified; the verdict is recorded."""
    proxy: str = ""
    """Where all connections go, e.g. ``socks5://proxy.example:1080``; never with user name or password."""
    pixels: bool = False
    """Decode every pixel of every picture, and make perceptual digests."""
    documents: tuple[str, ...] = DEFAULT_GROUPS
    """Which kinds of linked documents are kept, names of ``model.documents.GROUPS``, sorted."""
    credentials: tuple[str, ...] = ()
    """What the user gave in confidence, by name and never by value: ``cookies``, ``header X-Token``."""
    viewport: str = ""
    """Width and height of the browser's window in CSS pixels, e.g. ``1280x800``; empty: that."""
    fallback: str = ""
    """``browser``: let the browser itself fetch from origins that do not speak to our client; empty: no."""
    locale: str = ""
    """What the browser prefers, e.g. ``de-DE``; empty: ``en-GB``."""
    timezone: str = ""
    """Where the browser is, e.g. ``Europe/Vienna``; empty: UTC."""
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
