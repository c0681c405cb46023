"""How thoroughly can a package be checked, and which questions does each level ask?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import TYPE_CHECKING

import attrs

from preserve.checks.bag import judge_bag_info, judge_declaration, version_of
from preserve.checks.capture import judge_capture, judge_folder
from preserve.checks.contents import judge_contents
from preserve.checks.datapackage import judge_datapackage
from preserve.checks.evidence import Evidence
from preserve.checks.fixity import adjudicate
from preserve.checks.index import judge_index
from preserve.checks.layout import BAG_INFO
from preserve.checks.pages import judge_pages
from preserve.checks.references import judge_references
from preserve.checks.renditions import judge_renditions
from preserve.checks.resources import judge_resources
from preserve.checks.sizes import judge_sizes
from preserve.checks.statements import Statement, say
from preserve.checks.structure import judge_listed, judge_structure
from preserve.checks.unpacked import judge_unpacked
from preserve.checks.warcs import judge_records
from preserve.checks.zip_form import adjudicate_zip, judge_zip
from preserve.model.package import PACKAGE_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["ANY_VERSION", "JUDGES", "ZIP_JUDGES", "Judge", "Level"]


class Level(StrEnum):
    """How thoroughly a package is checked; each level asks all that the one before asks."""

    QUICK = "quick"
    """Names and sizes; of the payload nothing is read but ``datapackage.json``."""
    DEFAULT = "default"
    """Every byte against its manifest, every manifest and index against each other."""
    DEEP = "deep"
    """Also every record unpacked: framing, fields, and all digests that it declares."""
    CONTENTS = "contents"
    """Also every document, image and page opened, and compared with what is recorded of it."""


@attrs.frozen(kw_only=True)
class Judge:
    """One question asked of the evidence."""

    ask: Callable[[Evidence], Iterable[Statement]]
    passes: tuple[str, ...] = ()
    """What may be said when neither this judge nor another one with the same code had anything to say."""


# In this order: a judge may rely on what those before it found to be right.
_DEFAULT = (
    Judge(ask=adjudicate, passes=("bag.valid",)),
    Judge(ask=judge_structure, passes=("bag.valid", "structure.holds")),
    Judge(ask=judge_declaration, passes=("bag.valid",)),
    Judge(ask=judge_bag_info, passes=("bag.valid",)),
    Judge(ask=judge_records, passes=("records.consistent",)),
    Judge(ask=judge_resources, passes=("resources.consistent",)),
    Judge(ask=judge_index, passes=("index.consistent",)),
    Judge(ask=judge_references, passes=("references.consistent",)),
    Judge(ask=judge_capture, passes=("capture.consistent",)),
    Judge(ask=judge_pages, passes=("pages.consistent",)),
    Judge(ask=judge_datapackage, passes=("datapackage.consistent",)),
    Judge(ask=judge_folder),
)

_QUICK = (
    Judge(ask=adjudicate),
    Judge(ask=judge_structure, passes=("structure.holds",)),
    Judge(ask=judge_sizes, passes=("sizes.hold",)),
    Judge(ask=judge_declaration),
    Judge(ask=judge_bag_info),
)
_DEEP = (
    *_DEFAULT[:4],
    Judge(ask=judge_records, passes=("records.consistent", "records.sound")),
    Judge(ask=judge_resources, passes=("resources.consistent",)),
    Judge(ask=judge_unpacked, passes=("records.sound",)),
    Judge(ask=judge_renditions, passes=("records.sound",)),
    *_DEFAULT[6:],
)

JUDGES: dict[Level, tuple[Judge, ...]] = {
    Level.QUICK: _QUICK,
    Level.DEFAULT: _DEFAULT,
    Level.DEEP: _DEEP,
    Level.CONTENTS: (*_DEEP, Judge(ask=judge_contents, passes=("contents.hold",))),
}
"""The judges of each level, in the order in which they are asked."""


_OF_BAG = (adjudicate, judge_declaration, judge_bag_info, judge_folder)

ZIP_JUDGES: dict[Level, tuple[Judge, ...]] = {
    level: (
        # With --quick, which reads no more than it must, nothing is said of the CRC-32 of what was not read.
        Judge(ask=judge_zip, passes=("zip.holds",) if level is not Level.QUICK else ()),
        Judge(ask=adjudicate_zip, passes=("zip.holds",) if level is not Level.QUICK else ()),
        *(
            attrs.evolve(judge, passes=tuple(code for code in judge.passes if code != "bag.valid"))
            for judge in judges
            if judge.ask not in _OF_BAG
        ),
    )
    for level, judges in JUDGES.items()
}
"""The same of a ``.wacz``, which has no bag."""


def _unknown_version(evidence: Evidence) -> Iterator[Statement]:
    version = version_of(evidence)
    text = f"The package has version {version}; this software knows version {PACKAGE_VERSION}."
    yield say("package.version-unsupported", BAG_INFO, text, expected=PACKAGE_VERSION, observed=version)


ANY_VERSION = (
    Judge(ask=_unknown_version),
    Judge(ask=adjudicate, passes=("bag.valid",)),
    Judge(ask=judge_listed, passes=("bag.valid",)),
)
"""What can be asked of any bag, whatever the version of the package in it."""
