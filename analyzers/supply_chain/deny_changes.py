"""Edits of cargo-deny's configuration that let more pass than before (its book, "config").

Which licences are allowed says nothing about code, so it is left out.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from analyzers.fingerprint import digest_of
from analyzers.manifest.document import Document, DocumentError, read_document
from analyzers.manifest.package import MANIFEST
from analyzers.manifest.reading import unreadable
from analyzers.model import Change, ChangeClass, Finding, Note, Place, Severity, Site, Unanalysed
from analyzers.supply_chain.deny import CRATES_IO, spec_of
from analyzers.supply_chain.findings import KIND, LOOSENED, finding, line_site
from analyzers.supply_chain.paths import DENY_NAMES, LOCK, deny_at, deny_folder, is_deny, vendored_folder
from analyzers.supply_chain.toml import words
from analyzers.survey import Sides, Surveyed, Tree

# What lets something pass, so that another entry lets more pass ...
_EXCEPTIONS: tuple[tuple[str, ...], ...] = (
    ("advisories", "ignore"),
    ("bans", "skip"),
    ("bans", "skip-tree"),
    ("sources", "allow-git"),
    ("sources", "allow-registry"),
    ("sources", "private"),
    ("sources", "allow-org", "github"),
    ("sources", "allow-org", "gitlab"),
    ("sources", "allow-org", "bitbucket"),
    ("graph", "exclude"),
    ("exclude",),
)
# ... and levels, the strictest first, with what holds where nothing is written.
_LEVEL = ("deny", "warn", "allow")
_SCOPE = ("all", "workspace", "transitive", "none")
_LEVELS: Mapping[tuple[str, str], tuple[tuple[str, ...], str]] = {
    ("advisories", "unmaintained"): (_SCOPE, "all"),
    ("advisories", "unsound"): (_SCOPE, "workspace"),
    ("advisories", "yanked"): (_LEVEL, "warn"),
    ("bans", "multiple-versions"): (_LEVEL, "warn"),
    ("bans", "wildcards"): (_LEVEL, "warn"),
    ("sources", "required-git-spec"): (("rev", "tag", "branch", "any"), "any"),
    ("sources", "unknown-git"): (_LEVEL, "warn"),
    ("sources", "unknown-registry"): (_LEVEL, "warn"),
}
# Two versions of one package are waste, not a danger.
_HARMLESS = frozenset({("bans", "skip"), ("bans", "skip-tree"), ("bans", "multiple-versions")})
_DEFAULTS: Mapping[tuple[str, ...], tuple[str, ...]] = {("sources", "allow-registry"): (CRATES_IO,)}
_MOST = 20
"""Entries of one list that are told one by one."""


@dataclass(frozen=True, slots=True)
class _Loosened:
    """A key that lets more pass: its path, what became of it, and whether anything can come in by it."""

    key: tuple[str, ...]
    notes: tuple[Note, ...]

    @property
    def matters(self) -> bool:
        return self.key not in _HARMLESS


def wants(sides: Sides) -> Iterator[str]:
    """The configuration of every folder in which one changed."""
    for folder in _folders(sides):
        yield from (posixpath.join(folder, name) for name in DENY_NAMES)


def compare(sides: Sides) -> Surveyed:
    """A change for each key that lets more pass, with a finding where that can bring in other code."""
    changes: list[Change] = []
    findings: list[Finding] = []
    unread: list[Unanalysed] = []
    for folder in _folders(sides):
        base, head = (deny_at(folder, tree.entries) for tree in (sides.base, sides.head))
        if not base or not (head or _is_used(sides.head, folder)):
            continue
        try:
            was, now = _document(sides.base, base), _document(sides.head, head)
        except DocumentError as error:
            unread.append(unreadable(sides.head, error))
            continue
        if was is None or (head and now is None):
            # Not read, which the shell tells of the head; an older file that is gone can be compared with nothing.
            continue
        for loosened in _loosened(was, now):
            change = _change(sides, base, head, loosened)
            changes.append(change)
            if loosened.matters:
                findings.append(finding(LOOSENED, Severity.WARN, change, *loosened.notes))
    return Surveyed(tuple(changes), tuple(findings), unanalysed=tuple(unread))


def _folders(sides: Sides) -> list[str]:
    there = sides.there
    changed = (path for path in sides.paths if is_deny(path) and vendored_folder(path, there) is None)
    return sorted({deny_folder(path) for path in changed})


def _is_used(tree: Tree, folder: str) -> bool:
    """Whether anything is left in a folder that a configuration could be for."""
    return any(posixpath.join(folder, name) in tree.entries for name in (MANIFEST, LOCK))


def _document(tree: Tree, path: str) -> Document | None:
    data = tree.contents.get(path)
    return None if data is None else read_document(path, data)


def _loosened(base: Document, head: Document | None) -> Iterator[_Loosened]:
    if head is None:
        yield _Loosened((), (Note("deny-gone", (("file", base.path),)),))
        return
    for key in _EXCEPTIONS:
        was, now = (_named(each.get(*key), _DEFAULTS.get(key, ())) for each in (base, head))
        yield from _told(key, "deny-excepts", now.keys() - was.keys())
    yield from _told(("bans", "deny"), "deny-no-longer-bans", _unbanned(base, head))
    was, now = (_named(each.get("bans", "allow")) for each in (base, head))
    if was and not now:
        yield _Loosened(("bans", "allow"), (Note("deny-allows-all"),))
    elif was:
        yield from _told(("bans", "allow"), "deny-allows", now.keys() - was.keys())
    for level in _LEVELS:
        yield from _level(level, base, head)


def _unbanned(base: Document, head: Document) -> Iterator[str]:
    """The packages that were banned and are not, or of which more others may make use."""
    was, now = (_banned(each) for each in (base, head))
    for name, wrappers in was.items():
        still = now.get(name)
        # No wrappers at all is the strictest ban.
        if still is None or (still and not (wrappers and still <= wrappers)):
            yield name


def _banned(document: Document) -> dict[str, frozenset[str]]:
    """What is banned, with the wrappers that may use it."""
    entries = document.get("bans", "deny")
    return {
        _name(each): frozenset(words(each.get("wrappers")) if isinstance(each, Mapping) else ())
        for each in (entries if isinstance(entries, list) else ())
    }


def _told(key: tuple[str, ...], note: str, names: Iterable[str]) -> Iterator[_Loosened]:
    listed = sorted(names)
    notes = [Note(note, (("entry", name),)) for name in listed[:_MOST]]
    if len(listed) > _MOST:
        notes.append(Note("deny-more", (("count", str(len(listed) - _MOST)),)))
    if notes:
        yield _Loosened(key, tuple(notes))


def _level(key: tuple[str, str], base: Document, head: Document) -> Iterator[_Loosened]:
    order, default = _LEVELS[key]
    was, now = (each.get(*key) or default for each in (base, head))
    if was in order and now in order and order.index(now) > order.index(was):
        yield _Loosened(key, (Note("deny-level", (("before", was), ("after", now))),))


def _named(entries: object, default: tuple[str, ...] = ()) -> dict[str, None]:
    """The entries of a list by what they mean, without reasons."""
    if entries is None:
        return dict.fromkeys(default)
    return dict.fromkeys(map(_name, entries) if isinstance(entries, list) else words(entries))


def _name(entry: object) -> str:
    """An advisory's id, an address, or the packages that are meant."""
    if isinstance(entry, Mapping):
        return entry["id"] if isinstance(entry.get("id"), str) else str(spec_of(entry))
    return str(entry)


def _change(sides: Sides, base: str, head: str, loosened: _Loosened) -> Change:
    """A relaxed site at the key; at the old one where the file is gone."""
    path = head or base
    before, site = _site(sides.base, base, loosened), _site(sides.head, path, loosened)
    kind = ChangeClass.RELAXED
    fingerprint = digest_of(KIND, kind, path, before.tokens, site.tokens)
    return Change(
        kind, path, site, fingerprint, Place(base, before), (), () if loosened.matters else loosened.notes
    )


def _site(tree: Tree, path: str, loosened: _Loosened) -> Site:
    """The site of a key on one side, whose tokens stand for all that is written there."""
    data = tree.contents.get(path, b"")
    document, key = read_document(path, data), loosened.key
    line = document.line(*key) if key else 1
    return line_site(
        data, ".".join(key) or posixpath.basename(path), line, "", digest_of(repr(document.get(*key)))
    )
