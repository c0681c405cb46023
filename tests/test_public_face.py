"""Is the library's public face complete, lazy and typed?"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import preserve
from preserve import errors


@pytest.mark.parametrize("name", preserve.__all__)
def test_every_name_is_there(name: str) -> None:
    """Every public name can be had."""
    assert getattr(preserve, name) is not None


def test_importing_costs_nothing() -> None:
    """Importing the library imports none of its rooms, and nothing but the standard library."""
    code = "import sys; before = set(sys.modules); import preserve; print(*sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = done.stdout.split()
    foreign = [name for name in loaded if name.partition(".")[0] not in sys.stdlib_module_names]
    assert ["preserve"] == foreign
    assert not {"asyncio", "ssl", "socket", "logging"} & set(loaded)


def test_dir_lists_what_is_public() -> None:
    """dir() lists every public name, before any was used."""
    assert set(preserve.__all__) <= set(dir(preserve))


def test_an_unknown_name_is_an_attribute_error() -> None:
    """A name that is not there is an AttributeError as from any module."""
    with pytest.raises(AttributeError, match="has no attribute 'archives'"):
        preserve.archives  # type: ignore[attr-defined] # noqa: B018 - that is the test


def test_no_name_is_a_room() -> None:
    """No public name is that of a subpackage or module, because importing the one would replace the other."""
    rooms = {module.name for module in pkgutil.iter_modules(preserve.__path__)}
    assert set() == rooms & set(preserve.__all__)


def test_every_exception_is_public() -> None:
    """Every exception of ours can be caught by its public name."""
    assert set(errors.__all__) <= set(preserve.__all__)


def test_type_checkers_see_the_same_names() -> None:
    """The imports for type checkers name what is public, from where it really is."""
    tree = ast.parse(Path(str(preserve.__file__)).read_text("utf-8"))
    seen = {
        alias.name: node.module
        for block in tree.body
        if isinstance(block, ast.If)
        for node in block.body
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }
    assert set(preserve.__all__) - {"__version__"} == set(seen)
    for name, module in seen.items():
        assert getattr(importlib.import_module(module), name) is getattr(preserve, name)
