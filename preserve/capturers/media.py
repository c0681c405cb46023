"""What sound or video is in a file, how long does it last, and is it whole?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from preserve.capturers.stated import Stated
from preserve.model.inspection import Content, Inspection, Json, Problem

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

__all__ = ["Media", "MediaCapturer"]


@attrs.define(kw_only=True)
class Media:
    """What a walk through a file of sound or video has found. Made with its format, filled on the way."""

    format: str
    duration_s: float | None = None
    whole: bool | None = None
    tracks: list[Json] = attrs.field(factory=list)
    stated: Stated = attrs.field(factory=Stated)
    problems: list[Problem] = attrs.field(factory=list)

    def lasts(self, units: float, rate: float) -> None:
        """Note the duration, in units of which so many are a second."""
        if rate > 0 and units > 0:
            self.duration_s = round(units / rate, 3)

    def cut(self, missing: str) -> None:
        """Note that the file ends before its content does."""
        self.whole = False
        if not self.problems:
            message = f"The file is cut short: {missing}."
            self.problems.append(Problem(code="media.truncated", message=message))

    def ends(self, stated: int, size: int) -> None:
        """Note whether a file is as long as it says."""
        if stated > size:
            self.cut(f"it says it has {stated} bytes, and {size} are there")
        elif self.whole is None:
            self.whole = True


class MediaCapturer:
    """Walks through containers of sound and video; nothing is decoded."""

    name = "media"
    media_types = frozenset(
        {
            "application/ogg",
            "audio/aiff",
            "audio/flac",
            "audio/mp4",
            "audio/mpeg",
            "audio/ogg",
            "audio/wav",
            "video/3gpp",
            "video/mp4",
            "video/ogg",
            "video/quicktime",
            "video/webm",
            "video/x-matroska",
            "video/x-msvideo",
        }
    )

    def inspect(self, content: Content) -> Inspection:
        """Return the facts and problems of sound or video. Never raises for what is in it."""
        media = _walk(content.media_type)(content.stream, content.size_bytes)
        facts: dict[str, Json] = {
            "format": media.format,
            "duration_s": media.duration_s,
            "tracks": media.tracks,
            "whole": media.whole,
            "stated": media.stated.facts(),
        }
        return Inspection(facts=facts, problems=tuple(media.problems))


def _walk(media_type: str) -> Callable[[BinaryIO, int], Media]:
    """Return what walks through such a file; imported when the first one comes."""
    if media_type in {"video/webm", "video/x-matroska"}:
        from preserve.capturers.matroska import walk_matroska  # noqa: PLC0415 - only where it is needed

        return walk_matroska
    if media_type in {"audio/mp4", "video/mp4", "video/quicktime", "video/3gpp"}:
        from preserve.capturers.mp4 import walk_mp4  # noqa: PLC0415 - only where it is needed

        return walk_mp4
    if media_type in {"audio/wav", "audio/aiff", "video/x-msvideo"}:
        from preserve.capturers.riff import walk_aiff, walk_riff  # noqa: PLC0415 - only where it is needed

        return walk_aiff if media_type == "audio/aiff" else walk_riff
    from preserve.capturers.sound import walk_flac, walk_mp3, walk_ogg  # noqa: PLC0415 - only where it is needed

    return {"audio/flac": walk_flac, "audio/mpeg": walk_mp3}.get(media_type, walk_ogg)
