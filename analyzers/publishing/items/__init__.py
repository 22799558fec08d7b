"""The registry of checklist items: every module of this folder holds the items of one theme in its ``ITEMS``."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from analyzers.publishing.item import Item

# The order in which a publisher meets them: what the registry checks first, then what users meet.
_THEMES = (
    "package",
    "identity",
    "metadata",
    "toolchain",
    "dependencies",
    "features",
    "documentation",
    "interface",
    "stability",
    "unsafety",
    "portability",
    "longevity",
    "release",
)


@cache
def items() -> Mapping[str, Item]:
    """Every item by its id, by theme and then in the order of its module.

    Raises:
        RuntimeError: a theme is not in the order, or two items have the same id.
    """
    found: dict[str, Item] = {}
    themes = sorted((module.name for module in pkgutil.iter_modules(__path__)), key=_place)
    for theme in themes:
        for item in importlib.import_module(f"{__name__}.{theme}").ITEMS:
            if item.id in found:
                raise RuntimeError(f"two checklist items are called {item.id}")
            found[item.id] = item
    return MappingProxyType(found)


def _place(theme: str) -> int:
    if theme not in _THEMES:
        raise RuntimeError(f"the theme {theme} has no place in the order of themes")
    return _THEMES.index(theme)
