"""What became of a signature, as facts that people are told in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import TypeAlias

from analyzers.ffi.signature import ForeignItem
from analyzers.ffi.types import UNIT, FnPointer, Parameter, Type, joined_abi, spelled
from analyzers.model import Note

MOST_NOTES = 12
"""How many facts are told of one change; the rest is counted."""

# C compilers take 127 at least (C17, 5.2.4.1); pairing is quadratic.
_MOST_PARAMETERS = 128

Means: TypeAlias = Callable[[Type], Type]
"""What a type of one side means, aliases followed."""


def told(id: str, **values: str | int) -> Note:
    """A note with its values in the order they are given."""
    return Note(id, tuple((name, str(value)) for name, value in values.items()))


def bounded(notes: Sequence[Note], limit: int = MOST_NOTES) -> tuple[Note, ...]:
    """The first notes, and how many more there are."""
    if len(notes) <= limit:
        return tuple(notes)
    return (*notes[: limit - 1], told("ffi-more", number=len(notes) - limit + 1))


def item_words(before: ForeignItem, after: ForeignItem, was: Means, now: Means) -> Iterator[Note]:
    """How a foreign item differs; ``was`` and ``now`` tell what the types of either side mean."""
    yield from changed_words(
        "ffi-abi", joined_abi(before.abi, before.unwind), joined_abi(after.abi, after.unwind)
    )
    yield from changed_words("ffi-symbol", before.symbol, after.symbol)
    yield from changed_words("ffi-library", before.library, after.library)
    if before.safety != after.safety:
        yield told("ffi-safety", before=_said(before), after=_said(after))
    if before.kind == "fn":
        yield from call_words(before.pointer, after.pointer, was, now)
    elif before.kind == "static":
        if before.mutable != after.mutable:
            yield told("ffi-static-mut" if after.mutable else "ffi-static-not-mut")
        yield from type_words("ffi-static-type", before.result, after.result, was, now)
    yield from changed_words("ffi-cfg", " + ".join(before.cfg), " + ".join(after.cfg))


def pointer_words(before: Type, after: Type, was: Means, now: Means) -> Iterator[Note]:
    """How a function pointer type differs."""
    if not (isinstance(before, FnPointer) and isinstance(after, FnPointer)):
        yield from type_words("ffi-type", before, after, was, now)
        return
    yield from changed_words(
        "ffi-abi", joined_abi(before.abi, before.unwind), joined_abi(after.abi, after.unwind)
    )
    if before.unsafe != after.unsafe:
        words = ("unsafe fn", "fn") if before.unsafe else ("fn", "unsafe fn")
        yield told("ffi-safety", before=words[0], after=words[1])
    yield from call_words(before, after, was, now)


def call_words(before: FnPointer, after: FnPointer, was: Means, now: Means) -> Iterator[Note]:
    """How parameters, variadic arguments and the result differ."""
    yield from _parameter_words(before.parameters, after.parameters, was, now)
    if before.variadic != after.variadic:
        yield told("ffi-variadic" if after.variadic else "ffi-not-variadic")
    if before.result != after.result and UNIT in (before.result, after.result):
        if after.result == UNIT:
            yield told("ffi-return-gone", before=spelled(before.result))
        else:
            yield told("ffi-return-new", after=spelled(after.result))
    else:
        yield from type_words("ffi-return", before.result, after.result, was, now)


def _said(item: ForeignItem) -> str:
    return f"{item.safety} {item.kind}".strip()


def changed_words(id: str, before: str, after: str) -> Iterator[Note]:
    """A text that became another one; with one of them empty it is new or gone."""
    if before == after:
        return
    if before and after:
        yield told(id, before=before, after=after)
    elif after:
        yield told(f"{id}-new", after=after)
    else:
        yield told(f"{id}-gone", before=before)


def type_words(
    id: str, before: Type, after: Type, was: Means, now: Means, **values: str | int
) -> Iterator[Note]:
    """A type that became another one, and whether that is another spelling only, or an alias's doing.

    ``id`` takes ``before`` and ``after`` besides ``values``; where only the spelling changed, ``id-same`` takes what
    both ``means``, and where only what the name means changed, ``id-meaning`` takes the ``type`` as it is written.
    """
    old, new = spelled(before), spelled(after)
    meant, means = spelled(was(before)), spelled(now(after))
    if old != new and meant == means:
        yield told(f"{id}-same", **values, before=old, after=new, means=means)
    elif old != new:
        yield told(id, **values, before=old, after=new)
    elif meant != means:
        yield told(f"{id}-meaning", **values, type=new, before=meant, after=means)


# --- parameters -----------------------------------------------------------------------------------------


def _parameter_words(
    before: Sequence[Parameter], after: Sequence[Parameter], was: Means, now: Means
) -> Iterator[Note]:
    before, after = before[:_MOST_PARAMETERS], after[:_MOST_PARAMETERS]
    if len(before) == len(after):
        names = {each.name for each in before}
        for index, (old, new) in enumerate(zip(before, after, strict=True)):
            if old.type == new.type and old.name != new.name and _is_named(old) and _is_named(new):
                # A name that another parameter had, at equal types: the compiler sees no difference.
                id = "ffi-parameter-order" if new.name in names else "ffi-parameter-name"
                yield told(id, number=index + 1, before=old.name, after=new.name)
            yield from _pair_words(index, old, new, was, now)
        return
    matcher = SequenceMatcher(None, [_key(each) for each in before], [_key(each) for each in after], False)
    for tag, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if tag == "equal":
            continue
        both = min(old_to - old_from, new_to - new_from)
        for step in range(both):
            index = new_from + step
            yield from _pair_words(index, before[old_from + step], after[index], was, now)
        for index in range(old_from + both, old_to):
            yield _parameter("ffi-parameter-gone", index, before[index])
        for index in range(new_from + both, new_to):
            yield _parameter("ffi-parameter-new", index, after[index])


def _key(parameter: Parameter) -> tuple[str, Type]:
    return parameter.name, parameter.type


def _is_named(parameter: Parameter) -> bool:
    return parameter.name.strip("_") != ""


def _parameter(id: str, index: int, parameter: Parameter) -> Note:
    if _is_named(parameter):
        return told(id, number=index + 1, name=parameter.name, type=spelled(parameter.type))
    return told(f"{id}-unnamed", number=index + 1, type=spelled(parameter.type))


def _pair_words(index: int, old: Parameter, new: Parameter, was: Means, now: Means) -> Iterator[Note]:
    number = index + 1
    if _is_named(new):
        yield from type_words("ffi-parameter", old.type, new.type, was, now, number=number, name=new.name)
    else:
        yield from type_words("ffi-parameter-unnamed", old.type, new.type, was, now, number=number)


def same(type_: Type) -> Type:
    """What a type means where aliases do not count: itself."""
    return type_
