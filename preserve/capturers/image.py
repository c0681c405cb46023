"""What is an image: its format, its size, and is all of it there?"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from preserve.model.inspection import Content, Inspection

__all__ = ["ImageCapturer"]


class ImageCapturer:
    """Opens pictures, with Pillow, and SVG drawings, with defusedxml; each imported when first needed."""

    name = "image"
    media_types = frozenset(
        {
            "image/avif",
            "image/bmp",
            "image/gif",
            "image/heic",
            "image/heif",
            "image/jp2",
            "image/jpeg",
            "image/jxl",
            "image/png",
            "image/svg+xml",
            "image/tiff",
            "image/webp",
            "image/x-icon",
        }
    )

    def inspect(self, content: Content) -> Inspection:
        """Return the facts and problems of a picture (and the links of a drawing). Never raises for it."""
        if content.media_type == "image/svg+xml":
            from preserve.capturers.svg import read_svg  # noqa: PLC0415 - only where a drawing is seen

            return read_svg(content)
        from preserve.capturers.raster import read_raster  # noqa: PLC0415 - only where a picture is seen

        return read_raster(content)
