"""
What do the cases give now?

``python -m tests.pages NAME…`` prints the lines of each, to be read with care before they are expected.
"""

from __future__ import annotations

import sys
import tempfile

import preserve
from tests.pages.case import lines
from tests.pages.cases import CASES
from tests.pages.site import serving

with serving(CASES) as origin, tempfile.TemporaryDirectory() as folder:
    for case in CASES:
        if len(sys.argv) == 1 or case.name in sys.argv:
            url = f"{origin}/{case.name}/page"
            package = preserve.archive(
                url, folder, allow_private_network=True, documents=case.documents, engine="plain"
            )
            found = lines(package.references(), origin, case.name)
            print(f"=== {case.name} {package.capture.outcome.verdict}", *found, sep="\n")  # noqa: T201
