"""In which line of a text does an offset stand?"""

from __future__ import annotations

__all__ = ["LineNumbers"]


class LineNumbers:
    """
    The numbers of a text's lines, quickest where they are asked for in order.

    Args:
        text: Its lines end with LF.
        first: The number of its first line.
    """

    def __init__(self, text: str, first: int = 1) -> None:
        self._text = text
        self._line = first
        self._from = 0
        self._to = self._end_after(0)

    def at(self, offset: int) -> int:
        """Return the line of an offset."""
        if not self._from <= offset <= self._to:
            if offset > self._to:
                self._line += self._text.count("\n", self._to, offset)
            else:
                self._line -= self._text.count("\n", offset, self._from)
            self._from = offset
            self._to = self._end_after(offset)
        return self._line

    def _end_after(self, offset: int) -> int:
        end = self._text.find("\n", offset)
        return end if end >= 0 else len(self._text)
