"""The edits of safe code: which units differ between base and head once all noise is gone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from analyzers.similarity import pair_up
from analyzers.soundness.canonical import canonical
from analyzers.soundness.facts import Facts, facts_of
from analyzers.soundness.outline import Outline, Unit, UnitKind
from analyzers.soundness.renames import Renamed, is_name, only_renamed

# Units with less in common are another one and a new one.
_ALIKE = 0.6


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a changed file; without an outline it does not exist."""

    path: str = ""
    outline: Outline | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """Both sides of a changed file."""

    base: Side
    head: Side


@dataclass(eq=False, slots=True)
class Node:
    """A unit of one side, on its way to its other side."""

    file: int
    path: str
    outline: Outline
    number: int
    partner: Node | None = None
    _words: list[bytes] | None = None
    _facts: Facts | None = None

    @property
    def unit(self) -> Unit:
        """The unit itself."""
        return self.outline.units[self.number]

    @property
    def words(self) -> list[bytes]:
        """Its canonical tokens, worked out when they are first asked for."""
        if self._words is None:
            self._words = self.outline.canonical(self.number)
        return self._words

    @property
    def facts(self) -> Facts:
        """What its safe code does."""
        if self._facts is None:
            self._facts = facts_of(self.words)
        return self._facts

    @property
    def text(self) -> bytes:
        """Its bytes: equal bytes need no tokens."""
        return self.outline.source.data[self.unit.start : self.unit.end]


@dataclass(frozen=True, slots=True)
class Edit:
    """A unit of the head that is new or differs from its base."""

    head: Node
    base: Node | None

    @property
    def sides(self) -> tuple[Node, ...]:
        """The head, and the base if there is one."""
        return (self.head,) if self.base is None else (self.head, self.base)

    def in_signature(self) -> bool:
        """Whether a function differs before its body."""
        before, after = (_signature(node) for node in ((self.base or self.head), self.head))
        return before != after

    def begins(self, node: Node) -> int:
        """Where one side begins to differ from the other: the offset of the first word of that line.

        Layout and comments are no difference; other noise may be, so the edit that matters can stand further down. A
        new unit begins at its head.
        """
        other = self.base if node is self.head else self.head
        if other is None:
            return node.unit.head
        pairs = zip_longest(_placed_words(node), _placed_words(other), fillvalue=(b"", node.unit.head))
        return next((at for (word, at), (before, _) in pairs if word != before), node.unit.head)


def _placed_words(node: Node) -> Iterator[tuple[bytes, int]]:
    """The tokens of a unit, each with the offset of the first one of its line."""
    source, unit = node.outline.source, node.unit
    start = unit.head
    while start < unit.end:
        line_end = source.text.find(b"\n", start, unit.end)
        stop = unit.end if line_end < 0 else line_end
        first = source.skip_space(start)
        yield from ((word, first) for word in source.token_words(start, stop))
        start = stop + 1


def _signature(node: Node) -> list[bytes]:
    unit = node.unit
    return canonical(
        node.outline.source.token_words(unit.head, unit.body), node.outline.own_type(node.number)
    )


def edits(files: Sequence[Pair]) -> list[Edit]:
    """The edited and new units of safe code, in the order of their files; units in tests are left out."""
    base = [node for number, pair in enumerate(files) for node in _nodes(number, pair.base)]
    head = [node for number, pair in enumerate(files) for node in _nodes(number, pair.head)]
    _pair(base, head)
    renamed = _renamed(base, head)
    found = []
    for node in head:
        if node.unit.is_site or node.unit.in_test:
            continue
        before = node.partner
        if before is None:
            found.append(Edit(node, None))
        elif not _same(before, node, renamed):
            found.append(Edit(node, before))
    return found


def _nodes(number: int, side: Side) -> Iterator[Node]:
    if side.outline is not None:
        for unit in range(len(side.outline.units)):
            yield Node(number, side.path, side.outline, unit)


def _same(before: Node, after: Node, renamed: Renamed) -> bool:
    if before.text == after.text or before.words == after.words:
        return True
    # A function that was unsafe is a site that asks by itself.
    return only_renamed(before.words, after.words, renamed)


def _pair(base: list[Node], head: list[Node]) -> None:
    def place(node: Node) -> Hashable:
        return (node.file, node.unit.kind, node.unit.path)

    _match(base, head, lambda node: (place(node), node.text))
    _match(base, head, lambda node: (place(node), tuple(node.words)))
    _match(base, head, lambda node: (node.unit.kind, tuple(node.words)))
    _match(base, head, place)
    _match(base, head, lambda node: (node.unit.kind, node.unit.path))
    _match(base, head, lambda node: (node.file, node.unit.kind, node.unit.name))
    groups: defaultdict[Hashable, tuple[list[Node], list[Node]]] = defaultdict(lambda: ([], []))
    for side, nodes in enumerate((base, head)):
        for node in nodes:
            if node.partner is None and node.unit.kind is not UnitKind.IMPL:
                groups[node.file, node.unit.kind][side].append(node)
    for left, right in groups.values():
        for i, j in pair_up([node.words for node in left], [node.words for node in right], _ALIKE):
            left[i].partner, right[j].partner = right[j], left[i]


def _match(base: Iterable[Node], head: Iterable[Node], key: Callable[[Node], Hashable]) -> None:
    """Pair what is left over by equal keys, in order."""
    waiting: defaultdict[Hashable, list[Node]] = defaultdict(list)
    left = [node for node in head if node.partner is None]
    if not left:
        return
    for node in base:
        if node.partner is None:
            waiting[key(node)].append(node)
    for queue in waiting.values():
        queue.reverse()
    for node in left:
        if queue := waiting.get(key(node), []):
            other = queue.pop()
            node.partner, other.partner = other, node


def _renamed(base: Iterable[Node], head: Iterable[Node]) -> Renamed:
    """The names whose declaration is on one side only; fields count as declared where they are."""
    before, after = _declared(base), _declared(head)
    return Renamed(frozenset(before - after), frozenset(after - before))


def _declared(nodes: Iterable[Node]) -> set[bytes]:
    names: set[bytes] = set()
    for node in nodes:
        names.add(node.unit.name.encode())
        if node.unit.kind is UnitKind.TYPE:
            # Fields and variants, and the names of types with them: those are on both sides as a rule.
            names.update(word for word in node.words if is_name(word))
    return names
