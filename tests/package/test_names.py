"""Is every name that a stranger chose made harmless, and no two of them the same file?"""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preserve.package.names import NAME_BYTES, Names, safe_name, suggested


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("report.pdf", "report.pdf"),
        ("Übersicht 2024.pdf", "Übersicht 2024.pdf"),
        ("/etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("C:\\temp\\a.txt", "a.txt"),
        ("c:a.txt", "c%3Aa.txt"),
        ("..", ""),
        (".", ""),
        ("", ""),
        ("a/", ""),
        (".htaccess", "_.htaccess"),
        ("-rf", "_-rf"),
        ("~root", "_~root"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("Com1.tar.gz", "_Com1.tar.gz"),
        ("lpt\u00b9", "_lpt\u00b9"),
        ("console.log", "console.log"),
        ("a\x00b\nc.txt", "a%00b%0Ac.txt"),
        ("\x1b[31m.txt", "%1B[31m.txt"),
        ("fdp\u202egpj.exe", "fdp%E2%80%AEgpj.exe"),
        ("half\ud800", "half%ED%A0%80"),
        ('a<b>:"|?*.txt', "a%3Cb%3E%3A%22%7C%3F%2A.txt"),
        ("trailing. . ", "trailing"),
        ("wide\u3000space", "wide space"),
    ],
)
def test_hostile_names(text: str, expected: str) -> None:
    """Paths are cut to their last part; controls, devices, hidden names and reserved letters are defused."""
    assert expected == safe_name(text)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=400))
def test_any_name_is_safe(text: str) -> None:
    """Whatever the text, the name is short, in one part, printable, and safe when made safe again."""
    name = safe_name(text)
    assert len(name.encode()) <= NAME_BYTES
    assert not set(name) & set('/\\<>:"|?*\x00')
    assert not {unicodedata.category(letter) for letter in name} & {"Cc", "Cf", "Cs"}
    assert name not in {".", ".."}
    assert not name or name[-1] not in ". "
    assert name == safe_name(name)


def test_long_names_keep_their_extension() -> None:
    """A name that is too long loses the end of its stem, at a whole letter."""
    name = safe_name("ж" * 300 + ".pdf")
    assert name.endswith("ж.pdf")
    assert NAME_BYTES == len(name.encode())


@pytest.mark.parametrize(
    ("url", "file_name", "media_type", "expected"),
    [
        ("https://e.org/f/1", "report.pdf", "application/pdf", "report.pdf"),
        ("https://e.org/f/my%20report.PDF?x=1", None, "application/pdf", "my report.PDF"),
        ("https://e.org/download", None, "application/pdf", "download.pdf"),
        ("https://e.org/photo.exe", None, "image/png", "photo.exe.png"),
        ("https://e.org/a.jpeg", None, "image/jpeg", "a.jpeg"),
        ("https://e.org/", None, "image/png", "file.png"),
        ("https://e.org/%2e%2e%2f%2e%2e", "..", "text/plain", "file"),
        ("https://e.org/a/", None, "text/html", "a.html"),
        ("https://e.org/archive.tar.gz", None, "application/gzip", "archive.tar.gz"),
        ("no URL at all", None, "application/octet-stream", "file"),
        ("http://[/x.bin", None, "application/octet-stream", "x.bin"),
        ("https://e.org/x", "..\\evil", "application/octet-stream", "evil"),
    ],
)
def test_suggestions(url: str, file_name: str | None, media_type: str, expected: str) -> None:
    """The server's name comes first, then the URL's end; an extension that does not fit gets another."""
    assert expected == suggested(url, file_name, media_type)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300), st.text(max_size=300), st.sampled_from(["image/png", "application/pdf", "a/b"]))
def test_any_suggestion_is_safe(path: str, file_name: str, media_type: str) -> None:
    """Whatever server and URL say, the name is not empty and safe."""
    name = suggested(f"https://e.org/{path}", file_name, media_type)
    assert name
    assert name == safe_name(name)


def test_equal_names_are_numbered() -> None:
    """Names that a disk may take for one are numbered before the extension, whatever their case or form."""
    names = Names()
    wanted = ("a.jpg", "A.JPG", "a.jpg", "a-2.jpg", "é", "e\u0301", "a")
    given_out = [names.give("images", name) for name in wanted]
    assert [
        "images/a.jpg",
        "images/A-2.JPG",
        "images/a-3.jpg",
        "images/a-2-2.jpg",
        "images/é",
        "images/e\u0301-2",
        "images/a",
    ] == given_out


def test_folders_have_names_of_their_own() -> None:
    """The same name in two folders is no collision."""
    names = Names()
    assert ["images/a", "other/a", "a"] == [names.give(folder, "a") for folder in ("images", "other", "")]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["a.b", "A.b", "a-2.b", "a-2-2.b", "a-3.b", "a"]), max_size=40))
def test_given_names_never_repeat(wanted: list[str]) -> None:
    """However names are asked for, no two given out are equal without case."""
    names = Names()
    given_out = [names.give("x", name).casefold() for name in wanted]
    assert len(given_out) == len(set(given_out))


def test_many_equal_names_are_fast() -> None:
    """Five thousand files of one name are numbered without trying every number again."""
    names = Names()
    for _ in range(5000):
        last = names.give("x", "image.png")
    assert "x/image-5000.png" == last
