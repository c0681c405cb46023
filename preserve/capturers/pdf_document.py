"""What does a PDF hold beside its pages: statements, outline, attachments, signatures, encryption?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pypdf.generic import DictionaryObject, StreamObject

from preserve.capturers.pdf_objects import (
    array,
    date,
    dictionary,
    key_of,
    names,
    number,
    raw_digest,
    resolved,
    text,
)
from preserve.capturers.stated import Stated

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pypdf import PdfReader

    from preserve.model.inspection import Json

__all__ = [
    "attachments",
    "document_facts",
    "embedded_files",
    "encryption",
    "outline",
    "signatures",
    "statements",
]

# Document information dictionary, ISO 32000-2 table 349
_METADATA = {
    "title": "/Title",
    "author": "/Author",
    "subject": "/Subject",
    "keywords": "/Keywords",
    "creator": "/Creator",
    "producer": "/Producer",
    "created": "/CreationDate",
    "modified": "/ModDate",
}
_DATES = ("created", "modified")
_STATED = {"author": "creator", "creator": "software"}  # one word per thing, in pictures and documents
_XMP_BYTES = 4 << 20
_OUTLINE_MOST = 1_000
_FIELDS_MOST = 20_000
_ATTACHMENTS_MOST = 1_000
_SIGNATURES_MOST = 100
# Section 7.6.4.2, table 22: bit positions from 1
_PERMISSIONS = {
    3: "print",
    4: "modify",
    5: "copy",
    6: "annotate",
    9: "fill-in",
    11: "assemble",
    12: "print-well",
}


def statements(reader: PdfReader) -> dict[str, Json]:
    """Return ``metadata``, ``dates``, ``stated`` and ``conformance``: what the document says of itself."""
    information = reader.metadata or DictionaryObject()
    said = {name: text(information.get(key)) for name, key in _METADATA.items()}
    said = {name: value for name, value in said.items() if value}
    stated = Stated()
    stated.add("info", ((_STATED.get(name, name), value) for name, value in said.items()))
    facts: dict[str, Json] = {"metadata": dict(said)}
    facts["dates"] = {name: made for name in _DATES if (made := date(said.get(name, "")))}
    packet = resolved(dictionary(reader.trailer.get("/Root")).get("/Metadata"))
    claims: list[str] = []
    if isinstance(packet, StreamObject):
        from preserve.capturers.xmp import read_xmp, state_xmp  # noqa: PLC0415 - only where there is a packet

        found = read_xmp(packet.get_data()[:_XMP_BYTES])
        stated.add("xmp", state_xmp(found))
        stated.add("xmp", (("producer", value) for value in found.get("pdf:Producer", ())))
        claims = list(_conformance(found))
    return facts | {"stated": stated.facts(), "conformance": [*claims]}


def _conformance(found: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield what the document claims to conform to. ISO 19005-2, 6.6.4; ISO 14289-1, 5."""
    for part in found.get("pdfaid:part", ())[:1]:
        level = next(iter(found.get("pdfaid:conformance", ())), "")
        yield f"PDF/A-{part}{level}"
    for part in found.get("pdfuaid:part", ())[:1]:
        yield f"PDF/UA-{part}"


def document_facts(reader: PdfReader) -> dict[str, Json]:
    """Return ``language``, ``tagged``, ``scripts`` and ``form_fields``."""
    root = dictionary(reader.trailer.get("/Root"))
    catalogue = dictionary(root.get("/Names"))
    action = dictionary(root.get("/OpenAction"))
    fields = list(_fields(root))
    return {
        "language": text(root.get("/Lang")),
        "tagged": resolved(dictionary(root.get("/MarkInfo")).get("/Marked")) == True,  # noqa: E712 - pypdf's own
        "scripts": "/JavaScript" in catalogue or action.get("/S") == "/JavaScript",
        "form_fields": len(fields),
    }


def encryption(reader: PdfReader) -> dict[str, Json]:
    """Return how the document is encrypted, and what its author allows. Section 7.6."""
    held = dictionary(reader.trailer.get("/Encrypt"))
    allowed = number(held.get("/P")) or 0
    return {
        "filter": text(held.get("/Filter")).removeprefix("/"),
        "version": number(held.get("/V")),
        "revision": number(held.get("/R")),
        "bits": number(held.get("/Length")),
        "allowed": [name for bit, name in _PERMISSIONS.items() if allowed >> bit - 1 & 1],
    }


def outline(reader: PdfReader) -> list[Json]:
    """Return title, level and page (null where it is not certain) of every entry. Section 12.3.3."""
    root = dictionary(reader.trailer.get("/Root"))
    first = dictionary(root.get("/Outlines")).get("/First")
    numbers = {key_of(page): count for count, page in enumerate(reader.pages if first else (), 1)}
    entries: list[Json] = []
    seen: set[tuple[int, int]] = set()
    waiting = [(first, 1)]
    while waiting and len(entries) < _OUTLINE_MOST:
        node, level = waiting.pop()
        item = dictionary(node)
        if not item or key_of(item) in seen:
            continue
        seen.add(key_of(item))
        to = array(item.get("/Dest")) or array(dictionary(item.get("/A")).get("/D"))
        page = numbers.get(key_of(to[0])) if to else None
        entries.append({"title": text(item.get("/Title")), "level": level, "page": page})
        waiting += [(item.get("/Next"), level), (item.get("/First"), level + 1)]
    return entries


def embedded_files(reader: PdfReader, annotated: Sequence[DictionaryObject]) -> Iterator[DictionaryObject]:
    """Yield the file specification of every attachment once, those of the document before those of pages."""
    root = dictionary(reader.trailer.get("/Root"))
    tree = dictionary(root.get("/Names")).get("/EmbeddedFiles")
    seen: set[tuple[int, int]] = set()
    for specification in (*(dictionary(value) for _, value in names(tree)), *annotated):
        held = dictionary(specification.get("/EF"))
        stream = resolved(held.get("/UF") or held.get("/F"))
        if isinstance(stream, StreamObject) and key_of(stream) not in seen and len(seen) < _ATTACHMENTS_MOST:
            seen.add(key_of(stream))
            yield specification


def attachments(reader: PdfReader, annotated: Sequence[DictionaryObject]) -> list[Json]:
    """Return what is attached: as stated, and the digest of the stream as stored. Section 7.11.4."""
    found: list[Json] = []
    for specification in embedded_files(reader, annotated):
        held = dictionary(specification.get("/EF"))
        stream = resolved(held.get("/UF") or held.get("/F"))
        if not isinstance(stream, StreamObject):
            continue
        sha256, size = raw_digest(stream)
        parameters = dictionary(stream.get("/Params"))
        found.append(
            {
                "name": text(specification.get("/UF") or specification.get("/F")),
                "description": text(specification.get("/Desc")),
                "media_type": text(stream.get("/Subtype")).removeprefix("/"),
                "modified": date(text(parameters.get("/ModDate"))),
                "stated_bytes": number(parameters.get("/Size")),
                "sha256": sha256,
                "size_bytes": size,
            }
        )
    return found


def signatures(reader: PdfReader, size_bytes: int) -> list[Json]:
    """Return the signatures that are present; none is verified. Section 12.8."""
    found: list[Json] = []
    for field in _fields(dictionary(reader.trailer.get("/Root"))):
        signature = dictionary(field.get("/V"))
        if field.get("/FT") != "/Sig" or not signature or len(found) >= _SIGNATURES_MOST:
            continue
        ranges = [number(each) or 0 for each in array(signature.get("/ByteRange"))]
        found.append(
            {
                "field": text(field.get("/T")),
                "filter": text(signature.get("/SubFilter")).removeprefix("/"),
                "name": text(signature.get("/Name")),
                "reason": text(signature.get("/Reason")),
                "date": date(text(signature.get("/M"))),
                "covers_whole_file": len(ranges) == 4  # noqa: PLR2004 - table 255: two pairs
                and ranges[0] == 0
                and sum(ranges[2:]) == size_bytes,
            }
        )
    return found


def _fields(root: DictionaryObject) -> Iterator[DictionaryObject]:
    """Yield every field of the form that is no group of others. Section 12.7.4."""
    waiting = list(reversed(array(dictionary(root.get("/AcroForm")).get("/Fields"))))
    seen: set[tuple[int, int]] = set()
    while waiting and len(seen) < _FIELDS_MOST:
        field = dictionary(waiting.pop())
        if key_of(field) in seen:
            continue
        seen.add(key_of(field))
        kids = [kid for kid in array(field.get("/Kids")) if "/T" in dictionary(kid)]
        if kids:
            waiting += reversed(kids)
        else:
            yield field
