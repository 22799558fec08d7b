"""Lock files compared: what changed, who vouches for it, and who speaks against it."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from analyzers.model import Change, Finding, Note, Severity, Unanalysed, UnanalysedReason
from analyzers.paths import folders_above
from analyzers.supply_chain import crev, stores, vet
from analyzers.supply_chain.advisories import advisory_package, affecting, read_advisory
from analyzers.supply_chain.compare import Move, change_of, facts, moves, same_archive_differs
from analyzers.supply_chain.deny import Deny, denials, dependents_of, read_deny
from analyzers.supply_chain.findings import (
    ADVISORY,
    CHECKSUM,
    DENIED,
    REVIEW,
    UNAUDITED,
    VIOLATION,
    finding,
)
from analyzers.supply_chain.lock import Locked, read_lock
from analyzers.supply_chain.paths import DENY_NAMES, deny_at, is_lock, is_proof, vendored_folder
from analyzers.supply_chain.standing import standing_notes, version_in_store
from analyzers.supply_chain.stores import Stores
from analyzers.supply_chain.toml import StoreError
from analyzers.survey import Sides, Surveyed, Tree

# Informational advisories tell of a risk, not of a hole.
_ADVISORY_SEVERITY = {"": Severity.WARN, "unsound": Severity.WARN}


@dataclass(frozen=True, slots=True)
class _Said:
    """What is known besides the lock file.

    ``advisories`` are the library's files of them by package, ``deny`` is the base's cargo-deny, ``proofs`` are files
    of reviews by path, ``dependents`` those of ``deny.dependents_of``.
    """

    library: Tree
    advisories: Mapping[str, list[str]]
    stores: Stores | None = None
    deny: Deny | None = None
    proofs: Mapping[str, bytes] = field(default_factory=dict)
    dependents: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Lock:
    """A lock file that differs: where it stood and where it stands, the same where it comes or goes."""

    before: str
    after: str


def _locks(sides: Sides) -> list[_Lock]:
    """The lock files that differ, sorted; those inside of vendored packages lock nothing here."""
    there = sides.there
    found = []
    for change in sides.changed:
        paths = [side.path for side in (change.base, change.head) if side is not None and is_lock(side.path)]
        if paths and vendored_folder(paths[-1], there) is None:
            found.append(_Lock(paths[0], paths[-1]))
    return sorted(found, key=lambda lock: (lock.after, lock.before))


def wants(sides: Sides) -> Iterator[str]:
    """For each changed lock file its audit store, cargo-deny's file, proofs, and the advisories on what changed."""
    for lock in _locks(sides):
        yield lock.after
        yield from stores.wants(sides, lock.before, lock.after)
        yield from (
            posixpath.join(folder, name) for folder in folders_above(lock.before) for name in DENY_NAMES
        )
        try:
            changed = {move.name for move in _moves(sides, lock)}
        except StoreError:
            continue
        yield from (each for each in sides.library.entries if advisory_package(each) in changed)
        for tree in (sides.base, sides.library) if changed else ():
            yield from filter(is_proof, tree.entries)


def compare(sides: Sides) -> Surveyed:
    """The changes of every lock file that differs, with findings about them."""
    changes: list[Change] = []
    findings: list[Finding] = []
    unread: list[Unanalysed] = []
    advisories = _advisory_files(sides.library)
    for lock in _locks(sides):
        path = lock.after
        blob = sides.head.entries[path].blob if path in sides.head.entries else ""
        try:
            found = _moves(sides, lock)
            if sides.library.problem and any(move.head is not None for move in found):
                detail = sides.library.problem[:200]
                unread.append(Unanalysed(path, UnanalysedReason.MISSING, detail=detail, blob=blob))
            said = _said(sides, lock, advisories)
            told = [_tell(lock, move, said) for move in found]
        except StoreError as error:
            detail = f"{error.path}: {error.reason}"
            unread.append(Unanalysed(path, UnanalysedReason.UNPARSABLE, detail=detail[:200], blob=blob))
            continue
        changes += (change for change, _ in told)
        findings += (each for _, about in told for each in about)
    return Surveyed(tuple(changes), tuple(findings), unanalysed=tuple(unread))


def _tell(lock: _Lock, move: Move, said: _Said) -> tuple[Change, list[Finding]]:
    notes = list(facts(move))
    if move.head is None:
        return change_of(lock.after, move, tuple(notes), lock.before), []
    if said.stores is not None:
        notes += standing_notes(move.head, said.stores)
    reviews = _reviews(move.head, said.proofs)
    notes += (_review_note(review) for review in reviews if not review.advises_against)
    change = change_of(lock.after, move, tuple(notes), lock.before)
    return change, [
        *_archive(change, move),
        *_advisories(said, change, move),
        *_audits(change, move, said.stores),
        *_denied(change, move.head, said),
        *(
            finding(REVIEW, Severity.WARN, change, _review_note(review))
            for review in reviews
            if review.advises_against
        ),
    ]


def _moves(sides: Sides, lock: _Lock) -> tuple[Move, ...]:
    return moves(_packages(sides.base, lock.before), _packages(sides.head, lock.after))


def _packages(tree: Tree, path: str) -> tuple[Locked, ...]:
    data = tree.contents.get(path)
    return () if data is None else read_lock(path, data)


def _said(sides: Sides, lock: _Lock, advisories: Mapping[str, list[str]]) -> _Said:
    there = sides.base.entries
    config = next(filter(None, (deny_at(folder, there) for folder in folders_above(lock.before))), "")
    data = sides.base.contents.get(config)
    proofs = {
        name: tree.contents[name]
        for tree in (sides.library, sides.base)
        for name in filter(is_proof, tree.contents)
    }
    return _Said(
        sides.library,
        advisories,
        stores.read_stores(sides, lock.before, lock.after),
        None if data is None else read_deny(config, data),
        proofs,
        {} if data is None else dependents_of(_packages(sides.head, lock.after)),
    )


def _reviews(package: Locked, proofs: Mapping[str, bytes]) -> tuple[crev.Review, ...]:
    return crev.reviews(proofs, package.name, package.version) if package.from_crates_io else ()


def _review_note(review: crev.Review) -> Note:
    if not review.signed:
        return Note("crev-forged", (("who", review.author),), review.path)
    values = (
        ("who", review.author),
        ("rating", review.rating),
        ("thoroughness", review.thoroughness),
        ("understanding", review.understanding),
    )
    if review.since:
        return Note("crev-review-since", (*values, ("since", review.since)))
    if review.agent:
        return Note("crev-review-agent", (*values, ("agent", review.agent)))
    return Note("crev-review", values)


def _archive(change: Change, move: Move) -> Iterator[Finding]:
    if same_archive_differs(move):
        yield finding(CHECKSUM, Severity.BLOCK, change)


def _audits(change: Change, move: Move, known: Stores | None) -> Iterator[Finding]:
    head = move.head
    if head is None or known is None:
        return
    version = version_in_store(head)
    standing = known.before.standing(head.name, version)
    for violation in standing.violations:
        values = (
            ("who", ", ".join(violation.who)[:100] or violation.source or "somebody"),
            ("criteria", ", ".join(violation.criteria)),
            ("versions", violation.requirement),
        )
        yield finding(VIOLATION, Severity.BLOCK, change, Note("dependency-violation", values))
    # Where the pull request brings the audit itself, a note tells; nobody needs to be told how to write it.
    later = known.after.standing(head.name, version)
    if not standing.paths and not later.paths and head.from_crates_io:
        yield finding(UNAUDITED, Severity.NOTE, change, *_stub(known.before, move))


def _denied(change: Change, package: Locked, said: _Said) -> Iterator[Finding]:
    """What the base's cargo-deny forbids; the pull request's own edit of it counts for nothing here."""
    if said.deny is not None:
        notes = tuple(denials(said.deny, package, said.dependents))
        if notes:
            yield finding(DENIED, Severity.WARN, change, *notes)


def _advisory_files(library: Tree) -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for path in sorted(library.entries):
        if package := advisory_package(path):
            found[package].append(path)
    return dict(found)


def _advisories(said: _Said, change: Change, move: Move) -> Iterator[Finding]:
    """Advisories that affect the new version and did not affect the old one."""
    read = (read_advisory(path, _content(said.library, path)) for path in said.advisories.get(move.name, ()))
    known = [advisory for advisory in read if advisory is not None]
    old = set() if move.base is None else {a.id for a in affecting(iter(known), move.name, move.base.version)}
    for advisory in affecting(iter(known), move.name, move.head.version if move.head else ""):
        if advisory.id not in old:
            severity = _ADVISORY_SEVERITY.get(advisory.informational, Severity.NOTE)
            values = (
                ("id", advisory.id),
                ("title", advisory.title),
                ("patched", ", ".join(advisory.patched) or "none"),
            )
            yield finding(ADVISORY, severity, change, Note("dependency-advisory", values))


def _content(library: Tree, path: str) -> bytes:
    # An advisory that is there and was not read may be the one that matters.
    if path not in library.contents:
        raise StoreError(path, "could not be read")
    return library.contents[path]


def _stub(store: vet.Store, move: Move) -> Iterable[Note]:
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
