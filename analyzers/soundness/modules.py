"""Which files stand near a source: the one that declares it as a module, and those that it declares.

Privacy makes the module the place where invariants are kept (Rustonomicon, "Working with Unsafe"); a child module
reaches its parents' private fields too.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from analyzers.inventory import declaring_candidates, module_candidates

MAX_CHILDREN = 64
"""Modules of one file that are looked at, in alphabetical order."""

_MODULE = re.compile(rb"\bmod\s+(?:r#)?([A-Za-z_]\w*)\s*;")


def parents_of(path: str, known: Collection[str]) -> tuple[str, ...]:
    """The files that may declare a source as a module, sorted."""
    return tuple(sorted({each for each in declaring_candidates(path) if each in known} - {path}))


def children_of(path: str, data: bytes, known: Collection[str]) -> tuple[str, ...]:
    """The files of the modules that a source declares out of line, sorted."""
    names = sorted({found[1].decode("utf-8", "replace") for found in _MODULE.finditer(data)})
    found = {
        each
        for name in names[:MAX_CHILDREN]
        for each in module_candidates(path, name)
        if each in known and each != path
    }
    return tuple(sorted(found))
