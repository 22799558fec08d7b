"""Writes the signatures of functions in one way: lifetimes that need no name, and bounds where they may stand too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analyzers.soundness.groups import angle_closing, closing, parted
from analyzers.soundness.renames import is_name

# In the parameters and results of these a lifetime without a name means another one.
_OTHER_RULES = frozenset((b"fn", b"for", b"impl", b"+", b"Fn", b"FnMut", b"FnOnce"))
# How many generic parameters a function may have for its lifetimes to be looked at.
_MANY = 32
_REFERENCES = {b"&": 1, b"&&": 2}


@dataclass(frozen=True, slots=True)
class _Signature:
    """The parts of a function; none of them has its delimiters, ``bounds`` not the `where`."""

    head: list[bytes]
    generics: list[bytes]
    parameters: list[bytes]
    result: list[bytes]
    bounds: list[bytes]
    body: list[bytes]

    def joined(self) -> list[bytes]:
        generics = [b"<", *self.generics, b">"] if self.generics else []
        bounds = [b"where", *self.bounds] if self.bounds else []
        return [*self.head, *generics, b"(", *self.parameters, b")", *self.result, *bounds, *self.body]


def _signature(words: Sequence[bytes]) -> _Signature | None:
    """The function that the tokens are taken apart; None if they are none."""
    name = _name(words)
    if name < 0:
        return None
    angle = angle_closing(words, name + 1) if words[name + 1 : name + 2] == [b"<"] else name
    opener = angle + 1
    if angle < 0 or list(words[opener : opener + 1]) != [b"("]:
        return None
    behind = closing(words, opener)
    body = _until(words, behind + 1, (b"{", b";"))
    where = _until(words[:body], behind + 1, (b"where",))
    return _Signature(
        list(words[: name + 1]),
        list(words[name + 2 : angle]),
        list(words[opener + 1 : behind]),
        list(words[behind + 1 : where]),
        list(words[where + 1 : body]),
        list(words[body:]),
    )


def _name(words: Sequence[bytes]) -> int:
    """The index of the name, if the first item that the tokens hold is a function; -1 otherwise."""
    index = 0
    while index < len(words) and words[index] not in (b"fn", b"{", b"=", b";"):
        # Visibility and attributes may have groups of their own.
        index = closing(words, index) + 1 if words[index] in (b"(", b"[") else index + 1
    is_fn = list(words[index : index + 1]) == [b"fn"] and len(words) > index + 1 and is_name(words[index + 1])
    return index + 1 if is_fn else -1


def _until(words: Sequence[bytes], start: int, marks: tuple[bytes, ...]) -> int:
    """The first mark outside parentheses and brackets, or the end of the tokens."""
    depth = 0
    for index in range(start, len(words)):
        if depth == 0 and words[index] in marks:
            return index
        depth += (words[index] in (b"(", b"[")) - (words[index] in (b")", b"]"))
    return len(words)


# --- lifetimes ----------------------------------------------------------------------------------------


def elided(words: Sequence[bytes]) -> Sequence[bytes]:
    """The tokens of a function without names of lifetimes that mean what no name means (RFC 141, Rust Reference).

    A lifetime is two tokens here, a quote and a name. Its name goes if it has no bounds, if only the parameters and the
    result use it, one parameter once, and

    - no result uses it: each lifetime without a name in a parameter is one of its own; or
    - that parameter is `&self` or `&mut self`: every lifetime without a name in the result is that one; or
    - that parameter is a reference, and the parameters hold no other lifetime, with a name or without.

    So `&'a self` and `&'_ self` beside a result with `'a` stay two things, as they are: the borrow ends earlier.
    """
    if b"'" not in words:
        return words
    found = _signature(words)
    if found is None or not _OTHER_RULES.isdisjoint([*found.parameters, *found.result]):
        return words
    declared = parted(found.generics, b",")
    if len(declared) > _MANY:
        return words
    changed = False
    for parameter in list(declared):
        if len(parameter) == 2 and parameter[0] == b"'" and _is_needless(found, parameter[1]):
            declared.remove(parameter)
            found = _unnamed(found, parameter[1], declared)
            changed = True
    return found.joined() if changed else words


def _is_needless(found: _Signature, name: bytes) -> bool:
    places = _places(found.parameters, name)
    elsewhere = len(_places(found.generics, name)) + len(_places([*found.bounds, *found.body], name))
    if len(places) != 1 or elsewhere != 1:
        return False
    if not _places(found.result, name):
        return True
    at = places[0]
    if found.parameters[at + 2 : at + 3] == [b"self"] or found.parameters[at + 2 : at + 4] == [
        b"mut",
        b"self",
    ]:
        return at == 1
    by_reference = found.parameters[at - 1 : at] == [b"&"]
    return by_reference and b"self" not in found.parameters and _lifetimes(found.parameters) == 1


def _places(words: Sequence[bytes], name: bytes) -> list[int]:
    return [at for at in range(len(words) - 1) if words[at] == b"'" and words[at + 1] == name]


def _lifetimes(words: Sequence[bytes]) -> int:
    """How many lifetimes types have, those without a name included; one that a path leaves out is not seen."""
    references = sum(_REFERENCES.get(word, 0) for word in words)
    return references + sum(
        1 for at, word in enumerate(words) if word == b"'" and words[max(0, at - 1)] not in _REFERENCES
    )


def _unnamed(found: _Signature, name: bytes, declared: Sequence[Sequence[bytes]]) -> _Signature:
    generics: list[bytes] = []
    for parameter in declared:
        generics += ([b","] if generics else []) + list(parameter)
    return _Signature(
        found.head,
        generics,
        _without(found.parameters, name),
        _without(found.result, name),
        found.bounds,
        found.body,
    )


def _without(words: Sequence[bytes], name: bytes) -> list[bytes]:
    """Behind `&` the lifetime goes, elsewhere it becomes `'_`."""
    out: list[bytes] = []
    index = 0
    while index < len(words):
        named = words[index] == b"'" and words[index + 1 : index + 2] == [name]
        if named and out[-1:] not in ([b"&"], [b"&&"]):
            out += (b"'", b"_")
        elif not named:
            out.append(words[index])
        index += 2 if named else 1
    return out


# --- bounds -------------------------------------------------------------------------------------------


def bounded(words: Sequence[bytes]) -> Sequence[bytes]:
    """The tokens of a function with all bounds in its `where` clause, one by one, in the order of the generics.

    `<T: A + B>` and `where T: A, T: B` mean the same (Rust Reference, "Trait and lifetime bounds").
    """
    found = _signature(words)
    if found is None or not (found.generics or found.bounds):
        return words
    parameters = parted(found.generics, b",")
    order = {_bound(each)[0][0]: number for number, each in enumerate(parameters) if each[0] != b"const"}
    generics: list[bytes] = []
    clauses: list[tuple[bytes, ...]] = []
    for each in parameters:
        plain, bounds = (each, []) if each[0] == b"const" else _bound(each)
        generics += ([b","] if generics else []) + list(plain)
        clauses += ((*plain, b":", *bound) for bound in bounds)
    for each in parted(found.bounds, b","):
        plain, bounds = ([], []) if each[0] == b"for" else _bound(each)
        clauses += ((*plain, b":", *bound) for bound in bounds) if bounds else (tuple(each),)
    # Of equal rank they stay as they were written, so that another name does not change their order.
    ranked = sorted(dict.fromkeys(clauses), key=lambda clause: _rank(clause, order))
    where: list[bytes] = []
    for clause in ranked:
        where += ([b","] if where else []) + list(clause)
    return _Signature(found.head, generics, found.parameters, found.result, where, found.body).joined()


def _rank(clause: tuple[bytes, ...], order: dict[bytes, int]) -> int:
    return order.get(clause[0], len(order)) if clause[1:2] == (b":",) else len(order)


def _bound(words: Sequence[bytes]) -> tuple[list[bytes], list[list[bytes]]]:
    """What is bound, and each of its bounds; a colon of a path parts nothing."""
    depth = 0
    for index, word in enumerate(words):
        depth += (word in (b"(", b"[", b"<")) - (word in (b")", b"]", b">"))
        path = words[index + 1 : index + 2] == [b":"] or words[max(0, index - 1) : index] == [b":"]
        if word == b":" and depth == 0 and not path:
            return list(words[:index]), parted(words[index + 1 :], b"+")
    return list(words), []
