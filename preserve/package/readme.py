"""What does the README inside a package tell a person who has nothing else?"""

from __future__ import annotations

__all__ = ["readme"]

_TEXT = """\
{title}
{rule}

This folder keeps one capture of a web page:

    page      {url}
    captured  {began_at} (UTC, by the clock of the machine that made it)
    result    {verdict}
    made by   {software}

It is a bag (BagIt 1.0, RFC 8493). Its data folder is an unpacked WACZ (1.1.1).
No special software is needed to check it or to read it.

WHAT IS HERE

    data/archive/            WARC 1.1 files (ISO 28500): exactly what came over the
                             network, one gzip member for each record
    data/indexes/            an index of the WARC files (CDXJ), derived from them
    data/pages/pages.jsonl   the page to open
    data/manifests/          what was asked for and what became of it:
        capture.json         the request, the software, the outcome, what the page
                             says of itself (title, byline, dates) and where
        resources.jsonl      one stored response a line
        references.jsonl     everything the page refers to, and what became of it
        records.tsv          every record: see below
    manifest-sha256.txt      the digest of every file below data
    tagmanifest-sha256.txt   the digests of the files beside data

The columns of records.tsv: name of the WARC file; first byte of the record in it;
number of bytes; SHA-256 of just these bytes; type; date; record id; URL.

HOW TO CHECK THAT NOTHING HAS CHANGED

On Linux, in this folder:

    sha256sum --check --quiet tagmanifest-sha256.txt manifest-sha256.txt

No output means that every listed file is as it was. A file that was added would not
be noticed; these two lists must be the same, so this must print nothing:

    diff <(cut -c67- manifest-sha256.txt) <(find data ! -type d | LC_ALL=C sort)

On macOS write shasum -a 256 --check for sha256sum --check. On Windows, in PowerShell:

    Get-Content tagmanifest-sha256.txt, manifest-sha256.txt | ForEach-Object {{
        $d, $p = $_ -split '  ', 2
        if ((Get-FileHash -LiteralPath $p).Hash -ne $d) {{ "CHANGED $p" }} }}
    $listed = Get-Content manifest-sha256.txt | ForEach-Object {{ $_.Substring(66) }}
    Get-ChildItem data -Recurse -File | Resolve-Path -Relative |
        ForEach-Object {{ $_.Substring(2).Replace('\\', '/') }} |
        Where-Object {{ $_ -notin $listed }} | ForEach-Object {{ "ADDED $_" }}

To test each record's compression as well: gzip --test data/archive/*.gz

This shows that the folder agrees with itself. Somebody who changed it could have made
all the digests again; only the digest of tagmanifest-sha256.txt kept elsewhere (in a
receipt, a signature, a letter) excludes that.

HOW TO SEE THE PAGE AGAIN

Zip the contents of the data folder without compression and name the file page.wacz:

    cd data && zip -0 -r ../../page.wacz .

Open page.wacz with ReplayWeb.page, or put the WARC files into a pywb collection.
A single record can be taken out with nothing but dd and gzip: see records.tsv.
"""


def readme(*, title: str, url: str, began_at: str, verdict: str, software: str) -> bytes:
    """Return README.txt in UTF-8; control characters in the values become spaces."""
    values = {"title": title, "url": url, "began_at": began_at, "verdict": verdict, "software": software}
    clean = {name: "".join(c if c.isprintable() else " " for c in value) for name, value in values.items()}
    heading = f"A capture of: {clean['title']}"[:78]
    return _TEXT.format(**{**clean, "title": heading, "rule": "=" * len(heading)}).encode()
