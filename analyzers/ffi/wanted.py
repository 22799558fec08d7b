"""Which sources the foreign signatures in changed files have to be seen beside."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzers.manifest.packages import packages
from analyzers.model import FileChange
from analyzers.paths import is_rust, is_test_target
from analyzers.survey import Kinds, Sides, Tree

WORKSPACE = 4000
"""Up to so many sources a repository is read whole, so that declarations in its other packages are seen as well."""
ALIAS = re.compile(rb"\btype\s+[^;{]{1,2000};")
"""A type alias in raw bytes; enough to see that none changed."""
# Aliases that others can use, or that stand at the top of a file; all other ones are types of an `impl` or trait.
_SHARED_ALIAS = re.compile(rb"^(?:[ \t]*pub\b[^\n;]{0,60}?)?type\s+[^;{]{1,2000};", re.MULTILINE)
_FOREIGN = re.compile(rb"\bextern\s*(?:\"|\{|fn\b|r#)|\bno_mangle\b|\bexport_name\b|\brepr\s*\(")


def wanted(sides: Sides) -> tuple[str, ...]:
    """The sources of the packages whose foreign items, stated layouts or aliases a change may touch.

    Where foreign items are touched, all others as well unless they are too many; what only tests build clashes with
    nothing.
    """
    paths = _touching(sides)
    if not paths:
        return ()
    foreign = any(_is_foreign(change) for change in sides.changed if is_rust(change.path))
    entries = {**sides.base.entries, **sides.head.entries}
    files = [path for path, entry in entries.items() if entry.mode == "file"]
    known = packages(files)
    own = {path for root in map(known.root, paths) for path in known.sources(root)}
    others = [path for path in files if is_rust(path) and not is_test_target(path)] if foreign else []
    return tuple(sorted(own.union(others if len(others) <= WORKSPACE else ())))


def _touching(sides: Sides) -> tuple[str, ...]:
    """The changed sources that may touch a foreign item, a stated layout or an alias that others use."""
    return tuple(
        each.path
        for each in sides.changed
        if is_rust(each.path) and (_is_foreign(each) or aliases_differ(each, _SHARED_ALIAS))
    )


def aliases_differ(change: FileChange, alias: re.Pattern[bytes] = ALIAS) -> bool:
    """Whether an alias may have changed, on the bytes alone."""
    sides = [side.data for side in (change.base, change.head) if side is not None and side.data is not None]
    return len(sides) == 2 and set(alias.findall(sides[0])) != set(alias.findall(sides[1]))


_DECLARING = frozenset(("foreign-fn", "foreign-static", "extern-fn"))


def portions(tree: Tree, kinds: Kinds) -> Iterator[tuple[str, ...]]:
    """The packages with foreign items: together, or each alone where they are too many; without code for tests."""
    known = packages(path for path, entry in tree.entries.items() if entry.mode == "file")
    roots = sorted({known.root(path) for path, found in kinds.items() if not _DECLARING.isdisjoint(found)})
    found = [
        (*(path for path in known.sources(root) if not is_test_target(path)), *known.manifest(root))
        for root in roots
    ]
    if sum(map(len, found)) > WORKSPACE:
        yield from found
    elif found:
        yield tuple(path for package in found for path in package)


def _is_foreign(change: FileChange) -> bool:
    sides = (side.data for side in (change.base, change.head) if side is not None and side.data is not None)
    return any(map(_FOREIGN.search, sides))
