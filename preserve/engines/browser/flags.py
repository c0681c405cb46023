"""With which flags does Chromium keep to the proxy, keep quiet, and show the same page the same way?"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["HEIGHT", "HELD_BACK", "WIDTH", "agent_for", "flags_for", "parse_viewport"]

WIDTH: Final = 1280
HEIGHT: Final = 800
"""A laptop's window, in CSS pixels."""
_LEAST, _MOST = 200, 8000

HELD_BACK: Final = (
    # Playwright lets pages open windows and talk without pause; a reader's browser does not.
    "--disable-popup-blocking",
    "--disable-ipc-flooding-protection",
    "--enable-automation",
)
"""Flags that Playwright would add."""

_OURS = re.compile(r"Mozilla/5\.0 \(compatible; preserve/[^)]*\)(.*)")
"""What a request says when the user did not."""
_HEAP_MB = 1024
"""What the scripts of one tab may take; beyond it the tab crashes, and the machine does not."""


def flags_for(*, spki: str | None, agent: str) -> list[str]:
    """
    Return the flags besides those of Playwright.

    Args:
        spki: Base64 of the SHA-256 of our authority's key: certificates made with it are believed.
        agent: The User-Agent, for service workers too.
    """
    flags = [
        "--disable-gpu",
        "--disable-quic",
        f"--user-agent={agent}",
        # No name is looked up and no address reached but the proxy's: neither by a prefetch nor by WebRTC.
        "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
        "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
        "--webrtc-ip-handling-policy=disable_non_proxied_udp",
        "--dns-prefetch-disable",
        "--no-pings",
        "--disable-domain-reliability",
        "--disable-client-side-phishing-detection",
        "--autoplay-policy=no-user-gesture-required",
        f"--js-flags=--max-old-space-size={_HEAP_MB}",
        "--disk-cache-size=1",
    ]
    if spki:
        flags.append(f"--ignore-certificate-errors-spki-list={spki}")
    return flags


def agent_for(asked: str, *, major: int) -> str:
    """
    Return the User-Agent of the browser: its own, unless the user gave another.

    A browser that calls itself headless is sent away by many sites. The version is the browser's own.

    Args:
        asked: What the request has: ours, when the user gave none; a contact may follow.
        major: The browser's first version number, the only one that Chromium tells.
    """
    ours = _OURS.match(asked)
    if asked and not ours:
        return asked
    own = (
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
        f"Chrome/{major}.0.0.0 Safari/537.36"
    )
    return f"{own}{ours[1] if ours else ''}"


def parse_viewport(text: str) -> tuple[int, int]:
    """
    Return width and height; ours for an empty text.

    Raises:
        ValueError: If it is not two numbers from 200 to 8000 with an ``x`` between.
    """
    if not text:
        return WIDTH, HEIGHT
    width, _, height = text.partition("x")
    if not (width.isascii() and width.isdigit() and height.isascii() and height.isdigit()):
        raise ValueError(f"{text!r} is no size of a window; expected something like {WIDTH}x{HEIGHT}")
    if not all(_LEAST <= int(number) <= _MOST for number in (width, height)):
        raise ValueError(f"A window of {text} cannot be had; each side has {_LEAST} to {_MOST} pixels")
    return int(width), int(height)
