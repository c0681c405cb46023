"""
Archive web pages into sealed packages, and prove for decades that nothing in them has changed.

>>> import preserve
>>> package = preserve.archive("https://example.org/post", into="my-archive")  # doctest: +SKIP
>>> preserve.verify(package.path).result  # doctest: +SKIP
<Result.PASS: 'pass'>

Importing this costs next to nothing: every name is imported when it is first used (PEP 562).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from preserve.engines.wire.exchange import Wire
    from preserve.errors import (
        AddressRefused,
        BagSyntaxError,
        CaptureFailed,
        CdxjSyntaxError,
        CodingError,
        CodingLimit,
        CodingUnknown,
        EnvironmentFailed,
        GzipSyntaxError,
        HttpSyntaxError,
        Interrupted,
        JsonSyntaxError,
        Locked,
        NotAPackage,
        PackageDamaged,
        PreserveError,
        ProgramMissing,
        ReceiptUnreadable,
        RecordsSyntaxError,
        RequiredMissing,
        RunningLoop,
        StorageUnavailable,
        SyntaxFault,
        TargetExists,
        UrlRefused,
        UsageError,
        WaczSyntaxError,
        WarcSyntaxError,
        WorkerFailed,
    )
    from preserve.model.capture import CaptureRequest, Limits, Outcome, Verdict
    from preserve.model.citation import Citation
    from preserve.model.credentials import Credentials, GivenCookie
    from preserve.model.digest import Digest
    from preserve.model.exchange import Ended, Engine, Exchange, Task, WireRequest
    from preserve.model.finding import Finding, Report, Result, Where
    from preserve.model.inspection import Claim, Problem
    from preserve.model.package import CaptureFile, Receipt
    from preserve.model.progress import Progress
    from preserve.model.reference import Kind, Reference, Role, State
    from preserve.model.resource import Resource
    from preserve.model.summary import Extracted, Made, Summary
    from preserve.package.export import export_wacz
    from preserve.package.extract import extract
    from preserve.package.reader import Package, open_package
    from preserve.package.receipt import make_receipt, write_receipt
    from preserve.package.summary import summarise
    from preserve.reports.citations import cite, render_citation
    from preserve.workflows.archive import archive, archive_async
    from preserve.workflows.context import Cancel
    from preserve.workflows.identity import read_credentials
    from preserve.workflows.list_plan import PageResult
    from preserve.workflows.lists import archive_many, archive_many_async
    from preserve.workflows.recover import recover
    from preserve.workflows.verify import findings, verify, verify_many

__version__ = "0.1.0"

__all__ = [
    "AddressRefused",
    "BagSyntaxError",
    "Cancel",
    "CaptureFailed",
    "CaptureFile",
    "CaptureRequest",
    "CdxjSyntaxError",
    "Citation",
    "Claim",
    "CodingError",
    "CodingLimit",
    "CodingUnknown",
    "Credentials",
    "Digest",
    "Ended",
    "Engine",
    "EnvironmentFailed",
    "Exchange",
    "Extracted",
    "Finding",
    "GivenCookie",
    "GzipSyntaxError",
    "HttpSyntaxError",
    "Interrupted",
    "JsonSyntaxError",
    "Kind",
    "Limits",
    "Locked",
    "Made",
    "NotAPackage",
    "Outcome",
    "Package",
    "PackageDamaged",
    "PageResult",
    "PreserveError",
    "Problem",
    "ProgramMissing",
    "Progress",
    "Receipt",
    "ReceiptUnreadable",
    "RecordsSyntaxError",
    "Reference",
    "Report",
    "RequiredMissing",
    "Resource",
    "Result",
    "Role",
    "RunningLoop",
    "State",
    "StorageUnavailable",
    "Summary",
    "SyntaxFault",
    "TargetExists",
    "Task",
    "UrlRefused",
    "UsageError",
    "Verdict",
    "WaczSyntaxError",
    "WarcSyntaxError",
    "Where",
    "Wire",
    "WireRequest",
    "WorkerFailed",
    "__version__",
    "archive",
    "archive_async",
    "archive_many",
    "archive_many_async",
    "cite",
    "export_wacz",
    "extract",
    "findings",
    "make_receipt",
    "open_package",
    "read_credentials",
    "recover",
    "render_citation",
    "summarise",
    "verify",
    "verify_many",
    "write_receipt",
]

# Where each public name that is no exception lives; the exceptions are all in errors.py.
_HOMES = {
    "Cancel": "preserve.workflows.context",
    "CaptureFile": "preserve.model.package",
    "CaptureRequest": "preserve.model.capture",
    "Citation": "preserve.model.citation",
    "Claim": "preserve.model.inspection",
    "Credentials": "preserve.model.credentials",
    "Digest": "preserve.model.digest",
    "Ended": "preserve.model.exchange",
    "Engine": "preserve.model.exchange",
    "Exchange": "preserve.model.exchange",
    "Extracted": "preserve.model.summary",
    "Finding": "preserve.model.finding",
    "GivenCookie": "preserve.model.credentials",
    "Kind": "preserve.model.reference",
    "Limits": "preserve.model.capture",
    "Made": "preserve.model.summary",
    "Outcome": "preserve.model.capture",
    "Package": "preserve.package.reader",
    "PageResult": "preserve.workflows.list_plan",
    "Problem": "preserve.model.inspection",
    "Progress": "preserve.model.progress",
    "Receipt": "preserve.model.package",
    "Reference": "preserve.model.reference",
    "Report": "preserve.model.finding",
    "Resource": "preserve.model.resource",
    "Result": "preserve.model.finding",
    "Role": "preserve.model.reference",
    "State": "preserve.model.reference",
    "Summary": "preserve.model.summary",
    "Task": "preserve.model.exchange",
    "Verdict": "preserve.model.capture",
    "Where": "preserve.model.finding",
    "Wire": "preserve.engines.wire.exchange",
    "WireRequest": "preserve.model.exchange",
    "archive": "preserve.workflows.archive",
    "archive_async": "preserve.workflows.archive",
    "archive_many": "preserve.workflows.lists",
    "archive_many_async": "preserve.workflows.lists",
    "cite": "preserve.reports.citations",
    "export_wacz": "preserve.package.export",
    "extract": "preserve.package.extract",
    "findings": "preserve.workflows.verify",
    "make_receipt": "preserve.package.receipt",
    "open_package": "preserve.package.reader",
    "read_credentials": "preserve.workflows.identity",
    "recover": "preserve.workflows.recover",
    "render_citation": "preserve.reports.citations",
    "summarise": "preserve.package.summary",
    "verify": "preserve.workflows.verify",
    "verify_many": "preserve.workflows.verify",
    "write_receipt": "preserve.package.receipt",
}


if not TYPE_CHECKING:  # a type checker that saw it would take every misspelt name for an object

    def __getattr__(name: str) -> object:
        """Import a public name when it is first used."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value: object = getattr(import_module(_HOMES.get(name, "preserve.errors")), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted({*__all__, *(name for name in globals() if name.startswith("__"))})
