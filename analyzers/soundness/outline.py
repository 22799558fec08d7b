"""The outline of a source: its functions, types, constants and headers, and the unsafe sites that stand in them.

Everything is found lexically, in one walk over the items, so a source that does not parse has an outline too.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from analyzers.kind import Match
from analyzers.kinds import MATCHERS, UNCLASSIFIED, unclassified_unsafe
from analyzers.rust import items
from analyzers.rust.cfg import marks_test
from analyzers.rust.extents import INNER_ATTRIBUTE_START
from analyzers.rust.items import HEAD_REACH, impl_label, item_label, printable
from analyzers.rust.owned import own_tokens
from analyzers.rust.scopes import join_path
from analyzers.rust.source import Source
from analyzers.rust.tokens import NESTED, tokens
from analyzers.soundness.canonical import canonical

MAX_UNITS = 100_000
"""Items of one file; a larger file is told as such."""
MAX_SITES = 30_000
"""Unsafe sites of one file, as above."""

_UNSAFE = re.compile(rb"(?<![$#\w])unsafe\b")
_IMPORT = re.compile(rb"(?:pub\b(?:\s*\([^)]*\))?\s*)?(?:use\b|extern\s+crate\b)")
_CALL = re.compile(rb"[\w:$\s]{1,200}?!\s*(?:[A-Za-z_]\w*\s*)?([({\[])")
_MACRO_RULES = re.compile(rb"macro_rules\s*!\s*([A-Za-z_]\w*)")
_EXTERN_BLOCK = re.compile(rb"(?:unsafe\s+)?extern\s*(?:\"[^\"]*\"\s*)?\{")
_REPEATED = re.compile(rb"\$\s*\(")
_ITEM = re.compile(
    rb"\$\s*\(|(?:pub|impl|fn|struct|enum|union|trait|mod|const|static|type|extern|unsafe\s+(?:impl|fn|trait))\b"
)
_OPENERS = (b"(", b"[", b"{")
_ARROW = re.compile(rb"\s*=>\s*(?=[({\[])")
_QUALIFIERS = re.compile(rb"(?:pub\b\s*(?:\([^)]{0,200}\))?\s*)?[^;{(]{0,400}?\b(?:fn|impl|trait)\b")
_TRAILING_NAME = re.compile(r"([A-Za-z_]\w*)\s*(?:<.*)?$", re.DOTALL)
_RELYING = frozenset(("unsafe-block", "unsafe-fn", "unsafe-impl", UNCLASSIFIED))


class TooManyError(Exception):
    """A source holds more than is looked at; the text says of what."""


class UnitKind(StrEnum):
    """What a unit is: the smallest thing that a reviewer is sent to."""

    FN = "fn"
    TYPE = "type"
    VALUE = "value"
    IMPL = "impl"
    TRAIT = "trait"
    MACRO = "macro"


@dataclass(frozen=True, slots=True)
class Unit:
    """One item, in offsets of its source.

    ``start`` is where its attributes begin, ``head`` its own first word, ``body`` its opening brace (the end when it
    has none). Of an impl or trait it is only the head: the members are units of their own. Of a macro it is
    one arm. ``path`` is its item path, ``name`` its own name, ``owner`` the type of the impl it stands in (of an impl
    its own). ``is_site`` tells that all of it is an unsafe site, so that none of its code is safe. ``reach`` is where
    the members of an impl or trait end (of other items it is ``end``).
    """

    kind: UnitKind
    path: str
    name: str
    owner: str
    start: int
    head: int
    body: int
    end: int
    is_site: bool = False
    in_test: bool = False
    reach: int = 0


@dataclass(frozen=True, slots=True)
class Spot:
    """An unsafe site: its kind, its place, the item path around it, and the number of the unit that holds it."""

    kind: str
    match: Match
    unit: int


@dataclass(frozen=True, slots=True)
class _Range:
    """Where items stand, and what encloses them."""

    start: int
    end: int
    path: str = ""
    owner: str = ""
    in_test: bool = False
    in_macro: bool = False


class Outline:
    """The units of one source and the sites that stand in them, both in order.

    Raises:
        TooManyError: the source has more units or sites than are looked at.
    """

    def __init__(self, data: bytes) -> None:
        self.source = Source(data)
        self.units: list[Unit] = []
        self._own: dict[str, tuple[bytes, ...]] = {}
        self._walk(_Range(0, len(self.source.text), in_test=self.source.file_scope.in_test))
        self.units.sort(key=lambda unit: (unit.head, -unit.end))
        self._starts = [unit.head for unit in self.units]
        self.sites = list(self._sites())

    # --- items ----------------------------------------------------------------------------------------

    def _walk(self, whole: _Range) -> None:
        source = self.source
        waiting = [whole]
        while waiting:
            around = waiting.pop()
            position = source.skip_space(around.start)
            while position < around.end:
                position = max(self._item(position, around, waiting), position + 1)
                position = source.skip_space(position)
            if len(self.units) > MAX_UNITS:
                raise TooManyError(f"more than {MAX_UNITS} items")

    def _item(self, start: int, around: _Range, waiting: list[_Range]) -> int:
        """Note the item that starts here, or what is to be walked inside it; returns where it ends."""
        source, text = self.source, self.source.text
        if inner := INNER_ATTRIBUTE_START.match(text, start, around.end):
            return source.close_of(inner.end() - 1)
        if repeated := _REPEATED.match(text, start, around.end):
            # A macro repeats items.
            end = source.close_of(repeated.end() - 1)
            waiting.append(replace(around, start=repeated.end(), end=end - 1))
            return end
        head = source.skip_attributes(start, around.end)
        if _IMPORT.match(text, head, around.end):
            return source.item_end(head, braces_end=False)
        if macro := _MACRO_RULES.match(text, head, around.end):
            return self._macro(start, head, macro, around)
        named = items.head_name(text, head, min(around.end, head + HEAD_REACH))
        if named is not None:
            return self._named(start, head, named, around, waiting)
        return self._nameless(start, head, around, waiting)

    def _nameless(self, start: int, head: int, around: _Range, waiting: list[_Range]) -> int:
        source, text = self.source, self.source.text
        if block := _EXTERN_BLOCK.match(text, head, around.end):
            return source.close_of(block.end() - 1)
        call = _CALL.match(text, head, around.end)
        if call is None:
            return source.item_end(head)
        # Macros such as `cfg_rt! { ... }` hold items as they stand.
        end = source.close_of(call.end() - 1)
        in_test = around.in_test or self._is_test(start, head)
        waiting.append(replace(around, start=call.end(), end=end - 1, in_test=in_test))
        return end

    def _is_test(self, start: int, head: int) -> bool:
        return self.source.text.find(b"#", start, head) >= 0 and marks_test(
            self.source.attributes(start, head)
        )

    def _macro(self, start: int, head: int, found: re.Match[bytes], around: _Range) -> int:
        """Note every arm of a macro: an edit of one says nothing of the others."""
        source, text = self.source, self.source.text
        name = printable(found[1])
        path = join_path(around.path, f"macro_rules! {name}")
        in_test = around.in_test or self._is_test(start, head)
        opener = source.skip_space(found.end())
        end = source.close_of(opener) if text[opener : opener + 1] in _OPENERS else source.item_end(head)
        at = source.skip_space(opener + 1)
        while at < end - 1:
            arrow = _ARROW.match(text, source.close_of(at)) if text[at : at + 1] in _OPENERS else None
            stop = source.close_of(arrow.end()) if arrow else end - 1
            body = arrow.end() if arrow else at
            arm = _Range(body + 1, stop - 1, path, around.owner, in_test, in_macro=True)
            # A macro in a macro is taken as a whole.
            held = arrow and not around.in_macro and self._holds_items(arm)
            covered = body if held else stop
            unit = Unit(
                UnitKind.MACRO, path, name, around.owner, at, at, body, covered, in_test=in_test, reach=stop
            )
            self.units.append(unit)
            at = source.skip_space(stop)
            if text[at : at + 1] == b";":
                at = source.skip_space(at + 1)
        return max(end, found.end())

    def _holds_items(self, arm: _Range) -> bool:
        """Note the items that an arm of a macro is made of; False, and none, if unsafe code stands in no item."""
        if not _ITEM.match(self.source.text, self.source.skip_attributes(arm.start, arm.end), arm.end):
            return False
        known = len(self.units)
        self._walk(arm)
        held = [(unit.head, unit.end) for unit in self.units[known:]]
        held.sort()
        for keyword in _UNSAFE.finditer(self.source.text, arm.start, arm.end):
            number = bisect_right(held, (keyword.start(), arm.end)) - 1
            if number < 0 or held[number][1] <= keyword.start():
                del self.units[known:]
                return False
        return True

    def _named(
        self, start: int, head: int, named: tuple[bytes, bytes], around: _Range, waiting: list[_Range]
    ) -> int:
        source = self.source
        keyword, name = named
        in_test = around.in_test or self._is_test(start, head)
        kind = _KINDS.get(keyword)
        if keyword in (b"static", b"const", b"type"):
            end = source.item_end(head, braces_end=False)
            body = end
        else:
            body, end = source.body_start(head), source.item_end(head)
        qualifiers = _QUALIFIERS.match(source.text, head, body)
        is_site = qualifiers is not None and _UNSAFE.search(qualifiers[0]) is not None
        if keyword == b"impl":
            behind = source.text.index(b"impl", head) + len(b"impl")
            label = impl_label(source.data, source.text, behind, body)
            owner = self_type(label)
        else:
            label, owner = item_label(keyword, name), around.owner
        path = join_path(around.path, label)
        if kind is not None:
            covered = body if kind in (UnitKind.IMPL, UnitKind.TRAIT) and not is_site else end
            plain = printable(name) or label
            self.units.append(
                Unit(kind, path, plain, owner, start, head, body, covered, is_site, in_test, end)
            )
        if keyword in (b"impl", b"trait", b"mod") and not is_site and body < end:
            waiting.append(_Range(body + 1, end - 1, path, owner, in_test, around.in_macro))
        return end

    # --- sites ----------------------------------------------------------------------------------------

    def _sites(self) -> Iterator[Spot]:
        claimed: set[int] = set()
        found: list[tuple[str, Match]] = []
        for keyword in _UNSAFE.finditer(self.source.text):
            at = keyword.start()
            matches = [(kind, each) for kind, match in MATCHERS[b"unsafe"] for each in match(self.source, at)]
            claimed.update(claim for _, each in matches for claim in each.claims)
            if at not in claimed:
                matches = [(UNCLASSIFIED, each) for each in unclassified_unsafe.match(self.source, at)]
            found += matches
            if len(found) > MAX_SITES:
                raise TooManyError(f"more than {MAX_SITES} unsafe sites")
        for kind, each in found:
            unit = self.unit_at(each.keyword)
            if kind in _RELYING and unit >= 0 and not self.units[unit].in_test:
                yield Spot(kind, each, unit)

    def unit_at(self, offset: int) -> int:
        """The number of the unit that holds an offset, or -1; units never nest."""
        number = bisect_right(self._starts, offset) - 1
        if number < 0 or offset >= self.units[number].end:
            return -1
        return number

    @cached_property
    def sites_of(self) -> dict[int, list[Spot]]:
        """The sites of each unit that has any, by its number."""
        held: dict[int, list[Spot]] = {}
        for spot in self.sites:
            held.setdefault(spot.unit, []).append(spot)
        return held

    # --- tokens ---------------------------------------------------------------------------------------

    def safe_words(self, number: int) -> list[bytes]:
        """The tokens of a unit, attributes included, with a placeholder for every unsafe site in it."""
        unit = self.units[number]
        words: list[bytes] = []
        position = unit.start
        for spot in () if unit.is_site else self.sites_of.get(number, ()):
            start, end = spot.match.start, min(spot.match.end, unit.end)
            if start < position:
                continue
            words += self.source.token_words(position, start)
            words.append(NESTED)
            position = end
        return words + self.source.token_words(position, max(position, unit.end))

    def canonical(self, number: int) -> list[bytes]:
        """The safe tokens of a unit without what cannot matter; of a type with the visibility of its fields."""
        fields = self.units[number].kind is UnitKind.TYPE
        return canonical(self.safe_words(number), self.own_type(number), visibility=fields)

    def own_type(self, number: int) -> tuple[bytes, ...]:
        """What `Self` stands for in a unit: the tokens of its impl's type, none outside impls of plain types."""
        unit = self.units[number]
        label = "" if unit.kind is UnitKind.IMPL else unit.path.removesuffix(f"::{unit.name}")
        of = label.rpartition(" for ")[2] if " for " in label else label.rpartition("impl ")[2]
        if not unit.owner or not of.startswith(unit.owner):
            return ()
        return self._own.setdefault(of, tuple(tokens(of.encode(), of.encode(), 0, len(of.encode()))))

    @cached_property
    def own_words(self) -> dict[Spot, list[bytes]]:
        """The tokens of each site without those of the sites in it."""
        owned = own_tokens(self.source, [spot.match for spot in self.sites])
        return dict(zip(self.sites, owned, strict=True))


_KINDS = {
    b"fn": UnitKind.FN,
    b"struct": UnitKind.TYPE,
    b"enum": UnitKind.TYPE,
    b"union": UnitKind.TYPE,
    b"type": UnitKind.VALUE,
    b"const": UnitKind.VALUE,
    b"static": UnitKind.VALUE,
    b"impl": UnitKind.IMPL,
    b"trait": UnitKind.TRAIT,
    b"macro": UnitKind.MACRO,
}


def self_type(label: str) -> str:
    """The name of the type that an impl's label is for: ``impl fmt::Debug for a::Ring<T>`` gives ``Ring``."""
    of = label.removeprefix("impl").rpartition(" for ")[2]
    plain = of.partition("<")[0]
    found = _TRAILING_NAME.search(plain)
    return found[1] if found else ""
