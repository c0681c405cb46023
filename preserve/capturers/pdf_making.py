"""Which text and which attachments are in a PDF?"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from pypdf import PasswordType, PdfReader
from pypdf.generic import StreamObject

from preserve.capturers.pdf_document import embedded_files
from preserve.capturers.pdf_objects import FAULTS, dictionary, resolved, text
from preserve.capturers.pdf_pages import Pages
from preserve.capturers.references import LinkList, fold

if TYPE_CHECKING:
    from typing import BinaryIO

__all__ = ["attached", "text_of_pages"]

_TEXT_MOST = 16 << 20  # characters; a long book has three million


def text_of_pages(stream: BinaryIO) -> tuple[str, list[str]]:
    """Return the text of a document, a form feed after each page, and what could not be read."""
    reader, problems = _opened(stream)
    texts: list[str] = []
    length = 0
    for number, page in enumerate(reader.pages if reader else (), 1):
        try:
            said = page.extract_text()
        except FAULTS as exc:
            problems.append(f"The text of page {number} could not be read: {_words(exc)}.")
            said = ""
        length += len(said)
        if length > _TEXT_MOST:
            problems.append(f"The text from page {number} on was left out: too long.")
            break
        texts.append(said)
    return "".join(f"{said}\n\f" for said in texts), problems


def attached(stream: BinaryIO, most: int) -> tuple[list[tuple[str, bytes]], list[str]]:
    """Return name and content of every attachment, until they are larger than allowed; and problems."""
    reader, problems = _opened(stream)
    files: list[tuple[str, bytes]] = []
    if reader is None:
        return files, problems
    pages = Pages(LinkList(""))
    try:
        for number, page in enumerate(reader.pages, 1):
            pages.take(page, number)
        for specification in embedded_files(reader, pages.attached):
            held = dictionary(specification.get("/EF"))
            content = resolved(held.get("/UF") or held.get("/F"))
            if isinstance(content, StreamObject) and sum(len(data) for _, data in files) <= most:
                files.append((text(specification.get("/UF") or specification.get("/F")), content.get_data()))
    except FAULTS as exc:
        problems.append(f"An attachment could not be taken out: {_words(exc)}.")
    return files, problems


def _opened(stream: BinaryIO) -> tuple[PdfReader | None, list[str]]:
    try:
        reader = PdfReader(BytesIO(stream.read()))
        if reader.is_encrypted and reader.decrypt("") == PasswordType.NOT_DECRYPTED:
            return None, ["The document opens only with a password."]
        len(reader.pages)
    except FAULTS as exc:
        return None, [f"The document could not be opened: {_words(exc)}."]
    return reader, []


def _words(exc: BaseException) -> str:
    return fold(str(exc)).rstrip(".") or type(exc).__name__
