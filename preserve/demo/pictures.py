"""Which picture files does the demo site have, and what is in each?"""

from __future__ import annotations

import io
from functools import cache

import attrs
from PIL import ImageFilter

from preserve.demo.scenes import paint

__all__ = [
    "CANDIDATES",
    "MEDIA_TYPES",
    "ORIGINALS",
    "PICTURES",
    "Picture",
    "encode",
    "fill",
    "original",
    "tile",
]

MEDIA_TYPES = {
    "ico": "image/vnd.microsoft.icon",
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
}

_MEDIA = "/media/8a41d0_"
_ORIGINAL = (1620, 1080)
CANDIDATES = (480, 960, 1440)
"""Widths in pixels of the pictures that come in several sizes."""


@attrs.frozen(kw_only=True)
class Picture:
    """One picture file of the site."""

    path: str
    scene: str
    """A key of ``scenes.SCENES``, which says where which colour is."""
    width: int
    height: int
    blurred: bool = False
    """A placeholder, shown until a script has fetched the picture itself."""

    @property
    def extension(self) -> str:
        """The path's extension, without the dot."""
        return self.path.rpartition(".")[2]

    @property
    def media_type(self) -> str:
        """What the server declares."""
        return MEDIA_TYPES[self.extension]


def fill(scene: str, width: int, height: int, extension: str = "jpg", *, blurred: bool = False) -> Picture:
    """Return a picture under a path as site builders make them: original, size with commas, and name."""
    how = f"w_{width},h_{height},q_85" + (",blur_2" if blurred else "")
    how += ",enc_webp" if extension == "webp" else ""
    return Picture(
        path=f"{original(scene).path}/v1/fill/{how}/{scene}.{extension}",
        scene=scene,
        width=width,
        height=height,
        blurred=blurred,
    )


def original(scene: str) -> Picture:
    """Return the picture as it was put in: no element shows it, a script may."""
    extension = "png" if scene == "map" else "jpg"
    return Picture(
        path=f"{_MEDIA}{scene}~mv2.{extension}", scene=scene, width=_ORIGINAL[0], height=_ORIGINAL[1]
    )


def tile(scene: str) -> Picture:
    """Return the small picture of another post, which a script puts behind its title."""
    return Picture(path=f"/media/tile-{scene}.jpg", scene=scene, width=240, height=160)


ORIGINALS: tuple[Picture, ...] = tuple(map(original, ("quay", "ladder", "map", "portrait", "hall")))
"""The pictures of the article as they were put in: only data for scripts name them."""

PICTURES: tuple[Picture, ...] = (
    *(fill("quay", width, width * 2 // 3) for width in CANDIDATES),
    *(fill("quay", width, width * 2 // 3, "webp") for width in CANDIDATES),
    fill("ladder", 960, 640),
    fill("ladder", 1440, 960),
    fill("map", 48, 32, "png", blurred=True),
    fill("map", 1200, 800, "png"),
    fill("portrait", 720, 480),
    fill("portrait", 1440, 960),
    fill("hall", 600, 600),
    fill("hall", 960, 640),
    Picture(path="/media/owner.jpg", scene="banner", width=96, height=96),
    Picture(path="/media/marsh-banner.jpg", scene="banner", width=1500, height=500),
    Picture(path="/media/paper.png", scene="paper", width=60, height=40),
    Picture(path="/media/paper@2x.png", scene="paper", width=120, height=80),
    Picture(path="/media/card.jpg", scene="card", width=1200, height=630),
    Picture(path="/media/rope.png", scene="paper", width=120, height=8),
    Picture(path="/media/knot.png", scene="icon", width=48, height=48),
    tile("quay"),
    tile("banner"),
    Picture(path="/icons/lamp-32.png", scene="icon", width=32, height=32),
    Picture(path="/icons/lamp-180.png", scene="icon", width=180, height=180),
    Picture(path="/favicon.ico", scene="icon", width=32, height=32),
)
"""Every picture file that an element or style sheet names. The missing one, a 404, is not among them."""


@cache
def encode(picture: Picture, *, quality: int = 85) -> bytes:
    """
    Return a picture's file. The same picture gives the same bytes under one version of Pillow.

    Args:
        picture: What to draw, how large, and, by the extension of its path, in which format.
        quality: Of JPEG and WebP files, 1 to 95.
    """
    image = paint(picture.scene, picture.width, picture.height)
    if picture.blurred:
        image = image.filter(ImageFilter.GaussianBlur(2))
    out = io.BytesIO()
    match picture.extension:
        case "jpg":
            image.save(out, "JPEG", quality=quality)
        case "webp":
            image.save(out, "WEBP", quality=quality)
        case "png":
            image.quantize(64).save(out, "PNG", optimize=True)
        case "ico":
            image.save(out, "ICO", sizes=[(picture.width, picture.height)])
        case _:
            raise ValueError(f"{picture.path} is of no format that the demo draws")
    return out.getvalue()
