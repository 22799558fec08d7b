"""What ``.cargo/config.toml`` says about lints, tools and flags (Cargo book, "Configuration")."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from analyzers.manifest.document import Document
from analyzers.manifest.flags import Flag, flags
from analyzers.manifest.settings import Setting

_TOOLS = ("rustc", "rustc-wrapper", "rustc-workspace-wrapper", "rustdoc", "target")
_OF_TARGET = ("linker", "runner")
_KNOWN_OF_TARGET = frozenset({*_OF_TARGET, "rustflags", "rustdocflags", "ar"})
_TELLING_VARIABLES = frozenset({"RUSTC_BOOTSTRAP", "RUSTC", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER"})

Path = tuple[str, ...]


def lints(document: Document) -> Iterator[Setting]:
    """The lint levels in its ``rustflags``."""
    for path, flag in _flags(document):
        if flag.is_lint:
            yield Setting(".".join(path), flag.name, flag.value, _line(document, path, flag))


def toolchain(document: Document) -> Iterator[Setting]:
    """Its other flags that tell, the tools it puts in place of others, and what is unstable."""
    for path, flag in _flags(document):
        if not flag.is_lint:
            yield Setting(".".join(path), flag.name, flag.value, _line(document, path, flag))
    for path in _keys(document):
        value = document.get(*path)
        if value is not None:
            yield Setting(".".join(path[:-1]), path[-1], _told(value), document.line(*path))


def _keys(document: Document) -> Iterator[Path]:
    """The keys whose values are told as they stand."""
    yield from (("build", tool) for tool in _TOOLS)
    for name in _names(document, "target"):
        yield from (("target", name, key) for key in _OF_TARGET)
        # A table here is called after a `links` key and stands in for a whole build script.
        for key in _names(document, "target", name):
            if key not in _KNOWN_OF_TARGET and isinstance(document.get("target", name, key), Mapping):
                yield ("target", name, key)
    yield from (("unstable", key) for key in _names(document, "unstable"))
    yield from (("env", key) for key in _names(document, "env") if key in _TELLING_VARIABLES)


def _flags(document: Document) -> Iterator[tuple[Path, Flag]]:
    paths: list[Path] = [("build", "rustflags"), ("host", "rustflags")]
    for table in ("target", "profile"):
        paths += ((table, name, "rustflags") for name in _names(document, table))
    for path in paths:
        value = document.get(*path)
        if value is not None:
            yield from ((path, flag) for flag in flags(_text(value)))


def _names(document: Document, *path: str) -> tuple[str, ...]:
    table = document.get(*path)
    return tuple(table) if isinstance(table, Mapping) else ()


def _text(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(item for item in value if isinstance(item, str))
    return value if isinstance(value, str) else ""


def _told(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key}={_told(inner)}" for key, inner in sorted(value.items()))
    if isinstance(value, list):
        return " ".join(_told(item) for item in value)
    return str(value)


def _line(document: Document, path: Path, flag: Flag) -> int:
    """The line of the word of a list in which a flag's name stands, or that of the list."""
    value = document.get(*path)
    if isinstance(value, list):
        word = flag.name.rpartition(" ")[2].rpartition("::")[2]
        for index, item in enumerate(value):
            if isinstance(item, str) and word in item.replace("-", "_" if "_" in word else "-"):
                return document.value_line(*path, index)
    return document.value_line(*path)
