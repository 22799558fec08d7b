"""The survey `ffi-headers`: which files it needs, and which mismatches a change brings in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from analyzers.ffi.against import Against, Mismatch, with_origin
from analyzers.ffi.c.headers import Headers, Store
from analyzers.ffi.crate import Readings, Sources
from analyzers.ffi.header_wanted import is_header, speaks
from analyzers.model import Analysis, Finding, Severity
from analyzers.paths import is_rust, is_test_target
from analyzers.survey import Sides, Surveyed, Tree

FINDING = "ffi-header-mismatch"


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
        if not is_test_target(path) and speaks(tree.contents[path]):
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
