"""Which sources the foreign signatures in changed files have to be seen beside."""

from __future__ import annotations

import re

from analyzers.ffi.packages import packages
from analyzers.ffi.retyped import aliases_differ
from analyzers.model import FileChange
from analyzers.paths import is_rust
from analyzers.survey import Sides

# Smaller repositories are read whole, so that declarations in other packages of the workspace are seen as well.
SMALL = 1500
# Aliases that others can use, or that stand at the top of a file; all other ones are types of an `impl` or trait.
_SHARED_ALIAS = re.compile(rb"^(?:[ \t]*pub\b[^\n;]{0,60}?)?type\s+[^;{]{1,2000};", re.MULTILINE)
_FOREIGN = re.compile(rb"\bextern\s*(?:\"|\{|fn\b|r#)|\bno_mangle\b|\bexport_name\b|\brepr\s*\(")


def wanted(sides: Sides) -> tuple[str, ...]:
    """The sources of the packages whose foreign items, stated layouts or aliases a change may touch.

    In small repositories all sources are read where foreign items are touched.
    """
    rust = [change for change in sides.changed if is_rust(change.path)]
    foreign = any(map(_is_foreign, rust))
    paths = [each.path for each in rust if _is_foreign(each) or aliases_differ(each, _SHARED_ALIAS)]
    if not paths:
        return ()
    entries = {**sides.base.entries, **sides.head.entries}
    files = [path for path, entry in entries.items() if entry.mode == "file"]
    sources = sorted(filter(is_rust, files))
    if foreign and len(sources) <= SMALL:
        return tuple(sources)
    known = packages(files)
    return tuple(sorted({path for root in map(known.root, paths) for path in known.sources(root)}))


def _is_foreign(change: FileChange) -> bool:
    sides = (side.data for side in (change.base, change.head) if side is not None and side.data is not None)
    return any(map(_FOREIGN.search, sides))
