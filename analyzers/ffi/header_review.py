"""The survey `ffi-headers`: which files it needs, and which mismatches a change brings in."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from posixpath import dirname, join

from analyzers.ffi.against import Against, Mismatch, with_origin
from analyzers.ffi.c.headers import Headers, Store
from analyzers.ffi.crate import Readings, Sources
from analyzers.manifest.package import is_manifest
from analyzers.model import Analysis, Finding, Severity
from analyzers.paths import folders_above, is_rust, is_test_target
from analyzers.survey import Kinds, Sides, Surveyed, Tree

FINDING = "ffi-header-mismatch"
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
    known = any(_speaks(data) for path, data in tree.contents.items() if is_rust(path))
    # Headers matter only where a source declares something.
    return (*found, *_allowed(_nearest(declared, changed), tree)) if known else found


def _is_foreign(sides: Sides) -> bool:
    """Whether a changed source declares something that headers may declare as well."""
    return any(
        _speaks(tree.contents.get(path, b""))
        for tree in (sides.base, sides.head)
        for path in sides.paths
        if is_rust(path)
    )


def _speaks(data: bytes) -> bool:
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


def reviewed(sides: Sides, analysis: Analysis) -> Surveyed:
    """The mismatches that are there now and were not before, and what only differs in constness as notes."""
    store, readings = Store(), Readings()
    headers_changed = _headers_changed(sides, store)
    changed = {path for path in sides.paths if is_rust(path)}
    paths = sorted(
        path for path in sides.head.contents if is_rust(path) and (headers_changed or path in changed)
    )
    changes = _changes(analysis)
    found = [
        mismatch
        for mismatch in _mismatches(sides.head, paths, store, readings)
        if mismatch.notes or _place(mismatch) in changes
    ]
    if not found:
        return Surveyed()
    names = {mismatch.name for mismatch in found}
    before = {
        mismatch.identity
        for mismatch in _mismatches(sides.base, _that_name(sides.base, names), store, readings)
    }
    new = [mismatch for mismatch in found if mismatch.identity not in before]
    headers = _headers(sides.head, store)
    told = (with_origin(each, sides.head.contents[each.path], headers) for each in new if each.notes)
    return Surveyed(
        findings=tuple(map(_finding, told)),
        notes=tuple(
            (fingerprint, each.harmless)
            for each in new
            if each.harmless
            for fingerprint in changes.get(_place(each), ())
        ),
    )


def portions(tree: Tree, kinds: Kinds) -> Iterator[tuple[str, ...]]:
    """The sources with anything that C may see, those beside them, and the headers nearest to them: all together."""
    meeting = sorted(path for path, found in kinds.items() if not _MEETING.isdisjoint(found))
    declared = tree.files(".h")
    if declared and meeting:
        sources = _nearest(_near(tree.files(".rs"), meeting), meeting)
        yield *sources, *_nearest(declared, meeting), *filter(is_manifest, tree.entries)


def audited(tree: Tree) -> tuple[Finding, ...]:
    """Every mismatch of a portion but those in constness alone, sorted by place."""
    store = Store()
    headers = _headers(tree, store)
    sources = [path for path in tree.contents if is_rust(path)]
    told = (
        with_origin(each, tree.contents[each.path], headers)
        for each in _mismatches(tree, sources, store, Readings())
        if each.notes
    )
    return tuple(sorted(map(_finding, told), key=lambda each: (each.path, each.line, each.id, each.column)))


def _changes(analysis: Analysis) -> Mapping[tuple[str, int, str], Sequence[str]]:
    """The fingerprints of the changes by path, line and kind."""
    found: defaultdict[tuple[str, int, str], list[str]] = defaultdict(list)
    for change in analysis.changes:
        found[change.path, change.site.line, change.site.kind].append(change.fingerprint)
    return found


def _place(mismatch: Mismatch) -> tuple[str, int, str]:
    return mismatch.path, mismatch.line, mismatch.kind


def _headers_changed(sides: Sides, store: Store) -> bool:
    """Whether a declaration or a macro of any header is another one, or has gone; comments do not matter."""
    return any(
        _declared(sides.base, path, store) != _declared(sides.head, path, store)
        for path in sides.paths
        if is_header(path)
    )


def _declared(tree: Tree, path: str, store: Store) -> tuple[object, ...]:
    data = tree.contents.get(path)
    if data is None:
        return ()
    header = store.header(data)
    texts = tuple(b" ".join(chunk.text.split()) for chunk in header.chunks)
    return texts, tuple((macro.name, macro.parameters, macro.body) for macro in header.masked.macros)


def _headers(tree: Tree, store: Store) -> Headers:
    return Headers({path: data for path, data in tree.contents.items() if is_header(path)}, store)


def _mismatches(tree: Tree, paths: Iterable[str], store: Store, readings: Readings) -> Iterator[Mismatch]:
    against = Against(Sources(tree, readings), _headers(tree, store))
    for path in paths:
        if not is_test_target(path) and _speaks(tree.contents[path]):
            yield from against.mismatches(path)


def _that_name(tree: Tree, names: Iterable[str]) -> list[str]:
    """The sources of a tree that hold one of some names."""
    needles = [name.encode() for name in names]
    return sorted(
        path
        for path, data in tree.contents.items()
        if is_rust(path) and any(needle in data for needle in needles)
    )


def _finding(mismatch: Mismatch) -> Finding:
    return Finding(
        FINDING,
        Severity.NOTE if mismatch.quiet else Severity.WARN,
        mismatch.path,
        mismatch.line,
        mismatch.column,
        mismatch.end_line,
        mismatch.kind,
        mismatch.item,
        mismatch.notes,
    )
