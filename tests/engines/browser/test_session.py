"""Is a page shown as a reader sees it, with all that it then asks for?"""

from __future__ import annotations

import io
import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from PIL import Image
from playwright.async_api import Error as PlaywrightError

from preserve.engines.browser import clicks
from preserve.errors import UsageError
from preserve.model.credentials import Credentials, GivenCookie
from preserve.model.exchange import AskedBy
from preserve.model.rendering import (
    Asked,
    Cause,
    Clicked,
    Downloaded,
    Looked,
    Opened,
    Refers,
    Said,
    SessionCookies,
)
from tests.engines.browser.showing import LIMITS, Seen, archived, of_kind, own_temp, show
from tests.engines.browser.site import FILES, Site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.needs("chromium")


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """Give the pages, served."""
    with Site() as served:
        yield served


@pytest.fixture(scope="module")
def seen(site: Site) -> Seen:
    """Give what came of a page with everything that only a browser sees."""
    with own_temp():
        return show(site.url("/shadow"))


@pytest.fixture(scope="module")
def clicked(site: Site) -> Seen:
    """Give what came of a page with download widgets."""
    with own_temp():
        return show(site.url("/widget"))


def causes(seen: Seen) -> dict[str, Cause]:
    """Return who was the cause of each path that was asked for."""
    return {
        "/" + one.url.split("/", 3)[3]: one.cause for one in of_kind(seen, Asked) if isinstance(one, Asked)
    }


def test_what_is_asked_for_and_why(seen: Seen) -> None:
    """Lazy, hidden, deep, observed and shadowed images are asked for, and it is told why."""
    known = causes(seen)
    at_once = {"/shadow", "/shadow.png", "/background.png"}
    later = {"/hidden.png", "/deep.png", "/observed.png", "/plain", "/a.png"}
    assert dict.fromkeys(at_once, Cause.PAGE) == {path: known.get(path) for path in at_once}
    # What lies near is asked for by Chromium itself before anything is done with the page.
    assert later <= set(known)
    assert Cause.BEHAVIOUR is known["/observed.png"]
    assert set(known) <= set(seen.paths())


def test_what_a_reader_saw(seen: Seen, site: Site) -> None:
    """The images that were seen are told by their addresses: in shadow roots, frames and backgrounds too."""
    (looked,) = of_kind(seen, Looked)
    assert isinstance(looked, Looked)
    names = ("shadow", "hidden", "deep", "observed", "background", "a")
    assert {site.url(f"/{name}.png") for name in names} == set(looked.images)
    assert ("A page", 1280, True, True) == (looked.title, looked.width, looked.scripts, looked.settled)
    assert looked.height > 6000
    assert (site.url("/plain"),) == looked.frames


def test_what_is_there_to_look_at(seen: Seen, site: Site) -> None:
    """Two pictures, document and text with shadow roots, and a print are made."""
    assert ["thumbnail", "dom", "dom", "text", "screenshot", "print"] == seen.kinds
    small = Image.open(io.BytesIO(seen.artefact("thumbnail")))
    whole = Image.open(io.BytesIO(seen.artefact("screenshot")))
    assert ("PNG", (320, 200)) == (small.format, small.size)
    assert ("PNG", (1280, seen.rendering.height)) == (whole.format, whole.size)
    assert {"In the shadow", "Within", "And no more."} <= set(seen.text.splitlines())
    assert seen.artefact("print").startswith(b"%PDF-")
    assert ["urn:fullPage:" + site.url("/shadow")] == [u for kind, u, _ in seen.made if kind == "screenshot"]
    document = next(data for kind, url, data in seen.made if kind == "dom" and url.endswith("/shadow"))
    assert b'<template shadowrootmode="open"><p>In the shadow</p>' in document
    assert 2 == document.count(b'loading="lazy"') + document.count(b"loading=lazy") - 1
    assert b"<details open" in document


def test_what_the_page_refers_to(seen: Seen, site: Site) -> None:
    """Other candidates and what only print style has are told, though not all were asked for."""
    refers = {one.frame: one for one in of_kind(seen, Refers) if isinstance(one, Refers)}
    links = {link.url: link.kind for link in refers[site.url("/shadow")].links}
    assert "image" == links[site.url("/shadow2.png")]
    assert "image" == links[site.url("/print.png")]
    assert "frame" == links[site.url("/plain")]
    assert "/shadow2.png" not in causes(seen)


def test_what_showed_it(seen: Seen) -> None:
    """The browser is named, and calls itself what it is; the cookies it was given are there at the end."""
    (opened,) = of_kind(seen, Opened)
    (cookies,) = of_kind(seen, SessionCookies)
    assert isinstance(opened, Opened)
    assert isinstance(cookies, SessionCookies)
    assert ("1280x800", "en-GB", "UTC") == (opened.viewport, opened.locale, opened.timezone)
    assert "Chrome/" in opened.user_agent
    assert "Headless" not in opened.user_agent
    assert [("seen", "here", "127.0.0.1")] == [(one.name, one.value, one.domain) for one in cookies.cookies]
    heads = [request for _, _, request in seen.exchanges]
    assert all(b"User-Agent: " + opened.user_agent.encode() in head for head in heads)
    assert all(b"Headless" not in head for head in heads)


def test_media_are_played(site: Site, tmp_path: Path) -> None:
    """What a page asks for only once its sound plays is captured whole: the sound, its next one, a text."""
    seen = archived(site.url("/media"), tmp_path)
    played = {
        path: b"".join(seen.package.content(resource))
        for resource, _ in seen.package.responses()
        if (path := "/" + resource.url.split("/", 3)[3]) in {*FILES, "/tiny/subtitles"}
    }
    sounds = {path: FILES[path][1] for path in ("/sounds/first.wav", "/sounds/second.wav")}
    assert {**sounds, "/tiny/subtitles": b"words"} == played
    assert ("complete", ()) == (seen.package.capture.outcome.verdict.value, seen.rendering.met)
    asked_by = {resource.url: resource.asked_by for resource, _ in seen.package.responses()}
    assert {AskedBy.BROWSER} == {asked_by[site.url(path)] for path in played}


def test_download_widgets_are_clicked(clicked: Seen, site: Site) -> None:
    """A widget without address is clicked and brings its file; a form, a link and other buttons are not."""
    told = {one.text: one for one in of_kind(clicked, Clicked) if isinstance(one, Clicked)}
    assert ["report.pdf Download 12 KB Download file", "Download table"] == list(told)
    report, table = told.values()
    assert (site.url("/files/report.pdf"), site.url("/where")) == report.brought
    assert "" == report.problem == table.problem
    assert {"/where": Cause.CLICK, "/files/report.pdf": Cause.CLICK} == {
        path: cause for path, cause in causes(clicked).items() if cause is Cause.CLICK
    } | {"/files/report.pdf": Cause.CLICK}
    assert {"/sent", "/about"}.isdisjoint(clicked.paths())


def test_a_download_is_whole_at_the_proxy(clicked: Seen) -> None:
    """A file that the browser is told to save crosses the wire once, whole, though the browser keeps none."""
    assert 1 == clicked.paths().count("/files/report.pdf")
    names = [one.name for one in of_kind(clicked, Downloaded) if isinstance(one, Downloaded)]
    assert ["report.pdf", "table.csv"] == names


def test_a_file_that_a_script_made(clicked: Seen) -> None:
    """A blob that is offered as a file is kept."""
    assert b"a,b\n1,2\n" == clicked.artefact("download")
    assert [True] == [url.startswith("blob:http://") for kind, url, _ in clicked.made if kind == "download"]


def test_widgets_in_frames_are_clicked(site: Site) -> None:
    """Those of frames are clicked as a mouse does, of another site too; none in a frame that nobody sees."""
    seen = show(site.url("/framed"))
    told = [one for one in of_kind(seen, Clicked) if isinstance(one, Clicked)]
    elsewhere = f"http://localhost:{site.port}/tiny/far-true"
    assert {
        "Download file": (site.url("/tiny/page-true"),),
        "Download report near": (site.url("/tiny/near-true"),),
        "Download report far": (elsewhere,),
        "Download report nested": (site.url("/tiny/nested-true"),),
        # What lies over it, such as a question for consent, is not clicked away.
        "Download report covered": (site.url("/tiny/covered-false"),),
    } == {one.text: one.brought for one in told}
    assert {""} == {one.problem for one in told}
    assert "Download file" == told[0].text
    assert {"/sent", "/tiny/hidden-true", "/tiny/hidden-false"}.isdisjoint(seen.paths())


def test_frames_count_against_the_limit_of_clicks(site: Site) -> None:
    """All widgets of page and frames together are clicked no more often than the limit says; that is told."""
    seen = show(site.url("/framed"), limits=attrs.evolve(LIMITS, clicks=2))
    assert 2 == len(of_kind(seen, Clicked))
    assert ("The page has 5 download widgets; 2 were clicked.",) == seen.rendering.met


@pytest.mark.parametrize("soon", [False, True], ids=["in its time", "before we look"])
def test_a_click_that_leads_a_frame_away(site: Site, monkeypatch: pytest.MonkeyPatch, *, soon: bool) -> None:
    """A click that leads its frame elsewhere is the last in that frame; the others' are clicked."""
    if soon:  # the frame's scripts end while they are asked whether the click has come
        arrived = clicks._arrived  # noqa: SLF001 - the question that comes too late

        async def too_late(tab: Any, widget: Any) -> bool:
            if widget.place.endswith("/away"):
                raise PlaywrightError("Execution context was destroyed")
            return await arrived(tab, widget)

        monkeypatch.setattr(clicks, "_arrived", too_late)
    seen = show(site.url("/leaving"))
    away, staying = [one for one in of_kind(seen, Clicked) if isinstance(one, Clicked)]
    assert f"It led its frame to {site.url('/plain')}, so nothing more was clicked there." == away.problem
    assert ("", (site.url("/tiny/staying-true"),)) == (staying.problem, staying.brought)


def test_a_click_that_leads_away(site: Site) -> None:
    """A click that leads the page elsewhere is said to, after the page was looked at."""
    seen = show(site.url("/away"))
    (one,) = of_kind(seen, Clicked)
    assert isinstance(one, Clicked)
    assert f"It led the page to {site.url('/plain')}, so nothing more was clicked." == one.problem
    assert "And no more." not in seen.text


def test_errors_are_told(site: Site) -> None:
    """What a script does not catch, and what cannot be loaded, is told with its place."""
    seen = show(site.url("/errors"), viewport="500x400", locale="de-AT", timezone="Asia/Kolkata")
    said = {one.text.splitlines()[0] for one in of_kind(seen, Said) if isinstance(one, Said)}
    assert any("not on purpose" in text for text in said)
    assert any("404" in text for text in said)
    assert "de-AT Asia/Calcutta 500 400" in seen.text.replace("Kolkata", "Calcutta")
    (head,) = [request for url, _, request in seen.exchanges if url.endswith("/errors")]
    assert b"\r\nAccept-Language: de-AT" in head


def test_a_file_is_no_page(site: Site) -> None:
    """An address that brings a file is told as a download; there is nothing to look at, and no fault."""
    seen = show(site.url("/files/report.pdf"))
    assert ([], ()) == (seen.kinds, seen.rendering.met)
    assert (site.url("/files/report.pdf"),) == seen.rendering.downloads


def test_an_address_that_does_not_answer(site: Site) -> None:
    """A page that is not there is said not to be; nothing else is."""
    seen = show(f"http://127.0.0.2:{site.port}/")
    assert [] == seen.kinds
    assert 1 == len(seen.rendering.met)
    assert seen.rendering.met[0].startswith("The browser could not show the page: ")


def test_given_cookies(site: Site) -> None:
    """The user's cookies go where they belong, and are told to the proxy before anything is asked for."""
    given = (
        GivenCookie(name="token", value="s3cret", domain="127.0.0.1", host_only=True),
        GivenCookie(name="other", value="no", domain="example.org", host_only=False),
    )
    seen = show(site.url("/plain"), credentials=Credentials(cookies=given))
    assert seen.confided is not None
    assert [("token", "s3cret", True)] == [(one.name, one.value, one.host_only) for one in seen.confided]
    assert all(b"\r\nCookie: token=s3cret" in request for _, _, request in seen.exchanges[:1])


def test_a_profile_is_copied(site: Site, tmp_path: Path) -> None:
    """A profile's cookies are those of the browser and are told to the proxy; the profile stays as it was."""
    profile = tmp_path / "profile"
    (profile / "Default" / "Cache").mkdir(parents=True)
    (profile / "Default" / "Cache" / "old").write_text("old")
    (profile / "Local State").write_text("{}")
    (profile / "SingletonLock").symlink_to("nowhere-1")
    with own_temp() as temporary:

        def keep(seen: Seen) -> bool:
            """Copy the running browser's store of cookies: an empty one, of the right form."""
            if "dom" in seen.kinds and not (tmp_path / "made").exists():
                (found,) = temporary.glob("preserve-*/profile/Default/**/Cookies")
                shutil.copy(found, tmp_path / "made")
            return False

        show(site.url("/plain"), until=keep)
    _plant(tmp_path / "made", profile)
    before = {path: path.read_bytes() for path in profile.rglob("*") if path.is_file()}
    seen = show(site.url("/plain"), credentials=Credentials(profile=str(profile)))
    assert seen.confided is not None
    assert [("planted", "from the profile")] == [(one.name, one.value) for one in seen.confided]
    assert b"\r\nCookie: planted=from the profile" in seen.exchanges[0][2]
    assert before == {path: path.read_bytes() for path in profile.rglob("*") if path.is_file()}


def _plant(store: Path, profile: Path) -> None:
    """Put a cookie into a store, as an old Chromium did it in clear, and the store into a profile."""
    with closing(sqlite3.connect(store)) as db, db:
        db.execute("DELETE FROM cookies")
        columns = {row[1]: 0 for row in db.execute("PRAGMA table_info(cookies)")}
        never = 13_500_000_000_000_000
        wanted: dict[str, object] = {
            **columns,
            "creation_utc": never - 10**15,
            "host_key": "127.0.0.1",
            "top_frame_site_key": "",
            "name": "planted",
            "value": "from the profile",
            "encrypted_value": b"",
            "path": "/",
            "expires_utc": never,
            "has_expires": 1,
            "is_persistent": 1,
            "samesite": -1,
            "source_scheme": 1,
            "source_port": -1,
            "last_access_utc": never - 10**15,
            "last_update_utc": never - 10**15,
        }
        names = ", ".join(wanted)
        marks = ", ".join("?" * len(wanted))
        db.execute(f"INSERT INTO cookies ({names}) VALUES ({marks})", list(wanted.values()))  # noqa: S608 - our own
    shutil.copy(store, profile / "Default" / "Cookies")


def test_what_is_no_profile(site: Site, tmp_path: Path) -> None:
    """A folder that is no profile is refused, in a sentence, before anything is asked for."""
    with pytest.raises(UsageError, match="is no profile of a Chromium"):
        show(site.url("/plain"), credentials=Credentials(profile=str(tmp_path)))
