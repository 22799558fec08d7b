"""What code is built with, compared: toolchain, edition, unstable features, flags, tools and targets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from analyzers.manifest import cargo_config, command_lines, toolchain
from analyzers.manifest.document import DocumentError, read_document
from analyzers.manifest.package import is_manifest
from analyzers.manifest.paths import concerns_toolchain, is_command_file, is_toolchain_file
from analyzers.manifest.reading import unreadable
from analyzers.manifest.settings import Setting, toolchain_scan
from analyzers.model import Change, ChangeClass, Note, Reason, Scan, Unanalysed, UnanalysedReason
from analyzers.survey import Sides, Sites, Surveyed, Tree, compare_sites

_CRATE_ROOT = re.compile(r"(?:.*/)?(?:lib|main)\.rs|(?:.*/)?(?:bin|examples|tests|benches)/[^/]+\.rs")
_TARGET_NAME = re.compile(r"(?:.*/)?[\w.]+-[\w.-]+\.json")
_MOST_KEYS = 8
_SHOWN = 80


def wants(sides: Sides) -> Iterator[str]:
    """Nothing but the files themselves; of sources those that can be the first of a crate."""
    for path in sorted(filter(concerns_toolchain, sides.paths)):
        if path.endswith(".json"):
            wanted = _TARGET_NAME.fullmatch(path) is not None
        else:
            wanted = not path.endswith(".rs") or _CRATE_ROOT.fullmatch(path) is not None
        if wanted:
            yield path


def sites(tree: Tree) -> Sites:
    """What one side is built with."""
    scans, _ = _scans(tree, tree.contents)
    return {path: scan.sites for path, scan in scans.items() if scan.sites}


def compare(sides: Sides) -> Surveyed:
    """The changes, each with a note in words; an older edition loosens what the compiler asks for."""
    paths = sorted(filter(concerns_toolchain, sides.paths))
    base, _ = _scans(sides.base, paths)
    head, doubts = _scans(sides.head, paths)
    changes = tuple(
        replace(each, notes=tuple(_notes(sides, each))) for each in map(_judged, compare_sites(base, head))
    )
    return Surveyed(changes, unanalysed=tuple(doubts))


def _scans(tree: Tree, paths: Iterable[str]) -> tuple[dict[str, Scan], list[Unanalysed]]:
    scans: dict[str, Scan] = {}
    doubts: list[Unanalysed] = []
    for path in paths:
        data = tree.contents.get(path)
        if data is None or not concerns_toolchain(path):
            continue
        try:
            scan = _scan(path, data)
        except DocumentError as error:
            doubts.append(unreadable(tree, error))
            continue
        if scan is not None:
            scans[path] = scan
        elif path.endswith(".json"):
            doubts.append(Unanalysed(path, UnanalysedReason.UNPARSABLE, blob=tree.entries[path].blob))
    return scans, doubts


def _scan(path: str, data: bytes) -> Scan | None:
    """The sites of a file; None for a target specification that cannot be read.

    Raises:
        DocumentError: it is no TOML.
    """
    if path.endswith(".json"):
        if not toolchain.is_target(data):
            return Scan()
        keys = toolchain.of_target(data)
        return None if keys is None else toolchain.target_scan(path, data, keys)
    return toolchain_scan(data, _settings(path, data))


def _settings(path: str, data: bytes) -> Iterable[Setting]:
    if path.endswith(".rs"):
        return toolchain.of_source(data)
    if is_command_file(path):
        return command_lines.settings(path, data)[1]
    if is_toolchain_file(path):
        return toolchain.of_toolchain_file(path, data)
    document = read_document(path, data)
    return toolchain.of_manifest(document) if is_manifest(path) else cargo_config.toolchain(document)


def _judged(change: Change) -> Change:
    """The change as it is, but for an edition: going back to an older one is a relaxation."""
    what, _, after = change.site.detail.partition(" = ")
    if what != "edition" or change.change is not ChangeClass.CHANGED or change.before is None:
        return change
    before = change.before.site.detail.partition(" = ")[2]
    if after >= before:
        return change
    return replace(change, change=ChangeClass.RELAXED, reasons=(*change.reasons, Reason.LINT_LOOSENED))


def _notes(sides: Sides, change: Change) -> Iterator[Note]:
    if change.change in (ChangeClass.MOVED, ChangeClass.REMOVED):
        return
    what, _, after = change.site.detail.partition(" = ")
    if change.site.item.startswith("target.") and change.path.endswith(".json"):
        yield from _of_target(sides, change)
    elif change.site.item.startswith(("feature.", "cargo-features.")):
        yield Note("toolchain-feature", (("feature", what),))
    elif change.before is None:
        yield (
            Note("toolchain-set", (("what", what), ("after", _shortened(after))))
            if after
            else Note("toolchain-flag", (("what", what),))
        )
    else:
        before = change.before.site.detail.partition(" = ")[2]
        values = (("what", what), ("before", _shortened(before)), ("after", _shortened(after)))
        yield Note("toolchain-became", values)


def _of_target(sides: Sides, change: Change) -> Iterator[Note]:
    """The keys of a target specification that say something else."""
    if change.before is None:
        yield Note("toolchain-target")
        return
    data = sides.head.contents[change.path]
    old = toolchain.of_target(sides.base.contents[change.before.path]) or {}
    new = toolchain.of_target(data) or {}
    differing = [key for key in sorted({*old, *new}) if old.get(key) != new.get(key)]
    for key in differing[:_MOST_KEYS]:
        values = (
            ("what", key),
            ("before", _shortened(old.get(key, "-"))),
            ("after", _shortened(new.get(key, "-"))),
        )
        yield Note("toolchain-became", values, change.path, toolchain.key_line(data, key))


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
