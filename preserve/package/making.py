"""How is what can be made of the files that were taken out made, and where does it stand?"""

from __future__ import annotations

from base64 import b64decode
from importlib.util import find_spec
from typing import TYPE_CHECKING

import attrs

from preserve.capturers.making import MAKERS, applies
from preserve.disk import storage_errors
from preserve.errors import ProgramMissing, UsageError, WorkerFailed
from preserve.formats.schemas import structure
from preserve.model.digest import Digest
from preserve.model.summary import Made
from preserve.package.names import safe_name
from preserve.workers.pool import Workers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from preserve.model.summary import Extracted
    from preserve.package.names import Names

__all__ = ["check_kinds", "make_all"]

_TIMEOUT_S = 120.0
_MEMORY_BYTES = 1 << 30
_PRONOM_BYTES = 4 << 30  # its runtime sets aside 2 GiB of addresses, of which it uses 100 MB
_EXTRAS = {
    "thumbnails": ("pypdfium2", "pdf"),
    "repair-report": ("pikepdf", "pdf"),
    "pronom": ("pygfried", "formats"),
}


@attrs.frozen(kw_only=True)
class _File:
    name: str
    data: str


@attrs.frozen(kw_only=True)
class _Answer:
    files: tuple[_File, ...]
    identifier: str
    problems: tuple[str, ...]
    log: tuple[dict[str, str], ...] = ()


def check_kinds(kinds: Iterable[str]) -> tuple[str, ...]:
    """
    Return what is to be made, each once, in the order of the table.

    Raises:
        UsageError: If one of them is unknown.
        ProgramMissing: If one of them needs an extra that is not installed.
    """
    wanted = set(kinds)
    if unknown := sorted(wanted - MAKERS.keys()):
        raise UsageError(f"{unknown[0]!r} cannot be made; expected some of {', '.join(MAKERS)}.")
    for kind in MAKERS:
        module, extra = _EXTRAS.get(kind, ("", ""))
        if kind in wanted and module and find_spec(module) is None:
            raise ProgramMissing(
                f"The extra for {kind} is not installed. Install it with: pip install 'preserve[{extra}]'"
            )
    return tuple(kind for kind in MAKERS if kind in wanted)


def make_all(
    staging: Path, files: Sequence[Extracted], kinds: Sequence[str], charsets: Mapping[str, str], names: Names
) -> list[Extracted]:
    """
    Make what is wanted of each file, beside it, and return the files with what was made of them.

    Args:
        staging: The folder in which the files are.
        files: Those that were taken out, and those that were not.
        kinds: From ``check_kinds``.
        charsets: Of pages, by the id of their record.
        names: Those given out so far.
    """
    done = list(files)
    for memory, some in (
        (_MEMORY_BYTES, [kind for kind in kinds if kind != "pronom"]),
        (_PRONOM_BYTES, [kind for kind in kinds if kind == "pronom"]),
    ):
        if not some:
            continue
        with Workers(1, memory_bytes=memory) as workers:
            for at, file in enumerate(done):
                if file.path and not file.problem and file.decoded:
                    done[at] = _made_of(file, some, workers, staging, charsets.get(file.record), names)
    return done


def _made_of(
    file: Extracted, kinds: Sequence[str], workers: Workers, staging: Path, charset: str | None, names: Names
) -> Extracted:
    made = list(file.made)
    for kind in kinds:
        if not applies(kind, file.media_type):
            continue
        job = workers.submit(
            "preserve.capturers.making:make",
            {"kind": kind, "media_type": file.media_type, "charset": charset},
            timeout_s=_TIMEOUT_S,
            file=staging / file.path,
        )
        try:
            answer = structure(_Answer, job.result())
        except WorkerFailed as exc:
            made.append(Made(kind=kind, problem=str(exc)))
            continue
        if answer.identifier:
            file = attrs.evolve(file, pronom=answer.identifier)
        made += _written(kind, answer, file.path, staging, names)
    return attrs.evolve(file, made=tuple(made))


def _written(kind: str, answer: _Answer, path: str, staging: Path, names: Names) -> Iterator[Made]:
    folder, _, name = path.rpartition("/")
    for each in answer.files:
        if kind == "attachments":
            place = names.give(f"{path}.attached", safe_name(each.name) or "file")
        else:
            place = names.give(folder, f"{name}.{each.name}")
        data = b64decode(each.data)
        with storage_errors(f"write {staging / place}", "Free some room and run the command again."):
            (staging / place).parent.mkdir(parents=True, exist_ok=True)
            (staging / place).write_bytes(data)
        yield Made(kind=kind, path=place, name=each.name, size_bytes=len(data), digest=str(Digest.of(data)))
    for problem in answer.problems:
        yield Made(kind=kind, problem=problem)
