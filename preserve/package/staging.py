"""
Where does a package grow before it is published?

In ``<package name>.partial/`` beside its final name: ``bag/`` (what will be published),
``request.json`` (what was asked for, so that ``recover`` needs no one to ask), ``asked-by.tsv`` (which
responses a browser asked for) and ``rendering.json`` (what became of the page in it) for the same, ``lock``
and ``spool/``. docs/format/package-1.md, section 2.3.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import attrs

from preserve.disk import fsync_tree, lock, publish, remove_tree, storage_errors, write_new
from preserve.errors import JsonSyntaxError, NotAPackage, TargetExists, UsageError
from preserve.formats.schemas import dump_json, load
from preserve.model.capture import CaptureRequest
from preserve.model.exchange import AskedBy
from preserve.model.rendering import Rendering
from preserve.model.times import capture_name, to_iso
from preserve.model.url import page_folder

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

__all__ = ["PARTIAL", "STAGING_SCHEMA", "StagedRequest", "Staging"]

PARTIAL = ".partial"
_ASKED_BY, _RENDERING = "asked-by.tsv", "rendering.json"
_PATIENCE_S = 2.0
STAGING_SCHEMA = "preserve/staging/1"


@attrs.frozen(kw_only=True)
class StagedRequest:
    """``request.json``: what was asked for, by which software, and when it began."""

    schema: str = STAGING_SCHEMA
    request: CaptureRequest
    software: str
    user_agent: str
    page: str
    capture: str
    began_at: str


class Staging:
    """
    One staging folder, locked while the object lives.

    Make one with ``create`` or ``reopen``; end with ``publish`` or ``discard``, or ``release`` to leave
    it for ``recover``.
    """

    def __init__(self, folder: Path, staged: StagedRequest, held: ExitStack) -> None:
        self.folder = folder
        self.staged = staged
        self._held = held

    @property
    def bag(self) -> Path:
        """The bag that will be published."""
        return self.folder / "bag"

    @property
    def spool(self) -> Path:
        """Where bodies wait."""
        return self.folder / "spool"

    @property
    def target(self) -> Path:
        """The published package's path."""
        return self.folder.with_name(self.folder.name.removesuffix(PARTIAL))

    @classmethod
    def create(
        cls, into: Path, *, request: CaptureRequest, began_at: dt.datetime, software: str, user_agent: str
    ) -> Staging | None:
        """
        Make the staging folder of a new capture and lock it.

        Returns:
            The staging, or None when the second's name is taken: wait for the next one.

        Raises:
            UsageError: If the page folder holds packages of another URL.
            StorageUnavailable: If the folders cannot be made.
        """
        page, name = page_folder(request.url), capture_name(began_at)
        home = into / page
        folder = home / (name + PARTIAL)
        with storage_errors(f"make the staging folder {folder}", "Choose another folder with --into."):
            home.mkdir(parents=True, exist_ok=True)
            _refuse_other_page(home, request.url)
            if (home / name).exists():
                return None
            try:
                folder.mkdir()
            except FileExistsError:
                return None
            (folder / "spool").mkdir()
            (folder / "bag" / "data" / "archive").mkdir(parents=True)
        held = ExitStack()
        held.enter_context(lock(folder / "lock"))
        staged = StagedRequest(
            request=request,
            software=software,
            user_agent=user_agent,
            page=page,
            capture=name,
            began_at=to_iso(began_at),
        )
        write_new(folder / "request.json", dump_json(staged))
        return cls(folder, staged, held)

    @classmethod
    def reopen(cls, folder: Path) -> Staging:
        """
        Lock a staging folder that a process left behind.

        Raises:
            NotAPackage: If the folder is no staging folder.
            Locked: If a process is still at work in it.
        """
        document = folder / "request.json"
        if not folder.name.endswith(PARTIAL) or not document.is_file():
            raise NotAPackage(
                f"{folder} is no staging folder: expected a name ending in {PARTIAL}, with a request.json.",
                path=str(folder),
            )
        held = ExitStack()
        held.enter_context(lock(folder / "lock", wait_s=_PATIENCE_S))
        with storage_errors(f"read {document}"):
            staged = load(StagedRequest, document.read_bytes())
        return cls(folder, staged, held)

    def note_asked_by(self, record: str, asked_by: AskedBy) -> None:
        """
        Note who asked for what a response record holds: no WARC says it, and ``recover`` wants to know.

        Raises:
            OSError: If the disk cannot take it.
        """
        with (self.folder / _ASKED_BY).open("a", encoding="ascii") as out:
            out.write(f"{record}\t{asked_by}\n")

    def asked_by(self) -> dict[str, AskedBy]:
        """Return who asked, by record id, as far as whole lines were noted."""
        path = self.folder / _ASKED_BY
        if not path.is_file():
            return {}
        with storage_errors(f"read {path}"):
            lines = path.read_text("ascii", "replace").split("\n")[:-1]
        split = (line.partition("\t") for line in lines)
        return {record: AskedBy(who) for record, _, who in split if who in set(AskedBy)}

    def keep_rendering(self, rendering: Rendering) -> None:
        """
        Keep what became of the page in a browser, once it was shown: no WARC says it either.

        Raises:
            StorageUnavailable: If the disk cannot take it.
        """
        write_new(self.folder / _RENDERING, dump_json(rendering))

    def rendering(self) -> Rendering | None:
        """Return what became of the page in a browser; None if that was not kept, or not whole."""
        path = self.folder / _RENDERING
        if not path.is_file():
            return None
        with storage_errors(f"read {path}"):
            data = path.read_bytes()
        try:
            return load(Rendering, data)
        except JsonSyntaxError:
            return None  # the crash that recovery is for came in the middle of it

    def sync(self) -> None:
        """Flush the whole bag to stable storage."""
        with storage_errors(f"flush {self.bag} to disk"):
            fsync_tree(self.bag)

    def publish(self) -> Path:
        """
        Rename the bag to the package's name, which nothing else may have.

        Raises:
            TargetExists: If something stands there; the staging folder is left as it is.
        """
        if self.target.exists():
            raise TargetExists(f"{self.target} exists already; {self.folder} was left as it is.")
        publish(self.bag, self.target)
        return self.target

    def release(self) -> None:
        """Unlock the folder and leave it."""
        self._held.close()

    def discard(self) -> None:
        """Remove the folder, and the page folder if nothing else is in it."""
        with storage_errors(f"remove {self.folder}"):
            remove_tree(self.folder)
            self._held.close()
            if not any(self.folder.parent.iterdir()):
                self.folder.parent.rmdir()


def _refuse_other_page(home: Path, url: str) -> None:
    for info in sorted(home.glob("[0-9]*Z/bag-info.txt")):
        labels = dict(line.partition(": ")[::2] for line in info.read_text("utf-8").splitlines())
        other = labels.get("External-Identifier")
        if other is not None and other != url:
            raise UsageError(
                f"{home} keeps captures of {other}, not of {url}; choose another folder with --into."
            )
