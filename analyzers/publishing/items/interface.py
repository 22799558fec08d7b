"""How the library's public types behave."""

from __future__ import annotations

import re

from analyzers.publishing.crate import Crate
from analyzers.publishing.item import Item
from analyzers.publishing.model import Edit, Place, Result, Severity, asked, failed, listed, passed
from analyzers.rust.public_items import PublicItem

_TYPES = frozenset(("struct", "enum", "union"))
_MANY_FIELDS = 2
_DEBUG_MACRO = re.compile(rb"\b\w*debug\w*\s*(?:::\s*\w+\s*)?!\s*[({\[]([^(){}\[\]]{0,400})", re.IGNORECASE)
_MACRO = re.compile(rb"!\s*[({\[]([^(){}\[\]]{1,400})[)}\]]")


def _debug(crate: Crate) -> Result | None:
    types = [(path, item) for path, item in crate.api if item.kind in {"struct", "enum"} and not item.owner]
    if not types:
        return None
    with_debug = {name for trait, name in crate.implemented if trait == "Debug"} | _debugged(crate)
    bare = [
        (path, item)
        for path, item in types
        if "Debug" not in item.traits and item.name not in with_debug and not _by_macro(crate, item)
    ]
    if not bare:
        return passed(count=len(types))
    places = tuple(Place(crate.tree.at(path), item.line, item.name) for path, item in bare)
    edits = tuple(
        Edit(crate.tree.at(path), "behind", item.line - 1, f"{_indent(crate, path, item)}#[derive(Debug)]")
        for path, item in sorted(bare[:20], key=lambda pair: (pair[0], -pair[1].line))
        if not item.traits
    )
    return failed(
        "missing",
        *places,
        edits=edits,
        count=len(bare),
        names=listed([item.name for _, item in bare]),
        all=len(types),
    )


def _debugged(crate: Crate) -> set[str]:
    """The words in calls of macros that are called after Debug, as in ``opaque_debug::implement!(Key)``, or name it."""
    found: set[bytes] = set()
    for path in crate.library_files:
        code = crate.facts(path).code
        for call in _DEBUG_MACRO.finditer(code):
            found.update(re.findall(rb"\w+", call[1], re.ASCII))
        for call in _MACRO.finditer(code):
            words = re.findall(rb"\w+", call[1], re.ASCII)
            found.update(words if b"Debug" in words else ())
    return {word.decode() for word in found}


def _by_macro(crate: Crate, item: PublicItem) -> bool:
    """Whether a derive of another crate, such as educe, is likely to implement it."""
    return bool(item.traits & {"Educe", "Derivative", "DebugStub", "CustomDebug", "Dbg", "Error"}) and any(
        d.package in {"educe", "derivative", "derive_more", "derive-where", "custom_debug"}
        for d in crate.manifest.dependencies
    )


def _indent(crate: Crate, path: str, item: PublicItem) -> str:
    line = crate.tree.sources[path].split(b"\n")[item.line - 1].decode("utf-8", "replace")
    return line[: len(line) - len(line.lstrip())]


def _fields(crate: Crate) -> Result | None:
    structs = [(path, item) for path, item in crate.api if item.kind == "struct"]
    if not structs:
        return None
    # All fields public and no non_exhaustive: adding one more is a breaking change (Cargo book, SemVer).
    open_ones = [
        (path, item)
        for path, item in structs
        if len(item.fields) > _MANY_FIELDS and not item.private_fields and item.exhaustive
    ]
    if not open_ones:
        return passed(count=len(structs))
    places = tuple(Place(crate.tree.at(path), item.line, item.name) for path, item in open_ones)
    return asked("open", *places, count=len(open_ones), names=listed([item.name for _, item in open_ones]))


def _exhaustive_errors(crate: Crate) -> Result | None:
    """An error enum grows with the crate; without ``non_exhaustive`` each new variant breaks its users."""
    errors = [
        (path, item)
        for path, item in crate.api
        if item.kind == "enum" and item.name.endswith(("Error", "ErrorKind"))
    ]
    if not errors:
        return None
    closed = [(path, item) for path, item in errors if item.exhaustive]
    if not closed:
        return passed(count=len(errors))
    places = tuple(Place(crate.tree.at(path), item.line, item.name) for path, item in closed)
    return asked("exhaustive", *places, names=listed([item.name for _, item in closed]))


def _error_trait(crate: Crate) -> Result | None:
    errors = [
        (path, item)
        for path, item in crate.api
        if item.kind in _TYPES and item.name.endswith("Error") and not item.owner
    ]
    if not errors:
        return None
    # Many rename it: `use std::error::Error as StdError`.
    have = {name for trait, name in crate.implemented if trait.endswith("Error")}
    bare = [
        (path, item)
        for path, item in errors
        if item.name not in have and not item.traits & {"Error", "Fail", "Snafu", "Display"}
    ]
    if not bare:
        return passed(count=len(errors))
    places = tuple(Place(crate.tree.at(path), item.line, item.name) for path, item in bare)
    return asked("missing", *places, names=listed([item.name for _, item in bare]), name=bare[0][1].name)


_GUIDE = "https://rust-lang.github.io/api-guidelines"
ITEMS = (
    Item("debug-impls", Severity.ADVISE, f"{_GUIDE}/debuggability.html#c-debug", _debug),
    Item("private-fields", Severity.ADVISE, f"{_GUIDE}/future-proofing.html#c-struct-private", _fields),
    Item(
        "growing-errors",
        Severity.ADVISE,
        "https://doc.rust-lang.org/cargo/reference/semver.html#enum-variant-new",
        _exhaustive_errors,
    ),
    Item("error-trait", Severity.ADVISE, f"{_GUIDE}/interoperability.html#c-good-err", _error_trait),
)
