"""What a manifest asks for: dependencies and replacements.

The rules are those of the Cargo book, "Specifying Dependencies", "Overriding Dependencies" and "Workspaces".
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from analyzers.manifest.document import Document

_TABLES = ("dependencies", "dev-dependencies", "dev_dependencies", "build-dependencies", "build_dependencies")
_WORKSPACE = ("workspace", "dependencies")
_PINS = ("rev", "tag", "branch")


@dataclass(frozen=True, slots=True)
class Asked:
    """One package that a manifest asks for.

    ``table`` are the keys that lead to it, ``key`` its own; ``requirement`` is empty where none is written. ``origin``
    is a registry's name, a git address or a path, ``pin`` what a git source is held at (``rev 1234``, ``branch main``,
    empty for the newest commit). ``inherited`` ones take over the rest from the workspace. ``line`` is 1-based.
    """

    table: tuple[str, ...]
    key: str
    package: str
    requirement: str
    origin: str
    pin: str
    default_features: bool
    features: frozenset[str]
    inherited: bool
    line: int

    @property
    def place(self) -> tuple[str, ...]:
        """The keys that lead to it, its own included."""
        return (*self.table, self.key)

    @property
    def is_git(self) -> bool:
        """Whether it comes from a git repository."""
        return self.origin.startswith("git ")

    @property
    def is_path(self) -> bool:
        """Whether it is a folder."""
        return self.origin.startswith("path ")

    @property
    def is_floating(self) -> bool:
        """Whether what it builds can become other code without an edit of the manifest."""
        return self.is_git and not self.pin.startswith("rev ")

    @property
    def replaces(self) -> bool:
        """Whether it takes the place of a package that somebody else asks for."""
        return self.table[0] in {"patch", "replace"}

    @property
    def for_development(self) -> bool:
        """Whether only tests, benchmarks and examples get it."""
        return self.table[-1].startswith("dev")

    @property
    def shown(self) -> str:
        """What is asked for, in short."""
        return " ".join(filter(None, (self.requirement, self.origin, self.pin)))


def asked_by(document: Document) -> Iterator[Asked]:
    """Everything that a manifest asks for, without folders of the repository itself, which are analysed as code."""
    for table in _tables(document):
        entries = document.get(*table)
        for key in entries if isinstance(entries, Mapping) else ():
            found = _asked(document, table, key)
            # What replaces somebody else's package is told wherever it comes from.
            if found.replaces or not (found.is_path and _is_inside(document.path, found.origin)):
                yield found


def resolved(asked: Asked, workspace: Document | None) -> Asked:
    """What an inherited dependency comes to; the same where the workspace is not known."""
    if not asked.inherited or workspace is None:
        return asked
    shared = _asked(workspace, _WORKSPACE, asked.key)
    return replace(
        shared,
        table=asked.table,
        # A member can leave the default features to the workspace or turn them on, never off.
        default_features=shared.default_features or asked.default_features,
        features=shared.features | asked.features,
        line=asked.line,
    )


def is_own_folder(asked: Asked, manifest: str) -> bool:
    """Whether it is a folder of the repository."""
    return asked.is_path and _is_inside(manifest, asked.origin)


def _tables(document: Document) -> Iterator[tuple[str, ...]]:
    yield from ((table,) for table in _TABLES)
    yield _WORKSPACE
    for target in _keys(document, "target"):
        yield from (("target", target, table) for table in _TABLES)
    yield from (("patch", registry) for registry in _keys(document, "patch"))
    yield ("replace",)


def _keys(document: Document, table: str) -> tuple[str, ...]:
    value = document.get(table)
    return tuple(value) if isinstance(value, Mapping) else ()


def _asked(document: Document, table: tuple[str, ...], key: str) -> Asked:
    value = document.get(*table, key)
    details: Mapping[str, Any] = value if isinstance(value, Mapping) else {"version": value}
    inherited = details.get("workspace") is True
    features = details.get("features")
    return Asked(
        table=table,
        key=key,
        package=_text(details, "package") or key,
        requirement=_text(details, "version"),
        origin="" if inherited else _origin(details),
        pin=next((f"{pin} {_text(details, pin)}" for pin in _PINS if _text(details, pin)), ""),
        # Inherited, nothing written means what the workspace says.
        default_features=details.get("default-features", details.get("default_features", not inherited))
        is True,
        features=frozenset(each for each in features if isinstance(each, str))
        if isinstance(features, list)
        else frozenset(),
        inherited=inherited,
        line=document.line(*table, key),
    )


def _origin(details: Mapping[str, Any]) -> str:
    if _text(details, "git"):
        return f"git {_text(details, 'git')}"
    if _text(details, "path"):
        return f"path {_text(details, 'path')}"
    return _text(details, "registry") or _text(details, "registry-index") or "crates.io"


def _is_inside(manifest: str, origin: str) -> bool:
    folder = posixpath.join(posixpath.dirname(manifest), origin.removeprefix("path "))
    return not folder.startswith("/") and not posixpath.normpath(folder).startswith("..")


def _text(table: Mapping[str, Any], key: str) -> str:
    value = table.get(key)
    return value if isinstance(value, str) else ""
