"""What does a picture's file say of itself, read without drawing a pixel?"""

from __future__ import annotations

import attrs

from preserve.model.inspection import Problem

__all__ = ["Picture", "compare"]


@attrs.define(kw_only=True)
class Picture:
    """What a walk through a picture's file has found. Made empty, and filled on the way."""

    width: int | None = None
    height: int | None = None
    mode: str | None = None
    """In Pillow's words: ``L``, ``RGB``, ``P``, ``CMYK``, …"""
    frames: int = 1
    exif: bytes = b""
    """A TIFF structure."""
    xmp: bytes = b""
    iptc: bytes = b""
    """IIM records, as in Photoshop's resource 0x0404."""
    icc: bytes = b""
    problems: list[Problem] = attrs.field(factory=list)
    """Each says that the file is not whole."""
    surplus_bytes: int = 0
    """Octets after the end that the format defines."""

    def cut(self, missing: str) -> None:
        """Note that the file ends before the picture does."""
        self._note("image.truncated", f"The picture is cut short: {missing}.")

    def damaged(self, what: str) -> None:
        """Note that the file is not built as its format asks."""
        self._note("image.damaged", f"The picture's file is damaged: {what}.")

    def _note(self, code: str, message: str) -> None:
        if not self.problems:  # what follows from the first is no news
            self.problems.append(Problem(code=code, message=message))


def compare(stated: int, size: int) -> str:
    """Return in words that a file is shorter than it says; empty if it is not."""
    return f"it says it has {stated} bytes, and {size} are there" if stated > size else ""
