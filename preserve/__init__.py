"""
Archive web pages into sealed packages, and prove for decades that nothing in them has changed.

>>> import preserve
>>> package = preserve.archive("https://example.org/post", into="my-archive")  # doctest: +SKIP
>>> preserve.verify(package.path).result  # doctest: +SKIP
<Result.PASS: 'pass'>
"""

from __future__ import annotations

__version__ = "0.1.0"
