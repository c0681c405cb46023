"""Does every command do its work on a real package, in text and in JSON?"""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from preserve.demo import expected
from preserve.model.reference import Role

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from preserve import Package
    from preserve.demo import DemoServer

    Cli = Callable[..., tuple[int, str, str]]
    JsonCli = Callable[..., tuple[int, list[dict[str, Any]]]]


@pytest.fixture
def damaged(archived: Package, tmp_path: Path) -> Path:
    """Copy the package and flip a bit in the middle of the page's own response."""
    copy = tmp_path / "copy" / archived.page / archived.name
    shutil.copytree(archived.path, copy)
    line = next(line for resource, line in archived.listed() if resource.role is Role.PAGE)
    warc = copy / "data" / "archive" / line.file
    data = bytearray(warc.read_bytes())
    data[line.offset + line.length // 2] ^= 1
    warc.write_bytes(data)
    return copy


def test_archive(cli: Cli, server: DemoServer, tmp_path: Path) -> None:
    """A page is archived into a package with a one-line verdict, and a receipt is written."""
    code, out, _ = cli(
        "archive",
        server.url,
        "--into",
        tmp_path / "a",
        "--receipt",
        tmp_path / "r.json",
        "--allow-private-network",
    )
    first, *rest = out.splitlines()
    (page,) = (tmp_path / "a").iterdir()
    (package,) = page.iterdir()
    assert 0 == code
    assert first.startswith("complete  ")
    assert f"  {server.url} → {package}  (" in first
    assert all(line.startswith("  absent  ") for line in rest)
    assert package.name == json.loads((tmp_path / "r.json").read_bytes())["capture"]


def test_archive_to_one_file(json_cli: JsonCli, server: DemoServer, tmp_path: Path) -> None:
    """With -o one .wacz file is made, and nothing else is left."""
    target = tmp_path / "page.wacz"
    code, lines = json_cli("archive", server.url, "-o", target, "--allow-private-network")
    assert [0, "package", str(target)] == [code, lines[0]["type"], lines[0]["path"]]
    assert [target] == list(tmp_path.iterdir())
    with zipfile.ZipFile(target) as made:
        assert "datapackage.json" in made.namelist()


def test_a_private_address_is_refused(json_cli: JsonCli, server: DemoServer, tmp_path: Path) -> None:
    """Without leave, an address of this machine is not asked; nothing is left, the exit code is 4."""
    code, lines = json_cli("archive", server.url, "--into", tmp_path)
    assert [4, "error"] == [code, lines[0]["type"]]
    assert [] == list(tmp_path.iterdir())


def test_a_failed_capture_leaves_no_file(cli: Cli, server: DemoServer, tmp_path: Path) -> None:
    """With -o a capture that fails leaves neither file nor folder."""
    code, _, _ = cli("archive", server.url, "-o", tmp_path / "a.wacz")
    assert 4 == code
    assert [] == list(tmp_path.iterdir())


def test_a_file_that_is_there_is_kept(cli: Cli, server: DemoServer, tmp_path: Path) -> None:
    """With -o a name that is taken is refused before anything is fetched."""
    (tmp_path / "a.wacz").write_text("mine")
    asked = len(server.asked)
    code, _, _ = cli("archive", server.url, "-o", tmp_path / "a.wacz", "--allow-private-network")
    assert (2, "mine", asked) == (code, (tmp_path / "a.wacz").read_text(), len(server.asked))


def test_a_capture_that_cannot_be_exported_is_kept(
    cli: Cli, server: DemoServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With -o a capture whose export fails is kept in its folder, which is named."""

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("preserve.package.export.export_wacz", refuse)
    code, _, err = cli("archive", server.url, "-o", tmp_path / "a.wacz", "--allow-private-network")
    (kept,) = tmp_path.iterdir()
    assert 4 == code
    assert f"What was captured is kept in {kept}" in err


def test_show(cli: Cli, archived: Package) -> None:
    """The demo page is shown with its disputed author, its document of nine pages and its absent image."""
    code, out, err = cli("show", archived.path)
    assert (0, "") == (code, err)
    parts = ("9 pages", "does not agree with itself", "Images (", "Absent at their origin", "none, as seen")
    assert [] == [part for part in parts if part not in out]


@pytest.mark.parametrize("name", ["text", "bibtex", "ris", "csl"])
def test_cite(cli: Cli, archived: Package, name: str) -> None:
    """The demo page is cited by its reporter, newspaper, day of print, photographers, PDF and digest."""
    code, out, err = cli("cite", archived.path, "--format", name)
    assert (0, "") == (code, err)
    facts = expected()
    parts = (
        *facts.byline.split(),
        facts.newspaper,
        "D. Farrant",
        "Ansel",
        str(facts.document_digest),
        str(archived.tagmanifest_digest()),
        archived.capture.clock.began_at,
    )
    assert [] == [part for part in parts if part not in out]


def test_the_keeper_of_the_blog_is_no_author(json_cli: JsonCli, archived: Package) -> None:
    """The reporter alone is the author; whoever keeps the blog is named as who put it on the web."""
    code, lines = json_cli("cite", archived.path, "--format", "ris")
    line, facts = lines[0], expected()
    assert (0, "citation", "ris") == (code, line["type"], line["format"])
    assert [facts.byline] == [name["literal"] for name in line["authors"]]
    assert (facts.printed_iso, facts.newspaper) == (line["issued"], line["publication"])
    assert [facts.posted[:10], facts.blog] == [line["posted"], line["site"]]
    assert ["Hallam, Corwin"] == [
        row[6:] for row in line["text"].splitlines() if row.startswith("AU  - ") and "Thwaite" not in row
    ]
    assert any(facts.owner in sentence for sentence in line["disputed"])
    assert facts.credits == tuple(line["credits"])


def test_show_gaps(json_cli: JsonCli, archived: Package) -> None:
    """--gaps gives a line for everything that is absent or missing."""
    code, lines = json_cli("show", archived.path, "--gaps")
    assert [0, "gap", "absent-at-origin"] == [code, lines[0]["type"], lines[0]["state"]]


def test_show_of_a_page_folder_says_which(cli: Cli, archived: Package, tmp_path: Path) -> None:
    """Of several packages in a page folder the newest is shown, which is said; -q leaves the remark out."""
    assert "" == cli("show", archived.path.parent)[2]
    page = tmp_path / archived.page
    for name in ("20011122T101500Z", "20021122T101500Z"):
        shutil.copytree(archived.path, page / name)
    _, out, err = cli("show", page)
    assert "2 packages; this is the newest, 20021122T101500Z" in err
    assert (0, out, "") == cli("show", page, "-q")


def test_verify(json_cli: JsonCli, archived: Package) -> None:
    """A sound package is valid: what was asked is listed as passed, then the report, and all is counted."""
    code, lines = json_cli("verify", archived.path)
    *findings, report, _ = lines
    assert [0, "report", "pass"] == [code, report["type"], report["result"]]
    assert {("finding", "pass")} == {(finding["type"], finding["result"]) for finding in findings}
    assert [1, 0, 0] == [lines[-1]["counts"][name] for name in ("packages", "failed", "not_checked")]


def test_verify_takes_folders_of_packages(cli: Cli, archived: Package, damaged: Path, tmp_path: Path) -> None:
    """Given a folder of page folders, every package in it is checked."""
    page = tmp_path / "archive" / archived.page
    shutil.copytree(archived.path, page / archived.name)
    shutil.copytree(damaged, page / "20011122T101500Z")
    code, out, _ = cli("verify", tmp_path / "archive")
    assert 6 == code
    assert str(page / archived.name) in out
    assert str(page / "20011122T101500Z") in out


def test_verify_names_damage(json_cli: JsonCli, damaged: Path) -> None:
    """A flipped bit is a finding with file, record and URL, and exit code 6."""
    code, lines = json_cli("verify", damaged)
    (finding,) = [line for line in lines if line.get("result") == "fail" and line["type"] == "finding"]
    assert 6 == code
    told = json.dumps(finding)
    assert all(part in told for part in ("data/archive/", "urn:uuid:", "http://127.0.0.1"))


def test_verify_goes_on(cli: Cli, archived: Package, damaged: Path, tmp_path: Path) -> None:
    """Each path is judged: one sound, one damaged, one no package; the worst code wins."""
    code, out, err = cli("verify", archived.path, tmp_path / "none", damaged, "--jobs", "1")
    assert 6 == code
    assert "none does not exist" in err
    assert out.splitlines()[-1].endswith(": 1 valid, 1 failed, 1 not checked")


def test_export(json_cli: JsonCli, cli: Cli, archived: Package, tmp_path: Path) -> None:
    """An export says its digest; a second one under the same name is refused."""
    code, lines = json_cli("export", archived.path, "--wacz", tmp_path / "a.wacz")
    digest = hashlib.sha256((tmp_path / "a.wacz").read_bytes()).hexdigest()
    assert [0, f"sha256:{digest}"] == [code, lines[0]["digest"]]
    assert 2 == cli("export", archived.path, "--wacz", tmp_path / "a.wacz")[0]


def test_export_of_damage(cli: Cli, damaged: Path, tmp_path: Path) -> None:
    """A damaged package is not exported: exit code 6."""
    assert 6 == cli("export", damaged, "--wacz", tmp_path / "a.wacz")[0]


def test_extract(json_cli: JsonCli, archived: Package, tmp_path: Path) -> None:
    """The page, the document and the images come out."""
    code, lines = json_cli("extract", archived.path, "--to", tmp_path / "out")
    paths = [line["path"] for line in lines if line["type"] == "extracted"]
    assert [0, len(paths)] == [code, lines[-1]["counts"]["files"]]
    assert "page.html" in paths
    assert any(path.startswith("documents/") and path.endswith(".pdf") for path in paths)
    assert {"documents", "extracted.json", "images", "other", "page.html"} == {
        path.name for path in (tmp_path / "out").iterdir()
    }


def test_extract_of_damage(cli: Cli, damaged: Path, tmp_path: Path) -> None:
    """Of a damaged package the sound files come out, the rest is named: exit code 6."""
    code, out, err = cli("extract", damaged, "--to", tmp_path / "out")
    assert 6 == code
    assert "  not taken out  " in out
    assert "files of" in err
    assert (tmp_path / "out" / "extracted.json").exists()


def test_receipt(cli: Cli, json_cli: JsonCli, archived: Package, tmp_path: Path) -> None:
    """A receipt is printed, or written to a file that was not there; both are the same octets."""
    code, out, _ = cli("receipt", archived.path)
    assert (0, str(archived.tagmanifest_digest())) == (code, json.loads(out)["tagmanifest"])
    target = tmp_path / "r.json"
    _, lines = json_cli("receipt", archived.path, "-o", target)
    assert [str(target), out] == [lines[0]["path"], target.read_text()]
    assert 2 == cli("receipt", archived.path, "-o", target)[0]


def test_recover_of_nothing(json_cli: JsonCli, tmp_path: Path) -> None:
    """A folder that no capture left is refused."""
    (tmp_path / "a.partial").mkdir()
    code, lines = json_cli("recover", tmp_path / "a.partial")
    assert [2, "NotAPackage"] == [code, lines[0]["error"]]


def test_demo(cli: Cli, tmp_path: Path) -> None:
    """The demo archives, verifies and shows, and ends with the package's path."""
    code, out, _ = cli("demo", "--into", tmp_path)
    lines = out.splitlines()
    (package,) = tmp_path.glob("*/*")
    assert (0, str(package)) == (code, lines[-1])
    assert [1, 1] == [sum(line.startswith(word) for line in lines) for word in ("complete  ", "valid  ")]


def test_demo_in_json(json_cli: JsonCli, tmp_path: Path) -> None:
    """With --json the demo gives the report, the package with its path, and the summary."""
    code, lines = json_cli("demo", "--into", tmp_path)
    (package,) = tmp_path.glob("*/*")
    assert [0, ["report", "package", "summary"]] == [code, [line["type"] for line in lines[-3:]]]
    assert [str(package), "complete"] == [lines[-2]["path"], lines[-2]["verdict"]]


def test_colours_on_request(cli: Cli, archived: Package) -> None:
    """--color always colours a result that goes to no terminal."""
    assert "\x1b[32mvalid" in cli("--color", "always", "verify", archived.path)[1]
    assert "\x1b" not in cli("verify", archived.path)[1]


def test_verify_an_export(cli: Cli, archived: Package, tmp_path: Path) -> None:
    """An exported file is valid; with a byte more it has failed, and the finding names the ZIP's fault."""
    target = tmp_path / "page.wacz"
    cli("export", archived.path, "--wacz", target)
    code, out, _ = cli("verify", target)
    assert (0, True) == (code, out.startswith("valid  "))
    target.write_bytes(target.read_bytes() + b"x")
    code, out, _ = cli("verify", target)
    assert (6, True) == (code, "zip.bytes-added" in out)


def test_verify_a_foreign_zip(cli: Cli, tmp_path: Path) -> None:
    """A ZIP that is no export of ours holds no package."""
    with zipfile.ZipFile(tmp_path / "other.wacz", "w") as made:
        made.writestr("datapackage.json", "{}")
    code, _, err = cli("verify", tmp_path / "other.wacz")
    assert (2, True) == (code, "none that preserve exported" in err)
