"""Tests of manifests/: the project's promises, against the code that keeps them."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Mapping
from enum import StrEnum
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, get_args, get_origin

import attrs
import jsonschema  # type: ignore[import-untyped] # its stubs are a package of their own
import pytest

from preserve.formats.schemas import dump_json, parse_json
from preserve.model.digest import ALGORITHMS
from preserve.model.exchange import Ended
from preserve.model.journal import JOURNAL_SCHEMA, JournalLine
from preserve.model.package import CAPTURE_SCHEMA, PACKAGE_VERSION, RECEIPT_SCHEMA, CaptureFile, Receipt
from preserve.model.reference import Reference, State
from preserve.model.resource import Resource
from tests.remake_manifests import MANIFEST, MANIFESTS, REGISTRIES, listing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

VERSION = MANIFESTS / "1"

CLASSES: dict[str, Any] = {
    "capture": CaptureFile,
    "journal": JournalLine,
    "receipt": Receipt,
    "reference": Reference,
    "resource": Resource,
}
# Members of an enumeration that a sealed package never holds, and the schemas do not allow.
NEVER: dict[type[StrEnum], set[StrEnum]] = {
    State: {State.PENDING},
    Ended: {Ended.FAILED, Ended.REFUSED},
}
# Texts that the schemas fix further than their class does.
FIXED: dict[str, set[object]] = {
    "schema": {CAPTURE_SCHEMA, JOURNAL_SCHEMA, RECEIPT_SCHEMA},
    "package_version": {PACKAGE_VERSION},
}


def schema(name: str) -> dict[str, Any]:
    """Return a schema of version 1."""
    found: dict[str, Any] = json.loads((VERSION / f"{name}.schema.json").read_bytes())
    return found


def test_listing_is_up_to_date() -> None:
    """manifest-sha256.txt lists every other file with its digest; if not: tests/remake_manifests.py."""
    assert listing(MANIFESTS) == (MANIFESTS / MANIFEST).read_text()


def test_sha256sum_accepts_the_listing(program: Callable[[str], Path]) -> None:
    """``sha256sum -c`` finds every file of the listing unchanged."""
    done = subprocess.run([program("sha256sum"), "-c", "--quiet", MANIFEST], cwd=MANIFESTS, check=False)
    assert done.returncode == 0


def test_listing_sees_a_change(tmp_path: Path) -> None:
    """A changed file, an added one and a removed one change the listing; the listing itself does not."""
    (tmp_path / "a").write_bytes(b"a")
    before = listing(tmp_path)
    (tmp_path / MANIFEST).write_text(before)
    assert before == listing(tmp_path)
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "c").write_bytes(b"a")
    added = listing(tmp_path)
    assert [line[66:] for line in added.splitlines()] == ["a", "b/c"]
    (tmp_path / "a").write_bytes(b"b")
    assert len({before, added, listing(tmp_path)}) == 3


@pytest.mark.parametrize("name", REGISTRIES)
def test_registry_is_that_of_the_code(name: str) -> None:
    """A registry has the octets that the table of the code gives."""
    assert REGISTRIES[name]() == (MANIFESTS / name).read_bytes()


def test_digest_registry_lists_the_algorithms() -> None:
    """The digest registry names the algorithms in order of preference, with their sizes."""
    found = json.loads((MANIFESTS / "registries" / "digests.json").read_bytes())["algorithms"]
    assert list(ALGORITHMS) == [each["name"] for each in found]
    assert [hashlib.new(name).digest_size for name in ALGORITHMS] == [each["size_bytes"] for each in found]


@pytest.mark.parametrize("path", sorted(VERSION.glob("*.json")), ids=lambda path: path.name)
def test_every_file_is_written_as_our_json(path: Path) -> None:
    """Schemas and profile have sorted keys, two spaces and LF, as every JSON file of ours."""
    assert dump_json(parse_json(path.read_bytes())) == path.read_bytes()


@pytest.mark.parametrize("path", sorted(VERSION.glob("*.schema.json")), ids=lambda path: path.name)
def test_every_schema_is_a_schema(path: Path) -> None:
    """Each is a JSON Schema 2020-12 with a title, a description and no reference that leads nowhere."""
    found = json.loads(path.read_bytes())
    assert found["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(found)
    assert found["title"].startswith("preserve/")
    assert found["description"].endswith(".")
    defined = {f"#/$defs/{name}" for name in found.get("$defs", {})}
    assert set(references(found)) <= defined


def references(node: object) -> Iterator[str]:
    """Yield every ``$ref`` of a schema."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref":
                yield value
            else:
                yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


@pytest.mark.parametrize("name", CLASSES)
def test_schema_and_class_have_the_same_fields(name: str) -> None:
    """Every field of the class, at every depth, stands in the schema with its type, and no other does."""
    root = schema(name)
    assert [] == list(differences(CLASSES[name], root, root, name))


@pytest.mark.parametrize("name", CLASSES)
def test_every_field_is_described(name: str) -> None:
    """Every property at the top of a schema says what it is, itself or through its definition."""
    root = schema(name)
    bare = [
        key
        for key, node in root["properties"].items()
        if "const" not in node and "description" not in node and "description" not in resolve(node, root)
    ]
    assert [] == [key for key in bare if key not in ("request", "limits")]


def resolve(node: dict[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    """Return what a ``$ref`` leads to."""
    while "$ref" in node:
        node = root["$defs"][node["$ref"].removeprefix("#/$defs/")]
    return node


JSON_TYPES: dict[object, str] = {str: "string", int: "integer", float: "number", bool: "boolean"}


def differences(kind: Any, node: dict[str, Any], root: dict[str, Any], at: str) -> Iterator[str]:
    """Yield where a schema does not describe a type as ``schemas.unstructure`` writes it."""
    node = resolve(node, root)
    kind = getattr(kind, "__supertype__", kind)
    args = get_args(kind)
    if isinstance(kind, UnionType) or NoneType in args:
        (inner,) = (arg for arg in args if arg is not NoneType)
        kept, allowed = without_null(node)
        yield from [] if allowed else [f"{at}: null is not allowed"]
        yield from differences(inner, kept, root, at)
    elif attrs.has(kind):
        yield from object_differences(kind, node, root, at)
    elif isinstance(kind, type) and issubclass(kind, StrEnum):
        wanted = set(kind) - NEVER.get(kind, set())
        yield from [] if wanted == set(node.get("enum", ())) else [f"{at}: enum"]
    elif get_origin(kind) is tuple:
        yield from [] if node.get("type") == "array" else [f"{at}: must be an array"]
        yield from differences(args[0], node.get("items", {}), root, f"{at}[]")
    elif get_origin(kind) is Mapping:
        yield from [] if node.get("type") == "object" else [f"{at}: must be an object"]
        if args[1] in JSON_TYPES:
            yield from differences(args[1], node.get("additionalProperties", {}), root, f"{at}{{}}")
    elif "const" in node or (at.rpartition(".")[2] in FIXED and "enum" in node):
        values = {node["const"]} if "const" in node else set(node["enum"])
        yield from [] if values <= FIXED[at.rpartition(".")[2]] else [f"{at}: fixed value"]
    elif JSON_TYPES.get(kind) != node.get("type"):
        yield f"{at}: {kind} is {node.get('type')}"


def without_null(node: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """Return a schema without the null it allows, and whether it does."""
    if "anyOf" in node:
        kept, null = node["anyOf"]
        return kept, null == {"type": "null"}
    kinds = node.get("type")
    if not isinstance(kinds, list):
        return node, False
    return node | {"type": kinds[0]}, kinds[1:] == ["null"]


def object_differences(cls: Any, node: dict[str, Any], root: dict[str, Any], at: str) -> Iterator[str]:
    """Yield where a schema of an object differs from an attrs class."""
    fields = {field.name: field.type for field in attrs.fields(attrs.resolve_types(cls))}
    properties = node.get("properties", {})
    yield from (f"{at}.{name}: not in the schema" for name in sorted(fields.keys() - properties.keys()))
    yield from (f"{at}.{name}: not in the class" for name in sorted(properties.keys() - fields.keys()))
    if sorted(properties) != sorted(node.get("required", ())):
        yield f"{at}: required"
    for name in fields.keys() & properties.keys():
        yield from differences(fields[name], properties[name], root, f"{at}.{name}")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda root: root["properties"].pop("status"), "resource.status: not in the schema"),
        (lambda root: root["properties"].update(new={"type": "string"}), "resource.new: not in the class"),
        (
            lambda root: root["properties"]["url"].update(type="integer"),
            "resource.url: <class 'str'> is integer",
        ),
        (
            lambda root: root["properties"]["status"].update(type="integer"),
            "resource.status: null is not allowed",
        ),
        (lambda root: root["properties"]["role"]["enum"].pop(), "resource.role: enum"),
        (
            lambda root: root["$defs"]["problem"]["properties"].pop("code"),
            "resource.problems[].code: not in the schema",
        ),
    ],
)
def test_comparison_sees_a_difference(change: Callable[[dict[str, Any]], object], problem: str) -> None:
    """A schema that lacks a field, has one too many or gives another type is told from its class."""
    root = schema("resource")
    change(root)
    assert problem in list(differences(Resource, root, root, "resource"))
