"""
Questions asked of a package: measure once, judge many.

``verify`` asks all of one level (``levels``). How it goes: ``verification`` has every file read once
(``reading``, ``measure``), puts what was seen and what the package declares into ``evidence``, and asks the
judges in turn (``fixity``, ``structure``, ``bag``, ``warcs``, ``resources``, ``index``, ``references``,
``capture``, ``pages``, ``datapackage``). ``statements`` makes one finding of all that has one cause.
"""

from preserve.checks.levels import Level
from preserve.checks.verification import examine, verify

__all__ = ["Level", "examine", "verify"]
