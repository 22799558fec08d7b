"""What code does, as far as its tokens tell: the fields it reads, writes and constructs, what it calls and names."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from analyzers.soundness.groups import closers
from analyzers.soundness.renames import is_name

# Methods that may change the value they are called on, through `&mut` or from within (`Cell`, atomics, locks).
_MUTATORS = frozenset(
    b"""append clear compare_and_swap compare_exchange compare_exchange_weak compare_and_set dedup drain extend
    extend_from_slice fetch_add fetch_and fetch_max fetch_min fetch_or fetch_sub fetch_update fetch_xor fill
    get_or_insert_with insert pop pop_back pop_front push push_back push_front push_str read_exact remove
    replace reserve reserve_exact resize resize_with retain reverse rotate_left rotate_right set set_len
    shrink_to shrink_to_fit split_off split_off_mut store swap swap_remove take truncate update
    with_mut write""".split()
)
_OPERATORS = frozenset((b"+", b"-", b"*", b"/", b"%", b"^", b"|", b"&", b"<", b">"))
_NO_LITERAL_BEFORE = frozenset(
    b"struct enum union impl for trait match while if in mod else unsafe loop dyn where as".split()
)


_WORD = re.compile(rb"[A-Za-z0-9_\x80-\xff]")
_STATEMENT_ENDS = frozenset((b";", b"{", b"}"))
# How many tokens of a statement are looked at together, and how many a literal has that is taken apart.
_STATEMENT = 256
_LITERAL = 4096
_SAY_NOTHING = frozenset(
    b"""u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64 bool char str ptr mem std core alloc cmp fmt 0 1
    """.split()
)
# How many tokens long a chain of fields behind `&mut` may be.
_CHAIN = 32


class Member(NamedTuple):
    """A field, method or function: its name, and what it is reached from.

    That is ``self``, the last segment of a path, ``?`` for any other value, and nothing for a plain name.
    """

    name: bytes
    receiver: bytes = b""


Mentions: TypeAlias = frozenset[bytes]
"""The names of variables and fields in a stretch of code."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a stretch of code does.

    ``writes`` are the fields that it may change, and ``constructs`` the types of which it writes a literal, with
    the fields in it; each with the names that decide what is written. ``names`` are identifiers with a capital.
    """

    reads: frozenset[Member]
    writes: Mapping[Member, Mentions]
    constructs: Mapping[bytes, Mapping[bytes, Mentions]]
    calls: frozenset[Member]
    names: frozenset[bytes]


def touched(base: Sequence[bytes], head: Sequence[bytes]) -> Mentions:
    """The names in all pieces of code that are on one side only.

    A piece ends at a semicolon, a brace, or a comma outside parentheses.
    """
    before, after = Counter(_pieces(base)), Counter(_pieces(head))
    return frozenset().union(*(mentions(piece) for piece in ((before - after) | (after - before))))


def _pieces(words: Sequence[bytes]) -> Iterator[tuple[bytes, ...]]:
    start = depth = 0
    for index, word in enumerate(words):
        depth += (word == b"(") - (word == b")")
        if word in _STATEMENT_ENDS or (word == b"," and depth <= 0):
            if start < index:
                yield tuple(words[start:index])
            start, depth = index + 1, 0
    if start < len(words):
        yield tuple(words[start:])


def mentions(words: Sequence[bytes]) -> Mentions:
    """The variables and fields that are named, without types, keywords and what is called."""
    return frozenset(
        word
        for index, word in enumerate(words)
        if (is_name(word) or word.isdigit())
        and not word[:1].isupper()
        and word not in _SAY_NOTHING
        and words[index + 1 : index + 2] not in ([b"("], [b"!"])
        and words[index + 1 : index + 3] != [b":", b":"]
    )


def facts_of(words: Sequence[bytes]) -> Facts:
    """What the tokens do, in a few passes over them."""
    found = _Finder(words)
    for index, word in enumerate(words):
        if not _WORD.match(word):
            continue
        if words[max(0, index - 1) : index] == [b"."]:
            found.member(index)
        elif word[:1].isupper():
            found.named(index)
        elif is_name(word):
            found.called(index)
    found.borrowed()
    return Facts(
        frozenset(found.reads), found.writes, found.constructs, frozenset(found.calls), frozenset(found.names)
    )


class _Finder:
    """Gathers facts place by place."""

    def __init__(self, words: Sequence[bytes]) -> None:
        self._words = words
        self._closers = closers(words)
        self._parts = _parts(words)
        self._mentions: dict[int, Mentions] = {}
        self.reads: set[Member] = set()
        self.writes: dict[Member, Mentions] = {}
        self.constructs: dict[bytes, dict[bytes, Mentions]] = {}
        self.calls: set[Member] = set()
        self.names: set[bytes] = set()

    def _at(self, index: int) -> bytes:
        return self._words[index] if 0 <= index < len(self._words) else b""

    def member(self, index: int) -> None:
        """The name behind a dot: a method that is called, or a field."""
        member = Member(self._words[index], _receiver(self._words, index - 1))
        if _is_called(self._words, index):
            self.calls.add(member)
            return
        self.reads.add(member)
        if self._is_written(index):
            self._write(member, index)

    def _write(self, member: Member, index: int) -> None:
        known = self.writes.get(member, frozenset())
        self.writes[member] = known | {member.name} | self._mentioned(index)

    def _mentioned(self, index: int) -> Mentions:
        """The names in the statement around a place; an overlong one is taken in parts, each looked at once."""
        part = bisect_right(self._parts, index) - 1
        if part not in self._mentions:
            end = self._parts[part + 1] if part + 1 < len(self._parts) else len(self._words)
            self._mentions[part] = mentions(self._words[self._parts[part] : end])
        return self._mentions[part]

    def named(self, index: int) -> None:
        """A name with a capital: a type, variant or constant."""
        word, before = self._words[index], self._at(index - 1)
        self.names.add(word)
        after = self._at(index + 1)
        braces = after == b"{" and before not in _NO_LITERAL_BEFORE and self._is_literal(index + 1)
        if braces or (after == b"(" and before not in (b"fn", b"struct", b":")):
            self._construct(word, index + 1)

    def _construct(self, word: bytes, opener: int) -> None:
        built = self.constructs.setdefault(word, {})
        tuple_like = self._words[opener] == b"("
        begin, number = opener + 1, 0
        index = begin
        end = min(self._closers[opener], opener + _LITERAL)
        while index <= end:
            if index == end or self._words[index] == b",":
                if begin < index:
                    name = str(number).encode() if tuple_like else self._words[begin]
                    built[name] = built.get(name, frozenset()) | {name} | mentions(self._words[begin:index])
                begin, number = index + 1, number + 1
            index = max(index, self._closers[index]) + 1

    def called(self, index: int) -> None:
        """A plain name or the end of a path, if it is called."""
        if self._at(index - 1) != b"fn" and _is_called(self._words, index):
            self.calls.add(Member(self._words[index], _path_before(self._words, index)))

    def _is_written(self, index: int) -> bool:
        """Whether the field at ``index`` is assigned to, or has a method called that may change it."""
        at = index + 1
        if self._at(at) == b"[":
            at = self._closers[at] + 1
        one, two, three = self._at(at), self._at(at + 1), self._at(at + 2)
        if one == b"=":
            return two not in (b"=", b">")
        if one in _OPERATORS and (two == b"=" or (two == one and three == b"=")):
            # `<=` and `>=` compare.
            return one not in (b"<", b">") or two == one
        return one == b"." and two in _MUTATORS and three == b"("

    def _is_literal(self, opener: int) -> bool:
        """Whether braces behind a type's name hold fields, and are not taken apart by a pattern."""
        first, second = self._at(opener + 1), self._at(opener + 2)
        if not (second in (b":", b",", b"}") or first in (b".", b"}")):
            return False
        behind = self._closers[opener] + 1
        one, two = self._at(behind), self._at(behind + 1)
        return not (one == b"=" and two != b"=") and one != b"|"

    def borrowed(self) -> None:
        """The fields on the way behind each `&mut` or `&raw mut`."""
        for index, word in enumerate(self._words):
            if word != b"mut" or self._at(index - 1) not in (b"&", b"&&", b"raw"):
                continue
            for at in range(index + 1, index + 1 + _CHAIN, 2):
                if (
                    self._at(at + 1) != b"."
                    or not _WORD.match(self._at(at + 2))
                    or _is_called(self._words, at + 2)
                ):
                    break
                self._write(Member(self._words[at + 2], _receiver(self._words, at + 1)), at + 2)


def _parts(words: Sequence[bytes]) -> list[int]:
    """Where statements begin, and in long ones where the next part does."""
    starts = [0]
    for index, word in enumerate(words):
        if word in _STATEMENT_ENDS or index - starts[-1] >= _STATEMENT:
            starts.append(index + 1)
    return starts


def _receiver(words: Sequence[bytes], dot: int) -> bytes:
    """``self`` before a dot, if it is that and nothing more; anything else is not known (``?``)."""
    if dot and words[dot - 1] == b"self" and words[max(0, dot - 2) : dot - 1] != [b"."]:
        return b"self"
    return b"?"


def _path_before(words: Sequence[bytes], index: int) -> bytes:
    """The segment before ``::name``, or nothing for a plain name."""
    if index >= 3 and words[index - 1] == words[index - 2] == b":":
        before = words[index - 3]
        return before if before[:1].isalnum() or before[:1] == b"_" else b"?"
    return b""


def _is_called(words: Sequence[bytes], index: int) -> bool:
    following = words[index + 1 : index + 4]
    return following[:1] == [b"("] or following == [b":", b":", b"<"]
