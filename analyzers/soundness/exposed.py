"""The entry of the soundness scope: both sides of a comparison in, `exposed` changes out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from analyzers.fingerprint import digest_of
from analyzers.model import (
    Analysis,
    Change,
    ChangeClass,
    FileChange,
    FileSide,
    Macro,
    Note,
    Place,
    Reason,
    Site,
    Unanalysed,
    UnanalysedReason,
)
from analyzers.paths import is_rust, is_test_target
from analyzers.rust.scan import declared_modules
from analyzers.rust.tokens import digest
from analyzers.soundness.edits import Edit, Node, Pair, Side, edits
from analyzers.soundness.modules import children_of, parents_of
from analyzers.soundness.outline import Outline, TooManyError, UnitKind
from analyzers.soundness.relying import Near, Neighbourhood, Relation, Tier, closest
from analyzers.survey import Sides, Surveyed, Tree

MAX_NOTES = 4
"""Relying sites that one change names, and one of every other file; a last note tells how many more there are."""
MAX_BYTES = 6 << 20
"""Bytes of source that one comparison outlines, both sides together: more would not end in time."""

_ASKING = frozenset((ChangeClass.ADDED, ChangeClass.CHANGED, ChangeClass.RELAXED))
_REASONS = {
    Tier.FUNCTION: Reason.EXPOSED_FUNCTION,
    Tier.STATE: Reason.EXPOSED_STATE,
    Tier.DECLARATIONS: Reason.EXPOSED_DECLARATION,
}


def wanted(sides: Sides) -> tuple[str, ...]:
    """The parents and children of every changed source, as far as they are in a tree."""
    found: set[str] = set()
    for change in sides.changed:
        for side, tree in ((change.base, sides.base), (change.head, sides.head)):
            if side is not None and is_looked_at(side.path) and side.data is not None:
                found.update(
                    parents_of(side.path, tree.entries), children_of(side.path, side.data, tree.entries)
                )
    return tuple(sorted(path for path in found if is_looked_at(path)))


def is_looked_at(path: str) -> bool:
    """Whether safe code at a path can matter: Rust that is built for more than tests."""
    return is_rust(path) and not is_test_target(path)


def compare(sides: Sides, analysis: Analysis) -> Surveyed:
    """Every edit of safe code that an unsafe site relies on."""
    return _Comparison(sides, analysis).run()


@dataclass(frozen=True, slots=True)
class _Exposure:
    """An edited unit with the sites that rely on it."""

    edit: Edit
    relations: tuple[Relation, ...]


class _Comparison:
    def __init__(self, sides: Sides, analysis: Analysis) -> None:
        self._sides = sides
        self._left = MAX_BYTES
        self._outlines: dict[tuple[str, bytes], Outline] = {}
        self._nears: dict[str, Near] = {}
        self._neighbourhoods: dict[str, Neighbourhood] = {}
        self._doubts: list[Unanalysed] = []
        self._asking: defaultdict[str, dict[int, Change]] = defaultdict(dict)
        for change in analysis.changes:
            if change.change in _ASKING:
                self._asking[change.path][change.site.keyword] = change

    def run(self) -> Surveyed:
        exposures: list[_Exposure] = []
        bindings: list[tuple[str, str]] = []
        for edit in edits(list(self._pairs())):
            relations = closest(self._neighbourhood(edit.head.path).relations(edit))
            if not relations:
                continue
            # Whoever looks at a site that changed looks at the code around it too: its approval covers both.
            asked = self._asked(edit.head)
            if asked:
                bindings += ((change.fingerprint, _content(edit)) for change in asked)
            elif edit.base is not None or any(each.tier is not Tier.FUNCTION for each in relations):
                exposures.append(_Exposure(edit, tuple(relations)))
        return Surveyed(changes=_changes(exposures), bindings=tuple(bindings), unanalysed=tuple(self._doubts))

    def _pairs(self) -> Iterator[Pair]:
        """The changed sources near which there is any unsafe code, with their outlines, the small ones first."""
        for change in sorted(self._sides.changed, key=lambda each: (_size(each), each.path)):
            base, head = change.base, change.head
            if not (_is_source(base) or _is_source(head)) or not self._is_near_unsafe(base, head):
                continue
            if head is not None and self._is_test_module(head.path):
                continue
            try:
                yield Pair(self._side(self._sides.base, base), self._side(self._sides.head, head))
            except TooManyError as error:
                self._doubt(change, error)

    def _doubt(self, change: FileChange, error: TooManyError) -> None:
        if change.head is not None:
            detail = f"soundness: {error}"
            self._doubts.append(
                Unanalysed(change.path, UnanalysedReason.TOO_MANY, detail=detail, blob=change.head.blob)
            )

    def _is_near_unsafe(self, *sides: FileSide | None) -> bool:
        for side, tree in zip(sides, (self._sides.base, self._sides.head), strict=True):
            if side is not None:
                near = (side.path, *_around(side.path, tree))
                if any(b"unsafe" in tree.contents.get(path, b"") for path in near):
                    return True
        return False

    def _is_test_module(self, path: str) -> bool:
        """Whether a file exists only through a ``#[cfg(test)] mod``."""
        contents = self._sides.head.contents
        declared = [
            test_only
            for parent in parents_of(path, contents)
            for name, test_only in declared_modules(contents[parent]).items()
            if path.rpartition("/")[2] == f"{name}.rs" or path.endswith(f"/{name}/mod.rs")
        ]
        return bool(declared) and all(declared)

    def _side(self, tree: Tree, side: FileSide | None) -> Side:
        if side is None or not _is_source(side):
            return Side()
        return Side(side.path, self._outline(tree, side.path))

    def _outline(self, tree: Tree, path: str) -> Outline:
        """The outline of a source that was read.

        Raises:
            TooManyError: it holds more than is looked at, or all of them together do.
        """
        data = tree.contents[path]
        known = self._outlines.get((path, data))
        if known is None:
            self._left -= len(data)
            if self._left < 0:
                raise TooManyError(f"more than {MAX_BYTES >> 20} MB of changed sources and their modules")
            known = self._outlines[path, data] = Outline(data)
        return known

    def _neighbourhood(self, path: str) -> Neighbourhood:
        """The file with those around it that hold unsafe code or types."""
        if path not in self._neighbourhoods:
            found = (self._near(each, path) for each in (path, *_around(path, self._sides.head)))
            self._neighbourhoods[path] = Neighbourhood([near for near in found if near is not None])
        return self._neighbourhoods[path]

    def _near(self, path: str, edited: str) -> Near | None:
        """A file of a neighbourhood; one that is too large tells nothing."""
        data = self._sides.head.contents[path]
        if path not in self._nears and (path == edited or b"unsafe" in data or b"struct" in data):
            with suppress(TooManyError):
                self._nears[path] = Near(path, self._outline(self._sides.head, path))
        return self._nears.get(path)

    def _asked(self, node: Node) -> list[Change]:
        """The changes of sites in a unit that ask somebody anyway."""
        asking = self._asking.get(node.path)
        if not asking:
            return []
        place = node.outline.source.place
        spots = node.outline.sites_of.get(node.number, ())
        return [asking[at] for at in (place(spot.match.keyword) for spot in spots) if at in asking]


def _is_source(side: FileSide | None) -> bool:
    return side is not None and side.mode == "file" and side.data is not None and is_looked_at(side.path)


def _size(change: FileChange) -> int:
    return sum(len(side.data or b"") for side in (change.base, change.head) if side is not None)


def _around(path: str, tree: Tree) -> tuple[str, ...]:
    """The parents and children of a source that were read, sorted."""
    data = tree.contents.get(path, b"")
    return tuple(sorted({*parents_of(path, tree.contents), *children_of(path, data, tree.contents)}))


# --- changes ------------------------------------------------------------------------------------------


def _content(edit: Edit) -> str:
    """What somebody approves: the tokens before and after."""
    return digest_of(*(digest(node.words) for node in edit.sides))


def _changes(exposures: Iterable[_Exposure]) -> tuple[Change, ...]:
    """One change for each edited unit and kind of relying site, sorted; equal ones are numbered."""
    found = [
        (exposure.edit, kind, [each for each in exposure.relations if each.spot.kind == kind])
        for exposure in exposures
        for kind in sorted({each.spot.kind for each in exposure.relations})
    ]
    found.sort(key=lambda each: (each[0].head.path, each[0].head.unit.head, each[1]))
    seen: defaultdict[str, int] = defaultdict(int)
    changes = []
    for edit, kind, relations in found:
        identity = digest_of(
            "exposed", kind, edit.head.path, edit.head.unit.path, _content(edit), *_identities(relations)
        )
        seen[identity] += 1
        fingerprint = digest_of(identity, str(seen[identity]))
        tiers = sorted({each.tier for each in relations}, key=list(Tier).index)
        changes.append(
            Change(
                ChangeClass.EXPOSED,
                edit.head.path,
                _site(edit, edit.head, kind),
                fingerprint,
                Place(edit.base.path, _site(edit, edit.base, kind)) if edit.base else None,
                tuple(_REASONS[tier] for tier in tiers),
                _notes(relations),
            )
        )
    return tuple(changes)


def _identities(relations: Iterable[Relation]) -> list[str]:
    """What the relying sites are, without their places."""
    return sorted(
        digest_of(
            each.tier,
            each.path,
            each.outline.units[each.spot.unit].path,
            digest(each.outline.own_words[each.spot]),
        )
        for each in relations
    )


def _site(edit: Edit, node: Node, kind: str) -> Site:
    """One side of an edited unit as the place to look at; its line is the first that differs."""
    source, unit = node.outline.source, node.unit
    at = edit.begins(node)
    keyword, start, end = (source.place(each) for each in (at, unit.head, unit.end))
    return Site(
        kind=kind,
        item=unit.path,
        line=source.line_of(keyword),
        column=source.column(at),
        end_line=source.line_of(max(start, end - 1)),
        keyword=keyword,
        start=start,
        end=end,
        tokens=digest(node.words),
        macro=Macro.DEFINITION if unit.kind is UnitKind.MACRO else Macro.NONE,
    )


def _notes(relations: Sequence[Relation]) -> tuple[Note, ...]:
    """Each relying site with its reason: one note for a site and reason, the first few and one of every other file."""
    notes = []
    shown = _shown(relations)
    for each in shown:
        source = each.outline.source
        item = each.outline.units[each.spot.unit].path
        values = (("site", each.spot.kind), ("item", item), *each.values)
        notes.append(Note(each.note, values, each.path, source.line(each.spot.match.keyword)))
    if len(relations) > len(shown):
        notes.append(Note("soundness-more", (("count", str(len(relations) - len(shown))),)))
    return tuple(notes)


def _shown(relations: Sequence[Relation]) -> list[Relation]:
    """The relations that are told: rules look at the paths of relying sites too, so no file is left out."""
    first = {each.path: index for index, each in reversed(list(enumerate(relations)))}
    return [each for index, each in enumerate(relations) if index < MAX_NOTES or first[each.path] == index]
