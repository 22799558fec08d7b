"""Which unsafe sites rely on an edited piece of safe code, in which tier, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from analyzers.soundness.declarations import Declaration, declaration
from analyzers.soundness.edits import Edit, Node
from analyzers.soundness.facts import Facts, Member, facts_of, touched
from analyzers.soundness.outline import Outline, Spot, Unit, UnitKind

# Methods that types of the standard library have as well.
_EVERYWHERE = frozenset(
    b"""add as_bytes as_mut as_mut_ptr as_mut_slice as_ptr as_ref as_slice borrow borrow_mut bytes cast chars clear
    clone cmp contains default deref deref_mut drain drop end eq extend first flush fmt from get get_mut get_ref
    hash index index_mut insert into into_inner into_iter is_empty is_none is_null is_some iter iter_mut last
    len load lock map max min new next next_back offset peek poll pop ptr push read remove reserve resize set
    size size_hint split_at start store sub swap take to_owned to_vec truncate try_from try_into unwrap wake
    with write""".split()
)


class Tier(StrEnum):
    """How close an edit is to the site that relies on it; the words are those of the policy."""

    FUNCTION = "function"
    STATE = "state"
    DECLARATIONS = "declarations"


@dataclass(frozen=True, slots=True)
class Relation:
    """One site that relies on an edit: the tier, the note's id and what fills it."""

    tier: Tier
    note: str
    path: str
    outline: Outline = field(repr=False)
    spot: Spot
    values: tuple[tuple[str, str], ...] = ()


@dataclass(eq=False, slots=True)
class Relier:
    """A site of the head with what its tokens do."""

    near: Near
    spot: Spot
    facts: Facts

    @property
    def unit(self) -> Unit:
        """The unit that holds it."""
        return self.near.outline.units[self.spot.unit]

    def relation(self, tier: Tier, note: str, **values: bytes | str) -> Relation:
        """That this site relies on an edit."""
        told = tuple((name, _text(value)) for name, value in values.items())
        return Relation(tier, note, self.near.path, self.near.outline, self.spot, told)


def _text(value: bytes | str) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


class Near:
    """One file of the neighbourhood, on the head side."""

    def __init__(self, path: str, outline: Outline) -> None:
        self.path, self.outline = path, outline
        self._calls: dict[int, frozenset[Member]] = {}

    def calls(self, number: int) -> frozenset[Member]:
        """What the safe code of a unit calls."""
        if number not in self._calls:
            self._calls[number] = facts_of(self.outline.safe_words(number)).calls
        return self._calls[number]

    @cached_property
    def reliers(self) -> list[Relier]:
        """The sites of the file."""
        return [Relier(self, spot, facts_of(words)) for spot, words in self.outline.own_words.items()]

    @cached_property
    def fields(self) -> dict[bytes, set[str]]:
        """The types that declare a field, by the field's name."""
        found: defaultdict[bytes, set[str]] = defaultdict(set)
        for number, unit in enumerate(self.outline.units):
            if unit.kind is UnitKind.TYPE:
                for name in declaration(self.outline.canonical(number)).fields:
                    found[name].add(unit.name)
        return found

    @cached_property
    def functions(self) -> dict[bytes, list[int]]:
        """The safe functions of the file by their names."""
        found: defaultdict[bytes, list[int]] = defaultdict(list)
        for number, unit in enumerate(self.outline.units):
            if unit.kind is UnitKind.FN and not unit.is_site and not unit.in_test:
                found[unit.name.encode()].append(number)
        return found


class Neighbourhood:
    """An edited file with its parents and children: the sites that may rely on what is edited in it."""

    def __init__(self, files: Sequence[Near]) -> None:
        self._files = files

    @cached_property
    def _reliers(self) -> list[Relier]:
        return [relier for near in self._files for relier in near.reliers]

    @cached_property
    def _fields(self) -> dict[bytes, set[str]]:
        found: defaultdict[bytes, set[str]] = defaultdict(set)
        for near in self._files:
            for name, types in near.fields.items():
                found[name] |= types
        return found

    @cached_property
    def _readers(self) -> dict[bytes, list[tuple[Relier, frozenset[str]]]]:
        """The sites that read a field, by its name, with the types that the field may be of."""
        found: defaultdict[bytes, list[tuple[Relier, frozenset[str]]]] = defaultdict(list)
        for relier in self._reliers:
            for member in sorted(relier.facts.reads):
                if types := self._types(member, relier.unit.owner):
                    found[member.name].append((relier, types))
        return found

    @cached_property
    def _namers(self) -> dict[bytes, list[Relier]]:
        """The sites that name a type or constant."""
        found: defaultdict[bytes, list[Relier]] = defaultdict(list)
        for relier in self._reliers:
            for name in relier.facts.names:
                found[name].append(relier)
        return found

    @cached_property
    def _callers(self) -> dict[bytes, list[tuple[Relier, Member]]]:
        found: defaultdict[bytes, list[tuple[Relier, Member]]] = defaultdict(list)
        for relier in self._reliers:
            for call in sorted(relier.facts.calls):
                found[call.name].append((relier, call))
        return found

    def _types(self, member: Member, owner: str) -> frozenset[str]:
        """The types that a field may belong to.

        Behind ``self.`` that is the impl's own. For any other value it is known only if one type alone declares such
        a name; a number tells nothing.
        """
        known = self._fields.get(member.name, set())
        if member.receiver == b"self" and owner:
            return frozenset(known & {owner})
        return frozenset(known) if len(known) == 1 and not member.name.isdigit() else frozenset()

    # --- the tiers ------------------------------------------------------------------------------------

    def relations(self, edit: Edit) -> Iterator[Relation]:
        """Every site that relies on an edit, the closest tier first."""
        kind = edit.head.unit.kind
        if kind in (UnitKind.FN, UnitKind.MACRO):
            yield from self._of_function(edit)
        if kind is UnitKind.FN:
            yield from self._of_state(edit)
            yield from self._of_helper(edit)
        elif kind is UnitKind.TYPE:
            yield from self._of_type(edit)
        elif kind in (UnitKind.VALUE, UnitKind.TRAIT):
            yield from self._of_name(edit)
        elif kind is UnitKind.IMPL:
            yield from self._of_impl(edit)

    def _of_function(self, edit: Edit) -> Iterator[Relation]:
        """A: the function, or macro, that holds the site."""
        node = edit.head
        note = "soundness-signature" if edit.in_signature() else "soundness-function"
        for near in self._files:
            if near.path == node.path:
                for relier in near.reliers:
                    if relier.spot.unit == node.number:
                        yield relier.relation(Tier.FUNCTION, note)

    def _elsewhere(self, relier: Relier, node: Node) -> bool:
        return relier.near.path != node.path or relier.spot.unit != node.number

    def _of_state(self, edit: Edit) -> Iterator[Relation]:
        """B: code that writes or constructs a field that a site reads."""
        for name, owner, note in sorted(self._written(edit)):
            for relier, of in self._readers.get(name, ()):
                if owner in of and self._elsewhere(relier, edit.head):
                    yield relier.relation(Tier.STATE, note, field=name, type=owner)

        yield from self._of_made(edit)

    def _of_made(self, edit: Edit) -> Iterator[Relation]:
        """B: a function that makes values of a type with an unsafe impl, if what it takes and gives changed."""
        if edit.base is None or not edit.in_signature():
            return
        made = {
            edit.head.unit.owner if built == b"Self" else built.decode("utf-8", "replace")
            for built in edit.head.facts.constructs
        }
        for relier in self._reliers:
            if relier.spot.kind == "unsafe-impl" and relier.unit.owner in made:
                yield relier.relation(Tier.STATE, "soundness-makes", type=relier.unit.owner)

    def _written(self, edit: Edit) -> set[tuple[bytes, str, str]]:
        """The fields whose writing the edit can change: the name, the type, and the note that says how.

        A write counts if the edit is in it, or names something that the write names too.
        """
        # Where nothing but the order changed, everything did.
        edited = (touched(edit.base.words, edit.head.words) or None) if edit.base is not None else None
        written: set[tuple[bytes, str, str]] = set()
        for node in edit.sides:
            facts = node.facts
            for member, named in facts.writes.items():
                if edited is None or named & edited:
                    owners = self._types(member, node.unit.owner)
                    written.update((member.name, owner, "soundness-writes") for owner in owners)
            for built, fields in facts.constructs.items():
                owner = node.unit.owner if built == b"Self" else built.decode("utf-8", "replace")
                for name, named in fields.items():
                    if owner in self._fields.get(name, ()) and (edited is None or named & edited):
                        written.add((name, owner, "soundness-constructs"))
        return written

    def _of_helper(self, edit: Edit) -> Iterator[Relation]:
        """B: a safe helper that a site calls, or one that such a helper calls; a new one changes its caller."""
        node = edit.head
        if edit.base is None:
            return
        for relier in self._calling_sites(node.unit):
            if self._elsewhere(relier, node):
                yield relier.relation(Tier.STATE, "soundness-calls", helper=node.unit.name)
        for near, number in self._calling(node.unit):
            between = near.outline.units[number]
            for relier in self._calling_sites(between):
                if self._elsewhere(relier, node):
                    yield relier.relation(
                        Tier.STATE, "soundness-calls-through", helper=node.unit.name, through=between.name
                    )

    def _calling_sites(self, unit: Unit) -> Iterator[Relier]:
        for relier, call in self._callers.get(unit.name.encode(), ()):
            if self._resolves(call, relier.unit.owner, unit):
                yield relier

    def _calling(self, unit: Unit) -> Iterator[tuple[Near, int]]:
        """The safe functions that sites call and that call a unit themselves."""
        for near, number, call in self._through.get(unit.name.encode(), ()):
            between = near.outline.units[number]
            if between.name != unit.name and self._resolves(call, between.owner, unit):
                yield near, number

    @cached_property
    def _through(self) -> dict[bytes, list[tuple[Near, int, Member]]]:
        """The calls in safe functions that sites call, by the name that is called."""
        found: defaultdict[bytes, list[tuple[Near, int, Member]]] = defaultdict(list)
        for near in self._files:
            for name in near.functions.keys() & self._callers.keys():
                for number in near.functions[name]:
                    for call in sorted(near.calls(number)):
                        found[call.name].append((near, number, call))
        for calls in found.values():
            calls.sort(key=lambda each: (each[0].path, each[1], each[2]))
        return found

    def _resolves(self, call: Member, owner: str, unit: Unit) -> bool:
        """Whether a call in an impl of ``owner`` means the unit, as far as names tell.

        A method of a value whose type is not known counts if one type alone has such a method, and if types of
        other crates do not use to have one as well.
        """
        if call.receiver in (b"self", b"Self"):
            return unit.owner == owner
        if call.receiver == b"?":
            return bool(unit.owner) and call.name not in _EVERYWHERE and len(self._owners(call.name)) == 1
        if call.receiver[:1].isupper():
            return unit.owner == call.receiver.decode("utf-8", "replace")
        return not unit.owner

    def _owners(self, name: bytes) -> set[str]:
        return {
            near.outline.units[number].owner
            for near in self._files
            for number in near.functions.get(name, ())
        }

    def _of_type(self, edit: Edit) -> Iterator[Relation]:
        """C: a field's type or visibility; what a type derives, its bounds and layout."""
        if edit.base is None:
            return
        unit = edit.head.unit
        before, after = declaration(edit.base.words), declaration(edit.head.words)
        for name in sorted({*before.fields, *after.fields}):
            if before.fields.get(name) != after.fields.get(name):
                for relier, of in self._readers.get(name, ()):
                    if unit.name in of:
                        yield relier.relation(
                            Tier.DECLARATIONS, "soundness-field", field=name, type=unit.name
                        )
        for relier in self._reliers:
            if relier.spot.kind == "unsafe-impl":
                if relier.unit.owner == unit.name:
                    yield relier.relation(Tier.DECLARATIONS, "soundness-promise", type=unit.name)
            elif before.frame != after.frame and self._is_about(relier, unit, after):
                yield relier.relation(Tier.DECLARATIONS, "soundness-type", type=unit.name)

    def _is_about(self, relier: Relier, unit: Unit, declared: Declaration) -> bool:
        """Whether a site names a type or reads one of its fields."""
        if unit.name.encode() in relier.facts.names:
            return True
        return any(
            member.name in declared.fields and unit.name in self._types(member, relier.unit.owner)
            for member in relier.facts.reads
        )

    def _of_name(self, edit: Edit) -> Iterator[Relation]:
        """C: a constant, static, alias or trait that a site names."""
        if edit.base is None:
            return
        for relier in self._namers.get(edit.head.unit.name.encode(), ()):
            yield relier.relation(Tier.DECLARATIONS, "soundness-name", name=edit.head.unit.name)

    def _of_impl(self, edit: Edit) -> Iterator[Relation]:
        """C: the bounds of the impl that a site stands in."""
        if edit.base is None:
            return
        node = edit.head
        for near in self._files:
            if near.path != node.path:
                continue
            for relier in near.reliers:
                if node.unit.end <= relier.spot.match.keyword < node.unit.reach:
                    yield relier.relation(Tier.DECLARATIONS, "soundness-bounds", item=node.unit.path)


def closest(relations: Iterable[Relation]) -> list[Relation]:
    """Each site once for each tier and reason, in order."""
    seen: set[tuple[str, int, str, tuple[tuple[str, str], ...]]] = set()
    kept = []
    for relation in relations:
        key = (relation.path, relation.spot.match.keyword, relation.note, relation.values)
        if key not in seen:
            seen.add(key)
            kept.append(relation)
    return kept
