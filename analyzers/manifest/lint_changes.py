"""Lint levels outside sources, compared: what became looser or stricter, and for which code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from analyzers.manifest import cargo_config, command_lines, lints
from analyzers.manifest.document import DocumentError, read_document
from analyzers.manifest.package import is_manifest
from analyzers.manifest.paths import concerns_lints, is_clippy, is_command_file
from analyzers.manifest.reading import (
    document_at,
    manifests_above,
    unreadable,
    workspace_of,
)
from analyzers.manifest.settings import Setting, lint_scan
from analyzers.model import (
    Analysis,
    Change,
    ChangeClass,
    Note,
    Reason,
    Scan,
    Site,
    Unanalysed,
    UnanalysedReason,
)
from analyzers.survey import Sides, Sites, Surveyed, Tree, compare_sites

_ORDER = ("allow", "expect", "warn", "deny", "forbid")
_MOST_LINTS = 6


def wants(sides: Sides) -> Iterator[str]:
    """The files themselves, and the workspaces of changed manifests."""
    for path in sorted(filter(concerns_lints, sides.paths)):
        yield path
        if is_manifest(path):
            for tree in (sides.base, sides.head):
                yield from manifests_above(tree, path)
                document = document_at(tree, path)
                named = document.get("package", "workspace") if document is not None else None
                if isinstance(named, str):
                    yield from _workspace_named(path, named)


def _workspace_named(path: str, named: str) -> Iterator[str]:
    from posixpath import dirname, join, normpath

    yield normpath(join(dirname(path), named, "Cargo.toml"))


def sites(tree: Tree) -> Sites:
    """The lint levels of one side."""
    scans, _ = _scans(tree, tree.contents)
    return {path: scan.sites for path, scan in scans.items() if scan.sites}


def compare(sides: Sides, analysis: Analysis) -> Surveyed:
    """The changes of lint levels outside sources, and what manifests still say for levels that left a source."""
    paths = sorted(filter(concerns_lints, sides.paths))
    base, _ = _scans(sides.base, paths)
    head, doubts = _scans(sides.head, paths)
    for path in base.keys() - head.keys():
        # With a manifest its package goes; with any other file only what it asked for.
        if path not in sides.head.entries and not is_manifest(path):
            head[path] = Scan()
    changes = tuple(replace(each, notes=tuple(_notes(each))) for each in compare_sites(base, head))
    return Surveyed(changes, notes=tuple(_still_held(sides.head, analysis)), unanalysed=tuple(doubts))


def _scans(tree: Tree, paths: Iterable[str]) -> tuple[dict[str, Scan], list[Unanalysed]]:
    scans: dict[str, Scan] = {}
    doubts: list[Unanalysed] = []
    for path in paths:
        data = tree.contents.get(path)
        if data is None or not concerns_lints(path):
            continue
        try:
            scans[path] = lint_scan(data, _settings(tree, path, data))
        except DocumentError as error:
            doubts.append(unreadable(tree, error))
        if is_command_file(path) and command_lines.is_unreadable(path, data):
            doubts.append(Unanalysed(path, UnanalysedReason.UNPARSABLE, blob=tree.entries[path].blob))
    return scans, doubts


def _settings(tree: Tree, path: str, data: bytes) -> Iterable[Setting]:
    if is_command_file(path):
        return command_lines.settings(path, data)[0]
    document = read_document(path, data)
    if is_manifest(path):
        return lints.of_manifest(document, workspace_of(tree, document))
    if is_clippy(path):
        return lints.of_clippy(document)
    return cargo_config.lints(document)


def _parts(site: Site) -> tuple[str, str]:
    """The level and the lint of a site."""
    level, _, rest = site.detail.partition("(")
    return level, rest.removesuffix(")")


def _notes(change: Change) -> Iterator[Note]:
    if change.change in (ChangeClass.MOVED, ChangeClass.REMOVED):
        return
    level, lint = _parts(change.site)
    gone = (
        change.change is ChangeClass.RELAXED
        and change.before is not None
        and (change.before.site.detail == change.site.detail)
    )
    if change.site.item == "clippy.toml":
        looser = level == "allow" if not gone else level != "allow"
        yield Note("lint-clippy-looser" if looser else "lint-clippy-stricter", (("key", lint),))
        return
    if lint == lints.INHERITED:
        yield Note("lint-no-longer-inherited" if gone else "lint-inherited")
        return
    if lint.startswith("--cap-lints"):
        yield Note("lint-capped", (("flag", lint), ("scope", change.site.item)))
        return
    yield _became(change, level, lint, gone=gone)
    members = lints.GROUPS.get(lint)
    if members:
        shown = ", ".join(sorted(members)[:_MOST_LINTS])
        yield Note("lint-group", (("group", lint), ("lints", shown)))


def _became(change: Change, level: str, lint: str, *, gone: bool) -> Note:
    where = "workspace" if change.site.item.startswith(lints.WORKSPACE) else "scope"
    values = [("lint", lint)] + ([("scope", change.site.item)] if where == "scope" else [])
    if gone or change.before is None:
        values.append(("level", level))
        return Note(f"lint-{'gone' if gone else 'set'}-{where}", tuple(values))
    before, _ = _parts(change.before.site)
    return Note(f"lint-became-{where}", (*values, ("before", before), ("after", level)))


def _still_held(head: Tree, analysis: Analysis) -> Iterator[tuple[str, tuple[Note, ...]]]:
    """Levels that left a source while a changed manifest says at least as much for it."""
    for change in analysis.changes:
        if (
            change.site.kind != "lint-level"
            or Reason.LINT_LOOSENED not in change.reasons
            or not change.before
        ):
            continue
        level, lint = _parts(change.before.site)
        held = _held(head, change.path, lint)
        if held is not None and level in _ORDER and _ORDER.index(held[1]) >= _ORDER.index(level):
            values = (("manifest", held[0]), ("lint", lint), ("level", held[1]))
            yield change.fingerprint, (Note("lint-still-held", values),)


def _held(head: Tree, path: str, lint: str) -> tuple[str, str] | None:
    """The manifest that sets a lint for a source, and the level; None where none that was read does."""
    nearest = next(manifests_above(head, path), None)
    document = document_at(head, nearest) if nearest is not None else None
    if document is None:
        return None
    if document.get("lints", "workspace") is True:
        document = workspace_of(head, document) or document
    level = lints.level_of(document, lint)
    return (document.path, level) if level else None
