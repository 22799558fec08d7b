"""Foreign interfaces that a crate's macros write: cxx, pyo3, neon, napi, wasm-bindgen, uniffi, JNI and others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from analyzers.kind import Kind, Match
from analyzers.model import Group
from analyzers.rust.interface import interface_digest
from analyzers.rust.items import HEAD_REACH, head_name
from analyzers.rust.source import Source

# Attribute paths, as they are written, and the bridge they belong to.
_ATTRIBUTES = {
    b"cxx::bridge": "cxx",
    b"cxx_qt::bridge": "cxx-qt",
    b"diplomat::bridge": "diplomat",
    b"pyfunction": "pyo3",
    b"pymethods": "pyo3",
    b"pyclass": "pyo3",
    b"pymodule": "pyo3",
    b"pyo3::pyfunction": "pyo3",
    b"pyo3::pymethods": "pyo3",
    b"pyo3::pyclass": "pyo3",
    b"pyo3::pymodule": "pyo3",
    b"neon::export": "neon",
    b"neon::main": "neon",
    b"napi": "napi",
    b"napi_derive::napi": "napi",
    b"wasm_bindgen": "wasm-bindgen",
    b"wasm_bindgen::prelude::wasm_bindgen": "wasm-bindgen",
    b"uniffi::export": "uniffi",
    b"uniffi::constructor": "uniffi",
    b"jni_fn": "jni",
    b"jni_fn::jni_fn": "jni",
    b"magnus::init": "magnus",
    b"magnus::wrap": "magnus",
    b"frb": "flutter_rust_bridge",
    b"flutter_rust_bridge::frb": "flutter_rust_bridge",
}
KIND = Kind(
    "ffi-bridge",
    Group.FFI,
    "a bridge's attribute or export: its macro writes the foreign interface",
    "https://doc.rust-lang.org/nomicon/ffi.html",
    words=(
        b"cxx", b"cxx_qt", b"diplomat", b"pyfunction", b"pymethods", b"pyclass", b"pymodule", b"pyo3", b"neon",
        b"napi", b"napi_derive", b"wasm_bindgen", b"uniffi", b"jni_fn", b"magnus", b"frb", b"flutter_rust_bridge",
        b"include_cpp", b"autocxx", b"rutie", b"Java_*",
    ),
)  # fmt: skip
_MACROS = {
    b"include_cpp": "autocxx",
    b"autocxx::include_cpp": "autocxx",
    b"uniffi::setup_scaffolding": "uniffi",
    b"uniffi::include_scaffolding": "uniffi",
    b"rutie::class": "rutie",
    b"rutie::methods": "rutie",
    b"rutie::module": "rutie",
}
# Functions whose body is the table of what is exported.
TABLES = frozenset((b"pymodule", b"pyo3::pymodule", b"neon::main", b"magnus::init"))
# Here private functions of an `impl` stay private; elsewhere all of them are exported, or have attributes of their own.
PUBLIC_ONLY = frozenset(("wasm-bindgen", "diplomat", "flutter_rust_bridge"))
# Deeper interfaces are not read: one could hold the next, and each be read again with all that it holds.
_DEEPEST = 64
_DERIVES = re.compile(rb"uniffi\s*::\s*(?:Record|Enum|Error|Object)\b")
_PATH = re.compile(rb"[A-Za-z_]\w*(?:\s*::\s*[A-Za-z_]\w*)*")
_CALL = re.compile(rb"\s*!\s*([(\[{])")


def match(source: Source, at: int) -> Iterator[Match]:
    """Match at a bridge's attribute, at autocxx's macro, or at the name of a ``Java_...`` export."""
    if source.text.startswith(b"Java_", at):
        yield from _jni(source, at)
        return
    path = _PATH.match(source.text, at)
    if path is None or source.text.endswith(b"::", 0, source.code_end(at)):
        return
    name = b"".join(path[0].split())
    if name in _MACROS and (call := _CALL.match(source.text, path.end())):
        yield Match(at, at, source.close_of(call.start(1)), detail=_MACROS[name])
        return
    group = source.attribute_group(at)
    if group >= 0 and name in _ATTRIBUTES:
        found = source.attribute_match(group, at, -1, detail=_ATTRIBUTES[name])
        yield replace(found, shown=_interface(source, group, name, _ATTRIBUTES[name]))
    elif group < 0 and _DERIVES.match(source.text, at):
        yield from _derived(source, at, path.end())


def _derived(source: Source, at: int, end: int) -> Iterator[Match]:
    """A bridge's derive, such as ``#[derive(uniffi::Record)]``."""
    group = attribute_around(source, at)
    if group >= 0:
        found = source.attribute_match(group, at, -1, span=(at, end), detail="uniffi")
        yield replace(found, shown=_interface(source, group, b"uniffi", "uniffi"))


def attribute_around(source: Source, at: int) -> int:
    """The ``#[...]`` group of the attribute at an offset, or of the derive that holds it; -1 if there is none."""
    inside = source.delimiters.enclosing(at)
    derive = source.word_before(source.delimiters.opens[inside], b"derive") if inside >= 0 else -1
    return source.attribute_group(at if derive < 0 else derive)


def _interface(source: Source, group: int, name: bytes, bridge: str) -> tuple[bytes, ...]:
    """What the item under an attribute shows to the other language: its site changes with it."""
    if source.is_inner_attribute(group) or source.delimiters.depths[group] > _DEEPEST:
        return ()
    head = item_head(source, group)
    named = head_name(source.text, head, min(len(source.text), head + HEAD_REACH))
    if named is None or (bridge == "napi" and named[0] == b"impl"):
        # Napi exports methods by attributes of their own.
        return ()
    whole = name in TABLES and named[0] == b"fn"
    shown = interface_digest(source, head, whole=whole, only_public=bridge in PUBLIC_ONLY)
    return (shown.encode(),) if shown else ()


def item_head(source: Source, group: int) -> int:
    """Where the item begins on which the attribute stands, behind all of its attributes."""
    return source.skip_attributes(source.delimiters.closes[group] + 1, len(source.text))


def _jni(source: Source, at: int) -> Iterator[Match]:
    keyword = source.word_before(at, b"fn")
    if keyword < 0:
        return
    named = head_name(source.text, keyword, len(source.text))
    yield Match(
        keyword, keyword, source.signature_end(keyword), name=named[1] if named else None, detail="jni"
    )
