"""What code is built with: the toolchain file, editions, unstable features and target specifications."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from posixpath import basename, dirname
from typing import Any

from analyzers.manifest.document import Document, read_document
from analyzers.manifest.settings import Setting, scan_of
from analyzers.model import Scan
from analyzers.rust.source import Source

_INNER = re.compile(rb"#\s*!\s*\[")
_FEATURE = re.compile(rb"\bfeature\s*\(")
_TARGET = re.compile(rb'"llvm-target"\s*:')
_NAME = re.compile(rb"[A-Za-z_]\w*")
_CHANNEL = re.compile(r"[\w.+-]{1,100}")
_KEYS = ("channel", "path", "profile", "targets", "components")
MAX_TARGET = 64 << 10
"""Bytes of a target specification; the largest of rustc's own has some 4,000."""


def of_toolchain_file(path: str, data: bytes) -> Iterator[Setting]:
    """What a toolchain file asks for.

    Raises:
        DocumentError: it is neither a channel alone nor TOML.
    """
    text = data[:200].decode("utf-8", "replace").strip()
    if basename(path) == "rust-toolchain" and len(data) <= 200 and _CHANNEL.fullmatch(text):
        yield Setting("toolchain", "channel", text, 1)
        return
    document = read_document(path, data)
    for key in _KEYS:
        value = document.get("toolchain", key)
        if isinstance(value, str):
            yield Setting("toolchain", key, value, document.line("toolchain", key))
        elif isinstance(value, list):
            words = ", ".join(sorted(item for item in value if isinstance(item, str)))
            yield Setting("toolchain", key, words, document.line("toolchain", key))


def of_manifest(document: Document) -> Iterator[Setting]:
    """The edition of a manifest, and Cargo's unstable features that it turns on."""
    place = dirname(document.path)
    for path in (("package", "edition"), ("workspace", "package", "edition")):
        value = document.get(*path)
        if isinstance(value, str):
            yield Setting(".".join(path[:-1]), "edition", value, document.line(*path), place)
    listed = document.get("cargo-features")
    for index, name in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(name, str):
            yield Setting("cargo-features", name, "", document.value_line("cargo-features", index), place)


def of_source(data: bytes) -> Iterator[Setting]:
    """The unstable features of a crate: ``#![feature(...)]``, also under ``cfg_attr``."""
    if b"feature" not in data or _INNER.search(data) is None:
        return
    source = Source(data)
    for found in _FEATURE.finditer(source.text):
        opener = found.end() - 1
        group = source.attribute_group(found.start())
        if group < 0 or not source.is_inner_attribute(group):
            continue
        for name in _NAME.finditer(source.text, opener, source.close_of(opener)):
            yield Setting("feature", name[0].decode(), "", source.line(name.start()))


def is_target(data: bytes) -> bool:
    """Whether a JSON file specifies a target (rustc book, "Custom Targets")."""
    return b'"llvm-target"' in data and _TARGET.search(data) is not None


def of_target(data: bytes) -> Mapping[str, str] | None:
    """The keys of a target specification with their values as text; None for what is no JSON object, or too large."""
    if len(data) > MAX_TARGET or max(data.count(b"["), data.count(b"{")) > 500:
        return None
    try:
        values = json.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        return None
    if not isinstance(values, Mapping):
        return None
    return {key: _canonical(value) for key, value in sorted(values.items())}


def _canonical(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, ensure_ascii=False)


def target_scan(path: str, data: bytes, keys: Mapping[str, str]) -> Scan:
    """A target specification as one site: where it changed, notes tell its keys."""
    setting = Setting("target", basename(path), json.dumps(keys, sort_keys=True), 1)
    return scan_of(data, "toolchain", [(setting, f"target {basename(path)}")])


def key_line(data: bytes, key: str) -> int:
    """The 1-based line of the first time that a key stands in a JSON file; 1 where it is spelt in another way."""
    return data.count(b"\n", 0, max(0, data.find(json.dumps(key).encode()))) + 1
