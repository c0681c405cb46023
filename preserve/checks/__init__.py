"""
Questions asked of a package: measure once, judge many.

``verify`` asks all of one level. How it goes: ``verification`` reads every file once (``measure``), puts
what was seen and what the package declares into ``evidence``, and asks the judges in turn (``fixity``,
``structure``, ``bag``, ``warcs``, ``resources``, ``index``, ``references``, ``capture``, ``pages``,
``datapackage``). ``statements`` makes one finding of all that has one cause.
"""

from preserve.checks.verification import LEVELS, verify

__all__ = ["LEVELS", "verify"]
