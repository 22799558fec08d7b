"""Compares lock files, and asks audit stores and advisories about what changed in them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator

from analyzers.model import (
    Analysis,
    Change,
    Finding,
    Note,
    Severity,
    Site,
    Unanalysed,
    UnanalysedReason,
)
from analyzers.supply_chain import vet
from analyzers.supply_chain.advisories import advisory_package, affecting, read_advisory
from analyzers.supply_chain.compare import Move, change_of, facts, moves, same_archive_differs, site_of
from analyzers.supply_chain.lock import Locked, read_lock
from analyzers.supply_chain.standing import Stores, standing_notes, version_in_store
from analyzers.supply_chain.toml import StoreError
from analyzers.survey import Sides, Surveyed, Tree

LOCK = "Cargo.lock"
CHECKSUM, ADVISORY = "dependency-checksum", "dependency-advisory"
VIOLATION, UNAUDITED = "dependency-violation", "unaudited-dependency"
FINDINGS = (ADVISORY, CHECKSUM, VIOLATION, UNAUDITED)
# Informational advisories tell of a risk, not of a hole.
_ADVISORY_SEVERITY = {"": Severity.WARN, "unsound": Severity.WARN}


def is_lock(path: str) -> bool:
    """Whether a path is that of a lock file of Cargo."""
    return path == LOCK or path.endswith("/" + LOCK)


def wants(sides: Sides) -> Iterable[str]:
    """The audit store beside each changed lock file, and the advisories on what changed in it."""
    for path in sorted(filter(is_lock, sides.paths)):
        yield from _store_files(path).values()
        try:
            changed = {move.name for move in _moves(sides, path)}
        except StoreError:
            continue
        yield from (each for each in sides.library.entries if advisory_package(each) in changed)


def _store_files(lock: str) -> dict[str, str]:
    """The paths of the store's files by their names."""
    return {name: posixpath.join(_store_folder(lock), name) for name in vet.FILES}


def _store_folder(lock: str) -> str:
    return posixpath.join(posixpath.dirname(lock), vet.FOLDER)


def compare(sides: Sides, analysis: Analysis) -> Surveyed:
    """The changes of every lock file that differs, with findings about them."""
    del analysis
    changes: list[Change] = []
    findings: list[Finding] = []
    unread: list[Unanalysed] = []
    for path in sorted(filter(is_lock, sides.paths)):
        try:
            stores = _stores(sides, path)
            for move in _moves(sides, path):
                notes = list(facts(move))
                if move.head is not None and stores is not None:
                    notes += standing_notes(move.head, stores)
                change = change_of(path, move, tuple(notes))
                changes.append(change)
                findings += _findings(sides.library, change, move, stores)
        except StoreError as error:
            blob = sides.head.entries[path].blob if path in sides.head.entries else ""
            detail = f"{error.path}: {error.reason}"
            unread.append(Unanalysed(path, UnanalysedReason.UNPARSABLE, detail=detail[:200], blob=blob))
    return Surveyed(tuple(changes), tuple(findings), unanalysed=tuple(unread))


def sites(tree: Tree) -> dict[str, tuple[Site, ...]]:
    """The packages of every lock file that was read, for an audit; broken lock files have none."""
    found = {}
    for path in sorted(filter(is_lock, tree.contents)):
        try:
            packages = read_lock(path, tree.contents[path])
        except StoreError:
            continue
        found[path] = tuple(site_of(package) for package in packages if not package.is_own)
    return found


def _moves(sides: Sides, path: str) -> tuple[Move, ...]:
    return moves(_packages(sides.base, path), _packages(sides.head, path))


def _packages(tree: Tree, path: str) -> tuple[Locked, ...]:
    data = tree.contents.get(path)
    return () if data is None else read_lock(path, data)


def _stores(sides: Sides, lock: str) -> Stores | None:
    """The audit stores beside a lock file; None where the base has none: nothing counts as an audit there yet."""
    base, head = (
        {name: tree.contents[path] for name, path in _store_files(lock).items() if path in tree.contents}
        for tree in (sides.base, sides.head)
    )
    if not base:
        return None
    recorded = {**base, vet.IMPORTS: head.get(vet.IMPORTS, b"")}
    folder = _store_folder(lock)
    before, between, after = (vet.read_store(folder, files) for files in (base, recorded, head))
    return Stores(before, between, after)


def _findings(library: Tree, change: Change, move: Move, stores: Stores | None) -> Iterator[Finding]:
    head = move.head
    if head is None:
        return
    if same_archive_differs(move):
        yield _finding(CHECKSUM, Severity.BLOCK, change)
    yield from _advisories(library, change, move)
    if stores is None:
        return
    version = version_in_store(head)
    standing = stores.before.standing(head.name, version)
    for violation in standing.violations:
        values = (
            ("who", ", ".join(violation.who)[:100] or violation.source or "somebody"),
            ("criteria", ", ".join(violation.criteria)),
            ("versions", violation.requirement),
        )
        yield _finding(VIOLATION, Severity.BLOCK, change, Note("dependency-violation", values))
    # Where the pull request brings the audit itself, a note tells; nobody needs to be told how to write it.
    later = stores.after.standing(head.name, version)
    if not standing.paths and not later.paths and head.from_crates_io:
        yield _finding(UNAUDITED, Severity.NOTE, change, *_stub(stores.before, move))


def _advisories(library: Tree, change: Change, move: Move) -> Iterator[Finding]:
    """Advisories that affect the new version and did not affect the old one."""
    files = (path for path in sorted(library.contents) if advisory_package(path) == move.name)
    known = [each for path in files if (each := read_advisory(path, library.contents[path])) is not None]
    old = set() if move.base is None else {a.id for a in affecting(iter(known), move.name, move.base.version)}
    for advisory in affecting(iter(known), move.name, move.head.version if move.head else ""):
        if advisory.id not in old:
            severity = _ADVISORY_SEVERITY.get(advisory.informational, Severity.NOTE)
            values = (
                ("id", advisory.id),
                ("title", advisory.title),
                ("patched", ", ".join(advisory.patched) or "none"),
            )
            yield _finding(ADVISORY, severity, change, Note("dependency-advisory", values))


def _stub(store: vet.Store, move: Move) -> Iterator[Note]:
    """What a reviewer would write into the store: an audit of what changed, where the older version is audited."""
    head, base = move.head, move.base
    if head is None:
        return
    audited = base is not None and bool(store.standing(base.name, version_in_store(base)).paths)
    if base is not None and audited:
        delta = f"{version_in_store(base)} -> {version_in_store(head)}"
        yield Note("audit-stub-delta", (("package", head.name), ("delta", delta)))
    else:
        yield Note("audit-stub-full", (("package", head.name), ("version", version_in_store(head))))


def _finding(id: str, severity: Severity, change: Change, *notes: Note) -> Finding:
    site = change.site
    return Finding(id, severity, change.path, site.line, 1, site.end_line, site.kind, site.item, notes)
