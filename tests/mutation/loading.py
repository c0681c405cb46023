"""How does a change of a module reach all that has been loaded already?"""

from __future__ import annotations

import gc
import importlib.abc
import importlib.machinery
import sys
from types import CodeType, FunctionType, ModuleType
from typing import TYPE_CHECKING

from tests.mutation.changes import changed

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tests.mutation.changes import Change

__all__ = ["exchange", "functions", "reload"]


def functions(path: Path) -> dict[str, FunctionType]:
    """Return the functions and methods of a module, loaded already, by their qualified names."""
    found = [each for each in gc.get_objects() if isinstance(each, FunctionType)]
    return {each.__qualname__: each for each in found if each.__code__.co_filename == str(path)}


def exchange(path: Path, change: Change, function: FunctionType) -> None:
    """Give a function that is in use the code that it has with a change."""
    for code in _codes(compile(changed(path, change.number), str(path), "exec")):
        if code.co_qualname == change.function:
            function.__code__ = code


def _codes(code: CodeType) -> Iterator[CodeType]:
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield each
            yield from _codes(each)


def reload(root: Path, path: Path, number: int) -> None:
    """Forget all modules of ours, so that they are loaded anew with one module changed."""
    for name in [name for name in sys.modules if name.partition(".")[0] in ("preserve", "tests")]:
        del sys.modules[name]
    name = ".".join(path.relative_to(root).with_suffix("").parts)
    sys.meta_path.insert(0, _Finder(name, _Loader(str(path), changed(path, number))))


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
