"""
Which small changes of a module do the damage tests not notice?

Run by hand; it takes some seconds a change::

    python tests/mutate.py preserve/checks/fixity.py --most 40

Each change (a comparison turned around, a condition negated, a number one more, a statement left out) is made
to the module in a process of its own, and every damage of ``tests/checks`` is then asked for its finding. A
change after which all answers are still right has survived: either a test is missing, or what was changed
makes no difference to a finding. Survivors are printed; the exit code is their number, 100 at most.
"""

from __future__ import annotations

import argparse
import ast
import importlib.abc
import importlib.machinery
import os
import random
import signal
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import ModuleType

ROOT = Path(__file__).resolve().parents[1]
SECONDS = 180
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


class _Change(ast.NodeTransformer):
    """Makes the change with one number, and counts all that could be made."""

    def __init__(self, wanted: int) -> None:
        self._wanted = wanted
        self.count = 0
        self.made = ""

    def _mine(self, node: ast.AST, what: str) -> bool:
        self.count += 1
        if self.count - 1 != self._wanted:
            return False
        self.made = f"line {getattr(node, 'lineno', 0)}: {what}"
        return True

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        """Turn a comparison around."""
        self.generic_visit(node)
        swapped = _SWAPS.get(type(node.ops[0]))
        if swapped is not None and self._mine(node, f"{ast.unparse(node)} turned around"):
            node.ops[0] = swapped()
        return node

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        """Exchange and and or."""
        self.generic_visit(node)
        if self._mine(node, f"{ast.unparse(node)} with the other operator"):
            node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        return node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        """Leave out a not."""
        self.generic_visit(node)
        if isinstance(node.op, ast.Not) and self._mine(node, f"{ast.unparse(node)} without not"):
            return node.operand
        return node

    def visit_If(self, node: ast.If) -> ast.AST:
        """Negate a condition."""
        self.generic_visit(node)
        if ast.unparse(node.test) != "TYPE_CHECKING" and self._mine(
            node, f"if not ({ast.unparse(node.test)})"
        ):
            node.test = ast.UnaryOp(op=ast.Not(), operand=node.test)
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        """Add one to a number."""
        if type(node.value) is int and self._mine(node, f"{node.value} one more"):
            return ast.copy_location(ast.Constant(node.value + 1), node)
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


class _Loader(importlib.abc.SourceLoader):
    def __init__(self, path: str, tree: ast.Module) -> None:
        self._path = path
        self._tree = tree

    def get_filename(self, fullname: str) -> str:
        """Return the module's own path, whatever its name."""
        del fullname
        return self._path

    def get_data(self, path: str) -> bytes:
        """Return nothing: the tree is compiled as it is."""
        del path
        return b""

    def exec_module(self, module: ModuleType) -> None:
        """Run the changed module."""
        exec(compile(self._tree, self._path, "exec"), module.__dict__)  # noqa: S102 - our own source, changed


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self, name: str, loader: _Loader) -> None:
        self._name = name
        self._loader = loader

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Give the changed module in place of its own."""
        del path, target
        return importlib.machinery.ModuleSpec(fullname, self._loader) if fullname == self._name else None


def _changed(source: str, number: int) -> tuple[ast.Module, str, int]:
    change = _Change(number)
    tree = change.visit(ast.parse(source))
    return ast.fix_missing_locations(tree), change.made, change.count


def _answers_are_right(into: Path) -> bool:
    """Ask for the finding of every damage, until one is not the expected one."""
    from tests.checks import battery  # noqa: PLC0415 - after the change was made

    return all(right for right in battery.answers(into))


def _survives(path: Path, number: int) -> bool:
    """Tell whether a change is noticed by nothing, in a process of its own."""
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        return os.waitstatus_to_exitcode(status) == 0
    code = 1
    try:
        signal.alarm(SECONDS)
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        tree, _, _ = _changed(path.read_text(), number)
        sys.meta_path.insert(0, _Finder(name, _Loader(str(path), tree)))
        with tempfile.TemporaryDirectory() as into:
            code = 0 if _answers_are_right(Path(into)) else 1
    except BaseException:  # noqa: BLE001 - whatever it raises, it was noticed
        code = 1
    finally:
        os._exit(code)


def survivors(path: Path, most: int) -> Iterator[str]:
    """Yield the changes of a module that are not noticed, of as many as are tried."""
    source = path.read_text()
    _, _, count = _changed(source, -1)
    numbers = random.Random(1).sample(range(count), min(most, count))  # noqa: S311 - the same every time
    sys.stderr.write(f"{path.name}: {len(numbers)} of {count} changes\n")
    for number in sorted(numbers):
        if _survives(path, number):
            yield _changed(source, number)[1]


def main() -> int:
    """Print what survives."""
    parser = argparse.ArgumentParser(description="Change modules and see whether a damage test notices.")
    parser.add_argument("modules", nargs="+", type=Path)
    parser.add_argument("--most", type=int, default=40, help="Changes tried of each module.")
    chosen = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    found = 0
    for path in chosen.modules:
        for line in survivors(path.resolve(), chosen.most):
            found += 1
            sys.stdout.write(f"{path}: {line}\n")
            sys.stdout.flush()
    return min(found, 100)


if __name__ == "__main__":
    sys.exit(main())
