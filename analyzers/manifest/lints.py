"""The lints that guard unsafe code, in manifests and in clippy's own file (Cargo book, "The lints section")."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from posixpath import dirname
from types import MappingProxyType
from typing import Any

from analyzers.kinds.lint_level import KIND
from analyzers.manifest.document import Document
from analyzers.manifest.settings import Setting

_LEVELS = frozenset({"allow", "expect", "warn", "deny", "forbid"})
_OF_RUSTC = frozenset(
    {"unsafe_code", "unsafe_op_in_unsafe_fn", "unsafe_attr_outside_unsafe", "missing_unsafe_on_extern"}
)
_OF_CLIPPY = frozenset(word.decode() for word in KIND.words) - _OF_RUSTC

GROUPS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "warnings": _OF_RUSTC | _OF_CLIPPY,
        "rust_2024_compatibility": _OF_RUSTC - {"unsafe_code"},
        "clippy::all": frozenset(
            {
                "macro_metavars_in_unsafe",
                "missing_safety_doc",
                "not_unsafe_ptr_arg_deref",
                "unsafe_removed_from_name",
            }
        ),
        "clippy::correctness": frozenset({"not_unsafe_ptr_arg_deref"}),
        "clippy::pedantic": frozenset({"unsafe_derive_deserialize"}),
        "clippy::restriction": frozenset(
            {
                "multiple_unsafe_ops_per_block",
                "undocumented_unsafe_blocks",
                "unnecessary_safety_comment",
                "unnecessary_safety_doc",
            }
        ),
        "clippy::style": frozenset({"missing_safety_doc", "unsafe_removed_from_name"}),
        "clippy::suspicious": frozenset({"macro_metavars_in_unsafe"}),
    }
)
"""Groups with the guarded lints in them (rustc book, "Lint Groups"; clippy's list of lints, 1.95)."""

# Keys of clippy.toml that say what counts as documented, with the value that asks for more.
_CLIPPY_KEYS = MappingProxyType(
    {
        "accept-comment-above-attributes": False,
        "accept-comment-above-statement": False,
        "check-private-items": True,
    }
)
WORKSPACE = "workspace.lints"
INHERITED = "the workspace's lints"


def guarded(name: str) -> str | None:
    """A lint's or group's name as it is told, or None for one that guards nothing here."""
    known = name.replace("-", "_")
    tool, separator, lint = known.partition("::")
    if known in GROUPS or known in _OF_RUSTC:
        return known
    return lint if separator and tool == "clippy" and lint in _OF_CLIPPY else None


def of_manifest(document: Document, workspace: Document | None) -> Iterator[Setting]:
    """The levels that a manifest sets, and whether its package takes over those of its workspace."""
    place = dirname(document.path)
    for path, scope in ((("workspace", "lints"), WORKSPACE), (("lints",), "lints")):
        table = document.get(*path)
        if isinstance(table, Mapping):
            yield from _of_table(document, path, scope, place)
    if document.get("lints", "workspace") is True and workspace is not None and guards(workspace):
        yield Setting("lints", INHERITED, "deny", document.line("lints", "workspace"), place)


def guards(workspace: Document) -> bool:
    """Whether a workspace's lints hold any guarded lint above ``allow``."""
    table = workspace.get("workspace", "lints")
    found = _of_table(workspace, ("workspace", "lints"), WORKSPACE, "") if isinstance(table, Mapping) else ()
    return any(setting.value not in {"allow", "expect"} for setting in found)


def level_of(document: Document, lint: str) -> str:
    """The level of a lint in a manifest's own tables; empty where it says none."""
    settings = of_manifest(document, None)
    return next((setting.value for setting in settings if setting.key == lint), "")


def _of_table(document: Document, path: tuple[str, ...], scope: str, place: str) -> Iterator[Setting]:
    for tool in ("rust", "clippy"):
        lints = document.get(*path, tool)
        for name, value in lints.items() if isinstance(lints, Mapping) else ():
            lint = guarded(name if tool == "rust" else f"clippy::{name}")
            level = _level(value)
            if lint is not None and level in _LEVELS:
                yield Setting(f"{scope}.{tool}", lint, level, document.line(*path, tool, name), place)


def _level(value: Any) -> str:
    level = value.get("level") if isinstance(value, Mapping) else value
    return level if isinstance(level, str) else ""


def of_clippy(document: Document) -> Iterator[Setting]:
    """What clippy.toml says about safety comments, as levels: ``allow`` accepts more than ``deny``."""
    for key, stricter in _CLIPPY_KEYS.items():
        name = key if key in document.table else key.replace("-", "_")
        value = document.get(name)
        if isinstance(value, bool):
            level = "deny" if value is stricter else "allow"
            yield Setting("clippy.toml", key, level, document.line(name), dirname(document.path))
