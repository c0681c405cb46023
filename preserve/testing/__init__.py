"""
Contract suites for those who write plug-ins. Ours pass the same ones, without private exceptions.

Call them from a test of your own; each raises AssertionError with a sentence that says what is wrong.
"""

from preserve.testing.capturers import check_capturer
from preserve.testing.engines import check_engine

__all__ = ["check_capturer", "check_engine"]
