"""What does a page leave to its scripts? Counted here, judged in ``scope.shell``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selectolax.lexbor import LexborHTMLParser, LexborNode

    from preserve.model.inspection import Json

__all__ = ["SHELL_FACT", "shell_fact"]

SHELL_FACT = "shell"

# Where frameworks put what they make, as their own templates name it: React, Vue, Next, Nuxt, Gatsby,
# Svelte, Angular, Ember, Quasar, Docusaurus.
_ROOTS = (
    *("#root", "#react-root", "#app", "#__next", "#__nuxt", "#__layout", "#___gatsby", "#svelte"),
    *("#sapper", "app-root", "[ng-app]", "#ember-root", "#q-app", "#__docusaurus", "[data-reactroot]"),
)
_ANY_ROOT = ", ".join(_ROOTS)
_SCRIPT_TYPES = frozenset({"", "module", "text/javascript", "application/javascript"})
_ROOT_TEXT_MOST = 40
_COUNTED_MOST = 10_000
_WITHOUT_PICTURE = ("data:", "about:", "#")


def shell_fact(tree: LexborHTMLParser) -> dict[str, Json]:
    """
    Return the fact ``shell``: ``scripts``, ``roots`` (empty elements that frameworks fill), ``lazy``.

    ``lazy`` counts the images that have no address at all, or that of a placeholder only.
    """
    scripts = sum(
        (node.attributes.get("type") or "").strip().lower() in _SCRIPT_TYPES
        for node in tree.css("script")[:_COUNTED_MOST]
    )
    lazy = sum(_is_lazy(node) for node in tree.css("img")[:_COUNTED_MOST])
    roots: list[Json] = [*_empty_roots(tree)]
    return {SHELL_FACT: {"scripts": scripts, "roots": roots, "lazy": lazy}}


def _empty_roots(tree: LexborHTMLParser) -> Iterator[str]:
    if tree.css_first(_ANY_ROOT) is None:
        return  # one look at a tree that has none, as most
    for selector in _ROOTS:
        node = tree.css_first(selector)
        if node is not None and not node.css("img, picture, video") and len(_text(node)) <= _ROOT_TEXT_MOST:
            yield selector


def _is_lazy(node: LexborNode) -> bool:
    """Tell whether only a script knows what an image shows."""
    attributes = {name: value.strip() if value else "" for name, value in node.attributes.items()}
    if attributes.get("srcset") or any(_leads(value) for value in attributes.values()):
        return False
    parent = node.parent
    if parent is not None and parent.tag == "picture" and parent.css("source[srcset], source[data-srcset]"):
        return False
    source = attributes.get("src", "")
    return not source or (source.startswith(_WITHOUT_PICTURE) and _hints(attributes))


def _leads(value: str) -> bool:
    """Tell whether an attribute, ``src`` or one of a lazy loader, looks like an address of a picture."""
    if "/" not in value or value.startswith(_WITHOUT_PICTURE):
        return False
    return " " not in value or " " not in value.partition("?")[0]


def _hints(attributes: dict[str, str]) -> bool:
    """Tell whether a placeholder waits for a loader; else it may be the picture itself, inline."""
    return "lazy" in f"{attributes.get('class', '')} {attributes.get('loading', '')}".lower()


def _text(node: LexborNode) -> str:
    return " ".join(node.text(deep=True, separator=" ").split())
