"""Finds the sites of a source by rustc's tree, and by rustc's tokens inside macros."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.benchmarks.accuracy import attributes
from tests.benchmarks.accuracy.macros import in_tokens
from tests.benchmarks.accuracy.rustc import Node, Parsed, Position, span_of
from tests.benchmarks.accuracy.spot import ASSEMBLY, RUST_ABIS, Spot

_IDENT = re.compile(r"^(?:ident: )?(\S+)#\d+,$")
_FOREIGN = {
    "kind: Fn": ("foreign-fn", "fn"),
    "kind: Static": ("foreign-static", "static"),
    "kind: TyAlias": ("foreign-type", "type"),
}


@dataclass(frozen=True, slots=True)
class Context:
    """Where the walk is: the names of the items around, and whether an extern block is the nearest one."""

    path: tuple[str, ...] = ()
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """A function, trait or impl by its path, and whether it says ``unsafe``."""

    sort: str
    path: tuple[str, ...]
    unsafe: bool
    line: int


def find(parsed: Parsed) -> tuple[list[Spot], list[Item]]:
    """All sites sorted by position, and all items that can say ``unsafe``."""
    if parsed.tree is None:
        return sorted(set(in_tokens(parsed, 0, len(parsed.tokens), (), foreign=False))), []
    walk = _Walk(parsed)
    walk.run(parsed.tree)
    return sorted(set(walk.spots)), walk.items


class _Walk:
    def __init__(self, parsed: Parsed) -> None:
        self.parsed = parsed
        self.spots: list[Spot] = []
        self.items: list[Item] = []

    def run(self, root: Node) -> None:
        """Visit every node; the stack is our own, since trees nest deeper than Python recurses."""
        stack: list[tuple[Node, Node, Context]] = [(root, root, Context())]
        while stack:
            node, parent, context = stack.pop()
            self.spots += self._spots(node, parent, context)
            inner = self._enter(node, context)
            stack += [(child, node, inner) for child in node.nodes]

    # --- context --------------------------------------------------------------------------------------

    def _enter(self, node: Node, context: Context) -> Context:
        if node.label == "Item" or node.label.endswith(": Item"):
            kind = _kind(node)
            if kind is None or kind.label == "kind: ForeignMod":
                return Context(context.path, foreign=kind is not None)
            if kind.label == "kind: MacCall":
                return context
            name = self._name(node, kind)
            return Context((*context.path, name) if name else context.path, foreign=False)
        return context

    def _name(self, node: Node, kind: Node) -> str:
        if kind.label == "kind: Impl":
            return self._impl_name(node)
        for holder in (*kind.nodes, kind):
            for line in holder.lines:
                if found := _IDENT.match(line):
                    return found[1]
        return ""

    def _impl_name(self, node: Node) -> str:
        tokens = self.parsed.tokens
        start = self._token(node, "impl")
        words = []
        for token in tokens[start:]:
            if token.text in ("{", ";", "where"):
                break
            words.append(token.text)
        return " ".join(words)

    # --- sites ----------------------------------------------------------------------------------------

    def _spots(self, node: Node, parent: Node, context: Context) -> Iterator[Spot]:
        if node.label.startswith("kind: "):
            yield from self._type(node, parent, context)
            return
        match node.label.rpartition(": ")[2]:
            case "Item":
                yield from self._item(node, context)
            case "Attribute":
                if node.child("kind: Normal") and (span := node.span()):
                    yield from attributes.spots(self.parsed, self.parsed.index(span[0]), context.path)
            case "FieldDef":
                if start := _unsafe(node):
                    yield self._spot("unsafe-field", start, start, node, context)
            case "MacCall":
                yield from self._call(node, context)
            case "MacroDef":
                yield from self._arguments(node.child("body: DelimArgs"), context)
            case "Block":
                yield from self._block(node, context)
            case _:
                pass

    def _type(self, node: Node, parent: Node, context: Context) -> Iterator[Spot]:
        if node.label == "kind: FnPtr":
            yield from self._pointer(node, parent, context)
        elif node.label == "kind: UnsafeBinder" and (span := parent.span()):
            yield self._spot("unsafe-binder", span[0], span[0], parent, context)

    def _block(self, node: Node, context: Context) -> Iterator[Spot]:
        rules = node.child("rules: Unsafe")
        if rules and "UserProvided," in rules.lines and (span := node.span()):
            yield self._spot("unsafe-block", span[0], span[0], node, context)

    def _item(self, node: Node, context: Context) -> Iterator[Spot]:
        kind = _kind(node)
        if kind is None:
            return
        here = Context((*context.path, self._name(node, kind)))
        if context.foreign and kind.label in _FOREIGN:
            yield from self._foreign(node, kind, here)
            return
        body = kind.nodes[0] if kind.nodes else kind
        match kind.label:
            case "kind: Fn":
                yield from self._function(node, body, here)
            case "kind: ForeignMod":
                at = self._token(node, "extern")
                start = at - 1 if _unsafe(body) else at
                yield self._at("extern-block", at, start, node, context)
            case "kind: Impl":
                holder = body.child("of_trait: Some")
                header = holder.nodes[0] if holder else None
                yield from self._said("unsafe-impl", "impl", node, _unsafe(header) if header else None, here)
            case "kind: Trait":
                yield from self._said("unsafe-trait", "trait", node, _unsafe(body), here)
            case "kind: Static" if "mutability: Mut," in body.lines:
                at = self._token(node, "static")
                yield self._at("static-mut", at, at, node, here)
            case "kind: Union":
                at = self._token(node, "union")
                yield self._at("union", at, at, node, here)
            case _:
                pass

    def _said(
        self, kind: str, sort: str, node: Node, start: Position | None, here: Context
    ) -> Iterator[Spot]:
        at = self._token(node, sort)
        self.items.append(Item(sort, here.path, start is not None, self.parsed.tokens[at].line))
        if start:
            yield self._spot(kind, start, start, node, here)

    def _function(self, node: Node, body: Node, here: Context) -> Iterator[Spot]:
        signature = body.child("sig: FnSig")
        header = signature.child("header: FnHeader") if signature else None
        if signature is None or header is None:
            return
        yield from self._said("unsafe-fn", "fn", node, _unsafe(header), here)
        start, abi = _foreign_abi(header)
        if start and abi not in RUST_ABIS and (span := signature.span()):
            index = self.parsed.index(start)
            end = self.parsed.index(span[1])
            yield Spot("extern-fn", start[0], start[1], index, end, here.path)

    def _foreign(self, node: Node, kind: Node, here: Context) -> Iterator[Spot]:
        name, keyword = _FOREIGN[kind.label]
        at = self._token(node, keyword)
        start = at - 1 if self.parsed.tokens[at - 1].text in ("safe", "unsafe") else at
        yield self._at(name, at, start, node, here)

    def _pointer(self, node: Node, parent: Node, context: Context) -> Iterator[Spot]:
        body = node.child("FnPtrTy")
        if body is None:
            return
        unsafe = _unsafe(body)
        start, abi = _foreign_abi(body)
        at = unsafe or (start if abi not in RUST_ABIS else None)
        if at:
            yield self._spot("fn-pointer", at, at, parent, context)

    # --- macros ---------------------------------------------------------------------------------------

    def _call(self, node: Node, context: Context) -> Iterator[Spot]:
        path, arguments = node.child("path: Path"), node.child("args: DelimArgs")
        bounds = _bounds(arguments) if arguments else None
        span = path.span() if path else None
        if bounds is None or span is None:
            return
        first, last = self.parsed.index(bounds[0]), self.parsed.index(bounds[1]) + 1
        name = self.parsed.index(span[1]) - 1
        text = self.parsed.tokens[name].text
        words = [token.text for token in self.parsed.tokens[first:last]]
        if text in ASSEMBLY:
            yield self._plain("inline-asm", name, last, context)
        elif text == "include" and (any("OUT_DIR" in word for word in words) or "env" in words):
            yield self._plain("generated-bindings", name, last, context)
        elif text == "include_cpp":
            yield self._plain("ffi-bridge", name, last, context)
        yield from self._arguments(arguments, context)

    def _arguments(self, arguments: Node | None, context: Context) -> Iterator[Spot]:
        bounds = _bounds(arguments) if arguments else None
        if bounds:
            first, last = self.parsed.index(bounds[0]), self.parsed.index(bounds[1]) + 1
            yield from in_tokens(self.parsed, first, last, context.path, foreign=context.foreign)

    # --- spots ----------------------------------------------------------------------------------------

    def _token(self, node: Node, text: str) -> int:
        span = node.span()
        index = self.parsed.index(span[0]) if span else 0
        while self.parsed.tokens[index].text != text:
            index += 1
        return index

    def _spot(self, kind: str, at: Position, start: Position, node: Node, context: Context) -> Spot:
        return self._at(kind, self.parsed.index(at), self.parsed.index(start), node, context)

    def _at(self, kind: str, at: int, start: int, node: Node, context: Context) -> Spot:
        span = node.span()
        token = self.parsed.tokens[at]
        last = self.parsed.index(span[1]) if span else start + 1
        return Spot(kind, token.line, token.column, start, last, context.path)

    def _plain(self, kind: str, at: int, last: int, context: Context) -> Spot:
        token = self.parsed.tokens[at]
        return Spot(kind, token.line, token.column, at, last, context.path)


def _kind(item: Node) -> Node | None:
    return next((node for node in item.nodes if node.label.startswith("kind: ")), None)


def _unsafe(node: Node) -> Position | None:
    """Where the node says ``unsafe``."""
    safety = node.child("safety: Unsafe")
    span = span_of(safety.lines[0]) if safety and safety.lines else None
    return span[0] if span else None


def _foreign_abi(node: Node) -> tuple[Position | None, str]:
    """Where a function header or pointer type says ``extern``, and its ABI."""
    if implicit := node.child("ext: Implicit"):
        span = span_of(implicit.lines[0])
        return (span[0] if span else None), "C"
    if explicit := node.child("ext: Explicit"):
        span = span_of(explicit.lines[-1])
        symbol = next(line for line in explicit.nodes[0].lines if line.startswith("symbol: "))
        return (span[0] if span else None), symbol[len('symbol: "') : -2]
    return None, "Rust"


def _bounds(arguments: Node) -> tuple[Position, Position] | None:
    """Where the delimiters of a macro's arguments open and close."""
    delimiters = arguments.child("dspan: DelimSpan")
    if delimiters is None:
        return None
    opening, closing = span_of(delimiters.lines[0]), span_of(delimiters.lines[1])
    return (opening[0], closing[0]) if opening and closing else None
