"""How do the files of a package come back out, under safe names, decoded and checked?"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from preserve.disk import fsync_tree, publish, remove_tree, storage_errors, write_new
from preserve.errors import CodingError, CodingUnknown, PackageDamaged, TargetExists
from preserve.formats.schemas import dump_json, unstructure
from preserve.model.digest import Digest, hasher
from preserve.model.exchange import Ended
from preserve.model.reference import Role, State
from preserve.model.summary import EXTRACTED_SCHEMA, Extracted
from preserve.package.making import check_kinds, make_all
from preserve.package.names import Names, suggested
from preserve.package.reader import Package, open_package
from preserve.package.renditions import seen_as

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

    from preserve.formats.records import RecordLine
    from preserve.model.resource import Resource

__all__ = ["LISTING", "extract"]

LISTING = "extracted.json"

_SEEN = "seen"
"""The folder of what was made of the page."""
_PAGE = "page.html"
_HTML = frozenset({"text/html", "application/xhtml+xml"})


def extract(
    package: Package | str | os.PathLike[str], to: str | os.PathLike[str], *, make: Iterable[str] = ()
) -> list[Extracted]:
    """
    Take the captured files out: ``page.html``, ``documents/``, ``images/``, ``other/``, ``extracted.json``.

    Content codings are undone and each file is compared with the digest that the package has for it before
    it appears. Of several answers from one URL the newest is taken, or where that is damaged an older one of
    the same content; redirects, error pages and truncated answers stay in the package. ``extracted.json`` is
    written last and lists every file.

    Args:
        package: The package, or the path of one.
        to: A folder that is empty or does not exist yet.
        make: What to make of the files too, beside them: ``text`` of pages and PDFs, ``attachments`` of
            PDFs; with the extra ``pdf`` also ``thumbnails`` and ``repair-report``; with ``formats`` also
            ``pronom``.

    Returns:
        What was taken out, in the order of the package.

    Raises:
        UsageError: If ``make`` names what cannot be made.
        ProgramMissing: If it needs an extra that is not installed.
        TargetExists: If ``to`` is there and not an empty folder.
        PackageDamaged: If a file's record cannot be read or its digest differs. All others have been taken
            out then and are the fact ``extracted``; ``extracted.json`` says what is wrong with the rest.
        StorageUnavailable: If the disk refuses; nothing is left behind.
    """
    kinds = check_kinds(make)
    opened = package if isinstance(package, Package) else open_package(package)
    target = Path(to)
    wanted = _wanted(opened)
    made = _empty_folder(target)
    staging = target / f".preserve-{secrets.token_hex(4)}.partial"
    with storage_errors(f"write to {target}"):
        staging.mkdir()
    try:
        names = Names()
        files = list(_take_all(opened, wanted, staging, names))
        if kinds:
            files = make_all(staging, files, kinds, wanted.charsets, names)
        write_new(staging / LISTING, _listing(opened, files))
        _publish(staging, target)
    except BaseException:
        with storage_errors(f"clean {target}"):
            remove_tree(staging)
            if made and not any(target.iterdir()):
                target.rmdir()
        raise
    lost = [file for file in files if file.problem]
    if lost:
        raise PackageDamaged(
            f"{len(lost)} of {len(files)} files of {opened.path} could not be taken out whole "
            f"(the first: {lost[0].url}: {lost[0].problem}). The others are in {target}. "
            f"See every damage with: preserve verify {opened.path}",
            extracted=files,
            path=str(opened.path),
        )
    return files


@attrs.define
class _Wanted:
    """Which responses are taken out: record id of the page, and for each record id the role it has."""

    page: str | None = None
    roles: dict[str, Role] = attrs.field(factory=dict)
    spares: dict[str, str] = attrs.field(factory=dict)
    """Of the older answers with the same content: record id to that of the one that is taken out."""
    charsets: dict[str, str] = attrs.field(factory=dict)
    """Of the pages, by the id of their record."""


def _wanted(package: Package) -> _Wanted:
    """Read references and resources once; keep the newest captured answer of each URL."""
    answered: dict[str, Role] = {}
    page = None
    for reference in package.references():
        if reference.state is not State.CAPTURED or reference.record is None:
            continue
        if reference.source is None and page is None:
            page = reference.record
        if reference.record not in answered or reference.role is Role.DOCUMENT:
            answered[reference.record] = reference.role
    wanted = _Wanted(page=page)
    answers: dict[str, list[tuple[str, int, str, str]]] = {}
    for number, resource in enumerate(package.resources()):
        if resource.response in answered and resource.ended is Ended.WHOLE:
            content = resource.content_digest or resource.payload_digest
            answers.setdefault(resource.url, []).append(
                (resource.captured_at, number, resource.response, content)
            )
            if isinstance(charset := resource.facts.get("charset"), str):
                wanted.charsets[resource.response] = charset
    for *older, newest in map(sorted, answers.values()):
        wanted.roles[newest[2]] = answered[newest[2]]
        wanted.spares |= {spare[2]: newest[2] for spare in older if spare[3] == newest[3]}
    return wanted


def _empty_folder(target: Path) -> bool:
    """Return whether the folder was made; refuse one that holds something."""
    with storage_errors(f"make the folder {target}"):
        try:
            target.mkdir(parents=True)
        except FileExistsError:
            if target.is_dir() and not any(target.iterdir()):
                return False
        else:
            return True
    raise TargetExists(
        f"{target} is there and not an empty folder; nothing was written over. Name a new folder.",
        path=str(target),
    )


def _take_all(package: Package, wanted: _Wanted, staging: Path, names: Names) -> list[Extracted]:
    names.give("", LISTING)
    names.give("", _PAGE)
    files: list[Extracted] = []
    lost: dict[str, tuple[int, str]] = {}
    for resource, line in package.listed():
        role = resource.role if resource.role is Role.RENDITION else wanted.roles.get(resource.response)
        if role is None:
            continue
        if role is Role.RENDITION:
            path = names.give(
                _SEEN, seen_as(resource) or suggested(resource.url, resource.file_name, resource.sniffed_type)
            )
        else:
            path = _path(names, resource, role, shown=resource.response == wanted.page)
        files.append(_take(package, resource, line, _described(resource, role, path), staging))
        if files[-1].problem:
            lost[resource.response] = len(files) - 1, path
    if lost.keys().isdisjoint(wanted.spares.values()):
        return files
    for resource, line in package.listed():
        at, path = lost.get(wanted.spares.get(resource.response, ""), (0, ""))
        if path and files[at].problem:
            spare = _take(package, resource, line, _described(resource, files[at].role, path), staging)
            files[at] = files[at] if spare.problem else spare
    return files


def _path(names: Names, resource: Resource, role: Role, *, shown: bool) -> str:
    if shown and resource.sniffed_type in _HTML:
        return _PAGE
    folder = "other"
    if role is Role.DOCUMENT or resource.sniffed_type == "application/pdf":
        folder = "documents"
    elif resource.sniffed_type.startswith("image/"):
        folder = "images"
    return names.give(folder, suggested(resource.url, resource.file_name, resource.sniffed_type))


def _described(resource: Resource, role: Role, path: str) -> Extracted:
    decoded = resource.content_digest is not None
    octets = resource.content_bytes if decoded else resource.payload_bytes
    return Extracted(
        path=path,
        url=resource.url,
        role=role,
        record=resource.response,
        media_type=resource.sniffed_type,
        size_bytes=resource.payload_bytes if octets is None else octets,
        digest=resource.content_digest or resource.payload_digest,
        decoded=decoded or not resource.codings,
    )


def _take(
    package: Package, resource: Resource, line: RecordLine, described: Extracted, staging: Path
) -> Extracted:
    """
    Write one file and compare it with its digest; a damaged one is removed and says why.

    Where no decoder is installed, the coded body is taken out.
    """
    path = staging / described.path
    read = package.content if described.decoded else package.payload
    try:
        expected = Digest.parse(described.digest)
        size, seen = _write(path, read(resource, line), expected.algorithm)
    except ValueError as exc:
        problem = f"resources.jsonl gives no digest for it: {exc}."
    except CodingUnknown:
        path.unlink(missing_ok=True)
        coded = attrs.evolve(described, decoded=False, digest=resource.payload_digest)
        return _take(package, resource, line, coded, staging)
    except (PackageDamaged, CodingError) as exc:
        problem = exc.message
    else:
        if seen == expected:
            return attrs.evolve(described, size_bytes=size)
        problem = f"its content should have the digest {expected}, it has {seen} ({size} bytes)."
    with storage_errors(f"remove {path}"):
        path.unlink(missing_ok=True)
    return attrs.evolve(described, path="", problem=problem)


def _write(path: Path, chunks: Iterable[bytes], algorithm: str) -> tuple[int, Digest]:
    hashed, size = hasher(algorithm), 0
    with storage_errors(f"write {path}", "Free some room and run the command again."):
        path.parent.mkdir(exist_ok=True)
        with path.open("xb") as out:
            for chunk in chunks:
                out.write(chunk)
                hashed.update(chunk)
                size += len(chunk)
    return size, Digest(algorithm, hashed.hexdigest())


def _listing(package: Package, files: list[Extracted]) -> bytes:
    return dump_json(
        {
            "schema": EXTRACTED_SCHEMA,
            "page": package.capture.page,
            "capture": package.capture.capture,
            "url": package.url,
            "tagmanifest": package.pin,
            "files": [unstructure(file) for file in files],
        }
    )


def _publish(staging: Path, target: Path) -> None:
    """Move what was made into the target, the listing last; no name is ever taken from something else."""
    with storage_errors(f"write to {target}"):
        fsync_tree(staging)
        made = sorted(staging.iterdir(), key=lambda path: path.name == LISTING)
        for path in made:
            publish(path, target / path.name)
        staging.rmdir()
