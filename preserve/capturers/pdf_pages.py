"""What is on the pages of a PDF: sizes, pictures, fonts, links?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pypdf.generic import DictionaryObject, StreamObject

from preserve.capturers.pdf_objects import array, dictionary, key_of, number, raw_digest, resolved, text
from preserve.model.reference import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preserve.capturers.references import LinkList
    from preserve.model.inspection import Json

__all__ = ["Pages"]

_IMAGES_MOST = 5_000
_FONTS_MOST = 2_000
_ATTACHED_MOST = 1_000
_SIZES_MOST = 500
_FORMS_DEEP = 8  # form XObjects within one another
_PARENTS_MOST = 1_000
_SUBSET = re.compile(r"[A-Z]{6}\+")  # section 9.9.2
_FILES = ("/FontFile", "/FontFile2", "/FontFile3")
_CORNERS = 4


class Pages:
    """
    What was found on the pages so far, in their order.

    Args:
        links: Gets the addresses that annotations lead to.
    """

    def __init__(self, links: LinkList) -> None:
        self.images: list[Json] = []
        self.attached: list[DictionaryObject] = []
        """File specifications of annotations."""
        self._links = links
        self._digests: dict[tuple[int, int], tuple[str, int]] = {}
        self._fonts: dict[tuple[int, int], dict[str, Json]] = {}
        self._sizes: list[tuple[float, float, int]] = []

    def take(self, page: DictionaryObject, count: int) -> None:
        """Note what is on one page, the ``count``-th."""
        self._size(page)
        self._annotations(page, count)
        for resources in _resources(dictionary(_inherited(page, "/Resources")), _FORMS_DEEP, set()):
            for name, entry in dictionary(resources.get("/XObject")).items():
                image = resolved(entry)
                if isinstance(image, StreamObject) and image.get("/Subtype") == "/Image":
                    self._image(image, str(name), count)
            for entry in dictionary(resources.get("/Font")).values():
                self._font(entry)

    def facts(self) -> dict[str, Json]:
        """Return ``page_sizes``, ``image_count``, ``images``, ``fonts``."""
        unique = {tuple(font.items()): font for font in self._fonts.values()}
        return {
            "page_sizes": [
                {"width": wide, "height": high, "pages": pages} for wide, high, pages in self._sizes
            ],
            "image_count": len(self.images),
            "images": self.images,
            "fonts": [*sorted(unique.values(), key=_by_name)],
        }

    def _size(self, page: DictionaryObject) -> None:
        """Note the size as shown, in points: crop box, user unit and rotation heeded. Section 7.7.3.3."""
        box = array(_inherited(page, "/CropBox")) or array(_inherited(page, "/MediaBox"))
        corners = [found for corner in box if isinstance(found := resolved(corner), int | float)]
        if len(corners) != _CORNERS:
            return
        unit = resolved(page.get("/UserUnit"))
        scale = float(unit) if isinstance(unit, int | float) and unit > 0 else 1.0
        wide, high = (round(abs(float(corners[at + 2]) - float(corners[at])) * scale, 2) for at in (0, 1))
        if (number(_inherited(page, "/Rotate")) or 0) % 180:
            wide, high = high, wide
        if self._sizes and self._sizes[-1][:2] == (wide, high):
            self._sizes[-1] = (wide, high, self._sizes[-1][2] + 1)
        elif len(self._sizes) < _SIZES_MOST:
            self._sizes.append((wide, high, 1))

    def _annotations(self, page: DictionaryObject, count: int) -> None:
        for entry in array(page.get("/Annots")):
            annotation = dictionary(entry)
            action = dictionary(annotation.get("/A"))
            if uri := text(action.get("/URI")):
                self._link(uri, count)
            elif action.get("/S") in {"/GoToR", "/Launch"}:
                self._link(_file_name(action.get("/F")), count)
            if annotation.get("/Subtype") == "/FileAttachment" and len(self.attached) < _ATTACHED_MOST:
                self.attached.append(dictionary(annotation.get("/FS")))

    def _link(self, written: str, count: int) -> None:
        if written:
            self._links.add(written, Kind.LINK, element="pdf", attribute="annotation", text=f"page {count}")

    def _image(self, image: StreamObject, name: str, count: int) -> None:
        if len(self.images) >= _IMAGES_MOST:
            return
        key = key_of(image)
        if key not in self._digests:
            self._digests[key] = raw_digest(image)
        sha256, size = self._digests[key]
        filters = [text(entry) for entry in array(image.get("/Filter"))] or [text(image.get("/Filter"))]
        space = resolved(image.get("/ColorSpace"))
        self.images.append(
            {
                "page": count,
                "name": name.removeprefix("/"),
                "width": number(image.get("/Width")),
                "height": number(image.get("/Height")),
                "bits": number(image.get("/BitsPerComponent")),
                "colour_space": text((array(space) or [space])[0]).removeprefix("/"),
                "filter": " ".join(entry.removeprefix("/") for entry in filters),
                "sha256": sha256,
                "size_bytes": size,
            }
        )

    def _font(self, entry: object) -> None:
        key = key_of(entry)
        if key in self._fonts or len(self._fonts) >= _FONTS_MOST:
            return
        font = dictionary(entry)
        held = dictionary(next(iter(array(font.get("/DescendantFonts"))), font))
        descriptor = dictionary(held.get("/FontDescriptor"))
        kind = text(font.get("/Subtype")).removeprefix("/")
        name = text(font.get("/BaseFont") or font.get("/Name")).removeprefix("/")
        self._fonts[key] = {
            "name": _SUBSET.sub("", name, count=1),
            "type": kind,
            "embedded": kind == "Type3" or any(file in descriptor for file in _FILES),
            "subset": _SUBSET.match(name) is not None,
        }


def _by_name(font: dict[str, Json]) -> tuple[str, str]:
    return str(font["name"]), str(font["type"])


def _file_name(specification: object) -> str:
    """Return the name in a file specification, which may be a string. Section 7.11.3."""
    held = dictionary(specification)
    return text(held.get("/UF") or held.get("/F")) or text(specification)


def _inherited(page: DictionaryObject, key: str) -> object:
    """Return an attribute of a page or of the nodes above it. Section 7.7.3.4."""
    node = page
    for _ in range(_PARENTS_MOST):
        if key in node:
            return node.get(key)
        node = dictionary(node.get("/Parent"))
        if not node:
            break
    return None


def _resources(
    resources: DictionaryObject, deep: int, seen: set[tuple[int, int]]
) -> Iterator[DictionaryObject]:
    """Yield resource dictionaries: the page's own, and those of the form XObjects within it."""
    yield resources
    for entry in dictionary(resources.get("/XObject")).values() if deep else ():
        form = resolved(entry)
        if isinstance(form, StreamObject) and form.get("/Subtype") != "/Image" and key_of(form) not in seen:
            seen.add(key_of(form))
            yield from _resources(dictionary(form.get("/Resources")), deep - 1, seen)
