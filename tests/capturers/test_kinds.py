"""Tests of the capturers of other kinds: media, fonts, packed files, XML, JSON and text, as one table."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preserve.capturers import inspect, read_answer
from preserve.capturers.sniff import sniff
from preserve.testing import check_capturer
from tests.capturers import kinds
from tests.capturers.corpus_case import Case, inspected

if TYPE_CHECKING:
    from preserve.model.inspection import Json


_FEED = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>News</title><link>https://b.example/</link>
<item><title>One</title><link>/one</link><enclosure url="/one.mp3" length="5" type="audio/mpeg"/></item>
<item><link>/two</link></item></channel></rss>"""
_ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title><updated>2020-01-01T00:00:00Z</updated>
<rights>Jane Roe</rights><entry><link href="/one"/></entry></feed>"""
_LAUGHS = b'<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><r>&b;</r>'
_ZIP = kinds.packed({"a.txt": b"hello", "b.txt": b"x" * 500})

CASES: dict[str, Case] = {
    "mp4": Case(
        kinds.mp4(),
        {
            "format": "MP4",
            "duration_s": 2.5,
            "whole": True,
            "stated": {"title": "A title"},
            "tracks": [
                {"kind": "video", "codec": "avc1", "width": 64, "height": 48, "language": "und"},
                {"kind": "audio", "codec": "mp4a", "channels": 2, "sample_rate": 44100, "language": "deu"},
            ],
        },
    ),
    "mp4-cut": Case(kinds.mp4()[:-1], {"whole": False, "duration_s": 2.5}, ("media.truncated",)),
    "mp4-no-movie": Case(kinds.box(b"ftyp", b"isom\0\0\2\0isom"), {"whole": False}, ("media.truncated",)),
    "webm": Case(
        kinds.webm(),
        {
            "format": "WebM",
            "duration_s": 2.0,
            "whole": True,
            "tracks": [{"kind": "video", "codec": "V_VP9", "width": 64, "height": 48}],
        },
    ),
    "webm-live": Case(kinds.webm(live=True), {"format": "WebM", "whole": None}),
    "webm-cut": Case(kinds.webm()[:-1], {"whole": False}, ("media.truncated",)),
    "wav": Case(
        kinds.wav(),
        {
            "format": "WAV",
            "duration_s": 1.0,
            "whole": True,
            "stated": {"title": "A title"},
            "tracks": [{"kind": "audio", "codec": "pcm", "channels": 1, "sample_rate": 8000}],
        },
    ),
    "wav-cut": Case(kinds.wav()[:-100], {"whole": False}, ("media.truncated",)),
    "avi": Case(
        kinds.avi(),
        {"format": "AVI", "duration_s": 2.0, "whole": True, "tracks": [{"kind": "video", "codec": "XVID"}]},
    ),
    "avi-cut": Case(kinds.avi()[:-1], {"whole": False}, ("media.truncated",)),
    "aiff": Case(
        kinds.aiff(), {"format": "AIFF", "duration_s": 0.5, "whole": True, "stated": {"creator": "Jane Roe"}}
    ),
    "aiff-cut": Case(kinds.aiff()[:-1], {"whole": False}, ("media.truncated",)),
    "flac": Case(
        kinds.flac(),
        {
            "format": "FLAC",
            "duration_s": 1.0,
            "whole": None,
            "stated": {"title": "A title", "creator": "Jane Roe"},
        },
    ),
    "flac-cut": Case(kinds.flac()[:60], {"whole": False}, ("media.truncated",)),
    "ogg": Case(
        kinds.ogg(),
        {
            "format": "Ogg",
            "duration_s": 2.0,
            "whole": True,
            "stated": {"title": "A title", "creator": "Jane Roe"},
            "tracks": [{"kind": "audio", "codec": "opus", "channels": 2, "sample_rate": 48000}],
        },
    ),
    "ogg-not-ended": Case(kinds.ogg(ended=False), {"whole": None}),
    "ogg-cut": Case(kinds.ogg()[:-1], {"whole": False}, ("media.truncated",)),
    "mp3": Case(
        kinds.mp3(),
        {
            "format": "MP3",
            "duration_s": 2.612,
            "whole": True,
            "stated": {"title": "A title"},
            "tracks": [{"kind": "audio", "codec": "mp3", "channels": 2, "sample_rate": 44100}],
        },
    ),
    "mp3-no-xing": Case(kinds.mp3(xing=False), {"duration_s": 0.261, "whole": None}),
    "mp3-cut": Case(kinds.mp3()[:-1], {"whole": False}, ("media.truncated",)),
    "mp3-no-sound": Case(b"ID3\4\0\0\0\0\0\1\0" + bytes(99), {"whole": False}, ("media.truncated",)),
    "ttf": Case(
        kinds.font("fontawesome-webfont.ttf"),
        {
            "format": "TrueType",
            "tables": 13,
            "glyphs": 707,
            "embedding": "allowed",
            "whole": True,
            "stated": {"family": "FontAwesome", "terms-page": "http://fontawesome.io/license/"},
        },
    ),
    "ttf-cut": Case(kinds.font("fontawesome-webfont.ttf")[:-1000], {"whole": False}, ("font.truncated",)),
    "ttf-changed": Case(
        kinds.font("fontawesome-webfont.ttf")[:-9000] + bytes(9000), {"whole": False}, ("font.damaged",)
    ),
    "woff": Case(
        kinds.font("lato-bold.woff"),
        {"format": "WOFF", "tables": 17, "glyphs": 3023, "whole": True, "stated": {"family": "Lato"}},
    ),
    "woff-cut": Case(kinds.font("lato-bold.woff")[:-1], {"whole": False}, ("font.truncated",)),
    "woff2": Case(kinds.font("lato-bold.woff2"), {"format": "WOFF2", "tables": 17, "whole": True}),
    "woff2-cut": Case(kinds.font("lato-bold.woff2")[:-1], {"whole": False}, ("font.truncated",)),
    "eot": Case(kinds.font("fontawesome-webfont.eot"), {"format": "EOT", "whole": True}),
    "eot-cut": Case(kinds.font("fontawesome-webfont.eot")[:-1], {"whole": False}, ("font.truncated",)),
    "zip": Case(
        _ZIP,
        {"format": "ZIP", "entries": 2, "names": ["a.txt", "b.txt"], "unpacked_bytes": 505, "whole": True},
    ),
    "zip-cut": Case(_ZIP[:-40], {"whole": False}, ("zip.unreadable",)),
    "zip-hole": Case(_ZIP[:32] + _ZIP[40:], {"whole": False}, ("zip.damaged",)),
    "docx": Case(
        kinds.ooxml(),
        {
            "format": "DOCX",
            "pages": 3,
            "words": 900,
            "macros": True,
            "whole": True,
            "stated": {
                "title": "A letter",
                "creator": "Jane Roe",
                "created": "2019-05-01T10:20:30Z",
                "software": "Writer",
            },
        },
    ),
    "odt": Case(
        kinds.odt(),
        {
            "format": "ODT",
            "pages": 2,
            "words": 7,
            "macros": False,
            "stated": {"title": "A text", "creator": "Jane Roe"},
        },
    ),
    "epub": Case(
        kinds.epub(),
        {
            "format": "EPUB",
            "stated": {"title": "A book", "creator": "Jane Roe", "language": "de"},
            "whole": True,
        },
    ),
    "ole": Case(
        kinds.ole(),
        {
            "format": "DOC",
            "pages": 2,
            "macros": True,
            "whole": True,
            "stated": {"title": "A letter", "creator": "Jane Roë", "created": "2019-04-17T18:40:00Z"},
        },
        declared="application/msword",
    ),
    "ole-short": Case(kinds.ole()[:-1], {"format": "OLE", "whole": None}),
    "ole-cut": Case(kinds.ole()[:-512], {"whole": False}, ("ole.truncated",)),
    "ole-head-only": Case(kinds.ole()[:100], {"whole": False}, ("ole.truncated",)),
    "rtf": Case(
        kinds.rtf(),
        {
            "format": "RTF",
            "pages": 3,
            "whole": True,
            "stated": {"title": "A létter {x}", "creator": "Jane €"},
        },
    ),
    "rtf-cut": Case(kinds.rtf()[:-3], {"whole": False}, ("rtf.truncated",)),
    "odt-broken-statements": Case(
        kinds.packed({"meta.xml": b"<a><b>"}, first="application/vnd.oasis.opendocument.text"),
        {"format": "ODT", "whole": True},
        ("zip.member-unreadable",),
    ),
    "rss": Case(
        _FEED, {"format": "RSS", "root": "rss", "entries": 2, "whole": True, "stated": {"title": "News"}}
    ),
    "atom": Case(
        _ATOM,
        {
            "format": "Atom",
            "root": "feed",
            "namespace": "http://www.w3.org/2005/Atom",
            "entries": 1,
            "stated": {"title": "News", "copyright": "Jane Roe", "modified": "2020-01-01T00:00:00Z"},
        },
        declared="application/atom+xml",
    ),
    "xml": Case(
        b"<?xml version='1.0'?><a><b/><b/></a>",
        {"format": "XML", "root": "a", "elements": 3, "entries": None, "whole": True},
    ),
    "atom-euc-jp": Case(
        '<?xml version="1.0" encoding="EUC-JP"?><feed><title>日本</title></feed>'.encode("euc-jp"),
        {"format": "Atom", "whole": True, "stated": {"title": "日本"}},
    ),
    "xml-not-in-its-encoding": Case(
        b'<?xml version="1.0" encoding="Big5"?><a>\xff\xff</a>', {"whole": False}, ("xml.unreadable",)
    ),
    "xml-cut": Case(b"<?xml version='1.0'?><a><b>", {"whole": False}, ("xml.unreadable",)),
    "xml-laughs": Case(_LAUGHS, {"whole": False}, ("xml.unreadable",), declared="application/xml"),
    "json": Case(
        b'{"a": 1, "b": [2]}',
        {"format": "JSON", "top": "object", "members": 2, "keys": ["a", "b"], "whole": True},
    ),
    "json-list": Case(b"[1, 2, 3]", {"top": "array", "members": 3}, declared="application/json"),
    "json-cut": Case(b'{"a": 1, "b', {"whole": False}, ("json.unreadable",)),
    "json-deep": Case(b"[" * 100_000, {"whole": False}, ("json.unreadable",), declared="application/json"),
    "json-lines": Case(b'{"a": 1}\n{"a": 2}\n', {"members": 2}, declared="application/x-ndjson"),
    "text": Case(
        "zwölf\nBoxkämpfer".encode(),
        {"format": "plain", "encoding": "utf-8", "encoding_from": "content", "lines": 2, "controls": False},
    ),
    "text-utf-16": Case(
        "\ufeffzwölf\n".encode("utf-16-le"), {"encoding": "utf-16-le", "encoding_from": "bom", "lines": 1}
    ),
    "text-latin": Case(
        "zwölf".encode("latin-1"), {"encoding": "windows-1252", "lines": 1}, ("text.encoding-unknown",)
    ),
    "csv": Case(
        b'"a;b";c;d\n1;2;3\n',
        {"format": "csv", "delimiter": ";", "columns": 3, "lines": 2},
        declared="text/csv",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_facts_and_problems(name: str) -> None:
    """A file as it was made has the facts that were put into it, and a damaged one its problem by name."""
    case = CASES[name]
    seen = inspected(case)[1]
    expected = dict(case.facts)
    stated = expected.pop("stated", {})
    assert (expected, list(case.problems)) == (
        {key: seen.facts[key] for key in expected},
        [problem.code for problem in seen.problems],
    )
    found: Any = seen.facts.get("stated", {})
    assert stated == {key: found[key][0]["value"] for key in stated}


def test_feeds_list_what_they_lead_to() -> None:
    """The addresses in a feed are links, resolved, in order."""
    assert [
        "https://b.example/",
        "https://a.example/one",
        "https://a.example/one.mp3",
        "https://a.example/two",
    ] == [link.url for link in inspected(CASES["rss"])[1].links]


@pytest.mark.parametrize("capturer", ["font", "json", "media", "ole", "packed", "rtf", "text", "xml"])
def test_the_contract_is_kept(capturer: str) -> None:
    """Each passes the contract suite that is for plug-ins of others too."""
    from preserve.capturers import _by_type  # noqa: PLC0415 - only here

    found = next(each for each in _by_type().values() if each.name == capturer)
    samples = [case.data for case in CASES.values() if sniff(case.data, case.declared) in found.media_types]
    check_capturer(found, [sample for sample in samples if len(sample) < 20_000])


_SMALL = {name: case for name, case in CASES.items() if len(case.data) < 20_000}


@given(st.sampled_from(sorted(_SMALL)), st.data())
@settings(max_examples=300, deadline=None)
def test_no_damage_raises(name: str, data: st.DataObject) -> None:
    """However a file is damaged, there is an inspection."""
    case = _SMALL[name]
    media_type = sniff(case.data, case.declared)
    octets = bytearray(case.data)
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(octets)))
        octets[at : at + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=20))
    argument: Json = {"url": "https://a.example/x", "media_type": media_type, "size_bytes": len(octets)}
    assert "format" in read_answer(inspect(io.BytesIO(bytes(octets)), argument)).inspection.facts
