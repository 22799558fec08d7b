"""Finds the sites inside macros, where rustc knows tokens only."""

from __future__ import annotations

from collections.abc import Iterator

from tests.benchmarks.accuracy import attributes
from tests.benchmarks.accuracy.rustc import Parsed
from tests.benchmarks.accuracy.spot import ASSEMBLY, RUST_ABIS, Spot

_ITEMS = {"impl": "unsafe-impl", "trait": "unsafe-trait", "auto": "unsafe-trait"}
_UNION_BODY = ("{", "<", "where", "$")
_MEMBERS = {"fn": "foreign-fn", "static": "foreign-static", "type": "foreign-type"}


def in_tokens(
    parsed: Parsed, first: int, last: int, path: tuple[str, ...], *, foreign: bool
) -> Iterator[Spot]:
    """The sites between two tokens; ``foreign`` when the macro stands in an extern block."""
    scan = _Scan(parsed, last, path)
    if foreign:
        scan.foreign = last
    for index in range(first, last):
        yield from scan.at(index)


class _Scan:
    def __init__(self, parsed: Parsed, last: int, path: tuple[str, ...]) -> None:
        self.parsed, self.last, self.path = parsed, last, path
        self.foreign = -1

    def text(self, index: int) -> str:
        """The token's text; empty behind the end."""
        return self.parsed.tokens[index].text if 0 <= index < self.last else ""

    def at(self, index: int) -> Iterator[Spot]:
        """The sites whose keyword is a token."""
        word, following, before = self.text(index), self.text(index + 1), self.text(index - 1)
        if before == "$":
            return
        if word == "unsafe":
            yield from self._unsafe(index)
        elif word == "extern" and before != "unsafe":
            yield from self._extern(index, index)
        elif word in _MEMBERS and index < self.foreign:
            yield from self._member(index)
        elif word == "static" and following == "mut" and index >= self.foreign:
            yield self._spot("static-mut", index, index, self._statement(index))
        elif (
            word == "union"
            and (_is_name(following) or following == "[")
            and self._behind_name(index + 1) in _UNION_BODY
        ):
            yield self._spot("union", index, index, attributes.item_end(self.parsed, index))
        elif following == "!" and self.text(index + 2) in ("(", "[", "{"):
            yield from self._call(word, index)
        elif word == "#" and following in ("[", "!"):
            yield from attributes.spots(self.parsed, index, self.path)

    def _call(self, word: str, index: int) -> Iterator[Spot]:
        close = self.parsed.closers[index + 2]
        words = [token.text for token in self.parsed.tokens[index:close]]
        if word in ASSEMBLY:
            yield self._spot("inline-asm", index, index, close + 1)
        elif word == "include" and (any("OUT_DIR" in inner for inner in words) or "env" in words):
            yield self._spot("generated-bindings", index, index, close + 1)

    def _unsafe(self, index: int) -> Iterator[Spot]:
        following = self.text(index + 1)
        item = attributes.item_end(self.parsed, index)
        if following == "{":
            yield self._spot("unsafe-block", index, index, self.parsed.closers[index + 1] + 1)
        elif following == "fn":
            if self.text(index + 2) == "(":
                yield self._spot("fn-pointer", index, index, self._type(index))
            elif index >= self.foreign:
                yield self._spot("unsafe-fn", index, index, item, self._name(index + 2))
        elif following == "extern":
            yield from self._extern(index + 1, index)
        elif following in _ITEMS:
            yield self._spot(_ITEMS[following], index, index, item)
        else:
            yield from self._rare(index)

    def _rare(self, index: int) -> Iterator[Spot]:
        following = self.text(index + 1)
        if following == "<":
            yield self._spot("unsafe-binder", index, index, self._type(index))
        elif _is_name(following) and self.text(index + 2) == ":":
            yield self._spot("unsafe-field", index, index, self._type(index))
        elif not (following == "(" and self.text(index - 1) in ("[", ",")) and index >= self.foreign:
            yield self._spot("unclassified-unsafe", index, index, index + 2)

    def _extern(self, index: int, start: int) -> Iterator[Spot]:
        after = index + 1
        abi = "C"
        if self.text(after).endswith('"'):
            abi = self.text(after).strip('"r#')
            after += 1
        elif self.text(after) in ("$", "#"):
            abi = "$"
            after += 2
        following = self.text(after)
        if following == "{":
            close = self.parsed.closers[after]
            self.foreign = max(self.foreign, close)
            yield self._spot("extern-block", index, start, close + 1)
        elif following == "fn" and self.text(after + 1) == "(":
            if start != index or abi not in RUST_ABIS:
                yield self._spot("fn-pointer", start, start, self._type(start))
        elif following == "fn":
            name = self._name(after + 1)
            if start != index:
                yield self._spot("unsafe-fn", start, start, attributes.item_end(self.parsed, start), name)
            if abi not in RUST_ABIS:
                yield self._spot("extern-fn", index, index, self._signature(index), name)

    def _member(self, index: int) -> Iterator[Spot]:
        word, following = self.text(index), self.text(index + 1)
        if word == "fn" and following == "(":
            return
        start = index - 1 if self.text(index - 1) in ("safe", "unsafe") else index
        last = self._statement(index) if word == "static" else attributes.item_end(self.parsed, index)
        yield self._spot(_MEMBERS[word], index, start, last, self._name(index + 1))

    # --- ends -----------------------------------------------------------------------------------------

    def _statement(self, index: int) -> int:
        while index < self.last and self.text(index) not in (";", ")", "]", "}"):
            index = self.parsed.closers.get(index, index) + 1
        return min(index + (self.text(index) == ";"), self.last)

    def _signature(self, index: int) -> int:
        while index < self.last and self.text(index) not in (";", "{", ")", "]", "}"):
            index = self.parsed.closers.get(index, index) + 1
        return index

    def _type(self, index: int) -> int:
        depth = 0
        while index < self.last:
            text = self.text(index)
            if text in (";", ")", "]", "}", "{", "=") or (text == "," and depth == 0):
                break
            depth += text.count("<") - (text.count(">") if text not in ("->", "=>") else 0)
            if depth < 0:
                break
            index = self.parsed.closers.get(index, index) + 1
        return index

    def _name(self, index: int) -> str:
        return self.text(index) if self.text(index) != "$" else "$" + self.text(index + 1)

    def _behind_name(self, index: int) -> str:
        """The token behind a name, be it ``$name`` or what paste! builds, ``[<a $b>]``."""
        if self.text(index) == "[":
            return self.text(self.parsed.closers[index] + 1)
        return self.text(index + 2 if self.text(index) == "$" else index + 1)

    def _spot(self, kind: str, at: int, start: int, last: int, name: str = "") -> Spot:
        token = self.parsed.tokens[at]
        path = (*self.path, name) if name else self.path
        return Spot(kind, token.line, token.column, start, last, path)


def _is_name(text: str) -> bool:
    return bool(text) and (text[0].isalpha() or text[0] in "_$")
