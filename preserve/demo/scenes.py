"""
What is drawn on each picture of the demo page?

Every scene is drawn on a canvas of 1500 by 1000 units, whatever its size in pixels, with large areas of
one flat colour, so that a test of a replayed page can ask for the colour at a named place (``swatches``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from itertools import pairwise

import attrs
from PIL import Image, ImageChops, ImageDraw, ImageFont

__all__ = ["SCENES", "Brush", "Rgb", "Scene", "paint"]

Rgb = tuple[int, int, int]

WIDTH, HEIGHT = 1500, 1000
"""The canvas in units; a scene's picture has this ratio."""

_GRAIN = 5
"""Most that the grain of the film moves a channel, of 255: seen as texture, far below a test's tolerance."""

_DUSK: Rgb = (43, 58, 103)
_SEA: Rgb = (29, 92, 99)
_STONE: Rgb = (122, 108, 93)
_LAMPLIGHT: Rgb = (255, 209, 102)
_INK: Rgb = (28, 26, 31)
_BRICK: Rgb = (200, 85, 61)
_COBBLE: Rgb = (88, 80, 84)
_PARCHMENT: Rgb = (239, 224, 185)
_MARSH: Rgb = (127, 163, 122)
_RIVER: Rgb = (91, 143, 185)
_TEAL: Rgb = (47, 111, 107)
_BOARDS: Rgb = (133, 89, 56)
_SEPIA_LIGHT: Rgb = (214, 192, 158)
_SEPIA: Rgb = (143, 112, 78)
_SEPIA_DARK: Rgb = (70, 50, 36)
_PLUM: Rgb = (86, 44, 92)
_SLATE: Rgb = (66, 82, 97)
_REED: Rgb = (196, 178, 96)
_PAPER: Rgb = (244, 236, 216)


@attrs.frozen
class Brush:
    """Draws in units of the canvas on an image of any size."""

    draw: ImageDraw.ImageDraw
    scale: float

    def area(self, left: float, top: float, right: float, bottom: float, colour: Rgb) -> None:
        """Fill a rectangle."""
        scaled = [round(edge * self.scale) for edge in (left, top, right, bottom)]
        self.draw.rectangle((scaled[0], scaled[1], scaled[2], scaled[3]), fill=colour)

    def disc(self, x: float, y: float, radius: float, colour: Rgb) -> None:
        """Fill a circle."""
        self.draw.ellipse(
            [round(edge * self.scale) for edge in (x - radius, y - radius, x + radius, y + radius)],
            fill=colour,
        )

    def shape(self, corners: list[tuple[float, float]], colour: Rgb) -> None:
        """Fill a polygon."""
        self.draw.polygon([(x * self.scale, y * self.scale) for x, y in corners], fill=colour)

    def stroke(self, corners: list[tuple[float, float]], width: float, colour: Rgb) -> None:
        """Draw a line through corners, with round joints."""
        self.draw.line(
            [(x * self.scale, y * self.scale) for x, y in corners],
            fill=colour,
            width=max(1, round(width * self.scale)),
            joint="curve",
        )

    def words(self, x: float, y: float, text: str, size: float, colour: Rgb) -> None:
        """Write one line of text, its left edge at x and its middle at y."""
        font = ImageFont.load_default(size * self.scale)
        self.draw.text((x * self.scale, y * self.scale), text, fill=colour, font=font, anchor="lm")

    def lamp(self, x: float, foot: float, height: float, light: Rgb) -> None:
        """Draw a street lamp that stands at (x, foot)."""
        head, wide = foot - height, height * 0.09
        self.area(x - height * 0.014, head, x + height * 0.014, foot, _INK)
        self.shape(
            [
                (x - height * 0.06, foot),
                (x + height * 0.06, foot),
                (x + height * 0.02, foot - height * 0.1),
                (x - height * 0.02, foot - height * 0.1),
            ],
            _INK,
        )
        self.stroke(
            [(x - wide, head + height * 0.06), (x + wide, head + height * 0.06)], height * 0.016, _INK
        )
        self.shape(
            [
                (x - wide * 0.7, head),
                (x + wide * 0.7, head),
                (x + wide, head - height * 0.17),
                (x - wide, head - height * 0.17),
            ],
            light,
        )
        self.shape(
            [
                (x - wide * 1.2, head - height * 0.17),
                (x + wide * 1.2, head - height * 0.17),
                (x, head - height * 0.25),
            ],
            _INK,
        )

    def person(self, x: float, foot: float, height: float, colour: Rgb) -> None:
        """Draw a person in a long coat and a flat cap, standing at (x, foot)."""
        top = foot - height
        self.shape(
            [
                (x - height * 0.10, top + height * 0.2),
                (x + height * 0.10, top + height * 0.2),
                (x + height * 0.15, foot - height * 0.2),
                (x - height * 0.15, foot - height * 0.2),
            ],
            colour,
        )
        for side in (-1, 1):
            self.area(
                x + side * height * 0.065 - height * 0.035,
                foot - height * 0.25,
                x + side * height * 0.065 + height * 0.035,
                foot,
                colour,
            )
        self.disc(x, top + height * 0.12, height * 0.075, colour)
        self.area(x - height * 0.09, top + height * 0.04, x + height * 0.12, top + height * 0.075, colour)


def _quay(brush: Brush) -> None:
    """Dusk over the harbour: sky, moon, sea, quay, lamps getting smaller, one lamplighter."""
    brush.area(0, 0, WIDTH, 520, _DUSK)
    for step in range(24):
        shade = tuple(
            _DUSK[i] + (226 - _DUSK[i], 125 - _DUSK[i], 96 - _DUSK[i])[i] * step // 30 for i in range(3)
        )
        brush.area(0, 340 + step * 8, WIDTH, 350 + step * 8, (shade[0], shade[1], shade[2]))
    brush.disc(1190, 170, 74, (240, 234, 214))
    brush.disc(1222, 152, 66, _DUSK)
    brush.area(0, 530, WIDTH, 740, _SEA)
    for x, y, long in ((90, 565, 160), (430, 600, 220), (820, 575, 140), (1080, 625, 260), (300, 655, 190)):
        brush.stroke([(x, y), (x + long, y)], 5, (74, 139, 141))
    for x, size in ((560, 1.0), (760, 0.7)):
        brush.shape(
            [(x - 90 * size, 545), (x + 90 * size, 545), (x + 60 * size, 580), (x - 60 * size, 580)], _INK
        )
        brush.stroke([(x, 545), (x, 545 - 150 * size)], 5, _INK)
        brush.shape([(x + 8, 535), (x + 8, 545 - 140 * size), (x + 75 * size, 535)], (203, 153, 126))
    brush.shape([(0, 740), (WIDTH, 690), (WIDTH, HEIGHT), (0, HEIGHT)], _STONE)
    for row in range(4):
        brush.stroke([(0, 800 + row * 55), (WIDTH, 760 + row * 60)], 4, (100, 88, 76))
    for x, foot, height in ((1390, 745, 200), (1180, 770, 270), (880, 810, 370), (330, 880, 560)):
        brush.disc(x, foot - height * 1.08, height * 0.16, (124, 105, 104))
        brush.disc(x, foot - height * 1.08, height * 0.115, (196, 156, 104))
        brush.lamp(x, foot, height, _LAMPLIGHT)
    brush.person(560, 900, 300, _INK)
    brush.stroke([(600, 700), (700, 430)], 8, _INK)


def _ladder(brush: Brush) -> None:
    """A brick wall, a lamp on a bracket, a ladder and somebody on it."""
    brush.area(0, 0, WIDTH, 800, _BRICK)
    for row in range(5):
        for column in range(7):
            left = 760 + column * 112 + (56 if row % 2 else 0)
            brush.area(left, 520 + row * 52, left + 104, 564 + row * 52, (186, 74, 52))
    brush.area(0, 800, WIDTH, HEIGHT, _COBBLE)
    for row in range(3):
        for column in range(16):
            brush.disc(40 + column * 98 + row * 37, 850 + row * 58, 24, (104, 95, 99))
    brush.area(960, 90, 1300, 430, (60, 70, 92))
    for x in (1072, 1184):
        brush.area(x - 5, 90, x + 5, 430, (233, 220, 201))
    brush.area(960, 255, 1300, 265, (233, 220, 201))
    brush.stroke([(0, 330), (400, 330), (470, 300)], 18, _INK)
    brush.disc(470, 215, 150, (222, 126, 82))
    brush.disc(470, 215, 100, (238, 168, 92))
    brush.shape([(425, 290), (515, 290), (545, 160), (395, 160)], _LAMPLIGHT)
    brush.shape([(370, 160), (570, 160), (470, 90)], _INK)
    for side in (0, 130):
        brush.stroke([(760 + side, 930), (560 + side, 260)], 17, (94, 62, 38))
    for rung in range(9):
        x, y = 752 - rung * 22, 880 - rung * 74
        brush.stroke([(x, y), (x + 128, y)], 13, (94, 62, 38))
    brush.person(708, 640, 380, _INK)
    brush.stroke([(680, 360), (545, 265)], 26, _INK)


def _map(brush: Brush) -> None:
    """A plan of the quay: parchment, marsh, river, forty-one lamps, a compass rose and names."""
    brush.area(0, 0, WIDTH, HEIGHT, (190, 165, 116))
    brush.area(22, 22, WIDTH - 22, HEIGHT - 22, _PARCHMENT)
    brush.shape([(22, 22), (560, 22), (500, 190), (360, 300), (22, 340)], _MARSH)
    bank = [(22.0, 500.0), (330.0, 450.0), (640.0, 570.0), (960.0, 530.0), (1180.0, 640.0), (1478.0, 600.0)]
    brush.shape([*bank, (1478, 760), (1180, 800), (960, 680), (640, 720), (330, 600), (22, 640)], _RIVER)
    brush.shape([(1010, 640), (1478, 620), (1478, 978), (900, 978)], _RIVER)
    for x, y, wide, high in (
        (600, 330, 120, 90),
        (740, 290, 90, 120),
        (850, 350, 140, 80),
        (1010, 300, 110, 130),
        (1140, 370, 90, 70),
        (680, 440, 100, 60),
        (900, 460, 80, 60),
        (1240, 300, 130, 90),
    ):
        brush.area(x, y, x + wide, y + high, (165, 82, 62))
    for lamp in range(41):
        along = 330 + lamp * 26.5
        (x0, y0), (x1, y1) = next(edge for edge in pairwise(bank) if along < edge[1][0])
        brush.disc(along, y0 + (y1 - y0) * (along - x0) / (x1 - x0) - 14, 9, (178, 34, 52))
    brush.words(90, 190, "SALT MARSH", 46, (58, 86, 56))
    brush.words(600, 250, "P E L L W I C K", 50, _INK)
    brush.words(1050, 850, "The Sunken Mile", 46, (32, 64, 98))
    brush.words(90, 880, "A plan of the forty-one lamps, 1846", 44, _INK)
    brush.stroke([(1360, 70), (1360, 230)], 6, _INK)
    brush.stroke([(1280, 150), (1440, 150)], 6, _INK)
    brush.shape([(1340, 130), (1380, 130), (1360, 60)], (178, 34, 52))
    brush.words(1344, 255, "N", 40, _INK)


def _hall(brush: Brush) -> None:
    """A room of the exhibition: wall, floor boards, two frames, a lamp on a plinth."""
    brush.area(0, 0, WIDTH, 760, _TEAL)
    brush.area(0, 745, WIDTH, 770, (226, 216, 196))
    brush.area(0, 770, WIDTH, HEIGHT, _BOARDS)
    for board in range(9):
        brush.stroke([(750 + (board - 4) * 130, 770), (750 + (board - 4) * 330, HEIGHT)], 4, (104, 67, 41))
    for left, inside in ((110, _PARCHMENT), (1080, _RIVER)):
        brush.area(left, 160, left + 310, 560, (188, 149, 74))
        brush.area(left + 24, 184, left + 286, 536, inside)
    for line in range(9):
        brush.stroke([(165, 230 + line * 32), (330 + (line * 37) % 60, 230 + line * 32)], 6, (120, 96, 66))
    brush.shape(
        [(1104, 480), (1190, 330), (1260, 430), (1310, 370), (1366, 470), (1366, 536), (1104, 536)], _MARSH
    )
    brush.area(640, 640, 860, 900, (232, 227, 216))
    brush.area(620, 615, 880, 650, (210, 203, 189))
    brush.lamp(750, 615, 400, _LAMPLIGHT)


def _portrait(brush: Brush) -> None:
    """A portrait in sepia: somebody with a cap, a scarf and a pole."""
    brush.area(0, 0, WIDTH, HEIGHT, _SEPIA_LIGHT)
    brush.area(0, 0, 520, HEIGHT, _SEPIA)
    brush.stroke([(1060, 60), (1180, HEIGHT)], 26, _SEPIA_DARK)
    brush.shape([(360, HEIGHT), (500, 640), (700, 560), (900, 560), (1080, 640), (1220, HEIGHT)], _SEPIA_DARK)
    brush.disc(800, 380, 175, (196, 166, 128))
    brush.shape([(610, 330), (640, 210), (800, 150), (960, 210), (990, 330)], _SEPIA_DARK)
    brush.area(590, 318, 1040, 348, _SEPIA_DARK)
    for x in (735, 865):
        brush.disc(x, 395, 15, _SEPIA_DARK)
    brush.stroke([(735, 475), (800, 492), (865, 472)], 10, _SEPIA_DARK)
    brush.shape([(650, 560), (950, 560), (920, 640), (680, 640)], (168, 138, 98))
    brush.words(60, 940, "E. Marrow, 1952", 48, _SEPIA_LIGHT)


def _banner(brush: Brush) -> None:
    """The salt marsh behind the blog's name: sky, far land, reeds, water."""
    brush.area(0, 0, WIDTH, 420, (201, 214, 216))
    brush.shape([(0, 420), (0, 360), (300, 335), (700, 390), (1100, 340), (WIDTH, 380), (WIDTH, 420)], _SLATE)
    brush.area(0, 415, WIDTH, 640, _REED)
    brush.area(0, 640, WIDTH, HEIGHT, (98, 130, 138))
    for reed in range(75):
        x = reed * 20 + (reed * 7) % 13
        brush.stroke([(x, 640), (x + 8 - (reed * 5) % 17, 470 + (reed * 31) % 90)], 5, (150, 132, 62))


def _card(brush: Brush) -> None:
    """The card that is shown where somebody shares the page."""
    brush.area(0, 0, WIDTH, HEIGHT, _PLUM)
    brush.disc(1130, 330, 270, (124, 72, 120))
    brush.lamp(1130, 900, 620, _LAMPLIGHT)
    brush.words(90, 390, "The Lamplighters", 100, (248, 240, 227))
    brush.words(90, 510, "of Pellwick Quay", 100, (248, 240, 227))
    brush.words(90, 690, "Notes from Saltmarsh Lane", 50, _LAMPLIGHT)


def _icon(brush: Brush) -> None:
    """The blog's sign: one lamp."""
    brush.area(0, 0, WIDTH, HEIGHT, _DUSK)
    brush.disc(750, 330, 280, (92, 92, 112))
    brush.lamp(750, 980, 760, _LAMPLIGHT)


def _paper(brush: Brush) -> None:
    """Laid paper, behind the boxed list."""
    brush.area(0, 0, WIDTH, HEIGHT, _PAPER)
    for line in range(10):
        brush.area(0, line * 100, WIDTH, line * 100 + 40, (247, 240, 222))


@attrs.frozen(kw_only=True)
class Scene:
    """A drawing, and where on it which colour is found."""

    draw: Callable[[Brush], None]
    swatches: Mapping[tuple[float, float], Rgb]
    """Colour at a place, given as parts of width and height (0 to 1)."""


SCENES: dict[str, Scene] = {
    "quay": Scene(draw=_quay, swatches={(0.5, 0.15): _DUSK, (0.5, 0.7): _SEA, (0.9, 0.95): _STONE}),
    "ladder": Scene(draw=_ladder, swatches={(0.1, 0.15): _BRICK, (0.92, 0.15): _BRICK, (0.16, 0.7): _BRICK}),
    "map": Scene(draw=_map, swatches={(0.15, 0.1): _MARSH, (0.75, 0.1): _PARCHMENT, (0.8, 0.9): _RIVER}),
    "hall": Scene(draw=_hall, swatches={(0.35, 0.1): _TEAL, (0.17, 0.51): _PARCHMENT, (0.8, 0.25): _RIVER}),
    "portrait": Scene(
        draw=_portrait, swatches={(0.1, 0.2): _SEPIA, (0.9, 0.2): _SEPIA_LIGHT, (0.5, 0.9): _SEPIA_DARK}
    ),
    "banner": Scene(draw=_banner, swatches={(0.5, 0.1): (201, 214, 216), (0.5, 0.9): (98, 130, 138)}),
    "card": Scene(draw=_card, swatches={(0.1, 0.1): _PLUM, (0.5, 0.9): _PLUM}),
    "icon": Scene(draw=_icon, swatches={(0.25, 0.1): _DUSK}),
    "paper": Scene(draw=_paper, swatches={}),
}
"""Which picture has which colours where: what a test of a replayed page asks for."""


def paint(name: str, width: int, height: int) -> Image.Image:
    """
    Return a scene as an RGB image, cut at top and bottom (or sides) to the ratio asked for.

    It is drawn at twice the size and reduced, so that edges are smooth, and given the grain of a film.
    The grain comes from a digest of the name: the same name and size give the same pixels.

    Args:
        name: A key of ``SCENES``.
        width: In pixels.
        height: In pixels. Where the ratio is not 3:2, swatches hold for the uncut picture.
    """
    scale = max(2 * width / WIDTH, 2 * height / HEIGHT)
    canvas = Image.new("RGB", (round(WIDTH * scale), round(HEIGHT * scale)))
    SCENES[name].draw(Brush(ImageDraw.Draw(canvas), scale))
    left, top = (canvas.width - 2 * width) // 2, (canvas.height - 2 * height) // 2
    cut = canvas.crop((left, top, left + 2 * width, top + 2 * height))
    return _grained(cut.reduce(2), name)


def _grained(image: Image.Image, seed: str) -> Image.Image:
    noise = hashlib.shake_256(seed.encode()).digest(image.width * image.height)
    grain = Image.frombytes("L", image.size, noise).point([level * 2 * _GRAIN // 255 for level in range(256)])
    lifted = Image.merge("RGB", [grain] * 3)
    dark = Image.new("RGB", image.size, (_GRAIN,) * 3)
    return ImageChops.subtract(ImageChops.add(image, lifted), dark)
