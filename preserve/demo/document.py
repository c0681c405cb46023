"""What is in the booklet, the PDF of nine pages that the demo page links?"""

from __future__ import annotations

import io
import textwrap
from functools import cache
from typing import TYPE_CHECKING

import attrs
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    StreamObject,
)

from preserve.demo.pictures import encode, fill

if TYPE_CHECKING:
    from pypdf.generic import IndirectObject

__all__ = ["PAGES", "Page", "booklet", "illustration"]

_WIDE, _HIGH = 595, 842
"""A4 in points."""
_MARGIN = 72
_LINE_CHARACTERS = 72
"""How many fit between the margins in 14 point Times, seen on the rendered page."""
_LEADING = 20
_PICTURE = (1200, 800)


@attrs.frozen
class Page:
    """One page: a heading, a picture or none, and entries (a date or nothing, and what was written)."""

    heading: str
    entries: tuple[tuple[str, str], ...]
    scene: str | None = None


PAGES: tuple[Page, ...] = (
    Page(
        "From the Wick Book",
        (
            ("", "Nine pages of the ledger of the Company of Lamplighters of Pellwick, 1846 to 1953."),
            ("", "Copied from the book in the keeping of the Harbour Trust by Ansel Thwaite."),
            ("", "Printed for the exhibition in the sail loft, 1987. Price: that of a loaf."),
        ),
        "quay",
    ),
    Page(
        "1846: the first year",
        (
            ("12 January", "Drew lots for the lamps. I have 1 to 5 and the Customs Stair, slippery."),
            ("13 January", "All lit by five. Stood and looked at it. Nobody said anything for some time."),
            ("20 January", "Wind SW, hard. Lamp 33 out twice. Lit it twice. Oil, two gallons and a gill."),
            ("2 March", "A woman asked could 28 be lit last, as her child sleeps by it. It can be lit last."),
            ("9 March", "The drippings sold for ninepence. Divided by nine, which is easily done."),
        ),
        "map",
    ),
    Page(
        "1871: a stranger",
        (
            ("3 February", "Fog. Lamp 17 found burning when I came to it. Lit by a stranger, civilly."),
            ("4 February", "Lamp 17 not lit by anybody but me. Waited a little while in case."),
            ("11 February", "Asked in Rope Street about the stranger. They asked me what I wanted him for."),
            ("12 February", "I do not know what I wanted him for. To say that the wick was trimmed well."),
        ),
        "ladder",
    ),
    Page(
        "1895: the great frost",
        (
            ("6 February", "Harbour shut with ice to the Point. No boats, so nobody to light for. Lit all."),
            ("9 February", "Ladder froze to the wall at 22 with myself on it. Called out. Was heard."),
            ("10 February", "Nobody can climb for the ice. The lamps burn on by day and look ashamed."),
            ("14 February", "Spirits for the wicks, one pint. Spirits for the company, not written down."),
            (
                "17 February",
                "Thaw. Put out all forty-one at noon, to cheering. An odd thing to be cheered for.",
            ),
            ("18 February", "Ordinary night. Very glad of it."),
        ),
    ),
    Page(
        "1912: the seal",
        (
            ("1 April", "A seal on the Customs Stair, large. Would not be passed. Lit 1 to 5 from a boat."),
            ("2 April", "The same seal. Offered it a herring, which it took, and stayed."),
            (
                "3 April",
                "The harbour master spoke to the seal in my hearing. I shall not write what he said.",
            ),
            ("5 April", "Went round by the chandler's roof. Mrs Orrin not pleased, and lent me a rope."),
            ("6 April", "Seal gone. Swept the stair. It is quieter than it was before there was a seal."),
        ),
    ),
    Page(
        "1931: a new hand",
        (
            ("5 October", "E. Marrow taken on, being the third of that name. Can climb. Nineteen."),
            ("6 October", "Showed her 1 to 41. She showed me a better way of carrying the ladder."),
            ("30 October", "First gale of hers. Lost her cap at Gannet Point and none of the lamps."),
            ("24 December", "Ribbon on 28, from the child who slept by it, now a great-grandmother."),
        ),
        "portrait",
    ),
    Page(
        "1939 to 1945: out, and seen to be out",
        (
            ("1 September", "By order, none to be lit. Walked the round to see that none was. E. M."),
            ("2 September", "Out, and seen to be out. E. M."),
            ("3 September", "Out, and seen to be out. E. M."),
            ("", "[Two thousand and fifty-nine more in the same words. I have copied each. A. T.]"),
            ("23 April", "Out, and seen to be out. They say not much longer. E. M."),
            ("24 April", "All lit by nine. Stood and looked at it, as they did the first time. E. M."),
        ),
    ),
    Page(
        "1953: the last round",
        (
            ("28 September", "Men in Rope Street with cable. They are polite. So am I."),
            (
                "29 September",
                "Oil drawn, one gallon. The foundry's mark on the measure is still quite sharp.",
            ),
            ("30 September", "Last round. Forty lit, and one lit and not left so. Pole hung up. E. Marrow."),
            ("", "[So the Wick Book ends. The eleven leaves after it are ruled, and empty. A. T.]"),
        ),
        "hall",
    ),
    Page(
        "A word of the copyist",
        (
            ("", "I began to copy because the ink was going, and went on to learn what happened."),
            ("", "Nothing happened. On thirty-nine thousand nights somebody went out in the weather."),
            ("", "They did what had been done the night before, and wrote that it was done."),
            ("", "The boats that did not go aground are not in it."),
            ("", "Should this copy outlive the book, I ask whoever has it to make another."),
            ("", "A. Thwaite, Pellwick, Candlemas 1987"),
        ),
        "banner",
    ),
)


@cache
def booklet() -> bytes:
    """
    Return the PDF: text in a standard font and JPEG pictures, the same bytes at every call.

    There is no date, identifier or random number in it; the bytes depend on the versions of pypdf and
    Pillow alone.
    """
    writer = PdfWriter()
    writer.add_metadata(
        {
            "/Title": "From the Wick Book",
            "/Author": "Ansel Thwaite",
            "/Subject": "Nine pages of the ledger of the Pellwick lamplighters",
            "/Producer": "preserve demo",
        }
    )
    fonts = DictionaryObject(
        {
            NameObject(f"/{name}"): _font(writer, base)
            for name, base in (("T", "Times-Roman"), ("B", "Times-Bold"))
        }
    )
    for number, page in enumerate(PAGES, 1):
        sheet = writer.add_blank_page(_WIDE, _HIGH)
        resources = DictionaryObject({NameObject("/Font"): fonts})
        if page.scene:
            resources[NameObject("/XObject")] = DictionaryObject(
                {NameObject("/Im"): _picture(writer, page.scene)}
            )
        sheet[NameObject("/Resources")] = resources
        content = DecodedStreamObject()
        content.set_data(_draw(page, number))
        sheet[NameObject("/Contents")] = _add(writer, content.flate_encode())
    out = io.BytesIO()
    writer.write(out)
    writer.close()
    return out.getvalue()


def illustration(scene: str) -> bytes:
    """Return the JPEG file that stands, octet for octet, in the PDF's image stream."""
    return encode(fill(scene, *_PICTURE), quality=80)


def _add(writer: PdfWriter, thing: StreamObject | DictionaryObject) -> IndirectObject:
    return writer._add_object(thing)  # noqa: SLF001 - pypdf's manual uses it; there is no public name


def _font(writer: PdfWriter, base: str) -> IndirectObject:
    """Add one of the 14 standard fonts. ISO 32000-1, section 9.6.2.2."""
    return _add(
        writer,
        DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Font"),
                NameObject("/Subtype"): NameObject("/Type1"),
                NameObject("/BaseFont"): NameObject(f"/{base}"),
                NameObject("/Encoding"): NameObject("/WinAnsiEncoding"),
            }
        ),
    )


def _picture(writer: PdfWriter, scene: str) -> IndirectObject:
    """Add a JPEG as an image XObject, not coded again. ISO 32000-1, sections 7.4.8 and 8.9.5."""
    image = StreamObject()
    image.set_data(illustration(scene))
    width, height = _PICTURE
    image.update(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Image"),
            NameObject("/Width"): NumberObject(width),
            NameObject("/Height"): NumberObject(height),
            NameObject("/ColorSpace"): NameObject("/DeviceRGB"),
            NameObject("/BitsPerComponent"): NumberObject(8),
            NameObject("/Filter"): ArrayObject([NameObject("/DCTDecode")]),
        }
    )
    return _add(writer, image)


def _draw(page: Page, number: int) -> bytes:
    """Return a page's content stream: operators of ISO 32000-1, annex A."""
    wide = _WIDE - 2 * _MARGIN
    top = _HIGH - _MARGIN
    parts = [
        _words("B", 22, _MARGIN, top - 18, page.heading),
        f"0.6 w {_MARGIN} {top - 34} m {_WIDE - _MARGIN} {top - 34} l S",
    ]
    y = top - 60
    if page.scene:
        high = wide * _PICTURE[1] // _PICTURE[0]
        parts.append(f"q {wide} 0 0 {high} {_MARGIN} {y - high + 8} cm /Im Do Q")
        y -= high + 24
    for when, what in page.entries:
        if when:
            parts.append(_words("B", 14, _MARGIN, y, when))
            y -= _LEADING
        for line in textwrap.wrap(what, _LINE_CHARACTERS):
            parts.append(_words("T", 14, _MARGIN, y, line))
            y -= _LEADING
        y -= 10
    parts.append(_words("T", 10, _WIDE // 2 - 4, _MARGIN // 2, str(number)))
    return "\n".join(parts).encode("cp1252")


def _words(font: str, size: int, x: int, y: int, text: str) -> str:
    escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return f"BT /{font} {size} Tf {x} {y} Td ({escaped}) Tj ET"
