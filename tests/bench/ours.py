"""
One capture of the benchmark's index page with everything on, in a process of its own.

``python -m tests.bench.ours URL FOLDER CONNECTIONS [INSPECT_BYTES]``; prints as JSON after how many seconds
each stage had ended.
"""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING

import preserve
from preserve.model.capture import Limits

if TYPE_CHECKING:
    from preserve.model.progress import Progress


def main() -> None:
    """Capture, and say how long it took; a gap or a failed self-check ends with an error."""
    url, into, connections, *rest = sys.argv[1:]
    limits = Limits(
        connections=int(connections),
        connections_per_host=int(connections),
        inspect_bytes=int(rest[0]) if rest else Limits().inspect_bytes,
        body_bytes=2 << 30,
    )
    began = time.perf_counter()
    marks: dict[str, float] = {}

    def note(progress: Progress) -> None:
        marks.setdefault(progress.step, time.perf_counter() - began)

    package = preserve.archive(
        url,
        into,
        allow_private_network=True,
        limits=limits,
        on_progress=note,
    )
    if package.capture.outcome.verdict != "complete":
        raise SystemExit(str(package.capture.outcome))
    kept = ("warcs.closed", "bag.written", "checked", "synced", "staging.removed")
    print(json.dumps({name: round(marks[name], 2) for name in kept}))  # noqa: T201 - that is what it is for


if __name__ == "__main__":
    main()
