"""Which links lead to a document such as a PDF?"""

from __future__ import annotations

import re
from enum import Enum

from preserve.capturers.sizes import find_size

__all__ = ["WIDGET", "Likely", "is_document_url", "likely_document", "wording"]


class Likely(Enum):
    """How sure it is that a link leads to a document."""

    NO = 0
    PERHAPS = 1
    """A download word alone: worth asking for, no gap when it is something else."""
    YES = 2


# What people publish beside a page to be kept as it is. Archives and programs are not among them: a
# `download` attribute or a stated size still makes one a document.
_EXTENSIONS = "pdf|docx?|odt|rtf|xlsx?|ods|csv|pptx?|odp|epub|mobi|djvu|ps"
_URL = re.compile(rf"\.(?:{_EXTENSIONS})\Z", re.IGNORECASE)
_TYPES = re.compile(
    r"\s*(?:application/(?:pdf|x-pdf|msword|rtf|postscript|epub\+zip|vnd\.(?:ms-|oasis\.|openxmlformats-))|image/vnd\.djvu)",
    re.IGNORECASE,
)
# A file name at the end of the wording or before a size, whole or truncated ("a-russian-leg….pdf").
_FILE_NAME = re.compile(rf"(?:[\w)\].-]|…\s?)\.(?:{_EXTENSIONS})(?!\w)", re.IGNORECASE)
_MARKED = re.compile(r"[(\[]\s*pdf\b[^)\]]{0,30}[)\]]|^\s*(?:as |als |en )?pdf\s*\Z", re.IGNORECASE)
_PDF = re.compile(r"\bpdf\b", re.IGNORECASE)
_DOWNLOAD = re.compile(
    r"(?<!\w)(?:download(?:s|en)?|herunterladen|t[ée]l[ée]charger|t[ée]l[ée]chargement|descargar?|scaric(?:a|are)|baixar"
    r"|transferir|downloaden|ladda ner|last ned|hent|lataa|pobierz|st[áa]hnout|let[öo]lt[ée]s|indir|unduh"
    r"|скачать|загрузить|завантажити)(?!\w)|下载|下載|ダウンロード|다운로드|تحميل|تنزيل|הורדה",
    re.IGNORECASE,
)
# Class names and hooks of file widgets: `file-upload-viewer`, `wp-block-file`, `attachment`, `download-box`.
WIDGET = re.compile(r"(?<![a-z])(?:file|attachment|download|document|pdf)(?![a-z])", re.IGNORECASE)
_SHORT = 80


def is_document_url(url: str) -> bool:
    """Return whether an address's path, without query and fragment, ends like a document's name."""
    return bool(_URL.search(re.split(r"[?#]", url, maxsplit=1)[0]))


def wording(text: str, *, in_widget: bool) -> Likely:
    """
    Return what the words of a link say: a size with a download word or file name, ``(PDF)``, a file name.

    Args:
        text: Link text, labels and title, and the text of the file widget around it.
        in_widget: Whether markup around the link or of the link is a file widget's.
    """
    size = find_size(text) is not None
    download = bool(_DOWNLOAD.search(text))
    named = bool(_FILE_NAME.search(text))
    if named or _MARKED.search(text) or (size and (download or in_widget or _PDF.search(text))):
        return Likely.YES
    if download and in_widget:
        return Likely.YES
    if len(text) <= _SHORT and (download or _PDF.search(text)):
        return Likely.PERHAPS
    return Likely.NO


def likely_document(*, url: str, type_: str, download: bool, words: str, in_widget: bool) -> Likely:
    """Return whether a link leads to a document: by extension, ``type``, ``download``, or wording."""
    if is_document_url(url) or _TYPES.match(type_) or download:
        return Likely.YES
    return wording(words, in_widget=in_widget)
