"""
What is the page that ``preserve demo`` archives?

A blog post of invented text with everything that makes such pages hard to keep, drawn and served on the
spot: ``DemoServer`` serves it, ``site()`` is its content, ``expected()`` what an archive of it must hold.
"""

from __future__ import annotations

from preserve.demo.pictures import ORIGINALS, PICTURES, Picture
from preserve.demo.routes import EXPECTED_GUESSES, EXPECTED_STATES, Expected, Response, expected, site
from preserve.demo.scenes import SCENES, Scene
from preserve.demo.server import DemoServer

__all__ = [
    "EXPECTED_GUESSES",
    "EXPECTED_STATES",
    "ORIGINALS",
    "PICTURES",
    "SCENES",
    "DemoServer",
    "Expected",
    "Picture",
    "Response",
    "Scene",
    "expected",
    "site",
]
