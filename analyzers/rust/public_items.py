"""What a source shows to the outside: its items with their documentation, modules, re-exports and attributes.

It is a syntactic reading of one file. What a macro makes is not seen, and neither is the inside of functions.
One pass of a tree cursor over the masked text; comments come from the mask, so that nothing is parsed twice.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

import tree_sitter

from analyzers.rust.cfg import excludes_production
from analyzers.rust.documentation import examples, mentions, sections
from analyzers.rust.grammar_lag import without_lag
from analyzers.rust.lexer import Masked, mask
from analyzers.rust.parse import bounded_tree
from analyzers.rust.use_paths import Reexport, reexports

MAX_BYTES = 4 << 20
"""Bytes of one source; generated bindings are larger, and nobody documents them by hand."""
_MAX_MODULES = 64
_KINDS = {
    "function_item": "fn",
    "function_signature_item": "fn",
    "struct_item": "struct",
    "enum_item": "enum",
    "union_item": "union",
    "trait_item": "trait",
    "const_item": "const",
    "static_item": "static",
    "type_item": "type",
    "associated_type": "type",
}
_TYPES = frozenset(("struct", "enum", "union"))
_RESULT = re.compile(rb"\A(?:\w+\s*::\s*)*\w*Result\b")
_PANIC = re.compile(
    rb"\b(?:panic|assert|assert_eq|assert_ne|todo|unimplemented)\s*!|\.\s*(?:unwrap|expect)\s*\("
)
_OUTER = re.compile(rb"#\s*+\[[^\[\]]*+(?:\[[^\[\]]*+\][^\[\]]*+)*+\]")
_UNSAFE = re.compile(rb"[^(){};=]*?\bunsafe\b[^(){};=]*?\b(?:fn|trait)\b")
_DERIVE = re.compile(rb"\bderive\s*\(([^()]*)\)")
_CFG = re.compile(rb"\A#\s*!?\s*\[\s*cfg\s*\((.*)\)\s*\]\Z", re.DOTALL)
_CFG_WORD = re.compile(rb"\w+|\"[^\"]*\"|[^\s\w]")
_HIDDEN = re.compile(rb"\bdoc\s*\(\s*hidden\b")
_DOC_VALUE = re.compile(rb"\bdoc\s*=")
_PATH_VALUE = re.compile(rb"\bpath\s*=\s*\"([^\"]*)\"")
_TEST = re.compile(rb"\A#\s*\[\s*(?:\w+\s*::\s*)*(?:test|bench)\b")
_DEFAULT_TYPE = re.compile(rb"[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class PublicItem:
    """An item that says ``pub``, and so do the modules of the file around it; or a part of such an item.

    ``name`` is its own name, ``owner`` the type or trait it belongs to, ``modules`` those of the file around it.
    ``line`` is 1-based. ``sections`` are the headings of its documentation in lower case,
    ``mentions`` tells whether it speaks of ``errors``, ``panics`` or ``safety``. ``panics`` is the
    first thing in the body that may panic, empty if nothing is seen. ``fields`` are the public named fields,
    ``private_fields`` counts the others. ``traits`` are those it derives.
    """

    name: str
    kind: str
    line: int
    owner: str = ""
    modules: tuple[str, ...] = ()
    is_unsafe: bool = False
    documented: bool = False
    sections: frozenset[str] = frozenset()
    mentions: frozenset[str] = frozenset()
    returns_result: bool = False
    panics: str = ""
    traits: frozenset[str] = frozenset()
    fields: tuple[str, ...] = ()
    private_fields: int = 0
    exhaustive: bool = True
    signature: str = ""

    @property
    def label(self) -> str:
        """How people call it: ``Type::method``."""
        return f"{self.owner}::{self.name}" if self.owner else self.name


@dataclass(frozen=True, slots=True)
class Module:
    """A ``mod name;`` whose body is in another file, and whether the outside may name it."""

    name: str
    public: bool
    modules: tuple[str, ...]
    path: str = ""


@dataclass(frozen=True, slots=True)
class InnerAttribute:
    """An attribute of the file itself, without ``#![`` and ``]``."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """What one file says. ``implemented`` pairs trait and type; ``examples`` counts the tested code blocks in its docs.

    ``crate_docs`` is the line at which the file's own documentation starts, 0 without any. ``unread`` tells why
    the file could not be read, and then all else is empty.
    """

    items: tuple[PublicItem, ...] = ()
    modules: tuple[Module, ...] = ()
    reexports: tuple[Reexport, ...] = ()
    implemented: frozenset[tuple[str, str]] = frozenset()
    attributes: tuple[InnerAttribute, ...] = ()
    crate_docs: int = 0
    examples: int = 0
    code: bytes = b""
    unread: str = ""


def read_source(data: bytes) -> SourceFacts:
    """Read one file; never raises, whatever it holds."""
    if len(data) > MAX_BYTES:
        return SourceFacts(unread="too-large")
    masked = mask(data)
    tree = bounded_tree(masked.text)
    if tree is not None and tree.root_node.has_error:
        tree = bounded_tree(without_lag(masked.text)) or tree
    if tree is None:
        return SourceFacts(unread="unparsable")
    return _Reader(data, masked).read(tree)


@dataclass(frozen=True, slots=True)
class _Around:
    """Where an item stands: modules, owner, whether all of it is public, and whether members need no ``pub``."""

    modules: tuple[str, ...] = ()
    owner: str = ""
    public: bool = True
    implied: bool = False


class _Reader:
    """Walks the items of one tree, the statements of a function never."""

    def __init__(self, data: bytes, masked: Masked) -> None:
        self._data = data
        self._text = masked.text
        self._comments = masked.comments
        self._starts = [start for start, _ in masked.comments]
        self._items: list[PublicItem] = []
        self._modules: list[Module] = []
        self._reexports: list[Reexport] = []
        self._implemented: set[tuple[str, str]] = set()
        self._attributes: list[InnerAttribute] = []
        self._counted = (0, 1)

    def read(self, tree: tree_sitter.Tree) -> SourceFacts:
        cursor = tree.walk()
        self._members(cursor, _Around())
        docs = [span for span in self._comments if self._data.startswith((b"//!", b"/*!"), span[0])]
        told = b"\n".join(self._data[start:end] for start, end in self._comments if self._is_doc(start))
        crate_docs = self._line_from_start(docs[0][0]) if docs else 0
        if not crate_docs:
            crate_docs = next((a.line for a in self._attributes if _DOC_VALUE.search(a.text.encode())), 0)
        return SourceFacts(
            tuple(self._items),
            tuple(self._modules),
            tuple(self._reexports),
            frozenset(self._implemented),
            tuple(self._attributes),
            crate_docs,
            examples(told),
            self._text,
        )

    def _is_doc(self, start: int) -> bool:
        head = self._data[start : start + 4]
        return head.startswith((b"///", b"//!", b"/**", b"/*!")) and head not in (b"////", b"/***", b"/**/")

    def _line_from_start(self, place: int) -> int:
        return self._data.count(b"\n", 0, place) + 1

    def _line(self, place: int) -> int:
        # Items come in order, so that a file is counted once and not from its start for each of them.
        known, line = self._counted
        if place < known:
            return self._line_from_start(place)
        line += self._data.count(b"\n", known, place)
        self._counted = (place, line)
        return line

    def _members(self, cursor: tree_sitter.TreeCursor, around: _Around) -> None:
        """All items below the cursor's node; the cursor ends where it began."""
        # Before the first item of a file there may be comments, which the masked text does not have.
        behind = 0 if cursor.node is None or cursor.node.type == "source_file" else cursor.node.start_byte
        if not cursor.goto_first_child():
            return
        while True:
            node = cursor.node
            if node is not None and node.is_named:
                if node.type == "inner_attribute_item":
                    self._inner_attribute(node, around)
                    behind = node.end_byte
                elif node.type != "attribute_item":
                    attributes = self._attributes_in(behind, node.start_byte)
                    if not _is_test(attributes):
                        self._item(cursor, node, _Head(behind, attributes), around)
                    behind = node.end_byte
            if not cursor.goto_next_sibling():
                break
        cursor.goto_parent()

    def _attributes_in(self, start: int, end: int) -> tuple[bytes, ...]:
        """The outer attributes between two items, by text: a tree that lags behind the language has none of them."""
        return tuple(
            self._data[found.start() : found.end()] for found in _OUTER.finditer(self._text, start, end)
        )

    def _inner_attribute(self, node: tree_sitter.Node, around: _Around) -> None:
        if not around.modules and not around.owner:
            text = self._data[node.start_byte : node.end_byte].decode("utf-8", "replace")
            inside = (
                text.removeprefix("#").lstrip().removeprefix("!").strip().removeprefix("[").removesuffix("]")
            )
            self._attributes.append(InnerAttribute(inside.strip(), self._line_from_start(node.start_byte)))

    def _item(
        self, cursor: tree_sitter.TreeCursor, node: tree_sitter.Node, head: _Head, around: _Around
    ) -> None:
        if node.type == "mod_item":
            self._module(cursor, node, head, around)
        elif node.type == "impl_item":
            self._impl(cursor, node, around)
        elif node.type == "use_declaration":
            if around.public and self._says_pub(node):
                text = self._data[node.start_byte : node.end_byte].decode("utf-8", "replace")
                self._reexports += reexports(text, around.modules, self._line(node.start_byte))
        elif node.type == "macro_definition":
            if any(b"macro_export" in attribute for attribute in head.attributes):
                self._add(node, "macro", head, _Around())
        elif node.type in _KINDS:
            self._declared(cursor, node, head, around)
        elif node.type == "foreign_mod_item":
            self._inside(cursor, "declaration_list", around)

    def _module(
        self, cursor: tree_sitter.TreeCursor, node: tree_sitter.Node, head: _Head, around: _Around
    ) -> None:
        name = self._name(node)
        hidden = any(_HIDDEN.search(attribute) for attribute in head.attributes)
        public = around.public and self._says_pub(node) and not hidden
        if node.child_by_field_name("body") is None:
            found = next(filter(None, map(_PATH_VALUE.search, head.attributes)), None)
            path = found[1].decode("utf-8", "replace") if found else ""
            self._modules.append(Module(name, public, around.modules, path))
        elif len(around.modules) < _MAX_MODULES:
            self._inside(cursor, "declaration_list", _Around((*around.modules, name), public=public))

    def _impl(self, cursor: tree_sitter.TreeCursor, node: tree_sitter.Node, around: _Around) -> None:
        of = node.child_by_field_name("type")
        owner = _last_name(self._text[of.start_byte : of.end_byte]) if of is not None else ""
        trait = node.child_by_field_name("trait")
        if trait is not None:
            self._implemented.add((_last_name(self._text[trait.start_byte : trait.end_byte]), owner))
            return
        # A type may be public where its impl is not: methods are as public as the type, which its name tells.
        self._inside(cursor, "declaration_list", _Around(around.modules, owner))

    def _inside(self, cursor: tree_sitter.TreeCursor, body: str, around: _Around) -> None:
        if not cursor.goto_first_child():
            return
        while cursor.node is not None:
            if cursor.node.type == body:
                self._members(cursor, around)
                break
            if not cursor.goto_next_sibling():
                break
        cursor.goto_parent()

    def _declared(
        self, cursor: tree_sitter.TreeCursor, node: tree_sitter.Node, head: _Head, around: _Around
    ) -> None:
        if not around.public or not (around.implied or self._says_pub(node)):
            return
        kind = _KINDS[node.type]
        if any(_HIDDEN.search(attribute) for attribute in head.attributes):
            return
        self._add(node, kind, head, around)
        if kind == "trait":
            self._inside(cursor, "declaration_list", _Around(around.modules, self._name(node), implied=True))

    def _add(self, node: tree_sitter.Node, kind: str, head: _Head, around: _Around) -> None:
        body = node.child_by_field_name("body")
        stop = body.start_byte if body is not None else node.end_byte
        told = self._documentation(head.behind, node.start_byte, head.attributes)
        fields, private = self._fields(body) if kind in _TYPES and body is not None else ((), 0)
        returned = node.child_by_field_name("return_type") if kind == "fn" else None
        panics = _PANIC.search(self._text, stop, node.end_byte) if kind == "fn" and body is not None else None
        signature = self._text[node.start_byte : stop]
        derived = b",".join(b",".join(_DERIVE.findall(attribute)) for attribute in head.attributes)
        self._items.append(
            PublicItem(
                name=self._name(node),
                kind=kind,
                line=self._line(node.start_byte),
                owner=around.owner,
                modules=around.modules,
                is_unsafe=kind in {"fn", "trait"} and _UNSAFE.match(signature) is not None,
                documented=told is not None,
                sections=sections(told or b""),
                mentions=mentions(told or b""),
                returns_result=returned is not None
                and _RESULT.match(self._text[returned.start_byte : returned.end_byte]) is not None,
                panics=b"".join(panics[0].split()).decode().removesuffix("(") if panics else "",
                traits=frozenset(_last_name(name) for name in derived.split(b",") if name.strip()),
                fields=fields,
                private_fields=private,
                exhaustive=not any(b"non_exhaustive" in attribute for attribute in head.attributes),
                signature=" ".join(signature.decode("utf-8", "replace").split()),
            )
        )

    def _documentation(self, behind: int, start: int, attributes: tuple[bytes, ...]) -> bytes | None:
        """The documentation in front of an item, None without any."""
        found = []
        # By index: a slice would copy all later comments for every item.
        for at in range(bisect_left(self._starts, behind), bisect_left(self._starts, start)):
            begin, end = self._comments[at]
            if self._data.startswith((b"///", b"/**"), begin) and self._is_doc(begin):
                found.append(self._data[begin:end])
        found += [attribute for attribute in attributes if _DOC_VALUE.search(attribute)]
        return b"\n".join(found) if found else None

    def _fields(self, body: tree_sitter.Node) -> tuple[tuple[str, ...], int]:
        """The public named fields, and how many fields are not public."""
        named: list[str] = []
        private = 0
        for field in body.named_children:
            if field.type == "field_declaration":
                if self._says_pub(field):
                    named.append(self._name(field))
                else:
                    private += 1
        if body.type == "ordered_field_declaration_list":
            kinds = [child.type for child in body.named_children]
            private += sum(1 for kind in kinds if kind not in {"visibility_modifier", "attribute_item"})
            private -= kinds.count("visibility_modifier")
        return tuple(named), max(0, private)

    def _name(self, node: tree_sitter.Node) -> str:
        name = node.child_by_field_name("name")
        return "" if name is None else self._data[name.start_byte : name.end_byte].decode("utf-8", "replace")

    def _says_pub(self, node: tree_sitter.Node) -> bool:
        for child in node.children[:3]:
            if child.type == "visibility_modifier":
                return self._text[child.start_byte : child.end_byte].strip() == b"pub"
        return False


@dataclass(frozen=True, slots=True)
class _Head:
    """Where what belongs to an item may begin, and its attributes."""

    behind: int
    attributes: tuple[bytes, ...]


def _is_test(attributes: tuple[bytes, ...]) -> bool:
    return any(_TEST.match(attribute) or _excludes(attribute) for attribute in attributes)


def _excludes(attribute: bytes) -> bool:
    found = _CFG.match(attribute)
    if found is None or b"test" not in found[1]:
        return False
    words: Iterator[bytes] = (word[0] for word in _CFG_WORD.finditer(found[1]))
    return excludes_production(" ".join(word.decode("utf-8", "replace") for word in words))


def _last_name(text: bytes) -> str:
    """``Debug`` of ``fmt::Debug``, ``Foo`` of ``a::Foo<T>``; empty for what has no name, such as ``[T]``."""
    names = _DEFAULT_TYPE.findall(text.split(b"<", 1)[0].removeprefix(b"&"))
    return names[-1].decode() if names else ""
