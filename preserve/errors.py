"""
The exceptions: we could not do our work.

A package that is at fault is no exception but a finding (``preserve.model.finding``).
Every class carries the exit code of the command line as ``exit_code``; the table is
in ``docs/exit-codes.md``::

    PreserveError                    4
      UsageError                     2   the caller asked for something that cannot be meant
        UrlRefused                   2   not a URL that can be archived
        NotAPackage                  2   the path holds nothing of ours
        TargetExists                 2   we never write over what is there
        RunningLoop                  2   archive() was called inside an event loop
      EnvironmentFailed              4   the world around us did not do its part
        StorageUnavailable           4   a disk or folder could not be read or written
        CaptureFailed                4   nothing of the page could be had
        AddressRefused               4   the address guard forbids the connection
        ProgramMissing               4   a program or an extra is not installed
        WorkerFailed                 4   a worker process died, ran too long or said too much
        Locked                       4   another process is at work there
      SyntaxFault                    6   bytes are not what their format demands
        HttpSyntaxError, GzipSyntaxError, WarcSyntaxError, CdxjSyntaxError,
        RecordsSyntaxError, BagSyntaxError, WaczSyntaxError, JsonSyntaxError
      CodingError                    6   a content coding could not be undone
        CodingLimit                  6   undoing it passed a limit of size or ratio
        CodingUnknown                3   no decoder for it is installed
      RequiredMissing                3   the capture is sealed, without something that was required
      PackageDamaged                 6   a package could not be read far enough to answer
      ReceiptUnreadable              3   nothing could be compared with a receipt
      Interrupted                    130 the caller cancelled
"""

from __future__ import annotations

__all__ = [
    "AddressRefused",
    "BagSyntaxError",
    "CaptureFailed",
    "CdxjSyntaxError",
    "CodingError",
    "CodingLimit",
    "CodingUnknown",
    "EnvironmentFailed",
    "GzipSyntaxError",
    "HttpSyntaxError",
    "Interrupted",
    "JsonSyntaxError",
    "Locked",
    "NotAPackage",
    "PackageDamaged",
    "PreserveError",
    "ProgramMissing",
    "ReceiptUnreadable",
    "RecordsSyntaxError",
    "RequiredMissing",
    "RunningLoop",
    "StorageUnavailable",
    "SyntaxFault",
    "TargetExists",
    "UrlRefused",
    "UsageError",
    "WaczSyntaxError",
    "WarcSyntaxError",
    "WorkerFailed",
]


class PreserveError(Exception):
    """
    The root of all our exceptions.

    Args:
        message: A full sentence: which thing, what was expected, what was seen, what to do.
        facts: What the sentence is made of, kept as attributes of the same names.
    """

    exit_code = 4

    def __init__(self, message: str, **facts: object) -> None:
        super().__init__(message)
        self.message = message
        self.facts = facts

    def __getattr__(self, name: str) -> object:
        facts = self.__dict__.get("facts", {})
        if name in facts:
            return facts[name]
        raise AttributeError(f"{type(self).__name__!r} has no fact {name!r}")


class UsageError(PreserveError):
    """The caller asked for something that cannot be meant."""

    exit_code = 2


class UrlRefused(UsageError):
    """The text is not a URL that can be archived."""


class NotAPackage(UsageError):
    """The path holds no package."""


class TargetExists(UsageError):
    """The path to write is taken; nothing is ever written over."""


class RunningLoop(UsageError):
    """``archive()`` was called inside a running event loop."""


class EnvironmentFailed(PreserveError):
    """The world around us (network, disk, programs) did not do its part."""


class StorageUnavailable(EnvironmentFailed):
    """A disk or folder could not be read or written."""


class CaptureFailed(EnvironmentFailed):
    """Not one byte of an answer for the page itself could be had."""


class AddressRefused(EnvironmentFailed):
    """The address guard forbids the connection."""


class ProgramMissing(EnvironmentFailed):
    """A program or an extra of ours is not installed."""


class WorkerFailed(EnvironmentFailed):
    """A worker process died, ran too long or answered too much."""


class Locked(EnvironmentFailed):
    """Another process is at work in the folder."""


class SyntaxFault(PreserveError):
    """Bytes are not what their format demands."""

    exit_code = 6


class HttpSyntaxError(SyntaxFault):
    """Not an HTTP message."""


class GzipSyntaxError(SyntaxFault):
    """Not a gzip member."""


class WarcSyntaxError(SyntaxFault):
    """Not a WARC record."""


class CdxjSyntaxError(SyntaxFault):
    """Not a CDXJ line or index."""


class RecordsSyntaxError(SyntaxFault):
    """Not a line of records.tsv."""


class BagSyntaxError(SyntaxFault):
    """Not a tag file of a bag."""


class WaczSyntaxError(SyntaxFault):
    """Not a datapackage or page list of a WACZ."""


class JsonSyntaxError(SyntaxFault):
    """Not the JSON that the schema describes."""


class CodingError(PreserveError):
    """A content coding could not be undone."""

    exit_code = 6


class CodingLimit(CodingError):
    """Undoing a content coding passed a limit of size or ratio."""


class CodingUnknown(CodingError):
    """No decoder for a content coding is installed."""

    exit_code = 3


class RequiredMissing(PreserveError):
    """A capture is sealed, and does not hold something that was required of it."""

    exit_code = 3


class PackageDamaged(PreserveError):
    """A package could not be read far enough to answer."""

    exit_code = 6


class ReceiptUnreadable(PreserveError):
    """A receipt could not be read, so that nothing could be compared with it."""

    exit_code = 3


class Interrupted(PreserveError):
    """The caller cancelled."""

    exit_code = 130
