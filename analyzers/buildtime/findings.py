"""Findings about build-time code: what it does that a policy may not allow, and inputs that Cargo is not told of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from analyzers.buildtime.capabilities import Script, Use
from analyzers.buildtime.inputs import Undeclared, undeclared
from analyzers.buildtime.names import BUILD_CAPABILITY, Capability
from analyzers.buildtime.sites import BuildTime, build_time
from analyzers.manifest.package import is_manifest
from analyzers.model import Change, ChangeClass, Finding, Note, Severity, Site
from analyzers.survey import Kinds, Tree

UNDECLARED_INPUT = "undeclared-build-input"
_KIND = "build-script"
_NEW = (ChangeClass.ADDED, ChangeClass.CHANGED)
_MOST_NOTES = 12
_MOST_EXAMPLES = 3
_SHORTEST = 80


def capabilities_of(change: Change, head: BuildTime) -> Iterator[Finding]:
    """One finding for each capability of a changed site, so that a policy can allow each for itself."""
    renamed = change.before is not None and change.before.site.item != change.site.item
    if change.change not in _NEW and not (renamed and change.change is ChangeClass.MOVED):
        return
    was = change.before.site.item if change.before is not None else change.site.item
    for capability, examples in _used(change, head).items():
        told = Note(BUILD_CAPABILITY, (("crate", change.site.item), ("capability", capability), ("was", was)))
        # Off unless the policy says what is allowed.
        yield _finding(BUILD_CAPABILITY, Severity.OFF, change.path, change.site, (told, *examples))


def new_inputs(change: Change, base: BuildTime, head: BuildTime) -> Iterator[Finding]:
    """What a changed script reads and does not declare, as far as it did not do so before; one finding at most."""
    if change.change not in _NEW or change.site.kind != _KIND:
        return
    before = change.before.path if change.before is not None else ""
    known = {(each.what, each.name) for each in _inputs(base, before)}
    new = [each for each in _inputs(head, change.path) if (each.what, each.name) not in known]
    yield from _told_inputs(head, change.path, change.site, new)


def portions(tree: Tree, kinds: Kinds) -> Iterator[tuple[str, ...]]:
    """The sources of all build scripts with all manifests, which say whose they are; nothing where there is none."""
    scripts = sorted(path for path, found in kinds.items() if _KIND in found)
    if scripts:
        yield *scripts, *filter(is_manifest, tree.entries)


def audited(tree: Tree) -> tuple[Finding, ...]:
    """What every build script of a portion reads and does not declare: one finding for each source, sorted by path."""
    found = build_time(tree, tree.entries)
    return tuple(
        finding
        for path, scan in sorted(found.scans.items())
        for site in scan.sites
        if site.kind == _KIND
        for finding in _told_inputs(found, path, site, _inputs(found, path))
    )


def shortened(text: str) -> str:
    """The beginning of a text that others wrote, long enough to know it by."""
    return text if len(text) <= _SHORTEST else f"{text[: _SHORTEST - 1]}…"


def _used(change: Change, head: BuildTime) -> dict[Capability, tuple[Note, ...]]:
    """The capabilities of a changed site, each with the first uses of it."""
    if change.site.kind == "native-link":
        note = Note(
            "build-time-links", (("what", shortened(change.site.detail)),), change.path, change.site.line
        )
        return {Capability.LINK: (note,)}
    script = head.scripts[change.path]
    return {
        capability: tuple(
            _told(change.path, script, use)
            for use in islice((use for use in script.uses if use.capability is capability), _MOST_EXAMPLES)
        )
        for capability in script.capabilities
    }


def _told(path: str, script: Script, use: Use) -> Note:
    values = (("use", shortened(use.spelt)),)
    return Note(f"build-time-does-{use.capability}", values, path, script.source.line(use.at))


def _inputs(found: BuildTime, path: str) -> tuple[Undeclared, ...]:
    """What a source of a build script reads undeclared; nothing where it is none, or could not be read."""
    member, script = found.members.get(path), found.scripts.get(path)
    if member is None or script is None:
        return ()
    return undeclared(script, found.of_crate(member, path))


def _told_inputs(found: BuildTime, path: str, site: Site, inputs: Iterable[Undeclared]) -> Iterator[Finding]:
    source = found.scripts[path].source
    notes = tuple(
        Note(
            f"build-time-undeclared-{each.what}",
            (("name", shortened(each.name)),),
            path,
            source.line(each.at),
        )
        for each in islice(inputs, _MOST_NOTES)
    )
    if notes:
        yield _finding(UNDECLARED_INPUT, Severity.NOTE, path, site, notes)


def _finding(id: str, severity: Severity, path: str, site: Site, notes: tuple[Note, ...]) -> Finding:
    return Finding(id, severity, path, site.line, site.column, site.end_line, site.kind, site.item, notes)
