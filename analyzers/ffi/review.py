"""What a comparison says about foreign signatures: words for changes, the layouts behind them, and findings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from analyzers.ffi.aliases import Meaning
from analyzers.ffi.attributes import attribute_at
from analyzers.ffi.bridges import Bridges, bridge_words
from analyzers.ffi.crate import Definition, Readings, Sources
from analyzers.ffi.findings import findings_of
from analyzers.ffi.layout_words import layout_words
from analyzers.ffi.reach import Placed, key_of, relying_items
from analyzers.ffi.retyped import alias_changes, retyped_aliases
from analyzers.ffi.signature import fn_pointer_at
from analyzers.ffi.words import Means, bounded, changed_words, item_words, pointer_words
from analyzers.model import Analysis, Change, ChangeClass, Note, Place
from analyzers.survey import Sides, Surveyed

_ITEMS = frozenset(("foreign-fn", "foreign-static", "foreign-type", "extern-fn"))
_ATTRIBUTES = frozenset(("link-attribute", "export-attribute"))
_COMPARED = frozenset((ChangeClass.CHANGED, ChangeClass.RELAXED))
_NEW = _COMPARED | {ChangeClass.ADDED}
# How many changes are told in words: nobody reads more, and each costs time.
_MOST_CHANGES = 2000
# How many places that rely on a type are told.
_MOST_PLACES = 5


def reviewed(sides: Sides, analysis: Analysis) -> Surveyed:
    """The facts about changes that were found already, changes of aliases, and findings about changed items."""
    return _Review(sides, analysis).result()


class _Review:
    def __init__(self, sides: Sides, analysis: Analysis) -> None:
        readings = Readings()
        self._sides = sides
        self._analysis = analysis
        self._base, self._head = Sources(sides.base, readings), Sources(sides.head, readings)
        self._bridges = Bridges()
        self._was, self._now = Meaning(self._base), Meaning(self._head)

    def result(self) -> Surveyed:
        notes: dict[str, list[Note]] = defaultdict(list)
        compared = [change for change in self._analysis.changes if change.change in _COMPARED][:_MOST_CHANGES]
        for change in compared:
            if change.before is not None:
                notes[change.fingerprint] += bounded(list(self._words(change, change.before)))
        laid_out = {change.fingerprint: found for change in compared if (found := self._definition(change))}
        retyped = list(retyped_aliases(self._sides, self._base, self._head, self._was, self._now))
        relying = relying_items(
            self._head, self._now, [*laid_out.values(), *(each.after for each in retyped)]
        )
        for fingerprint, definition in laid_out.items():
            notes[fingerprint] += _places(relying[key_of(definition)])
        changes = []
        for each in retyped:
            if not (places := relying[key_of(each.after)]):
                continue
            words = (*bounded(each.words), *_places(places))
            if told_already := self._fn_pointer_in(each.after, compared):
                notes[told_already.fingerprint] += _places(places)
            else:
                changes += alias_changes(each, self._base, self._head, words)
        return Surveyed(
            changes=tuple(changes),
            findings=tuple(findings_of(self._head, self._now, list(self._new_items()))),
            notes=tuple((fingerprint, tuple(each)) for fingerprint, each in notes.items() if each),
        )

    # --- words ----------------------------------------------------------------------------------------

    def _words(self, change: Change, before: Place) -> Iterator[Note]:
        kind = change.site.kind
        if kind in _ITEMS:
            old = self._base.item_at(before.path, before.site.keyword)
            new = self._head.item_at(change.path, change.site.keyword)
            if old is not None and new is not None:
                means = self._means(before.path, old.modules, change.path, new.modules)
                yield from item_words(old, new, *means)
        elif kind == "fn-pointer":
            yield from self._pointer_words(change, before)
        elif kind == "extern-block":
            yield from changed_words("ffi-abi", _abi(before.site.detail), _abi(change.site.detail))
        elif kind in _ATTRIBUTES:
            yield from self._attribute_words(change, before)
        elif kind == "layout":
            yield from self._layout_words(change, before)
        elif kind == "ffi-bridge":
            yield from self._bridge_words(change, before)

    def _pointer_words(self, change: Change, before: Place) -> Iterator[Note]:
        old, new = self._base.source(before.path), self._head.source(change.path)
        if old is not None and new is not None:
            types = fn_pointer_at(old, before.site.start), fn_pointer_at(new, change.site.start)
            yield from pointer_words(*types, *self._means(before.path, (), change.path, ()))

    def _bridge_words(self, change: Change, before: Place) -> Iterator[Note]:
        old, new = self._base.source(before.path), self._head.source(change.path)
        if old is not None and new is not None:
            yield from bridge_words(
                self._bridges.interface(old, before.site, self._base.definitions(before.path)),
                self._bridges.interface(new, change.site, self._head.definitions(change.path)),
            )

    def _attribute_words(self, change: Change, before: Place) -> Iterator[Note]:
        old, new = self._base.source(before.path), self._head.source(change.path)
        if old is None or new is None:
            return
        was = attribute_at(old, before.site.start, before.site.end)
        now = attribute_at(new, change.site.start, change.site.end)
        if was is not None and now is not None:
            library = "ffi-library" if "link" in (was.path, now.path) else "ffi-symbol"
            yield from changed_words(library, was.linked, now.linked)

    def _layout_words(self, change: Change, before: Place) -> Iterator[Note]:
        old = self._base.definition_between(before.path, before.site.start, before.site.end)
        new = self._definition(change)
        if old is not None and new is not None:
            yield from layout_words(
                old.of, new.of, *self._means(old.path, old.of.modules, new.path, new.of.modules)
            )

    def _means(
        self, base: str, base_modules: tuple[str, ...], head: str, head_modules: tuple[str, ...]
    ) -> tuple[Means, Means]:
        """What types mean at a place of the base and at one of the head."""
        return (
            lambda type_: self._was.of(type_, base, base_modules),
            lambda type_: self._now.of(type_, head, head_modules),
        )

    # --- which items and types ------------------------------------------------------------------------

    def _definition(self, change: Change) -> Definition | None:
        """The type whose stated layout changed."""
        if change.site.kind != "layout":
            return None
        return self._head.definition_between(change.path, change.site.start, change.site.end)

    def _fn_pointer_in(self, definition: Definition, changes: Iterable[Change]) -> Change | None:
        """The change that was found already inside an alias of a function pointer type."""
        of = definition.of
        for change in changes:
            inside = of.start <= change.site.start and change.site.end <= of.end
            if change.site.kind == "fn-pointer" and change.path == definition.path and inside:
                return change
        return None

    def _new_items(self) -> Iterator[Placed]:
        """The foreign items that the head has or has changed."""
        for change in self._analysis.changes:
            if change.change in _NEW and change.site.kind in _ITEMS:
                item = self._head.item_at(change.path, change.site.keyword)
                if item is not None:
                    yield Placed(change.path, item)


def _abi(detail: str) -> str:
    """The ABI in an extern block's detail, ``extern "C"``."""
    return detail.removeprefix('extern "').removesuffix('"')


def _places(placed: Iterable[Placed]) -> list[Note]:
    """Where a type is relied on."""
    notes = [
        Note("ffi-relies", (("name", each.item.item),), path=each.path, line=each.item.line)
        for each in placed
    ]
    return list(bounded(notes, _MOST_PLACES))
