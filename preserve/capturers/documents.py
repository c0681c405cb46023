"""Which links lead to a document such as a PDF?"""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache

from preserve.capturers.sizes import find_size
from preserve.model.documents import GROUPS, extension_of, group_by_name, group_by_type

__all__ = ["WIDGET_WORDS", "Likely", "group_in", "is_document_url", "is_widget", "likely_document", "wording"]


class Likely(Enum):
    """How sure it is that a link leads to a document."""

    NO = 0
    PERHAPS = 1
    """A download word alone: worth asking for, no gap when it is something else."""
    YES = 2


# Names that are as often pages or parts of pages: an address that ends so is no document by that alone.
_WEAK = frozenset({"json", "txt", "md", "ics", "key", "pages", "numbers", "pub", "vtt", "srt", "jar"})
_STRONG = frozenset(extension for group in GROUPS.values() for extension in group.extensions) - _WEAK
_NAMED = "|".join(sorted(_STRONG))
# A file name at the end of the wording or before a size, whole or truncated ("a-russian-leg….pdf").
_FILE_NAME = re.compile(rf"(?:[\w)\].-]|…\s?)\.({_NAMED})(?!\w)", re.IGNORECASE)
_MARKED = re.compile(r"[(\[]\s*(pdf)\b[^)\]]{0,30}[)\]]|^\s*(?:as |als |en |in )?pdf\s*\Z", re.IGNORECASE)
_PDF = re.compile(r"(?<![^\W_])pdfs?(?![^\W_])", re.IGNORECASE)

# "Download" as people write it on buttons, by language; the words of one line are those of one script.
_DOWNLOAD = frozenset(
    """
    download downloads downloaden downloade herunterladen runterladen télécharger telecharger téléchargement
    telechargement téléchargez descargar descarga descargue descárgalo scarica scaricare baixar baixe
    transferir descarregar descarrega deskargatu baixa lataa imurootaan hent nedlasting hämta sækja
    pobierz pobieranie stáhnout stáhněte stiahnuť prenesi preuzmi preuzimanje letöltés letöltése letölt
    descărcați descarcă descarca indir unduh mengunduh lejupielādēt atsisiųsti parsisiųsti
    shkarko elŝuti download-link
    скачать загрузить завантажити изтегли изтегляне преузми преузимање симни спампаваць жүктеу
    λήψη κατεβάστε
    تحميل تنزيل دانلود הורדה הורד להורדה ჩამოტვირთვა ներբեռնել
    """.split()  # noqa: SIM905 - a table of words
)
_PHRASE_PARTS = (" ne", " alla", " turun")  # one of them is in every phrase that is ASCII
_PHRASE = re.compile(r"\b(?:ladda ner|last ned|lade ned|laadi alla|lae alla|muat turun|tải về|tải xuống)\b")
# Scripts without spaces between words, or whose vowel signs are no letters to a regular expression.
_UNSPACED = (
    "下载",
    "下載",
    "ダウンロード",
    "다운로드",
    "내려받기",
    "ดาวน์โหลด",
    "डाउनलोड",
    "ডাউনলোড",
    "பதிவிறக்க",
)
_WORDS = re.compile(r"[^\W\d_]+")

# Class names and hooks of file widgets: `file-upload-viewer`, `wp-block-file`, `attachment`, `download-box`.
_WIDGET = re.compile(r"(?<![a-z])(?:file|attachment|download|document|pdf)(?![a-z])")
WIDGET_WORDS = ("file", "attachment", "download", "document", "pdf")
"""One of them is in the names of every file widget."""

_SHORT = 80


def is_document_url(url: str) -> bool:
    """Return whether an address's path, without query and fragment, ends like a document's name."""
    return extension_of(url) in _STRONG


def is_widget(hooks: str) -> bool:
    """Return whether class names and hooks are those of a file widget."""
    lower = hooks.lower()
    return any(word in lower for word in WIDGET_WORDS) and _WIDGET.search(lower) is not None


def wording(text: str, *, in_widget: bool) -> Likely:
    """
    Return what the words of a link say: a size with a download word or file name, ``(PDF)``, a file name.

    Args:
        text: Link text, labels and title, and the text of the file widget around it.
        in_widget: Whether markup around the link or of the link is a file widget's.
    """
    name, pdf, download = _said(text)
    if name:
        return Likely.YES
    if pdf and (download or _MARKED.search(text)):
        return Likely.YES
    if download and in_widget:
        return Likely.YES
    if (download or in_widget or pdf) and find_size(text) is not None:
        return Likely.YES
    if (download or pdf) and len(text) <= _SHORT:
        return Likely.PERHAPS
    return Likely.NO


def likely_document(*, url: str, type_: str, download: bool, words: str, in_widget: bool) -> Likely:
    """Return whether a link leads to a document: by extension, ``type``, ``download``, or wording."""
    if is_document_url(url) or download or (type_ and group_by_type(type_)):
        return Likely.YES
    if url[:20].lower() == "data:application/pdf":
        return Likely.YES
    return wording(words, in_widget=in_widget)


def group_in(*, url: str, type_: str, words: str) -> str:
    """Return the group that address, type or a file name in the words announce; empty: not known."""
    group = group_by_name(url) or (group_by_type(type_) if type_ else "")
    if not group:
        named = _FILE_NAME.search(words) if "." in words else None
        marked = _PDF.search(words) if named is None else None
        group = group_by_name(f"a.{named[1]}") if named else "pdf" if marked else ""
    return group


@lru_cache(maxsize=512)
def _said(text: str) -> tuple[bool, bool, bool]:
    """
    Return whether a text has a file name, "PDF", and a word for downloading.

    The latest are remembered: the links of a page say the same again and again.
    """
    lower = text.lower().replace("\u0307", "")  # the dot that a Turkish capital I leaves
    return (
        "." in text and _FILE_NAME.search(text) is not None,
        "pdf" in lower and _PDF.search(lower) is not None,
        _says_download(lower),
    )


def _says_download(lower: str) -> bool:
    if not _DOWNLOAD.isdisjoint(_WORDS.findall(lower)):
        return True
    plain = lower.isascii()
    if not plain or any(part in lower for part in _PHRASE_PARTS):
        return _PHRASE.search(lower) is not None or (not plain and any(word in lower for word in _UNSPACED))
    return False
