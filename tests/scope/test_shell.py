"""Tests of the rule behind ``--engine auto``, and of what the capturer of HTML counts for it."""

from __future__ import annotations

import io

import pytest

from preserve.capturers.html import HtmlCapturer
from preserve.model.inspection import Content
from preserve.scope.shell import judge_shell

TEXT = "Once upon a time there was a page whose text stood in its source, and it needed nobody. " * 4


def why(body: str) -> tuple[str, ...]:
    """Return why a page should be shown in a browser."""
    html = f"<!doctype html><html><head><title>T</title></head><body>{body}</body></html>".encode()
    content = Content(
        url="https://example.org/",
        media_type="text/html",
        charset="utf-8",
        size_bytes=len(html),
        stream=io.BytesIO(html),
    )
    inspection = HtmlCapturer().inspect(content)
    return judge_shell(inspection.facts, inspection.links)


@pytest.mark.parametrize(
    "body",
    [
        '<div id="root"></div><script src="/app.js"></script>',
        (
            '<noscript>You need to enable JavaScript to run this app.</noscript><div id="root"></div>'
            '<script src="/app.js"></script>'
        ),
        '<div id="__next"><p>Loading</p></div><script type="module" src="/app.js"></script>',
        "<app-root></app-root><script src=main.js></script>",
        "<script>document.write('all of it')</script>",
        f'<p>{TEXT}</p><img class="lazyload" src="data:,"><script src="/lazy.js"></script>',
        f'<p>{TEXT}</p><img alt="later"><script src="/lazy.js"></script>',
        f'<p>{TEXT}</p><div role="button">Download report.pdf 717 kB</div>',
    ],
    ids=["react", "noscript", "next", "angular", "written", "placeholder", "no address", "widget"],
)
def test_shells(body: str) -> None:
    """A page that leaves its text, its pictures or a document to scripts is shown in a browser."""
    found = why(body)
    assert [True] == list({sentence.endswith(".") for sentence in found})


@pytest.mark.parametrize(
    "body",
    [
        f"<p>{TEXT}</p>",
        f'<div id="root"><p>{TEXT}</p></div><script src="/app.js"></script>',
        '<p>Short.</p><img src="/a.png"><script src="/count.js"></script>',
        "<p>A page of few words and no script at all.</p>",
        (
            f'<p>{TEXT}</p><img class="lazyload" data-src="/a.png" src="data:,">'
            '<script src="/lazy.js"></script>'
        ),
        f'<p>{TEXT}</p><img src="data:image/png;base64,iVBORw0KGgo=" alt="drawn"><script>1</script>',
        f'<p>{TEXT}</p><picture><source srcset="/a.webp"><img alt=""></picture><script>1</script>',
        f'<p>{TEXT}</p><a href="/report.pdf">Download</a><script type="application/json">{{}}</script>',
    ],
    ids=["text", "rendered", "short", "no scripts", "data-src", "inline", "picture", "document"],
)
def test_pages(body: str) -> None:
    """A page whose text and addresses stand in its source is not."""
    assert () == why(body)


def test_what_is_no_page() -> None:
    """What has none of these facts, an image for one, is never a shell."""
    assert () == judge_shell({"width": 3}, ())


def test_a_challenge_is_shown() -> None:
    """A challenge of a bot detector is shown in a browser, which may pass it."""
    assert 1 == len(judge_shell({"challenge": {"product": "A", "mark": "b"}}, ()))
