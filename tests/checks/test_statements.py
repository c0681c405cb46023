"""Tests of ``preserve/checks/statements.py``."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from preserve.checks.statements import Fault, Piles, say, shown


def _fold(*statements: object) -> list[tuple[str, tuple[str, ...]]]:
    piles = Piles()
    for statement in statements:
        piles.add(statement)  # type: ignore[arg-type]  # what say() returns
    return [(finding.code, tuple(also.code for also in finding.also)) for finding in piles.fold()]


def test_one_fault_is_one_finding() -> None:
    """Of statements laid to one file, the first of the table is primary and the others follow from it."""
    assert [("warc.record-damaged", ("bag.digest-mismatch",))] == _fold(
        say("bag.digest-mismatch", "a", "x"), say("warc.record-damaged", Fault("a", 1), "y")
    )


def test_two_faults_are_two_findings() -> None:
    """Two stretches of one file are two causes; what is about the whole file goes to the first."""
    assert [("warc.record-damaged", ("bag.digest-mismatch",)), ("warc.bytes-added", ())] == _fold(
        say("bag.digest-mismatch", "a", "x"),
        say("warc.record-damaged", Fault("a", 1), "y"),
        say("warc.bytes-added", Fault("a", 2), "y"),
    )


def test_what_is_about_the_file_itself_comes_first() -> None:
    """A consequence in another file is never primary over a statement about the file at fault."""
    assert [("bag.digest-mismatch", ("index.line-differs",))] == _fold(
        say("index.line-differs", "records", "x", path="index"), say("bag.digest-mismatch", "records", "y")
    )


def test_damage_comes_before_what_was_not_checked() -> None:
    """A failed check of a file is primary over one that could not be made."""
    assert [("bag.digest-mismatch", ("file.not-readable",))] == _fold(
        say("file.not-readable", "a", "x"), say("bag.digest-mismatch", "a", "y")
    )


def test_what_was_not_checked_comes_before_a_remark() -> None:
    """What could not be checked is listed before what is only remarkable, wherever the two are."""
    assert [("file.not-readable", ()), ("package.folder-name", ())] == _fold(
        say("package.folder-name", "", "x"), say("file.not-readable", "z", "y")
    )


def test_counts_of_a_file_and_its_stretch_add_up() -> None:
    """Of what is laid to a file as such and to its first stretch, all that is not listed is counted."""
    piles = Piles()
    for fault in [Fault("a"), Fault("a", 1)] * 60:
        piles.add(say("index.order", fault, "x"))
    (finding,) = piles.fold()
    assert 100 == len(finding.also)
    assert "20 more findings of this kind are not listed." == finding.also[-1].message


def test_many_statements_are_counted() -> None:
    """Of very many statements fifty are kept, and the rest is counted in a last one."""
    piles = Piles()
    for number in range(1, 1001):
        piles.add(say("index.order", "a", "x", line=number))
    (finding,) = piles.fold()
    assert (1, 50) == (finding.where.line, len(finding.also))
    assert "950 more findings of this kind are not listed." == finding.also[-1].message


def test_terminal_escapes_are_spelt_out() -> None:
    """What a terminal would obey is shown as an escape, and text as it is."""
    assert r"a\x1b[2J\nb" == shown("a\x1b[2J\nb")
    assert "Größe 漢字" == shown("Größe 漢字")
    assert r"\u202etxt.exe" == shown("\u202etxt.exe")
    assert r"\udcff" == shown("\udcff")


@given(text=st.text(), most=st.integers(1, 50))
def test_shown_text_is_printable_and_bounded(text: str, most: int) -> None:
    """Any text becomes printable, of bounded length, and can be written as UTF-8."""
    found = shown(text, most)
    assert found.isprintable()
    assert len(found.encode()) <= 10 * most + 3


def test_text_of_the_longest_length_is_whole() -> None:
    """A text that is as long as may be is shown as it is, and one that is longer is cut."""
    assert ("xxx", "xxx…") == (shown("xxx", 3), shown("xxxx", 3))


def test_a_brace_in_a_name_is_no_field() -> None:
    """A name with braces in it stands in the remedy as it is."""
    statement = say("file.missing", "data/{0.__class__}", "x")
    assert "Restore data/{0.__class__} from another copy of the package." == statement.finding.remedy


def test_faults_of_one_kind_are_bounded() -> None:
    """Of very many faults of one code some thousands are listed, and the others counted."""
    piles = Piles()
    for number in range(5003):
        piles.add(say("file.added", f"data/{number}", "It was added."))
    found = piles.fold()
    assert 5001 == len(found)
    assert ("file.added", "", "3 more findings of this kind are not listed.") == (
        found[-1].code,
        found[-1].where.path,
        found[-1].message,
    )
