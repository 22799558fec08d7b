"""Which sources and headers the survey `ffi-headers` needs, told by names and bytes alone."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from posixpath import dirname, join

from analyzers.manifest.packages import Packages, packages
from analyzers.paths import folders_above, is_rust
from analyzers.survey import Kinds, Sides, Tree

_INTERFACE = re.compile(
    rb"\bextern\b(?!\s+crate\b)|\bno_mangle\b|\bexport_name\b|\brepr\s*\(\s*(?:C|[iu]\d+)\b"
)
_WORDS = (b"extern", b"no_mangle", b"export_name", b"repr")
_MEETING = frozenset(("foreign-fn", "foreign-static", "extern-fn", "export-attribute", "layout"))
"""The kinds of sites that C may see the other side of."""
_MOST_FILES = 3000
"""How many headers, and how many sources, are read of one tree: the nearest to what changed."""
_MOST_BYTES = 24 << 20
"""About how many bytes of each are read; the largest mixed repository measured has 27 MB of headers."""
_FIRST = 250
_TOGETHER = 3000
"""Up to so many sources and headers of packages are judged at once; more may take longer than a worker has."""


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
    # Most sources hold none of the words, which is seen faster without a pattern.
    return any(word in data for word in _WORDS) and _INTERFACE.search(data) is not None


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
    """The packages with anything that C may see, each beside the headers that it may be meant for.

    They are judged together. Where that is too much at once, as in a folder of many packages, each part of the tree
    that is small enough is judged for itself: with the headers below it, those of the packages around it, and those
    that are in no package.
    """
    declared = tree.files(".h")
    meeting = [path for path, found in kinds.items() if not _MEETING.isdisjoint(found)]
    if not declared or not meeting:
        return
    known = packages(path for path, entry in tree.entries.items() if entry.mode == "file")
    headers: defaultdict[str, list[str]] = defaultdict(list)
    loose: list[str] = []
    for path in declared:
        root = known.declared_root(path)
        (loose if root is None else headers[root]).append(path)
    for folder, roots in _parts(set(map(known.root, meeting)), known, headers).items():
        own = [path for root in headers if _is_near(root, folder) for path in headers[root]]
        if own or loose:
            sources = [path for root in roots for path in known.sources(root)]
            manifests = [path for root in roots for path in known.manifest(root)]
            yield *sources, *manifests, *_nearest((*own, *loose), sources)


def _parts(
    roots: Collection[str], known: Packages, headers: Mapping[str, Sequence[str]]
) -> Mapping[str, Sequence[str]]:
    """The packages at some roots by the largest folder around each that is small enough, or by their own."""
    weights: Counter[str] = Counter()
    for root in {*roots, *headers}:
        weight = len(headers.get(root, ())) + (len(known.sources(root)) if root in roots else 0)
        weights.update(dict.fromkeys(_at_or_above(root), weight))
    found: defaultdict[str, list[str]] = defaultdict(list)
    for root in sorted(roots):
        fitting = (folder for folder in reversed(_at_or_above(root)) if weights[folder] <= _TOGETHER)
        found[next(fitting, root)].append(root)
    return found


def _at_or_above(folder: str) -> tuple[str, ...]:
    """A folder and those above it, the nearest first."""
    return tuple(folders_above(join(folder, "")))


def _is_near(root: str, folder: str) -> bool:
    """Whether a package lies in a folder, or the folder in the package."""
    one, other = join(root, ""), join(folder, "")
    return one.startswith(other) or other.startswith(one)
