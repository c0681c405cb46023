"""Does the index lead to every response, and only there? docs/format/package-1.md, section 8."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from preserve.checks.declared import Row, parsed, rows
from preserve.checks.layout import IDX, INDEX, RECORDS, RESOURCES
from preserve.checks.statements import say, shown
from preserve.checks.witness import expected_line, stored_line
from preserve.formats import cdxj
from preserve.formats.gzip_members import iter_members
from preserve.formats.lines import LINE_BYTES
from preserve.model.digest import Digest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preserve.checks.evidence import Evidence
    from preserve.checks.plan import Located
    from preserve.checks.statements import Statement
    from preserve.formats.cdxj import CdxLine, IdxLine
    from preserve.formats.gzip_members import Member

__all__ = ["META", "Block", "idx_line", "index_blocks", "index_digests", "judge_index"]

_SPARE = 10_000
_FROM_RESOURCES = frozenset({"mime", "status", "digest"})
_WITNESSED_MOST = 20
"""Records opened to learn which of two sound files is right."""


@attrs.define
class Block:
    """One gzip member of the index, once its lines have been taken."""

    offset: int
    length: int = 0
    digest: str = ""
    """Labelled, of the member's octets."""
    problem: str = ""
    count: int = 0
    first: str = ""
    """Key and stamp of the first line."""


def index_blocks(evidence: Evidence, blocks: list[Block]) -> Iterator[tuple[bytes, str]]:
    """
    Yield the lines of index.cdx.gz, bounded, and note its gzip members in ``blocks`` on the way.

    Reading ends at the first broken member, or when there are far more lines than responses.
    """
    stream = evidence.open(INDEX)
    if stream is None:
        return
    most = 2 * len(evidence.responses) + _SPARE
    with stream:
        try:
            for member in iter_members(stream):
                block = Block(offset=member.offset)
                blocks.append(block)
                for raw, problem in _lines(member):
                    if not block.count:
                        block.first = b" ".join(raw.split(b" ", 2)[:2]).decode("utf-8", "replace")
                    block.count += 1
                    most -= 1
                    yield raw, problem
                    if most <= 0:
                        block.problem = "There are far more lines than responses; the rest was not read."
                        return
                block.length, block.problem = member.length, member.problem or ""
                block.digest = str(member.digest)
        except OSError as exc:
            evidence.lost[INDEX] = exc.strerror or str(exc)


def _lines(member: Member) -> Iterator[tuple[bytes, str]]:
    """Split a member's data into lines; one without end is given up at ``LINE_BYTES``."""
    rest = b""
    skipping = False
    for data in member.chunks():
        *whole, rest = (rest + data).split(b"\n")
        for raw in whole:
            if skipping:
                yield b"", f"It is longer than {LINE_BYTES} bytes."
            else:
                yield raw, "" if b"\r" not in raw else "It holds a carriage return."
            skipping = False
        if len(rest) > LINE_BYTES:
            rest, skipping = b"", True
    if rest or skipping:
        yield rest, "It does not end with a line feed."


def index_digests(evidence: Evidence) -> frozenset[str]:
    """Return the digests of records, in hexadecimal, that the index names; none if it cannot be relied on."""
    if not evidence.sound(INDEX):
        return frozenset()
    found = (row.value for row in rows(index_blocks(evidence, []), cdxj.parse_line))
    return frozenset(
        line.fields.get("recordDigest", "").removeprefix("sha256:") for line in found if line is not None
    )


def judge_index(evidence: Evidence) -> Iterator[Statement]:
    """Say where the index, its blocks and the response records do not agree."""
    if evidence.glance is not None:
        return
    for path in (INDEX, RECORDS, RESOURCES):
        if not evidence.readable(path):
            yield say("check.not-done", path, "The index could not be compared with the records.", path=INDEX)
    blocks: list[Block] = []
    contradicted = False
    if evidence.readable(INDEX):
        for statement in _Index(evidence, blocks).judge():
            contradicted = contradicted or statement.fault.path == INDEX
            yield statement
    if evidence.readable(INDEX) and evidence.readable(IDX):
        yield from _judge_idx(evidence, blocks, contradicted=contradicted)
    elif not evidence.readable(IDX):
        yield say("check.not-done", IDX, "The blocks of the index could not be compared with index.idx.")


class _Index:
    """The index against what follows from records.tsv and resources.jsonl."""

    def __init__(self, evidence: Evidence, blocks: list[Block]) -> None:
        self._evidence = evidence
        self._blocks = blocks
        self._comparable = evidence.readable(RECORDS) and evidence.readable(RESOURCES)
        self._open = {
            (located.line.file, str(located.line.offset)): record
            for record, located in evidence.responses.items()
        }
        self._stray: list[Row[CdxLine]] = []
        self._witnessed = 0

    def judge(self) -> Iterator[Statement]:
        last = b""
        for row in rows(self._in_order(), cdxj.parse_line):
            raw = row.text.encode()
            if raw < last:
                yield say(
                    "index.order", INDEX, f"Line {row.number} of the index is out of order.", line=row.number
                )
            last = raw
            if row.value is None:
                text = f"Line {row.number} of the index cannot be read. {row.problem}"
                yield say("index.syntax", INDEX, text, line=row.number)
            elif self._comparable:
                yield from self._compare(row, row.value)
        yield from self._damaged_blocks()
        if self._comparable and not any(block.problem for block in self._blocks):
            yield from self._leftovers()

    def _in_order(self) -> Iterator[tuple[bytes, str]]:
        return index_blocks(self._evidence, self._blocks)

    def _damaged_blocks(self) -> Iterator[Statement]:
        if not self._blocks:
            text = "The index is empty; even an index of no lines is one gzip member."
            yield say("index.member-damaged", INDEX, text)
        for number, block in enumerate(self._blocks, 1):
            last = number == len(self._blocks)
            least = cdxj.BLOCK_LINES if not last else min(number - 1, 1)  # an index of no lines is one block
            if block.problem or not least <= block.count <= cdxj.BLOCK_LINES:
                problem = block.problem or f"It holds {block.count} lines instead of {cdxj.BLOCK_LINES}."
                text = (
                    f"Block {number} of the index, at offset {block.offset}, is not as it must be. {problem}"
                )
                yield say("index.member-damaged", INDEX, text, offset=block.offset, length=block.length)

    def _compare(self, row: Row[CdxLine], line: CdxLine) -> Iterator[Statement]:
        record = self._open.pop((line.fields.get("filename", ""), line.fields.get("offset", "")), None)
        if record is None:
            if len(self._stray) < _SPARE:
                self._stray.append(row)
            return
        yield from self._against(row, line, record)

    def _against(self, row: Row[CdxLine], line: CdxLine, record: str) -> Iterator[Statement]:
        located = self._evidence.responses[record]
        numbered = self._evidence.resources.get(record)
        if numbered is None:
            return  # resources.jsonl leaves it out, and that is said there
        wanted = expected_line(located.line, numbered[1])
        written = parsed(cdxj.format_line, wanted)[0] if wanted is not None else None
        if wanted is None or written is None:
            text = f"Line {row.number} of the index could not be compared: its URL cannot be indexed."
            yield say("check.not-done", INDEX, text, line=row.number, record=record, url=located.line.uri)
            return
        if written == f"{row.text}\n":
            return
        names = [
            name
            for name in sorted({*wanted.fields, *line.fields})
            if wanted.fields.get(name) != line.fields.get(name)
        ]
        names += [name for name in ("key", "stamp") if getattr(wanted, name) != getattr(line, name)]
        fault = self._fault(names, line, located)
        what = ", ".join(map(shown, names)) or "its spelling"
        expected = "; ".join(f"{name} {_part(wanted, name)}" for name in names)
        observed = "; ".join(f"{name} {_part(line, name)}" for name in names)
        code, place, number = "index.line-differs", INDEX, row.number
        text = (
            f"Line {row.number} of the index differs from records.tsv line {located.number} and "
            f"resources.jsonl line {numbered[0]} in {what}."
        )
        if fault == RESOURCES:
            code, place, number = "resources.line-differs", RESOURCES, numbered[0]
            expected, observed = observed, expected
            text = f"{RESOURCES} line {number} differs from its stored response and the index in {what}."
        yield say(
            code,
            fault,
            text,
            path=place,
            line=number,
            record=record,
            url=located.line.uri,
            expected=expected,
            observed=observed,
        )

    def _fault(self, names: list[str], line: CdxLine, located: Located) -> str:
        """Find who is wrong; where all are sound and the records cannot tell, the stored response decides."""
        evidence = self._evidence
        source = RESOURCES if set(names) <= _FROM_RESOURCES and names else RECORDS
        fault = evidence.blame(INDEX, source)
        if source == RESOURCES and evidence.sound(source) and self._witnessed < _WITNESSED_MOST:
            self._witnessed += 1
            stored = stored_line(evidence, located.line)
            if stored is not None and all(_part(stored, name) == _part(line, name) for name in names):
                return RESOURCES
        return fault

    def _leftovers(self) -> Iterator[Statement]:
        """Pair lines that lead nowhere with responses that have no line."""
        lacking = dict.fromkeys(self._open.values())
        by_name: dict[str, str] = {}
        for record in lacking:
            found = self._evidence.responses[record].line
            by_name |= {f"sha256:{found.sha256}": record, found.uri or "": record}
        for row in self._stray:
            line = row.value
            if line is None:
                continue
            names = (line.fields.get("recordDigest", ""), line.fields.get("url", ""))
            paired = next((by_name[name] for name in names if by_name.get(name) in lacking), None)
            if paired is not None:
                del lacking[paired]
                yield from self._against(row, line, paired)
            else:
                fault = self._evidence.blame(INDEX, RECORDS)
                text = f"Line {row.number} of the index leads to no response record, or stands there twice."
                yield say(
                    "index.line-extra", fault, text, path=INDEX, line=row.number, url=line.fields.get("url")
                )
        for record in lacking:
            located = self._evidence.responses[record]
            if record in self._evidence.resources:
                text = f"The index has no line for {shown(record)}, records.tsv line {located.number}."
                fault = self._evidence.blame(INDEX, RECORDS)
                yield say("index.line-missing", fault, text, path=INDEX, record=record, url=located.line.uri)


def _part(line: CdxLine, name: str) -> str:
    return str(getattr(line, name)) if name in ("key", "stamp") else str(line.fields.get(name))


def _judge_idx(evidence: Evidence, blocks: list[Block], *, contradicted: bool) -> Iterator[Statement]:
    """Compare index.idx with the gzip members of the index, which something else may have contradicted."""
    fault = evidence.blame(*((INDEX, IDX) if contradicted else (IDX, INDEX)))
    found = (
        list(evidence.rows(IDX, lambda text: text)) if evidence.tree.files[IDX] <= _idx_most(blocks) else None
    )
    if found is None:
        yield say("index.blocks-differ", fault, "index.idx is longer than its index allows.", path=IDX)
        return
    wanted = [META, *(idx_line(block) for block in blocks if block.count and not block.problem)]
    if any(block.problem for block in blocks):
        wanted += [row.text for row in found[len(wanted) :]]
    for number in range(1, max(len(wanted), len(found)) + 1):
        want = wanted[number - 1] if number <= len(wanted) else None
        have = found[number - 1].text if number <= len(found) else None
        if want != have or found[number - 1].problem:
            text = f"Line {number} of index.idx is not the one that follows from the index."
            yield say(
                "index.blocks-differ",
                fault,
                text,
                path=IDX,
                line=number,
                expected=want if want is not None else "no line",
                observed=have if have is not None else "no line",
            )


META = '!meta 0 {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}'


def _idx_most(blocks: list[Block]) -> int:
    return (len(blocks) + 1) * (2 * LINE_BYTES)


def idx_line(block: Block) -> str:
    """Return the line of index.idx that follows from a block; an empty text if none can."""
    key, _, stamp = block.first.partition(" ")
    made, _ = parsed(_format_idx, (key, stamp, block))
    return made if isinstance(made, str) else ""


def _format_idx(parts: tuple[str, str, Block]) -> str:
    key, stamp, block = parts
    line: IdxLine = cdxj.IdxLine(
        key=key,
        stamp=stamp,
        offset=block.offset,
        length=block.length,
        digest=Digest.parse(block.digest),
        filename=cdxj.INDEX_NAME,
    )
    return cdxj.format_idx_line(line).removesuffix("\n")
