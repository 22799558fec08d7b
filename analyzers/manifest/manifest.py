"""One package's manifest with workspace inheritance resolved; every fact knows the line it comes from.

The rules are those of the Cargo book, "The Manifest Format", "Workspaces" and "Specifying Dependencies".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from analyzers.manifest.document import Document

Kind = Literal["normal", "dev", "build"]
_TABLES: tuple[tuple[str, Kind], ...] = (
    ("dependencies", "normal"),
    ("dev-dependencies", "dev"),
    ("dev_dependencies", "dev"),
    ("build-dependencies", "build"),
    ("build_dependencies", "build"),
)


@dataclass(frozen=True, slots=True)
class Field:
    """A key of ``[package]``: its value, and the file and line where the value stands."""

    value: Any
    path: str
    line: int
    inherited: bool = False

    @property
    def text(self) -> str:
        """The value if it is a string, else the empty string."""
        return self.value if isinstance(self.value, str) else ""

    @property
    def strings(self) -> tuple[str, ...]:
        """The strings of a list."""
        if not isinstance(self.value, list):
            return ()
        return tuple(item for item in self.value if isinstance(item, str))


@dataclass(frozen=True, slots=True)
class Dependency:
    """A dependency as the package declares it.

    ``key`` is the name in the manifest, ``package`` the one on the registry. ``version`` is None without a
    requirement. ``target`` is the platform of its table, such as ``cfg(unix)``; empty for all platforms.
    ``registry`` is the name or index of another registry, ``git`` and ``folder`` the values of ``git`` and
    ``path``. ``file`` and ``line`` tell where the package names it.
    """

    key: str
    package: str
    kind: Kind
    target: str
    version: str | None
    file: str
    line: int
    folder: str = ""
    git: str = ""
    registry: str = ""
    optional: bool = False
    default_features: bool = True
    features: tuple[str, ...] = ()
    inherited: bool = False
    public: bool = False


@dataclass(frozen=True, slots=True)
class Manifest:
    """A package's manifest. ``folder`` is its folder in the repository, ``.`` for the root.

    ``document`` is the file itself; ``workspace`` the manifest with ``[workspace]`` that it belongs to, which
    may be the same, or None.
    """

    folder: str
    package: Mapping[str, Field]
    dependencies: tuple[Dependency, ...]
    features: Mapping[str, tuple[str, ...]]
    document: Document
    workspace: Document | None

    @property
    def path(self) -> str:
        """The manifest's path in the repository."""
        return self.document.path

    @property
    def name(self) -> str:
        """The package's name; empty if there is none."""
        return self.text("name")

    @property
    def version(self) -> str:
        """The version; since Cargo 1.75 a package without one is 0.0.0 and cannot be published."""
        return self.text("version")

    @property
    def edition(self) -> str:
        """The edition, 2015 by default."""
        return self.text("edition") or "2015"

    def text(self, key: str) -> str:
        """The string at a key of ``[package]``; empty if there is none."""
        return self.package[key].text if key in self.package else ""

    def line(self, key: str) -> int:
        """The line of a key of ``[package]``, or of its header if the key is missing."""
        field = self.package.get(key)
        return field.line if field and field.path == self.path else self.document.line("package", key)

    def table(self, *path: str) -> Mapping[str, Any]:
        """The table at a path of the manifest; empty if there is none."""
        found = self.document.get(*path)
        return found if isinstance(found, Mapping) else {}

    @property
    def registries(self) -> tuple[str, ...] | None:
        """The registries it may be published to; None for any, empty for ``publish = false``."""
        field = self.package.get("publish")
        if field is None or field.value is True:
            return None
        return () if field.value is False else field.strings

    @property
    def for_crates_io(self) -> bool:
        """Whether Cargo would let it be published to crates.io."""
        return self.registries is None or "crates-io" in self.registries

    def lints(self) -> Mapping[str, Any]:
        """The table of lints by tool, that of the workspace if the package takes it over."""
        own = self.table("lints")
        if own.get("workspace") is True and self.workspace is not None:
            shared = self.workspace.get("workspace", "lints")
            return shared if isinstance(shared, Mapping) else {}
        return own

    def lint_level(self, tool: str, name: str) -> str:
        """The level of a lint in the manifest, or the empty string."""
        tool_lints = self.lints().get(tool)
        level = tool_lints.get(name) if isinstance(tool_lints, Mapping) else None
        if isinstance(level, Mapping):
            level = level.get("level")
        return level if isinstance(level, str) else ""


def read_manifest(document: Document, workspace: Document | None, folder: str) -> Manifest | None:
    """The manifest of a document's package; None where there is no ``[package]``, as in virtual manifests."""
    key = "package" if isinstance(document.get("package"), Mapping) else "project"
    table = document.get(key)
    if not isinstance(table, Mapping):
        return None
    fields = {name: _field(document, workspace, key, name) for name in table}
    features = document.get("features")
    named = features.items() if isinstance(features, Mapping) else ()
    return Manifest(
        folder,
        fields,
        tuple(_dependencies(document, workspace)),
        {
            name: tuple(v for v in values if isinstance(v, str))
            for name, values in named
            if isinstance(values, list)
        },
        document,
        workspace,
    )


def _field(document: Document, workspace: Document | None, table: str, name: str) -> Field:
    value = document.get(table, name)
    if isinstance(value, Mapping) and value.get("workspace") is True and workspace is not None:
        shared = workspace.get("workspace", "package", name)
        return Field(shared, workspace.path, workspace.line("workspace", "package", name), inherited=True)
    return Field(value, document.path, document.line(table, name))


def _dependencies(document: Document, workspace: Document | None) -> Iterator[Dependency]:
    for table, kind in _TABLES:
        yield from _of_table(document, workspace, kind, (table,), "")
    targets = document.get("target")
    for target in targets if isinstance(targets, Mapping) else ():
        for table, kind in _TABLES:
            yield from _of_table(document, workspace, kind, ("target", target, table), target)


def _of_table(
    document: Document, workspace: Document | None, kind: Kind, path: tuple[str, ...], target: str
) -> Iterator[Dependency]:
    table = document.get(*path)
    for key in table if isinstance(table, Mapping) else ():
        yield _dependency(document, workspace, kind, (*path, key), target)


def _dependency(
    document: Document, workspace: Document | None, kind: Kind, path: tuple[str, ...], target: str
) -> Dependency:
    key, own = path[-1], _details(document.get(*path))
    details = own
    inherited = own.get("workspace") is True and workspace is not None
    if inherited and workspace is not None:
        details = _details(workspace.get("workspace", "dependencies", key))
    return Dependency(
        key=key,
        package=_text(details, "package") or key,
        kind=kind,
        target=target,
        version=_text(details, "version") or None,
        file=document.path,
        line=document.line(*path),
        folder=_text(details, "path"),
        git=_text(details, "git"),
        registry=_text(details, "registry") or _text(details, "registry-index"),
        optional=own.get("optional") is True,
        default_features=(own if "default-features" in own else details).get("default-features") is not False,
        features=_strings(details.get("features")) + (_strings(own.get("features")) if inherited else ()),
        inherited=inherited,
        public=own.get("public") is True,
    )


def _details(value: Any) -> Mapping[str, Any]:
    if isinstance(value, str):
        return {"version": value}
    return value if isinstance(value, Mapping) else {}


def _text(table: Mapping[str, Any], key: str) -> str:
    value = table.get(key)
    return value if isinstance(value, str) else ""


def _strings(value: Any) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()
