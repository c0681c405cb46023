"""
Which findings are there, what does each mean, and what is to be done about it?

``CODES`` is the table; ``manifests/registries/finding-codes.json`` and ``docs/findings.md`` are made
from it. A code never changes its meaning and is never used again for another.

The order of the table is the order of causes: of several findings about one file with one cause, the one
that stands first here becomes the primary finding, and the others are listed in its ``also``.

The module is long because it is one table; splitting it would hide the order.
"""

from __future__ import annotations

import attrs

from preserve.model.finding import Result

__all__ = ["CODES", "Code"]

_OURS = "docs/format/package-1.md"

_FROM_COPY = "Restore {file} from another copy of the package and verify again."
_WHOLE_COPY = "Replace the package by another copy of it that verifies."
_ASK = "Compare with another copy of the package, or with its receipt, to learn which of the two is right."


@attrs.frozen(kw_only=True)
class Code:
    """One row of the finding registry."""

    code: str
    title: str
    result: Result
    """What the check came to when this is said."""
    clause: str
    """The standard or specification, and its section."""
    meaning: str
    remedy: str


def _row(code: str, title: str, clause: str, meaning: str, remedy: str, result: Result = Result.FAIL) -> Code:
    return Code(code=code, title=title, result=result, clause=clause, meaning=meaning, remedy=remedy)


def _passed(code: str, title: str, clause: str, meaning: str) -> Code:
    return _row(code, title, clause, meaning, "Nothing is to be done.", Result.PASS)


_AGAIN = "Make the file again from its package with preserve export, or get it once more from where it came."

_ZIP = (
    _row(
        "zip.truncated",
        "The file ends before its directory",
        f"{_OURS}, section 14; APPNOTE 6.3.10, 4.3",
        "The end of the file is missing, as after a broken transfer. What stands before it was looked at.",
        _AGAIN,
    ),
    _row(
        "zip.directory-damaged",
        "The directory of the ZIP cannot be read",
        f"{_OURS}, section 14; APPNOTE 6.3.10, 4.3.12 to 4.3.16",
        "The list of entries at the end of the file is destroyed. The entries were found one by one.",
        _AGAIN,
    ),
    _row(
        "zip.name-twice",
        "Two entries have one name",
        f"{_OURS}, section 14",
        "Some software shows the first of them, other software the last: it is not known what a reader sees.",
        _AGAIN,
    ),
    _row(
        "zip.entries-overlap",
        "Entries lie over one another",
        f"{_OURS}, section 14; APPNOTE 6.3.10, 4.3",
        "The places of two entries, or of an entry and the directory, overlap: the file was made to mislead "
        "or to swell when it is unpacked. The entry was not read.",
        _AGAIN,
    ),
    _row(
        "zip.entry-hidden",
        "There is an entry that the directory does not list",
        f"{_OURS}, section 14; APPNOTE 6.3.10, 4.3.1",
        "Software that reads the file from its beginning finds something that other software never shows.",
        _AGAIN,
    ),
    _row(
        "zip.name-unsafe",
        "An entry has a name that must not be used",
        f"{_OURS}, section 14; APPNOTE 6.3.10, 4.4.17",
        "The name is absolute, leads out of the folder, or holds what no name of ours does. It was not read.",
        _AGAIN,
    ),
    _row(
        "zip.entry-not-file",
        "An entry is no regular file",
        f"{_OURS}, section 14",
        "By its name or its attributes the entry is a folder, a link or a device. It was not read.",
        _AGAIN,
    ),
    _row(
        "zip.entry-compressed",
        "An entry is compressed or encrypted",
        f"{_OURS}, section 14; WACZ 1.1.1, section 4",
        "Players read ranges of WARC files, which must be stored as they are. The entry was not read.",
        _AGAIN,
    ),
    _row(
        "zip.headers-differ",
        "The headers of an entry do not agree",
        f"{_OURS}, section 14; APPNOTE 6.3.10, 4.3.7 and 4.3.12",
        "The entry's own header and the directory, or the directory and its end, say different things.",
        _AGAIN,
    ),
    _row(
        "zip.bytes-added",
        "There are bytes that belong to no entry",
        f"{_OURS}, section 14",
        "Something stands before, between or after the entries and the directory.",
        _AGAIN,
    ),
    _row(
        "zip.comment",
        "There is a comment in the ZIP",
        f"{_OURS}, section 14",
        "The file or an entry has a comment. Our writer makes none, and things can be hidden there.",
        _AGAIN,
    ),
    _row(
        "zip.form",
        "A header of the ZIP is not as specified",
        f"{_OURS}, section 14",
        "A version, flag, time, attribute or extra field, or the order of the entries, is not the one "
        "specified: the file was not made by export, or was changed.",
        _AGAIN,
    ),
)

_STORAGE = (
    _row(
        "media.unstable",
        "Two reads of a file gave different bytes",
        "RFC 8493, section 3",
        "The file was read twice and did not read the same, so no claim can be made about its bytes: "
        "the disk, its cable, the memory or a network mount is failing, or something writes to the file.",
        "Copy the package to other storage, verify it there, and test the disk and the memory.",
    ),
    _row(
        "file.not-regular",
        "A link or device stands where only files may",
        f"{_OURS}, section 4",
        "A symbolic link, pipe, socket or device is in the package. It is never opened.",
        "Remove it and restore the file from another copy of the package.",
    ),
    _row(
        "file.not-readable",
        "A file or folder could not be read",
        "RFC 8493, section 3",
        "The system refused to open or to read it, so nothing is known about its bytes.",
        "Give the right to read it, or recover the disk, and verify again.",
        Result.NOT_CHECKED,
    ),
    _row(
        "file.too-large",
        "A file is too large to be interpreted",
        f"{_OURS}, section 10",
        "Its digest was compared, but a document of this size is not taken apart.",
        "Look at the file: our writer does not make one of this size.",
        Result.NOT_CHECKED,
    ),
    _row(
        "file.renamed",
        "A file has another name",
        "RFC 8493, section 3",
        "A file is missing, and its bytes are here under another name.",
        "Give the file its name back and verify again.",
    ),
    _row(
        "file.name-twin",
        "Two names differ only in case or in Unicode form",
        "RFC 8493, section 6.1.3",
        "A file was added whose name some systems cannot tell from a name of the package.",
        "Remove the file that the manifests do not list.",
    ),
    _row(
        "file.missing",
        "A file is missing",
        "RFC 8493, section 3",
        "A manifest, or the specification of the package, names a file that is not there.",
        "Restore {file} from another copy of the package.",
    ),
    _row(
        "bag.fetch-present",
        "There is a fetch.txt",
        f"{_OURS}, section 5.2",
        "A fetch.txt would let software take parts of the payload from elsewhere. Our packages are whole.",
        "Remove it.",
    ),
    _row(
        "bag.manifest-foreign",
        "There is a manifest of another algorithm",
        f"{_OURS}, section 5.2",
        "Some software would check the package against that manifest instead of the SHA-256 one.",
        "Remove it; keep further digests beside the package.",
    ),
    _row(
        "folder.added",
        "A folder was added",
        f"{_OURS}, section 4",
        "There is a folder in the package that the specification does not name.",
        "Move it out of the package.",
    ),
    _row(
        "file.added",
        "A file was added",
        f"{_OURS}, section 4; RFC 8493, section 3",
        "There is a file in the package that its manifests or its specification do not name.",
        "Move it out of the package.",
    ),
)

_WARC = (
    _row(
        "warc.serial-gap",
        "The WARC files are not numbered without gap",
        f"{_OURS}, section 6",
        "The serials in the names of the WARC files must count from 00000. A file was renamed, or one was "
        "removed and all lists and digests were made again.",
        _FROM_COPY,
    ),
    _row(
        "warc.record-truncated",
        "The file ends inside a record",
        "WARC 1.1, section 4",
        "The WARC file is shorter than records.tsv says. The record named is cut; those after it are gone.",
        _FROM_COPY,
    ),
    _row(
        "warc.record-damaged",
        "A record's bytes have changed and it is no longer sound",
        f"{_OURS}, sections 6 and 7",
        "The bytes of this record are not those that were written, and its gzip member, its header or its "
        "own digests no longer hold: damage in storage or transfer.",
        _FROM_COPY,
    ),
    _row(
        "warc.header-unspecified",
        "A record's header is not as specified",
        f"{_OURS}, section 6",
        "The record can be read, but a field that every record of a package has is missing or spelt in "
        "another way, or it names another record than it belongs to: somebody edited it.",
        _FROM_COPY,
    ),
    _row(
        "warc.record-changed",
        "A record was replaced by another sound one",
        f"{_OURS}, section 7",
        "A sound record stands here, but it is not the one that was written: somebody edited it.",
        _FROM_COPY,
    ),
    _row(
        "warc.record-missing",
        "A record is missing",
        f"{_OURS}, section 7",
        "records.tsv names a record that is not in the WARC file.",
        _FROM_COPY,
    ),
    _row(
        "warc.record-added",
        "A record was added",
        f"{_OURS}, section 7",
        "The WARC file holds a sound record that records.tsv does not name.",
        _FROM_COPY,
    ),
    _row(
        "warc.records-reordered",
        "Records stand in another order",
        f"{_OURS}, section 7",
        "All bytes of the record are there, at another place of the file.",
        _FROM_COPY,
    ),
    _row(
        "warc.bytes-added",
        "There are bytes that belong to no record",
        f"{_OURS}, section 7",
        "Bytes were inserted between two records or appended to the WARC file.",
        _FROM_COPY,
    ),
)

_RECORDS = (
    _row(
        "records.line-differs",
        "A line of records.tsv does not fit its record",
        f"{_OURS}, section 7",
        "The record is sound, and what its line says about it is not true.",
        _FROM_COPY,
    ),
    _row(
        "records.syntax",
        "A line of records.tsv cannot be read",
        f"{_OURS}, section 7",
        "The line is not the header, or not eight columns as specified.",
        _FROM_COPY,
    ),
    _row(
        "records.line-missing",
        "A record has no line in records.tsv",
        f"{_OURS}, section 7",
        "The WARC file holds a sound record, and the lines of records.tsv leave it out.",
        _FROM_COPY,
    ),
    _row(
        "records.line-extra",
        "A line of records.tsv has no record",
        f"{_OURS}, section 7",
        "The lines do not fit together, and no record of the WARC file is the one of this line.",
        _FROM_COPY,
    ),
    _row(
        "records.order",
        "The lines of records.tsv do not cover a file in order",
        f"{_OURS}, section 7",
        "Lines are sorted by file and offset, and each begins where the one before ended.",
        _FROM_COPY,
    ),
)

_INDEX = (
    _row(
        "index.line-differs",
        "A line of the index does not fit its record",
        f"{_OURS}, section 8",
        "The line is not the one that follows from records.tsv and resources.jsonl: players would show "
        "something else or find nothing.",
        _FROM_COPY,
    ),
    _row(
        "index.member-damaged",
        "A block of the index cannot be unpacked",
        f"{_OURS}, section 8",
        "A gzip member of index.cdx.gz is broken; the lines in it and after it could not be compared.",
        _FROM_COPY,
    ),
    _row(
        "index.syntax",
        "A line of the index cannot be read",
        f"{_OURS}, section 8",
        "The line is not key, stamp and object.",
        _FROM_COPY,
    ),
    _row(
        "index.line-missing",
        "A response has no line in the index",
        f"{_OURS}, section 8",
        "Players would not find this response, though it is stored.",
        _FROM_COPY,
    ),
    _row(
        "index.line-extra",
        "A line of the index has no response",
        f"{_OURS}, section 8",
        "The line points to something that is no response record of this package, or stands there twice.",
        _FROM_COPY,
    ),
    _row(
        "index.order",
        "The index is not sorted",
        f"{_OURS}, section 8",
        "Players search the index by halving it and would miss lines.",
        _FROM_COPY,
    ),
    _row(
        "index.blocks-differ",
        "index.idx does not fit the blocks of the index",
        f"{_OURS}, section 8",
        "A line of index.idx is not the one that follows from index.cdx.gz.",
        _FROM_COPY,
    ),
)

_LISTS = (
    _row(
        "resources.line-differs",
        "A line of resources.jsonl does not fit its record",
        f"{_OURS}, section 10.2",
        "What the line says about the stored response is not true.",
        _FROM_COPY,
    ),
    _row(
        "resources.syntax",
        "A line of resources.jsonl cannot be read",
        "manifests/1/resource.schema.json",
        "The line is not the JSON object of the schema.",
        _FROM_COPY,
    ),
    _row(
        "resources.line-missing",
        "A response has no line in resources.jsonl",
        f"{_OURS}, section 10.2",
        "The response is stored, and the list of resources leaves it out.",
        _FROM_COPY,
    ),
    _row(
        "resources.line-extra",
        "A line of resources.jsonl has no response",
        f"{_OURS}, section 10.2",
        "No response record of records.tsv has the id of this line.",
        _FROM_COPY,
    ),
    _row(
        "resources.order",
        "resources.jsonl is not in the order of the records",
        f"{_OURS}, section 10.2",
        "The lines are all there, in another order.",
        _FROM_COPY,
    ),
    _row(
        "references.seed-differs",
        "The first reference is not the page that was asked for",
        f"{_OURS}, section 10.3",
        "The first line must be the seed: no source, kind page, the URL of the capture.",
        _FROM_COPY,
    ),
    _row(
        "references.syntax",
        "A line of references.jsonl cannot be read",
        "manifests/1/reference.schema.json",
        "The line is not the JSON object of the schema.",
        _FROM_COPY,
    ),
    _row(
        "references.record-unknown",
        "A reference names a response that is not stored",
        f"{_OURS}, section 10.3",
        "Its source or its answer is no response of this package.",
        _FROM_COPY,
    ),
    _row(
        "references.state-differs",
        "The state of a reference does not fit its response",
        f"{_OURS}, section 12",
        "What became of the reference, as it stands there, is not what the stored response shows.",
        _FROM_COPY,
    ),
    _row(
        "references.order",
        "references.jsonl is not in order",
        f"{_OURS}, section 10.3",
        "References stand in the order of the responses they were found in.",
        _FROM_COPY,
    ),
    _row(
        "pages.line-differs",
        "The page list does not show the page that was captured",
        f"{_OURS}, section 9",
        "The line is not the one that follows from the capture's seed: players would open something else.",
        _FROM_COPY,
    ),
    _row(
        "pages.syntax",
        "The page list cannot be read",
        f"{_OURS}, section 9; json-pages-1.0",
        "Its first line or its page line is not as specified.",
        _FROM_COPY,
    ),
)

_CAPTURE = (
    _row(
        "capture.syntax",
        "capture.json cannot be read",
        "manifests/1/capture.schema.json",
        "The file is not the JSON object of the schema.",
        _FROM_COPY,
    ),
    _row(
        "capture.name-differs",
        "capture.json names another page or package",
        f"{_OURS}, sections 2.3 and 10.1",
        "URL, page folder and package name in capture.json do not fit each other or the rest of the package.",
        _FROM_COPY,
    ),
    _row(
        "capture.claims-differ",
        "capture.json chooses a claim that it does not have",
        f"{_OURS}, section 10.1",
        "An index in chosen points to no claim: claims of the page were removed.",
        _FROM_COPY,
    ),
    _row(
        "capture.counts-differ",
        "capture.json counts something else than is there",
        f"{_OURS}, section 10.1",
        "The numbers of records, resources, references or octets in capture.json are not those of the lists.",
        _ASK,
    ),
    _row(
        "capture.outcome-differs",
        "The outcome does not follow from the references",
        f"{_OURS}, section 12",
        "The verdict or the number of gaps in capture.json is not what references.jsonl adds up to.",
        _ASK,
    ),
    _row(
        "capture.version-differs",
        "capture.json has another version than bag-info.txt",
        f"{_OURS}, sections 5.3 and 10.1",
        "The schema or package version in capture.json is not the one that bag-info.txt declares.",
        _FROM_COPY,
    ),
    _row(
        "datapackage.syntax",
        "datapackage.json cannot be read",
        "WACZ 1.1.1, section 5.1",
        "The file is not a data package of WACZ 1.1.1.",
        _FROM_COPY,
    ),
    _row(
        "datapackage.main-page-differs",
        "datapackage.json opens another page",
        f"{_OURS}, section 11",
        "Title, mainPageUrl or mainPageDate are not those of the captured page.",
        _FROM_COPY,
    ),
)

_BAG = (
    _row(
        "bag.declaration",
        "bagit.txt is not the declaration of BagIt 1.0",
        f"{_OURS}, section 5.1; RFC 8493, section 2.1.1",
        "The file must hold exactly two lines.",
        "Restore bagit.txt; its two lines are in the specification.",
    ),
    _row(
        "bag.info-form",
        "bag-info.txt is not as specified",
        f"{_OURS}, section 5.3",
        "A label is missing, unknown, doubled or out of order, or a value is not of its form.",
        _FROM_COPY,
    ),
    _row(
        "bag.info-differs",
        "bag-info.txt names another page or package",
        f"{_OURS}, section 5.3",
        "A value in bag-info.txt is not that of the package.",
        _FROM_COPY,
    ),
    _row(
        "bag.path-unsafe",
        "A manifest names a path outside of the package",
        "RFC 8493, section 5.2",
        "The path is absolute or leads out of the package. It is never opened.",
        _FROM_COPY,
    ),
    _row(
        "bag.manifest-form",
        "A manifest is not as specified",
        f"{_OURS}, section 5.2; RFC 8493, section 2.1.3",
        "A line cannot be read, stands twice or out of order, or is spelt in another way.",
        _FROM_COPY,
    ),
    _row(
        "bag.manifest-differs",
        "A manifest is wrong about a file that is right",
        f"{_OURS}, section 5.2; RFC 8493, section 3",
        "A line is missing, or gives a digest that is not the file's, and the file is known to be right: "
        "other parts of the package agree with it, or the digest differs in a few digits only, which no "
        "change of a file could bring about.",
        _FROM_COPY,
    ),
    _row(
        "datapackage.resource-differs",
        "datapackage.json and a file do not agree",
        f"{_OURS}, section 11",
        "datapackage.json gives another size or digest, leaves a file out, or names one that is not there.",
        _FROM_COPY,
    ),
    _row(
        "datapackage.digest-differs",
        "datapackage-digest.json and datapackage.json do not agree",
        "WACZ 1.1.1, section 5.3",
        "The digest in datapackage-digest.json is not that of datapackage.json.",
        _FROM_COPY,
    ),
    _row(
        "bag.oxum-differs",
        "Payload-Oxum does not fit the payload",
        "RFC 8493, section 2.2.2",
        "The payload has another number of octets or files than bag-info.txt says.",
        _FROM_COPY,
    ),
    _row(
        "zip.crc-differs",
        "The bytes of an entry are not those that its CRC-32 sums up",
        f"{_OURS}, section 14; APPNOTE 6.3.10, 4.4.7",
        "The bytes of the file in the ZIP, or both numbers in its headers, have changed.",
        _AGAIN,
    ),
    _row(
        "bag.digest-mismatch",
        "A file's digest is not the one in the manifest",
        "RFC 8493, section 3",
        "The bytes of the file are not those that were sealed. Which of them changed cannot be told from "
        "the rest of the package.",
        _FROM_COPY,
    ),
)

_ABOUT = (
    _row(
        "package.version-unsupported",
        "The package has a version that this software does not know",
        f"{_OURS}, section 5.3",
        "The bag was checked against its manifests; what is inside was not interpreted.",
        "Verify it with a newer version of this software.",
        Result.NOT_CHECKED,
    ),
    _row(
        "check.not-done",
        "A comparison could not be made",
        f"{_OURS}, section 3",
        "What it needs is missing, unreadable or not as specified, which another finding says.",
        "Deal with the other finding first, then verify again.",
        Result.NOT_CHECKED,
    ),
    _row(
        "package.folder-name",
        "The package lies in a folder of another name",
        f"{_OURS}, section 2.3",
        "The folder's name, or that of the page folder, is not the one in capture.json. Nothing in the "
        "package is damaged by that.",
        "If this is not a copy made on purpose, give the folders their names back.",
        Result.WARN,
    ),
)

_CONTENTS = (
    _row(
        "contents.facts-differ",
        "A content is not what is recorded of it",
        f"{_OURS}, section 10.2",
        "The capturer sees something else in the content than the line of resources.jsonl says, and it was "
        "this very version of the software that recorded it: the line was edited.",
        _FROM_COPY,
    ),
    _row(
        "contents.seen-otherwise",
        "Another version of the software saw something else in a content",
        f"{_OURS}, section 10.2",
        "The bytes are those that were captured. What this version sees in them differs from what was "
        "recorded, by another version of the software or of a library: either of the two may be right.",
        "Look at the content. Nothing in the package is damaged by this.",
        Result.WARN,
    ),
    _row(
        "contents.broken",
        "A content is broken, and was so when it was captured",
        f"{_OURS}, section 10.2",
        "The bytes are those that were captured, and the capturer finds a fault in them that is not "
        "recorded: with this level every pixel of a picture is decoded, which a capture does not do.",
        "Look at the content; if it matters, capture it again while the origin still has it.",
        Result.WARN,
    ),
    _row(
        "contents.not-opened",
        "A content could not be opened",
        f"{_OURS}, section 10.2",
        "The capturer took too long, needed too much memory, or there is no decoder for the content coding. "
        "Its bytes are those that were captured.",
        "Install what the message names, or look at the content with its own software.",
        Result.NOT_CHECKED,
    ),
)

_RECEIPTS = (
    _row(
        "receipt.differs",
        "The package is not the one that a receipt pins",
        f"{_OURS}, section 13",
        "It was changed and every digest in it made again, or replaced by an earlier or another capture; or "
        "the receipt was changed.",
        "Compare with another copy of the package and of the receipt, to learn which of them is right.",
    ),
    _row(
        "receipt.capture-missing",
        "A capture that is known from a receipt is not there",
        f"{_OURS}, section 13",
        "A receipt, or a later capture that is the one its receipt pins, names a capture of this page that "
        "is not in the page folder: it was removed, or the folder was put back to an earlier state.",
        "Restore the package from another copy of the archive.",
    ),
    _row(
        "receipt.none",
        "No receipt speaks of the package",
        f"{_OURS}, section 13",
        "The package could not be compared with anything kept apart from it.",
        "Name the receipt of this package, or of a later capture of its page, or the folder they are in.",
        Result.NOT_CHECKED,
    ),
    _row(
        "receipt.newer",
        "The capture is newer than every receipt of its page",
        f"{_OURS}, section 13",
        "Earlier captures of the page are the ones pinned; nothing kept apart speaks of this one yet.",
        "Make its receipt with preserve receipt, and keep it elsewhere.",
        Result.WARN,
    ),
)

_PASSES = (
    _passed(
        "contents.hold",
        "Every content could be opened and is what is recorded of it",
        f"{_OURS}, section 10.2",
        "Every payload was decoded and opened by the capturer for its type. Asked with --contents.",
    ),
    _passed(
        "receipt.holds",
        "The package is the one that a receipt pins",
        f"{_OURS}, section 13",
        "Its tag manifest, and with it every byte of the package, is the one that was pinned.",
    ),
    _passed(
        "zip.holds",
        "The ZIP is exactly as specified",
        f"{_OURS}, section 14",
        "Every byte belongs to an entry, the directory or its end, every header is the one that follows from "
        "its entry, and every CRC-32 is right.",
    ),
    _passed(
        "sizes.hold",
        "Every file has the size that it should",
        f"{_OURS}, section 11",
        "The sizes are those of datapackage.json and Payload-Oxum. Asked with --quick, which reads no more.",
    ),
    _passed(
        "structure.holds",
        "The package holds exactly the files it must",
        f"{_OURS}, section 4",
        "No file is missing, none was added, nothing is a link.",
    ),
    _passed(
        "bag.valid",
        "The bag is complete and valid",
        "RFC 8493, section 3",
        "Every file was read, and its digest is that of the manifest; the tag files are as specified.",
    ),
    _passed(
        "datapackage.consistent",
        "datapackage.json agrees with the files",
        f"{_OURS}, section 11",
        "Every digest and size in it is that of the file, and it opens the captured page.",
    ),
    _passed(
        "records.consistent",
        "records.tsv agrees with the WARC files",
        f"{_OURS}, section 7",
        "The lines cover every WARC file without gap. With --deep also: every record has the digest, type, "
        "date, id and URI of its line.",
    ),
    _passed(
        "records.sound",
        "Every record is sound",
        f"{_OURS}, section 6",
        "Every gzip member was unpacked; every record's header is as specified, its block and payload have "
        "the digests that it declares, and resources.jsonl says the same. Asked with --deep.",
    ),
    _passed(
        "index.consistent",
        "The index agrees with the records",
        f"{_OURS}, section 8",
        "Every response has its line, sorted, and index.idx fits the blocks.",
    ),
    _passed(
        "resources.consistent",
        "resources.jsonl agrees with the records",
        f"{_OURS}, section 10.2",
        "Every response has its line, in order.",
    ),
    _passed(
        "references.consistent",
        "references.jsonl agrees with the resources",
        f"{_OURS}, sections 10.3 and 12",
        "Every response it names is stored, and every state fits its response.",
    ),
    _passed(
        "pages.consistent",
        "The page list shows the captured page",
        f"{_OURS}, section 9",
        "URL, date, id and title are those of the capture.",
    ),
    _passed(
        "capture.consistent",
        "capture.json agrees with the package",
        f"{_OURS}, section 10.1",
        "Names, counts, versions and outcome follow from the rest of the package.",
    ),
)

CODES: dict[str, Code] = {
    row.code: row
    for row in (
        *_ZIP,
        *_STORAGE,
        *_WARC,
        *_RECORDS,
        *_INDEX,
        *_LISTS,
        *_CAPTURE,
        *_BAG,
        *_RECEIPTS,
        *_ABOUT,
        *_CONTENTS,
        *_PASSES,
    )
}
"""Every finding a check can make, by its code, in the order of causes."""
