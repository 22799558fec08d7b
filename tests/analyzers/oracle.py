"""What rustc's own parser says about a source: where its unsafe and foreign constructs stand."""

from __future__ import annotations

import dataclasses
import os
import re
import shutil
import subprocess
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

# rustup finds its toolchains through HOME, which the test session replaces.
_ENVIRONMENT = {**os.environ, "RUSTC_BOOTSTRAP": "1"}
# The test session takes settings such as this one away.
_IN_CI = bool(os.environ.get("CI"))
EDITIONS = ("2024", "2021", "2018", "2015")
_RUST_ABIS = frozenset(("Rust", "rust-call", "rust-cold", "rust-intrinsic", "rust-preserve-none"))
# Where an `unsafe` stands that is no block's and no binder's, and what it is then.
_UNSAFE_OWNERS = {
    "Trait {": "unsafe-trait",
    "Impl {": "unsafe-impl",
    "TraitImplHeader {": "unsafe-impl",
    "FieldDef {": "unsafe-field",
    "BareFnTy {": "fn-pointer",
    "FnPtrTy {": "fn-pointer",
}
_SPAN = re.compile(r"(\d+):(\d+): ")
# What may stand between the start of a signature or item and its own keyword.
_QUALIFIERS = re.compile(
    r'(?:\s|//[^\n]*\n|/\*.*?\*/|"[^"]*"|\b(?:pub|crate|const|async|gen|unsafe|safe|extern|default|in|self|super)\b'
    r"|[()]|::)*",
    re.DOTALL,
)

Position = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Reading:
    """The 1-based (line, column) positions that rustc gives, columns in characters.

    ``sites`` pairs a position with a kind, for constructs outside macros; ``unsafe_keywords`` are those of the
    whole file, the token trees of macros and attributes included.
    """

    sites: frozenset[tuple[Position, str]]
    unsafe_keywords: frozenset[Position]


@cache
def rustc() -> Path | None:
    """The compiler itself, not the proxy in front of it; None when there is no Rust here."""
    found = shutil.which("rustc")
    if found is None:
        return None
    said = subprocess.run(
        [found, "--print", "sysroot"], env=_ENVIRONMENT, capture_output=True, text=True, check=False
    )
    if said.returncode:
        return None
    return Path(said.stdout.strip(), "bin", "rustc")


def require() -> None:
    """Skip the calling test where there is no rustc; in continuous integration that is a failure."""
    if rustc() is None:
        reason = "rustc is not on PATH: install Rust to compare with its parser"
        if _IN_CI:
            pytest.fail(reason)
        pytest.skip(reason)


def edition_of(data: bytes) -> str:
    """The edition that a source asks for in a comment ``// edition: 2015``; the newest without one."""
    said = re.search(rb"^// edition: (\d{4})$", data, re.MULTILINE)
    return said[1].decode() if said else EDITIONS[0]


def read_any_edition(data: bytes) -> Reading | None:
    """What rustc reads in the newest edition that takes the source; None when none does, or it is not UTF-8."""
    readings = (read(data, edition) for edition in EDITIONS)
    return next((reading for reading in readings if reading is not None), None)


def read(data: bytes, edition: str = "2024") -> Reading | None:
    """Let rustc parse a source; None when it reports an error."""
    compiler = rustc()
    if compiler is None:
        raise LookupError("rustc is not on PATH")
    done = subprocess.run(
        [compiler, "-Zunpretty=ast-tree", "--crate-type", "lib", "--edition", edition, "-"],
        input=data,
        env=_ENVIRONMENT,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        return None
    return _Dump(data.decode("utf-8")).read(done.stdout.decode("utf-8"))


@dataclass(eq=False, slots=True)
class _Frame:
    """One open bracket of the dump, such as ``safety: Unsafe(``: its field, its constructor and its plain leaves.

    The rest is what brackets inside it have told: see ``_Dump._closed``.
    """

    field: str
    name: str
    parent: _Frame | None
    leaves: list[str] = dataclasses.field(default_factory=list)
    start: str = ""
    kind: str = ""
    abi: str = "C"
    is_unsafe: bool = False
    is_mutable: bool = False

    def leaf(self, name: str) -> str:
        """The text of the field ``name``."""
        return next(leaf for leaf in self.leaves if leaf.startswith(f"{name}: "))

    @property
    def position(self) -> Position:
        """Where the span of this bracket starts."""
        return _start(self.leaf("span"))


class _Dump:
    """Reads the dump of one syntax tree, which is Rust's ``{:#?}`` layout: one bracket or leaf on each line."""

    def __init__(self, text: str) -> None:
        self._text = text.removeprefix("\ufeff").replace("\r\n", "\n")
        self._starts = [0, *(found.end() for found in re.finditer("\n", self._text))]
        self._sites: set[tuple[Position, str]] = set()
        self._keywords: set[Position] = set()

    def read(self, dump: str) -> Reading:
        frame = _Frame("", "", None)
        for line in dump.split("\n"):
            leaf = line.strip()
            if not leaf or "LazyAttrTokenStream(" in leaf:
                continue
            if leaf[-1] in "({[":
                field, _, name = leaf.rpartition(": ")
                if field == "kind" and frame.name == "Item {":
                    frame.kind = name.rstrip("({[ ")
                frame = _Frame(field, name, frame)
            elif leaf[0] in ")}]":
                if frame.parent is None:
                    raise ValueError("rustc's dump closes more than it opens")
                self._closed(frame, frame.parent)
                frame = frame.parent
            else:
                frame.leaves.append(leaf)
        return Reading(frozenset(self._sites), frozenset(self._keywords))

    def _closed(self, frame: _Frame, parent: _Frame) -> None:
        reader = _READERS.get(frame.name)
        if reader is not None:
            reader(self, frame, parent)

    # --- one method for each bracket that matters, see _READERS ------------------------------------------

    def _read_unsafe(self, frame: _Frame, parent: _Frame) -> None:
        if frame.field == "rules":
            parent.is_unsafe = "UserProvided," in frame.leaves
            return
        at = _start(frame.leaves[0])
        parent.is_unsafe = True
        self._keywords.add(at)
        if parent.name.endswith("FnHeader {"):
            if not _is_foreign(_item(parent)):
                self._sites.add((at, "unsafe-fn"))
        elif parent.name in _UNSAFE_OWNERS:
            self._sites.add((at, _UNSAFE_OWNERS[parent.name]))

    def _read_block(self, frame: _Frame, _parent: _Frame) -> None:
        if frame.is_unsafe:
            self._keywords.add(frame.position)
            self._sites.add((frame.position, "unsafe-block"))

    def _read_unsafe_binder(self, _frame: _Frame, parent: _Frame) -> None:
        parent.is_unsafe = True

    def _read_ty(self, frame: _Frame, _parent: _Frame) -> None:
        if frame.is_unsafe:
            self._keywords.add(frame.position)
            self._sites.add((frame.position, "unsafe-binder"))

    def _read_string(self, frame: _Frame, parent: _Frame) -> None:
        parent.abi = frame.leaf("symbol_unescaped").split('"')[1]

    def _read_extern(self, frame: _Frame, parent: _Frame) -> None:
        if frame.field != "ext" or frame.abi in _RUST_ABIS:
            return
        at = _start(frame.leaves[-1])
        if not parent.name.endswith("FnHeader {"):
            if not parent.is_unsafe:
                self._sites.add((at, "fn-pointer"))
        elif not _is_foreign(_item(parent)):
            self._sites.add((at, "extern-fn"))

    def _read_extern_block(self, frame: _Frame, _parent: _Frame) -> None:
        self._sites.add((_start(frame.leaf("extern_span")), "extern-block"))

    def _read_signature(self, frame: _Frame, _parent: _Frame) -> None:
        if _is_foreign(_item(frame)):
            self._add_at_keyword("foreign-fn", "fn", frame.position)

    def _read_visibility(self, frame: _Frame, parent: _Frame) -> None:
        parent.start = frame.leaf("span")

    def _read_static(self, frame: _Frame, _parent: _Frame) -> None:
        _item(frame).is_mutable = "mutability: Mut," in frame.leaves

    def _read_item(self, frame: _Frame, _parent: _Frame) -> None:
        start = _start(frame.start)
        foreign = _is_foreign(frame)
        if frame.kind == "Static" and (foreign or frame.is_mutable):
            self._add_at_keyword("foreign-static" if foreign else "static-mut", "static", start)
        elif frame.kind == "TyAlias" and foreign:
            self._add_at_keyword("foreign-type", "type", start)
        elif frame.kind == "Union":
            self._add_at_keyword("union", "union", start)

    def _read_identifier(self, frame: _Frame, parent: _Frame) -> None:
        parent.is_unsafe = frame.leaves == ['"unsafe",', "No,"]

    def _read_token(self, frame: _Frame, parent: _Frame) -> None:
        stream = parent.parent
        if stream is None:
            raise ValueError("a token outside a token stream")
        # The token behind a `$` is a metavariable's name.
        if frame.is_unsafe and stream.kind != "$":
            self._keywords.add(frame.position)
        stream.kind = "$" if "kind: Dollar," in frame.leaves else ""

    # --- positions ------------------------------------------------------------------------------------

    def _add_at_keyword(self, kind: str, word: str, start: Position) -> None:
        offset = self._starts[start[0] - 1] + start[1] - 1
        skipped = _QUALIFIERS.match(self._text, offset)
        offset = skipped.end() if skipped else offset
        if not self._text.startswith(word, offset):
            raise ValueError(f"no {word!r} at line {start[0]}: {self._text[offset : offset + 40]!r}")
        line = bisect_right(self._starts, offset)
        self._sites.add(((line, offset - self._starts[line - 1] + 1), kind))


_READERS = {
    "Unsafe(": _Dump._read_unsafe,
    "UnsafeBinder(": _Dump._read_unsafe_binder,
    "Explicit(": _Dump._read_extern,
    "Implicit(": _Dump._read_extern,
    "Ident(": _Dump._read_identifier,
    "Block {": _Dump._read_block,
    "Ty {": _Dump._read_ty,
    "StrLit {": _Dump._read_string,
    "ForeignMod {": _Dump._read_extern_block,
    "FnSig {": _Dump._read_signature,
    "Visibility {": _Dump._read_visibility,
    "StaticItem {": _Dump._read_static,
    "Item {": _Dump._read_item,
    "Token {": _Dump._read_token,
}


def _item(frame: _Frame) -> _Frame:
    while frame.name != "Item {":
        if frame.parent is None:
            raise ValueError("a signature outside any item")
        frame = frame.parent
    return frame


def _is_foreign(item: _Frame) -> bool:
    """Whether an item is listed in a ``ForeignMod``."""
    listing = item.parent
    return listing is not None and listing.parent is not None and listing.parent.name == "ForeignMod {"


def _start(text: str) -> Position:
    found = _SPAN.search(text)
    # The empty span at the very start of a file is printed as "no-location".
    return (int(found[1]), int(found[2])) if found else (1, 1)
