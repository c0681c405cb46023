"""Which small changes can be made to a module?"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Change", "changed", "changes"]

_SWAPS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_NEGATED = (ast.Eq, ast.NotEq, ast.In, ast.NotIn, ast.Is, ast.IsNot)
"""Turned around, such a comparison is negated already."""


@attrs.frozen(kw_only=True)
class Change:
    """One change that can be made."""

    number: int
    line: int
    what: str
    function: str = ""
    """The outermost function it is in; none for what is run when the module is loaded."""
    lines: range
    """Of the statement it is in, without the statements inside that."""


def changes(path: Path) -> list[Change]:
    """Return every change that can be made to a module."""
    editor = _Editor(-1)
    editor.visit(ast.parse(path.read_text()))
    return editor.found


def changed(path: Path, number: int) -> ast.Module:
    """Return a module's tree with one change made."""
    tree = ast.parse(path.read_text())
    _Editor(number).visit(tree)
    return ast.fix_missing_locations(tree)


def _own_lines(statement: ast.stmt) -> range:
    body = getattr(statement, "body", None)
    last = body[0].lineno - 1 if body else statement.end_lineno or statement.lineno
    return range(statement.lineno, max(last, statement.lineno) + 1)


class _Editor(ast.NodeTransformer):
    """Lists the changes, and makes the one that is wanted."""

    def __init__(self, wanted: int) -> None:
        self._wanted = wanted
        self._classes: list[str] = []
        self._functions: list[str] = []
        self._lines = range(0)
        self.found: list[Change] = []

    def visit(self, node: ast.AST) -> ast.AST:
        """Remember the statement that a change is in."""
        lines, self._lines = self._lines, _own_lines(node) if isinstance(node, ast.stmt) else self._lines
        made: ast.AST = super().visit(node)
        self._lines = lines
        return made

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Remember the function that a change is in: what it is called by, without its defaults."""
        self.visit(node.args)
        self._functions.append(node.name)
        node.body = [self.visit(each) for each in node.body]  # type: ignore[misc]
        self._functions.pop()
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        """Remember the class whose methods a change is in."""
        self._classes.append(node.name)
        self.generic_visit(node)
        self._classes.pop()
        return node

    def _mine(self, node: ast.AST, what: str) -> bool:
        line = getattr(node, "lineno", 0)
        change = Change(
            number=len(self.found),
            line=line,
            what=" ".join(what.split()),
            function=".".join([*self._classes, *self._functions[:1]]) if self._functions else "",
            lines=self._lines,
        )
        self.found.append(change)
        return change.number == self._wanted

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        """Turn a comparison around."""
        self.generic_visit(node)
        for place, op in enumerate(node.ops):
            swapped = _SWAPS[type(op)]
            which = f" ({type(op).__name__}, number {place + 1})" if len(node.ops) > 1 else ""
            if self._mine(node, f"{ast.unparse(node)} turned around{which}"):
                node.ops[place] = swapped()
        return node

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        """Exchange and and or."""
        self.generic_visit(node)
        if self._mine(node, f"{ast.unparse(node)} with the other operator"):
            node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        """Exchange plus and minus."""
        self.generic_visit(node)
        if isinstance(node.op, ast.Add | ast.Sub) and self._mine(
            node, f"{ast.unparse(node)[:80]} with the other sign"
        ):
            node.op = ast.Sub() if isinstance(node.op, ast.Add) else ast.Add()
        return node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        """Leave out a not."""
        self.generic_visit(node)
        if isinstance(node.op, ast.Not) and self._mine(node, f"{ast.unparse(node)} without not"):
            return node.operand
        return node

    def _negated(self, test: ast.expr, how: str) -> ast.expr:
        plain = isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], _NEGATED)
        if plain or (isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)):
            return test
        if ast.unparse(test) != "TYPE_CHECKING" and self._mine(test, how.format(ast.unparse(test))):
            return ast.copy_location(ast.UnaryOp(op=ast.Not(), operand=test), test)
        return test

    def visit_If(self, node: ast.If) -> ast.AST:
        """Negate a condition."""
        self.generic_visit(node)
        node.test = self._negated(node.test, "if not ({})")
        return node

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        """Negate a condition inside an expression."""
        self.generic_visit(node)
        node.test = self._negated(node.test, "… if not ({}) else …")
        return node

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        """Negate a condition of a comprehension."""
        self.generic_visit(node)
        node.ifs = [self._negated(test, "for … if not ({})") for test in node.ifs]
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        """Add one to a number."""
        if type(node.value) is int and self._mine(node, f"{node.value} one more"):
            return ast.copy_location(ast.Constant(node.value + 1), node)
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        """Leave annotations alone."""
        if node.value is not None:
            node.value = self.visit(node.value)  # type: ignore[assignment]
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        """Leave out a statement that is no docstring: what is yielded, noted or called."""
        self.generic_visit(node)
        if isinstance(node.value, ast.Constant):
            return node
        if self._mine(node, f"{ast.unparse(node)[:80]} left out"):
            empty: ast.expr = ast.Constant(None)
            if isinstance(node.value, ast.Yield | ast.YieldFrom):
                empty = ast.YieldFrom(ast.Tuple([], ast.Load()))
            return ast.copy_location(ast.Expr(empty), node)
        return node
