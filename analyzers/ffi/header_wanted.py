"""Which sources and headers the survey `ffi-headers` needs, told by names and bytes alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from posixpath import dirname, join

from analyzers.manifest.package import is_manifest
from analyzers.paths import folders_above, is_rust
from analyzers.survey import Kinds, Sides, Tree

_INTERFACE = re.compile(
    rb"\bextern\b(?!\s+crate\b)|\bno_mangle\b|\bexport_name\b|\brepr\s*\(\s*(?:C|[iu]\d+)\b"
)
_MEETING = frozenset(("foreign-fn", "foreign-static", "extern-fn", "export-attribute", "layout"))
"""The kinds of sites that C may see the other side of."""
_MOST_FILES = 3000
"""How many headers, and how many sources, are read of one tree: the nearest to what changed."""
_MOST_BYTES = 24 << 20
"""About how many bytes of each are read; the largest mixed repository measured has 27 MB of headers."""
_FIRST = 250


def is_header(path: str) -> bool:
    """Whether a path is a C header by its name."""
    return path.endswith(".h")


def wanted(sides: Sides) -> tuple[str, ...]:
    """The headers when foreign items changed, and the sources with foreign items as well when a header changed.

    The nearest come first, a few hundred at a time, until their bytes are many: the next round asks for as many
    as the average of those that were read allows.
    """
    changed = sides.paths
    headers = any(map(is_header, changed))
    tree = sides.head
    declared = tree.files(".h")
    if not declared or not (headers or _is_foreign(sides)):
        return ()
    sources = _nearest(tree.files(".rs"), changed)
    found = _allowed(sources if headers else _near(sources, changed), tree)
    known = any(speaks(data) for path, data in tree.contents.items() if is_rust(path))
    # Headers matter only where a source declares something.
    return (*found, *_allowed(_nearest(declared, changed), tree)) if known else found


def _is_foreign(sides: Sides) -> bool:
    """Whether a changed source declares something that headers may declare as well."""
    return any(
        speaks(tree.contents.get(path, b""))
        for tree in (sides.base, sides.head)
        for path in sides.paths
        if is_rust(path)
    )


def speaks(data: bytes) -> bool:
    """Whether a source may declare something that headers can declare as well."""
    return _INTERFACE.search(data) is not None


def _nearest(paths: Iterable[str], changed: Iterable[str]) -> tuple[str, ...]:
    """At most `_MOST_FILES` paths, those first that share the most folders with a changed one."""
    folders = {dirname(path) for path in changed}
    ranks: dict[str, int] = {}
    for folder in folders:
        parts = folder.split("/") if folder else []
        for depth in range(len(parts) + 1):
            above = "/".join(parts[:depth])
            ranks[above] = max(ranks.get(above, 0), depth)
    return tuple(sorted(paths, key=lambda path: (-_shared(dirname(path), ranks), path)))[:_MOST_FILES]


def _shared(folder: str, ranks: Mapping[str, int]) -> int:
    """How many folders a path shares with the changed one that is nearest to it."""
    return next((ranks[above] for above in folders_above(join(folder, "")) if above in ranks), 0)


def _near(sources: tuple[str, ...], changed: Iterable[str]) -> tuple[str, ...]:
    """The sources beside and below those that changed: where their types are defined."""
    folders = tuple({join(_package(path), "") for path in changed if is_rust(path)})
    return tuple(path for path in sources if path.startswith(folders))


def _package(path: str) -> str:
    """The folder that a source's crate most likely fills."""
    folder = dirname(path)
    above, found, _ = f"{folder}/".rpartition("src/")
    return above.rstrip("/") if found else folder


def _allowed(paths: tuple[str, ...], tree: Tree) -> tuple[str, ...]:
    """As many of the first paths as may be read now."""
    read = [len(tree.contents[path]) for path in paths if path in tree.contents]
    if len(read) < min(_FIRST, len(paths)):
        return paths[:_FIRST]
    left = _MOST_BYTES - sum(read)
    return paths[: len(read) + max(0, left * len(read) // max(1, 2 * sum(read)))]


def portions(tree: Tree, kinds: Kinds) -> Iterator[tuple[str, ...]]:
    """The sources with anything that C may see, those beside them, and the headers nearest to them: all together."""
    meeting = sorted(path for path, found in kinds.items() if not _MEETING.isdisjoint(found))
    declared = tree.files(".h")
    if declared and meeting:
        sources = _nearest(_near(tree.files(".rs"), meeting), meeting)
        yield *sources, *_nearest(declared, meeting), *filter(is_manifest, tree.entries)
