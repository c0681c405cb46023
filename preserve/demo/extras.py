"""What is in the demo site's files that are neither pages nor pictures of pixels?"""

from __future__ import annotations

import io
import math
import wave
from functools import cache

__all__ = ["LAMP_SVG", "bell"]

LAMP_SVG = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">
<g id="lamp"><path fill="#2b3a67" d="M5 2h6l1 2H4zM4.5 5h7l-1.5 7H6zM7 12h2v3H7z"/>
<circle fill="#ffd166" cx="8" cy="8" r="2"/></g>
</svg>
"""

_RATE = 8000
_SECONDS = 1.2
_TONES = ((1.0, 1.0, 2.5), (2.0, 0.6, 3.5), (2.4, 0.5, 4.5), (3.0, 0.3, 6.0))
"""Of a bell: frequency over the lowest, loudness, and how fast it dies away."""
_LOWEST = 392.0


@cache
def bell() -> bytes:
    """Return one stroke of a bell: WAVE, 8 bits a sample, one channel. The same bytes at every call."""
    samples = bytearray()
    for step in range(round(_RATE * _SECONDS)):
        at = step / _RATE
        level = sum(
            loud * math.exp(-fade * at) * math.sin(2 * math.pi * _LOWEST * tone * at)
            for tone, loud, fade in _TONES
        )
        samples.append(128 + round(level * 50))
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(_RATE)
        file.writeframes(bytes(samples))
    return out.getvalue()
