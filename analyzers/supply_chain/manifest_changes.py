"""Manifests compared: dependencies that a lock file does not tell of.

A library has no lock file, so each requirement counts. Where a lock file tells which packages come, a manifest adds
what is not in there: what replaces other people's packages, sources that move by themselves, and features.
"""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from analyzers.fingerprint import digest_of
from analyzers.manifest.document import Document, DocumentError, read_document
from analyzers.manifest.package import MANIFEST, is_manifest
from analyzers.manifest.reading import document_at, manifests_above, unreadable, workspace_of
from analyzers.model import Change, ChangeClass, Note, Place, Reason, Site, Unanalysed
from analyzers.paths import is_test_target
from analyzers.supply_chain.findings import KIND, line_site
from analyzers.supply_chain.manifests import Asked, asked_by, is_own_folder, resolved
from analyzers.supply_chain.paths import LOCK, vendored_folder
from analyzers.supply_chain.stores import named_store
from analyzers.supply_chain.vet import FOLDER
from analyzers.survey import Sides, Surveyed, Tree


@dataclass(frozen=True, slots=True)
class _Manifest:
    """One side of a manifest: all that it asks for by its place, and the workspace that it belongs to."""

    path: str
    data: bytes
    asked: dict[tuple[str, ...], Asked]
    document: Document
    workspace: Document | None
    is_locked: bool


@dataclass(frozen=True, slots=True)
class _Pair:
    """A manifest on both sides; one of them is None where it comes or goes."""

    base: _Manifest | None
    head: _Manifest | None


def wants(sides: Sides) -> Iterator[str]:
    """The manifests above changed ones, and the workspaces that they name."""
    for path in sorted(filter(is_manifest, sides.paths)):
        yield path
        for tree in (sides.base, sides.head):
            yield from manifests_above(tree, path)
            document = document_at(tree, path)
            named = document.get("package", "workspace") if document is not None else None
            if isinstance(named, str):
                yield posixpath.normpath(posixpath.join(posixpath.dirname(path), named, MANIFEST))


def compare(sides: Sides) -> Surveyed:
    """The changes of every manifest that differs; one that cannot be read is a thing to approve."""
    pairs: list[_Pair] = []
    unread: list[Unanalysed] = []
    for before, after in sorted(set(_changed(sides)), key=lambda pair: pair[1] or pair[0]):
        base = _manifest_or_none(sides.base, before)
        try:
            head = _manifest(sides.head, after)
        except DocumentError as error:
            unread.append(unreadable(sides.head, error))
            continue
        pairs.append(_Pair(base, head))
    known = frozenset(_meaning(asked) for pair in pairs if pair.base for asked in _all(pair.base))
    changes = [change for pair in pairs for change in _compared(pair, known)]
    return Surveyed(tuple(changes), unanalysed=tuple(unread))


def _changed(sides: Sides) -> Iterator[tuple[str, str]]:
    """Paths of the changed manifests on both sides; those of vendored packages ask for nothing here."""
    there = sides.there
    for change in sides.changed:
        before, after = (
            side.path if side is not None and side.mode == "file" and is_manifest(side.path) else ""
            for side in (change.base, change.head)
        )
        if (before or after) and vendored_folder(before or after, there) is None:
            yield before, after


def _manifest_or_none(tree: Tree, path: str) -> _Manifest | None:
    """The older side; where it is no TOML, everything is new."""
    try:
        return _manifest(tree, path)
    except DocumentError:
        return None


def _manifest(tree: Tree, path: str) -> _Manifest | None:
    data = tree.contents.get(path) if path else None
    if data is None:
        return None
    document = read_document(path, data)
    workspace = workspace_of(tree, document)
    root = posixpath.dirname(workspace.path if workspace is not None else path)
    is_locked = posixpath.join(root, LOCK) in tree.entries
    asked = {each.place: each for each in asked_by(document)}
    return _Manifest(path, data, asked, document, workspace, is_locked)


def _all(manifest: _Manifest) -> Iterator[Asked]:
    return (resolved(asked, manifest.workspace) for asked in manifest.asked.values())


def _meaning(asked: Asked) -> tuple[str, ...]:
    """What is asked for, wherever it is written."""
    return (asked.package, asked.requirement, asked.origin, asked.pin)


def _compared(pair: _Pair, known: frozenset[tuple[str, ...]]) -> Iterator[Change]:
    base, head = pair.base, pair.head
    was, now = (side.asked if side is not None else {} for side in (base, head))
    for place in sorted(was.keys() & now.keys()):
        yield from _edited(pair, was[place], now[place])
    gone: defaultdict[tuple[str, ...], list[Asked]] = defaultdict(list)
    for place in sorted(was.keys() - now.keys(), reverse=True):
        gone[_purpose(was[place])].append(was[place])
    for place in sorted(now.keys() - was.keys()):
        new = now[place]
        if alike := gone[_purpose(new)]:
            yield from _edited(pair, alike.pop(), new)
        elif head is not None:
            yield from _added(pair, head, new, known)
    # Where there is a lock file, it tells what else goes; a manifest that goes takes everything along.
    if base is not None and head is not None:
        for old in (each for left in gone.values() for each in left):
            if old.replaces or not head.is_locked:
                yield _change(ChangeClass.REMOVED, base, old, None, ())
    yield from _store_moved(pair)


def _purpose(asked: Asked) -> tuple[str, ...]:
    """What stays the same where a dependency moves to another ``cfg`` or key."""
    return (asked.table[0], asked.table[-1], asked.package)


def _added(pair: _Pair, head: _Manifest, new: Asked, known: frozenset[tuple[str, ...]]) -> Iterator[Change]:
    asked = resolved(new, head.workspace)
    if not _is_news(pair, head, new, known):
        return
    # Lock files name no source for folders, so those outside of the repository would look like its own packages.
    if asked.replaces or asked.is_floating or asked.is_path or not head.is_locked:
        yield _change(ChangeClass.ADDED, head, asked, None, tuple(_facts(asked)))


def _is_news(pair: _Pair, head: _Manifest, new: Asked, known: frozenset[tuple[str, ...]]) -> bool:
    """Whether something new comes in; what is only written in another place, or is the repository's own, does not."""
    if new.inherited:
        # What the workspace asks for since this change is told there.
        return _is_shared_before(pair, new.key) and not _is_own(head, new)
    return new.table[0] != "workspace" or _meaning(new) not in known


def _is_own(manifest: _Manifest, asked: Asked) -> bool:
    """Whether the workspace has it in a folder of its own."""
    workspace = manifest.workspace
    return (
        asked.inherited
        and workspace is not None
        and is_own_folder(resolved(asked, workspace), workspace.path)
    )


def _is_shared_before(pair: _Pair, key: str) -> bool:
    workspace = pair.base.workspace if pair.base is not None else pair.head.workspace if pair.head else None
    return workspace is not None and workspace.get("workspace", "dependencies", key) is not None


def _facts(asked: Asked) -> Iterator[Note]:
    if asked.replaces:
        yield Note("manifest-replaces", (("package", asked.package), ("source", asked.shown)))
    elif asked.is_git:
        yield Note("manifest-git", (("source", asked.origin.removeprefix("git ")),))
    elif asked.is_path:
        yield Note("manifest-outside", (("source", asked.origin.removeprefix("path ")),))
    elif asked.requirement:
        yield Note("manifest-requirement", (("requirement", asked.requirement), ("origin", asked.origin)))
    else:
        yield Note("manifest-any", (("origin", asked.origin),))
    if asked.is_floating:
        yield _floating(asked)


def _floating(asked: Asked) -> Note:
    if asked.pin:
        return Note("manifest-follows", (("pin", asked.pin),))
    return Note("manifest-follows-newest")


def _edited(pair: _Pair, old: Asked, new: Asked) -> Iterator[Change]:
    if pair.base is None or pair.head is None or _is_own(pair.head, new):
        return
    if old.inherited != new.inherited:
        old, new = resolved(old, pair.base.workspace), resolved(new, pair.head.workspace)
    notes = tuple(_differences(old, new, is_locked=pair.head.is_locked))
    if notes:
        yield _change(ChangeClass.CHANGED, pair.head, new, (pair.base, old), notes)
    elif old.place != new.place and not pair.head.is_locked:
        moved = _change(ChangeClass.MOVED, pair.head, new, (pair.base, old), ())
        yield replace(moved, reasons=(Reason.OTHER_ITEM,))


def _differences(old: Asked, new: Asked, *, is_locked: bool) -> Iterator[Note]:
    """What became of a dependency, as far as nobody else tells."""
    if new.replaces:
        if _meaning(old) != _meaning(new):
            yield Note("manifest-replaces", (("package", new.package), ("source", new.shown)))
    elif not is_locked or (new.is_path and new.origin != old.origin):
        yield from _requirements(old, new)
    if new.is_floating and (old.origin, old.pin) != (new.origin, new.pin):
        yield _floating(new)
    if new.default_features != old.default_features:
        yield Note("manifest-default-features" if new.default_features else "manifest-no-default-features")
    for feature in sorted(new.features - old.features):
        yield Note("manifest-feature", (("feature", feature),))


def _requirements(old: Asked, new: Asked) -> Iterator[Note]:
    if old.package != new.package:
        yield Note("manifest-package", (("before", old.package), ("after", new.package)))
    if old.requirement != new.requirement:
        before, after = (each.requirement or "any version" for each in (old, new))
        yield Note("manifest-required", (("before", before), ("after", after)))
    if old.origin != new.origin:
        values = (("before", old.origin), ("after", new.origin))
        yield Note("dependency-source", values)
    elif old.pin != new.pin and not new.is_floating:
        yield Note("manifest-pinned", (("before", old.pin or "the newest commit"), ("after", new.pin)))


def _store_moved(pair: _Pair) -> Iterator[Change]:
    """A manifest that tells cargo-vet to look for its audits elsewhere."""
    if pair.base is None or pair.head is None:
        return
    was, now = named_store(pair.base.document), named_store(pair.head.document)
    if was == now:
        return
    owner = "workspace" if pair.head.document.get("workspace", "metadata", "vet") is not None else "package"
    line = pair.head.document.line(owner, "metadata", "vet", "store", "path")
    site = line_site(pair.head.data, "metadata.vet", line, now, digest_of(now))
    before = Place(pair.base.path, line_site(pair.base.data, "metadata.vet", 1, was, digest_of(was)))
    note = Note("manifest-store", (("before", was or FOLDER), ("after", now or FOLDER)))
    fingerprint = digest_of(KIND, ChangeClass.CHANGED, pair.head.path, site.item, was, now)
    yield Change(ChangeClass.CHANGED, pair.head.path, site, fingerprint, before, (), (note,))


def _change(
    kind: ChangeClass,
    manifest: _Manifest,
    asked: Asked,
    before: tuple[_Manifest, Asked] | None,
    notes: tuple[Note, ...],
) -> Change:
    site = _site(manifest, asked)
    if kind is ChangeClass.REMOVED:
        place: Place | None = Place(manifest.path, site)
    else:
        place = Place(before[0].path, _site(*before)) if before is not None else None
    was = place.site.tokens if place is not None else ""
    now = "" if kind is ChangeClass.REMOVED else site.tokens
    fingerprint = digest_of(KIND, kind, manifest.path, site.item, was, now)
    return Change(kind, manifest.path, site, fingerprint, place, (), notes)


def _site(manifest: _Manifest, asked: Asked) -> Site:
    words = digest_of(*asked.place, *_meaning(asked), str(asked.default_features), *sorted(asked.features))
    in_test = asked.for_development or is_test_target(manifest.path)
    return line_site(manifest.data, ".".join(asked.place), asked.line, asked.shown, words, in_test=in_test)
