"""
Is a JPEG whole, and what does it say of itself? ITU T.81, annex B.

The walk goes from marker to marker and draws nothing: what stands in a scan is skipped by one search for
the next octet FF that is followed by neither 00 (a stuffed FF) nor RST0 to RST7. A file that is cut
anywhere lacks its last marker, EOI; a hole in it breaks a segment, a table that a scan asks for, the
order of scans, or nothing: what a hole within one scan leaves decodes, to Pillow as well.
"""

from __future__ import annotations

import re
from typing import Final

from preserve.capturers.picture import Picture

__all__ = ["walk_jpeg"]

_SCAN_END = re.compile(rb"\xff\xff*+[^\x00\xd0-\xd7\xff]")
_FILL = re.compile(rb"\xff++")
_SOI, _EOI, _SOS, _DQT, _DHT = 0xD8, 0xD9, 0xDA, 0xDB, 0xC4
# Table B.1: start of frame, but for the three codes among them that are none.
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_PROGRESSIVE = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
_HUFFMAN = frozenset(range(0xC0, 0xC8))
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})  # TEM and RSTn have no length
_COEFFICIENTS, _UNSENT, _LOW_MOST = 64, -1, 13
_MODES = {1: "L", 3: "RGB", 4: "CMYK"}
_APP1, _APP2, _APP13 = 0xE1, 0xE2, 0xED
_EXIF = b"Exif\0"
_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_ICC = b"ICC_PROFILE\0"
_PHOTOSHOP = b"Photoshop 3.0\0"
_IPTC_RESOURCE = 0x0404
_METADATA_MOST: Final = 4 << 20
_MARKERS_MOST: Final = 100_000


def walk_jpeg(data: bytes) -> Picture:
    """Return what the markers of a JPEG say."""
    walk = _Walk(data)
    walk.run()
    return walk.picture


class _Walk:
    def __init__(self, data: bytes) -> None:
        self.picture = Picture()
        self._data = data
        self._frame = 0
        self._components: dict[int, int] = {}  # id: quantisation table
        self._drawn: set[int] = set()
        self._quantisation: set[int] = set()
        self._huffman: set[int] = set()  # class in the upper four bits, as in DHT
        self._sent: dict[int, list[int]] = {}  # component: lowest bit sent of each coefficient
        self._icc: dict[int, bytes] = {}

    def run(self) -> None:
        """Walk to EOI, or to what stops it."""
        at = 2
        if self._data[:2] != b"\xff\xd8":
            self.picture.damaged("it does not begin with SOI")
        for _ in range(_MARKERS_MOST):
            if not at or self.picture.problems:
                return
            at = self._step(at)
        self.picture.damaged(f"it has more than {_MARKERS_MOST} markers")

    def _step(self, start: int) -> int:
        """Take in one marker and what belongs to it; return where the next should be, 0 after the last."""
        data, at = self._data, start
        if data[at : at + 2] == b"\xff\xff":  # B.1.1.2: fill octets
            at = _FILL.match(data, at).end() - 1  # type: ignore[union-attr] # one has just been seen
        if data[at : at + 1] not in {b"\xff", b""}:
            self.picture.damaged(f"what stands at octet {at} is no marker")
            return 0
        code = data[at + 1] if at + 1 < len(data) else -1
        at += 2
        if code == _EOI:
            self._end(at)
            return 0
        if code in _ALONE:
            return at
        end = at + max(2, int.from_bytes(data[at : at + 2], "big"))
        if code < 0 or end > len(data):
            self.picture.cut(f"it has no EOI marker, and ends in the segment at octet {start}")
        elif not self._segment(code, data[at + 2 : end]):
            self.picture.damaged(f"the segment FF{code:02X} at octet {start} is not what it should be")
        elif code == _SOS:
            found = _SCAN_END.search(data, end)
            if found is None:
                self.picture.cut("it has no EOI marker at its end")
            return found.end() - 2 if found else 0
        return end

    def _end(self, at: int) -> None:
        picture = self.picture
        picture.surplus_bytes = len(self._data) - at
        picture.icc = b"".join(piece for _, piece in sorted(self._icc.items()))
        if self._drawn != set(self._components) or not self._components:
            picture.damaged("no scan draws all of its components")

    def _segment(self, code: int, body: bytes) -> bool:
        """Take in one segment; return whether it is sound."""
        if code >= 0xE0:  # noqa: PLR2004 - APP0; metadata is never a reason to call the picture damaged
            self._metadata(code, body)
            return True
        if code in _FRAMES:
            return self._start_of_frame(code, body)
        if code == _DQT:
            return self._quantisation_tables(body)
        if code == _DHT:
            return self._huffman_tables(body)
        if code == _SOS:
            return self._start_of_scan(body)
        return code != _SOI

    def _start_of_frame(self, code: int, body: bytes) -> bool:
        """B.2.2. A second frame is not for us to judge, and libjpeg refuses it."""
        count = body[5] if len(body) > 5 else 0  # noqa: PLR2004 - P, Y, X, Nf
        if self._frame or len(body) != 6 + 3 * count or not count:
            return False
        picture = self.picture
        self._frame = code
        picture.height, picture.width = int.from_bytes(body[1:3], "big"), int.from_bytes(body[3:5], "big")
        picture.mode = _MODES.get(count)
        self._components = {body[at]: body[at + 2] for at in range(6, len(body), 3)}
        factors = [body[at] for at in range(7, len(body), 3)]
        sound = all(0 < factor >> 4 <= 4 and 0 < factor & 15 <= 4 for factor in factors)  # noqa: PLR2004 - table B.2
        return sound and bool(picture.height and picture.width)

    def _quantisation_tables(self, body: bytes) -> bool:
        """B.2.4.1."""
        at = 0
        while at < len(body):
            self._quantisation.add(body[at] & 15)
            at += 129 if body[at] >> 4 else 65
        return at == len(body)

    def _huffman_tables(self, body: bytes) -> bool:
        """B.2.4.2, and that no code is longer than its bits allow (C.2)."""
        at = 0
        while at < len(body):
            counts = body[at + 1 : at + 17]
            free = 1
            for count in counts:
                free = 2 * free - count
                if free < 0:
                    return False
            self._huffman.add(body[at])
            at += 17 + sum(counts)
        return at == len(body)

    def _start_of_scan(self, body: bytes) -> bool:
        """B.2.3, and that the tables it asks for have come. libjpeg has its own for a file with none."""
        count = body[0] if body else 0
        if not self._frame or len(body) != 4 + 2 * count or not count:
            return False
        first, last, high = body[-3], body[-2], body[-1] >> 4
        progressive = self._frame in _PROGRESSIVE
        if progressive and not self._progresses(body):
            return False
        for at in range(1, 1 + 2 * count, 2):
            if self._components.get(body[at]) not in self._quantisation:
                return False
            self._drawn.add(body[at])
            wanted = set()
            if not progressive or (not first and not high):
                wanted.add(body[at + 1] >> 4)
            if (not progressive or first) and last:
                wanted.add(0x10 | body[at + 1] & 15)
            if self._frame in _HUFFMAN and self._huffman and not wanted <= self._huffman:
                return False
        return True

    def _progresses(self, body: bytes) -> bool:
        """
        G.1.1.1.1: each coefficient comes first with its upper bits, then with one bit more a scan.

        A scan that is missing, or whose parameters were changed, is seen by that.
        """
        first, last, high, low = body[-3], body[-2], body[-1] >> 4, body[-1] & 15
        band = slice(first, last + 1)
        width = last + 1 - first
        if low > _LOW_MOST or not 0 < width <= _COEFFICIENTS - first or (first == 0) != (last == 0):
            return False
        if (first and body[0] != 1) or (high and low != high - 1):
            return False
        for at in range(1, 1 + 2 * body[0], 2):
            sent = self._sent.setdefault(body[at], [_UNSENT] * _COEFFICIENTS)
            if sent[band] != [high or _UNSENT] * width:
                return False
            sent[band] = [low] * width
        return True

    def _metadata(self, code: int, body: bytes) -> None:
        picture = self.picture
        if code == _APP1 and body.startswith(_EXIF):
            picture.exif = picture.exif or body[6:]
        elif code == _APP1 and body.startswith(_XMP):
            picture.xmp = picture.xmp or body[len(_XMP) :]
        elif code == _APP2 and body.startswith(_ICC) and len(body) > 14:  # noqa: PLR2004 - number and count follow
            self._icc.setdefault(body[12], body[14:])
        elif code == _APP13 and body.startswith(_PHOTOSHOP) and len(picture.iptc) < _METADATA_MOST:
            picture.iptc += _iptc_of(body[len(_PHOTOSHOP) :])


def _iptc_of(body: bytes) -> bytes:
    """Return the IPTC records among Photoshop's image resources."""
    at = 0
    while body[at : at + 4] == b"8BIM" and at + 12 <= len(body):
        number = int.from_bytes(body[at + 4 : at + 6], "big")
        name = 1 + body[at + 6]
        start = at + 6 + name + name % 2 + 4
        size = int.from_bytes(body[start - 4 : start], "big")
        if number == _IPTC_RESOURCE:
            return body[start : start + size]
        at = start + size + size % 2
    return b""
