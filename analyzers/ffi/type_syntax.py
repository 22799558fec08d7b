"""Reads types and parameter lists from tokens (Reference, "Types", "Functions"). Every input gives a value."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from analyzers.ffi.types import (
    PRIMITIVES,
    UNIT,
    Array,
    FnPointer,
    Named,
    Never,
    Opaque,
    Parameter,
    Pointer,
    Primitive,
    Reference,
    Slice,
    Tuple,
    Type,
    split_abi,
)
from analyzers.rust.items import spaced

# Deeper types are kept as their tokens; rustc itself gives up at 128.
_MAX_DEPTH = 48
_OPEN = frozenset(("(", "[", "{", "<"))
_CLOSE = frozenset((")", "]", "}", ">"))
# What ends a path behind its last segment.
_ENDS = frozenset((",", ")", ";", "", ">", "]", "}", "="))
_FN_WORDS = frozenset(("unsafe", "extern", "fn", "safe"))
_VISIBILITY = frozenset(("crate", "self", "super", "in"))
_WORD = re.compile(r"[A-Za-z_\u0080-\U0010ffff]")
_STRING = re.compile(r'\A[bc]?r?#*"|"#*\Z')


@dataclass(frozen=True, slots=True)
class FnSyntax:
    """What stands between the parentheses of a function and behind them."""

    parameters: tuple[Parameter, ...]
    result: Type
    variadic: bool


def type_of(words: Sequence[bytes]) -> Type:
    """The type that tokens spell; what follows it is ignored."""
    return Reader(words).type()


def _is_name(word: str) -> bool:
    return _WORD.match(word) is not None and word not in ("dyn", "impl")


# Few names make up most signatures.
@lru_cache(maxsize=1024)
def _plain(name: str) -> Type:
    """The type of a path of one segment without arguments."""
    return Primitive(name) if name in PRIMITIVES else Named((name,))


def string_value(token: str) -> str:
    """What a string literal's token holds; escapes stay as they are written."""
    return _STRING.sub("", token)


class Reader:
    """A place in a token sequence, moved on by what is read.

    Never raises on any input: what is not understood becomes an `Opaque` that reaches to the next comma, semicolon
    or closer on its own level.
    """

    def __init__(self, words: Sequence[bytes]) -> None:
        self._words = [word.decode("utf-8", "replace") for word in words]
        self._at = 0

    def peek(self, ahead: int = 0) -> str:
        """The token ``ahead`` of the place; empty behind the last."""
        at = self._at + ahead
        return self._words[at] if at < len(self._words) else ""

    def take(self, *words: str) -> bool:
        """Move over the tokens if they come next."""
        at = self._at
        for word in words:
            if at >= len(self._words) or self._words[at] != word:
                return False
            at += 1
        self._at = at
        return True

    def skip(self, count: int = 1) -> None:
        """Move over tokens, whatever they are."""
        self._at += count

    def skip_attributes(self) -> None:
        """Move over outer attributes."""
        while self.peek() == "#" and self.peek(1) == "[":
            self._at = self._behind(self._at + 1)

    def attributes_here(self, path: str) -> tuple[str, ...]:
        """Move over outer attributes; the arguments of those with this path, layout folded."""
        found: list[str] = []
        while self.peek() == "#" and self.peek(1) == "[":
            start = self._at + 2
            self._at = self._behind(self._at + 1)
            if self._words[start : start + 2] == [path, "("]:
                found.append(" ".join(self._words[start + 2 : self._at - 2]))
        return tuple(found)

    def skip_visibility(self) -> None:
        """Move over ``pub``, ``pub(in path)`` or a macro's ``$vis``."""
        if self.take("pub") and self.peek() == "(" and self.peek(1) in _VISIBILITY:
            self.skip_group()
        self.take("$", "vis")

    def end_of_element(self, closer: str) -> None:
        """Move behind the comma that ends a list's element, or to the closer; always moves on unless it is there."""
        if self.peek() not in (",", closer):
            self.rest()
            while self.take("="):
                self.rest()
        if self.peek() not in (closer, ""):
            self.skip()

    def skip_group(self) -> None:
        """Move behind the group that opens here."""
        self._at = self._behind(self._at)

    def skip_path_arguments(self) -> None:
        """Move over generics if they open here."""
        if self.peek() == "<":
            self.skip_group()

    def _behind(self, opener: int) -> int:
        """The index behind the group that opens at an index; arrows are no angles."""
        depth = 0
        angles = self._words[opener : opener + 1] == ["<"]
        for index in range(opener, len(self._words)):
            word = self._words[index]
            if word in _OPEN and (word != "<" or angles):
                depth += 1
            elif word in _CLOSE and (word != ">" or (angles and self._words[index - 1] not in ("-", "="))):
                depth -= 1
                if depth <= 0:
                    return index + 1
        return len(self._words)

    def rest(self, start: int | None = None) -> Opaque:
        """Everything from ``start`` up to the next comma, semicolon, ``=`` or closer on this level, as tokens."""
        begin = self._at if start is None else start
        angles = 0
        while self._at < len(self._words):
            word = self.peek()
            if word in ("(", "[", "{"):
                self.skip_group()
                continue
            if word == "<":
                angles += 1
            elif word == ">" and self._words[self._at - 1] not in ("-", "="):
                if not angles:
                    break
                angles -= 1
            elif word in (")", "]", "}") or (not angles and word in (",", ";", "=")):
                break
            self._at += 1
        return Opaque(spaced(self._words[begin : self._at]))

    # --- types ----------------------------------------------------------------------------------------

    def type(self, depth: int = 0) -> Type:
        """The type that begins here."""
        word = self.peek()
        if depth > _MAX_DEPTH:
            found: Type = self.rest()
        elif word in ("*", "&", "&&"):
            found = self._indirection(depth)
        elif word == "(":
            found = self._tuple(depth)
        elif word == "[":
            found = self._array(depth)
        elif self.take("!"):
            found = Never()
        elif word in _FN_WORDS or (word == "for" and self.peek(1) == "<"):
            found = self._fn_pointer(depth)
        else:
            found = self._path(depth)
        return found

    def _indirection(self, depth: int) -> Type:
        if self.peek() != "*":
            return self._reference(depth)
        if self.peek(1) not in ("const", "mut"):
            return self.rest()
        self._at += 2
        return Pointer(self.peek(-1) == "mut", self.type(depth + 1))

    def _reference(self, depth: int) -> Type:
        double = self.peek() == "&&"
        self._at += 1
        if self.take("'"):
            self._at += 1
        mutable = self.take("mut")
        inner = Reference(mutable, self.type(depth + 1))
        return Reference(False, inner) if double else inner

    def _tuple(self, depth: int) -> Type:
        self._at += 1
        parts: list[Type] = []
        comma = False
        while self._at < len(self._words) and self.peek() != ")":
            before = self._at
            parts.append(self.type(depth + 1))
            comma = self.take(",")
            if self._at == before:
                break
        if not self.take(")"):
            self.rest()
            self.take(")")
        return parts[0] if len(parts) == 1 and not comma else Tuple(tuple(parts))

    def _array(self, depth: int) -> Type:
        end = self._behind(self._at)
        self._at += 1
        of = self.type(depth + 1)
        if self.take(";"):
            length = spaced(self._words[self._at : end - 1])
            self._at = end
            return Array(of, length)
        self._at = end
        return Slice(of)

    def _fn_pointer(self, depth: int) -> Type:
        start = self._at
        if self.take("for"):
            self.skip_path_arguments()
        unsafe = self.take("unsafe")
        self.take("safe")
        abi = "Rust"
        if self.take("extern"):
            abi = "C"
            if self.peek().endswith(('"', "#")) and '"' in self.peek():
                abi = string_value(self.peek())
                self._at += 1
        if not (self.take("fn") and self.peek() == "("):
            return self.rest(start)
        syntax = self.function(depth)
        name, unwind = split_abi(abi)
        return FnPointer(syntax.parameters, syntax.result, name, unwind, unsafe, syntax.variadic)

    def _path(self, depth: int) -> Type:
        if self.peek(1) in _ENDS and _is_name(self.peek()):
            self._at += 1
            return _plain(self.peek(-1))
        start = self._at
        self.take(":", ":")
        segments: list[str] = []
        arguments: list[Type] = []
        while True:
            self.take("r", "#")
            if not _is_name(self.peek()):
                return self.rest(start)
            segments.append(self.peek())
            self._at += 1
            if self.peek() == "<" or (self.peek(2) == "<" and self.take(":", ":")):
                arguments = self._generics(depth)
            if not self.take(":", ":"):
                break
        # A macro's call, `Fn(A) -> B` or `Trait + Send` is no plain path.
        if self.peek() in ("!", "(", "+", "{"):
            return self.rest(start)
        if len(segments) == 1 and not arguments:
            return _plain(segments[0])
        return Named(tuple(segments), tuple(arguments))

    def _generics(self, depth: int) -> list[Type]:
        self._at += 1
        arguments: list[Type] = []
        while self._at < len(self._words) and self.peek() != ">":
            before = self._at
            if self.take("'"):
                self._at += 1
            elif self.peek() in ("{", "-") or self.peek()[:1].isdigit() or self.peek(1) in ("=", "("):
                arguments.append(self.rest())
                if self.take("="):
                    arguments.append(self.type(depth + 1))
            else:
                arguments.append(self.type(depth + 1))
            self.take(",")
            if self._at == before:
                break
        self.take(">")
        return arguments

    # --- functions ------------------------------------------------------------------------------------

    def function(self, depth: int = 0) -> FnSyntax:
        """The parameters whose parenthesis opens here, and the result behind them."""
        self._at += 1
        parameters: list[Parameter] = []
        variadic = False
        while self._at < len(self._words) and self.peek() != ")":
            before = self._at
            self.skip_attributes()
            name = self._pattern()
            if self.take(".", ".", "."):
                variadic = True
            elif self.peek() not in (")", ""):
                parameters.append(Parameter(name, self.type(depth + 1)))
            if self.peek() not in (",", ")"):
                self.rest()
            self.take(",")
            if self._at == before:
                self._at += 1
        self.take(")")
        result: Type = self.type(depth + 1) if self.take("-", ">") else UNIT
        return FnSyntax(tuple(parameters), result, variadic)

    def _pattern(self) -> str:
        """The pattern before a parameter's colon, such as ``mut buf``; empty where there is only a type."""
        start = at = self._at
        while at < len(self._words):
            word = self._words[at]
            if word in ("(", "[", "{"):
                at = self._behind(at)
                continue
            # Behind the pattern's colon the type may begin with `::`.
            if word == ":" and (
                self._words[at + 1 : at + 2] != [":"] or self._words[at + 2 : at + 3] == [":"]
            ):
                self._at = at + 1
                words = self._words[start:at]
                return "".join(words[2:]) if words[:2] == ["r", "#"] else spaced(words).removeprefix("mut ")
            if word in (",", ")", ";", "]", "}", "<", "&", "*", "-") or (word == ":"):
                break
            at += 1
        return ""
