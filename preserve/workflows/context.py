"""What does a journey get from outside: clock, ids, progress, cancellation?"""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import platform
import threading
import uuid
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import attrs

from preserve import __version__
from preserve.model.progress import OnProgress
from preserve.workers.pool import Workers

if TYPE_CHECKING:
    from preserve.model.capture import CaptureRequest
    from preserve.model.progress import Progress

__all__ = ["SOFTWARE", "Cancel", "Context", "environment"]

SOFTWARE = f"preserve {__version__}"
_UNCHECKED = "not checked for host names: the proxy looks them up"
_CODINGS = "br and zstd, which the browser offers, were taken out of every Accept-Encoding"
# The libraries that touch bytes on their way into a package, or say what is in them.
_LIBRARIES = ("ada-url", "pillow", "pypdf", "selectolax")


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _new_id() -> str:
    return uuid.uuid4().urn


def _silent(_: Progress) -> None:
    """Take a report and say nothing."""


class Cancel:
    """
    A wish to stop, made once from any thread or signal handler.

    What runs sees it within moments, seals what there is as *interrupted*, and returns.
    """

    def __init__(self) -> None:
        self._event = threading.Event()
        self._wake: Callable[[], object] | None = None

    def set(self) -> None:
        """Ask for the end. Idempotent."""
        self._event.set()
        wake = self._wake
        if wake is not None:
            wake()

    @property
    def is_set(self) -> bool:
        """Whether the end was asked for."""
        return self._event.is_set()

    def listen(self, wake: Callable[[], object] | None) -> None:
        """Call ``wake`` when asked, at once if that has happened; None to stop listening."""
        self._wake = wake
        if wake is not None and self.is_set:
            wake()


@attrs.frozen(kw_only=True)
class Context:
    """Clock, ids, progress and cancellation of one journey; tests hand in their own."""

    clock: Callable[[], dt.datetime] = _now
    """Gives an aware UTC datetime."""
    new_id: Callable[[], str] = _new_id
    """Gives a fresh ``urn:uuid:`` URI."""
    on_progress: OnProgress = _silent
    cancel: Cancel = attrs.field(factory=Cancel)
    workers: Workers | None = None
    """Processes shared with other journeys, which close them; None: the journey starts its own."""


def environment(request: CaptureRequest, *, shown: bool = False, shell: Sequence[str] = ()) -> dict[str, str]:
    """
    Return the versions of Python, platform and libraries that touch bytes, and what the way out was.

    No names of people or hosts stand in it, but that of a proxy.

    Args:
        request: What was asked for.
        shown: Whether the page was shown in a browser.
        shell: Why it is nothing without one, where that was asked.
    """
    versions = {name: importlib.metadata.version(name) for name in _LIBRARIES}
    return {
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "platform": f"{platform.system()} {platform.machine()}",
        **versions,
        **({"proxy": request.proxy, "address guard": _UNCHECKED} if request.proxy else {}),
        **({"browser codings": _CODINGS} if shown else {}),
        **({"browser because": " ".join(shell)} if shell else {}),
    }
