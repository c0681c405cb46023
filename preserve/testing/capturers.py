"""What must every capturer do, whatever it is given?"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from preserve.formats.schemas import dump_json, structure, unstructure
from preserve.model.inspection import Capturer, Content, Inspection

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["check_capturer"]

_URL = "https://example.org/folder/file"
_GARBAGE = (b"", b"\x00", b"\xff" * 100, b"<" * 1000, b"%PDF-", b"\x89PNG\r\n\x1a\n", bytes(range(256)) * 4)


def check_capturer(capturer: object, samples: Iterable[bytes]) -> None:
    """
    Hold a capturer against the contract of ``preserve.model.inspection.Capturer``.

    Args:
        capturer: An instance, as its entry point makes it.
        samples: Payloads it is made for; each is also given cut short and with bytes changed.

    Raises:
        AssertionError: With a sentence, when the contract is broken.
    """
    _hold(isinstance(capturer, Capturer), f"{capturer!r} has no name, media_types or inspect().")
    assert isinstance(capturer, Capturer)  # noqa: S101 - for the type checker
    _hold(bool(capturer.name), "A capturer needs a name.")
    _hold(bool(capturer.media_types), f"{capturer.name} opens no media type.")
    for media_type in capturer.media_types:
        bare = media_type == media_type.lower() and "/" in media_type and ";" not in media_type
        _hold(bare, f"{media_type!r} is not a lower-case media type without parameters.")
    for sample in samples:
        for payload in (sample, *_damaged(sample), *_GARBAGE):
            _check_payload(capturer, payload)


def _check_payload(capturer: Capturer, payload: bytes) -> None:
    first, second = (_inspect(capturer, payload) for _ in range(2))
    what = f"{capturer.name}, given {payload[:20]!r} ({len(payload)} bytes),"
    _hold(dump_json(first) == dump_json(second), f"{what} does not answer the same twice.")
    _hold(structure(Inspection, unstructure(first)) == first, f"{what} gives what JSON cannot carry.")
    for link in first.links:
        _hold(link.url is None or ":" in link.url, f"{what} gives a link that is not resolved: {link.url!r}.")


def _inspect(capturer: Capturer, payload: bytes) -> Inspection:
    content = Content(
        url=_URL,
        media_type=min(capturer.media_types),
        charset=None,
        size_bytes=len(payload),
        stream=io.BytesIO(payload),
    )
    return capturer.inspect(content)


def _damaged(sample: bytes) -> Iterator[bytes]:
    """Yield the sample cut short and with single bytes changed."""
    for part in (1, 2, 3):
        yield sample[: len(sample) * part // 4]
    for part in (1, 2, 3):
        at = len(sample) * part // 4
        yield sample[:at] + bytes([sample[at] ^ 0x55]) + sample[at + 1 :] if sample else b""


def _hold(condition: bool, sentence: str) -> None:  # noqa: FBT001 - what is held to be true
    if not condition:
        raise AssertionError(sentence)
