"""What is said of a rendering, and with which flags is it made?"""

from __future__ import annotations

import datetime as dt

import pytest

from preserve.engines.browser.account import Account
from preserve.engines.browser.flags import agent_for, flags_for, parse_viewport
from preserve.model.rendering import (
    Asked,
    Clicked,
    Crashed,
    Dialogue,
    Downloaded,
    Looked,
    Met,
    Observation,
    Opened,
    PopUp,
    Refers,
    Rendering,
    Said,
)

AT = dt.datetime(2026, 11, 25, tzinfo=dt.UTC)
OPENED = Opened(
    browser="Chromium 1.2.3.4", user_agent="UA", viewport="1280x800", locale="en-GB", timezone="UTC"
)


def told(*seen: Observation) -> Rendering:
    """Return the sum of observations, the browser's own first."""
    account = Account()
    for one in (OPENED, *seen):
        account.take(one)
    assert account.rendering is not None
    return account.rendering


def test_nothing_is_said_before_a_browser_was_opened() -> None:
    """What comes before a browser is there belongs to no rendering."""
    account = Account()
    account.take(Said(text="too early"))
    assert account.rendering is None


def test_lists_are_cut_and_counts_are_not() -> None:
    """Of what a page says and opens the first fifty are kept, each once; all are counted."""
    said = [Said(text=f"error {number % 60}", url="https://e/", line=3) for number in range(200)]
    rendering = told(*said, *(Dialogue(kind="alert", text="again") for _ in range(9)))
    assert (50, 200) == (len(rendering.console), rendering.console_count)
    assert "error 0 (https://e/:3)" == rendering.console[0]
    assert (("alert: again",), 9) == (rendering.dialogues, rendering.dialogues_count)


def test_what_is_lost_or_limited_is_a_reason() -> None:
    """A lost tab and a limit both make sentences for the outcome, in the order seen."""
    rendering = told(Crashed(how="The tab crashed.", again=True), Met(sentence="The page goes on."))
    again = "The tab crashed. It was shown once more, without its scripts."
    assert ((again, "The page goes on."), ("The tab crashed.",)) == (rendering.met, rendering.crashes)


def test_the_rest_is_kept_as_seen() -> None:
    """Requests are counted, workers' answers, windows, downloads, clicks named; references are not."""
    clicked = Clicked(text="Download", element="button", brought=("https://e/a.pdf",))
    looked = Looked(url="https://e/", title="T", width=1, height=2, images=("https://e/i.png",))
    rendering = told(
        Asked(url="https://e/", at=AT),
        Asked(url="https://e/made", at=AT, by_worker=True),
        PopUp(url="https://e/up"),
        Downloaded(url="data:text/csv,a,b"),
        clicked,
        looked,
        Refers(frame="https://e/", links=()),
    )
    assert (2, ("https://e/made",)) == (rendering.requests, rendering.by_worker)
    assert (("https://e/up",), 1) == (rendering.pop_ups, rendering.pop_ups_count)
    assert (("data:text/csv",), (clicked,)) == (rendering.downloads, rendering.clicks)
    assert ("T", 1, 2, ("https://e/i.png",), True) == (
        rendering.title,
        rendering.width,
        rendering.height,
        rendering.images,
        rendering.settled,
    )


OURS = "Mozilla/5.0 (compatible; preserve/0.1.0; web archiving)"


@pytest.mark.parametrize(
    ("asked", "ends"),
    [
        ("", " Chrome/156.0.0.0 Safari/537.36"),
        (OURS, " Chrome/156.0.0.0 Safari/537.36"),
        (f"{OURS} (+https://e/us)", " Chrome/156.0.0.0 Safari/537.36 (+https://e/us)"),
        ("My own/1", "My own/1"),
    ],
)
def test_the_browsers_own_name(asked: str, ends: str) -> None:
    """The browser has its own User-Agent unless the user gave one; a contact is added to either."""
    assert agent_for(asked, major=156).endswith(ends)
    assert "preserve" not in agent_for(asked, major=156)


def test_flags_shut_every_other_way_out() -> None:
    """Names are looked up nowhere, UDP is spoken nowhere, and only our authority is believed."""
    flags = flags_for(spki="KEY=", agent="UA")
    assert "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1" in flags
    assert "--force-webrtc-ip-handling-policy=disable_non_proxied_udp" in flags
    assert "--disable-quic" in flags
    assert "--ignore-certificate-errors-spki-list=KEY=" in flags
    assert not any("spki" in flag for flag in flags_for(spki=None, agent="UA"))


@pytest.mark.parametrize("text", ["12", "x", "100x800", "1280x9000", "a\u0661x800", "1280x800x2", "-1x800"])
def test_what_is_no_window(text: str) -> None:
    """A size that is none, or that nobody has, is refused."""
    with pytest.raises(ValueError, match="window"):
        parse_viewport(text)


def test_windows() -> None:
    """A size is width and height; none is a laptop's."""
    assert (640, 480) == parse_viewport("640x480")
    assert (1280, 800) == parse_viewport("")
