"""Which picture files does the demo site have, and what is in each?"""

from __future__ import annotations

import io
from functools import cache

import attrs
from PIL import ImageFilter

from preserve.demo.scenes import paint

__all__ = ["CANDIDATES", "MEDIA_TYPES", "PICTURES", "Picture", "encode", "fill"]

MEDIA_TYPES = {
    "ico": "image/vnd.microsoft.icon",
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
}

_MEDIA = "/media/8a41d0_"
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
    path = f"{_MEDIA}{scene}~mv2.{extension}/v1/fill/{how}/{scene}.{extension}"
    return Picture(path=path, scene=scene, width=width, height=height, blurred=blurred)


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
    Picture(path="/icons/lamp-32.png", scene="icon", width=32, height=32),
    Picture(path="/icons/lamp-180.png", scene="icon", width=180, height=180),
    Picture(path="/favicon.ico", scene="icon", width=32, height=32),
)
"""Every picture file there is. A missing one, the 404 of the page, is not among them."""


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
