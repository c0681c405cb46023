"""Tests of ``preserve.demo.extras`` and of the feed and the manifest."""

from __future__ import annotations

import io
import json
import wave

from defusedxml.ElementTree import fromstring

from preserve.demo import expected, site
from preserve.demo.extras import LAMP_SVG, bell
from preserve.demo.head import FEED_PATH, MANIFEST_PATH, POST_PATH

ORIGIN = "http://127.0.0.1"


def test_the_bell_can_be_heard() -> None:
    """It is a WAVE file of a second and a bit, neither silent nor clipped, the same every time."""
    with wave.open(io.BytesIO(bell())) as file:
        assert (1, 1, 8000, 9600) == (
            file.getnchannels(),
            file.getsampwidth(),
            file.getframerate(),
            file.getnframes(),
        )
        samples = file.readframes(9600)
    assert 0 < min(samples) < 60
    assert 200 < max(samples) < 255
    first = bell()
    bell.cache_clear()
    assert first == bell()


def test_the_drawing_has_the_part_that_is_used() -> None:
    """The SVG is well-formed, and has the element that the page's ``use`` names."""
    assert "lamp" in {node.get("id") for node in fromstring(LAMP_SVG).iter()}


def test_the_feed_lists_the_post() -> None:
    """The feed is RSS 2.0, and its first item is the post."""
    feed = fromstring(site(ORIGIN)[FEED_PATH].body)
    assert ("rss", "2.0") == (feed.tag, feed.get("version"))
    assert ORIGIN + POST_PATH == feed.findtext("channel/item/link")
    assert expected().headline == feed.findtext("channel/item/title")


def test_the_manifest_names_the_blog() -> None:
    """The web app manifest is JSON with the name of the blog."""
    assert expected().blog == json.loads(site(ORIGIN)[MANIFEST_PATH].body)["name"]
