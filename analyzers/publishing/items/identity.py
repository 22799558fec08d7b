"""Name and version: what the registry knows the package by."""

from __future__ import annotations

import re

from analyzers.manifest.semver import Version, parse_version
from analyzers.publishing.crate import Crate
from analyzers.publishing.item import Item
from analyzers.publishing.model import Edit, Result, Severity, asked, failed, passed

MAX_NAME = 64
"""Characters of a name (``MAX_NAME_LENGTH`` in ``crates_io_validation``)."""
MAX_VERSION = 150
"""Characters of a version (``MAX_VERSION_LENGTH`` in crates.io's ``publish.rs``)."""
# The migrations of crates.io that fill `reserved_crate_names`.
_RESERVED_WORDS = """
alloc arena ast builtins collections compiler-builtins compiler-rt compiletest core coretest debug driver
flate fmt-macros grammar graphviz macro macros proc-macro rbml rust-installer rustbook rustc rustc-back
rustc-borrowck rustc-driver rustc-llvm rustc-resolve rustc-trans rustc-typeck rustdoc rustllvm rustuv
serialize std syntax test unicode nul con prn aux com1 com2 com3 com4 com5 com6 com7 com8 com9 lpt1 lpt2
lpt3 lpt4 lpt5 lpt6 lpt7 lpt8 lpt9
"""
_RESERVED = frozenset(_RESERVED_WORDS.split())


def name_problem(name: str) -> str:
    """What keeps crates.io from taking a name, empty if nothing does (``validate_crate_name``)."""
    if not name:
        return "missing"
    if len(name) > MAX_NAME:
        return "too-long"
    if not re.match(r"[A-Za-z]", name):
        return "start"
    return "" if re.fullmatch(r"[A-Za-z0-9_-]+", name, re.ASCII) else "characters"


def _name(crate: Crate) -> Result:
    name = crate.manifest.name
    if problem := name_problem(name):
        return failed(problem, crate.here(), name=name, limit=MAX_NAME)
    if name.lower().replace("_", "-") in _RESERVED:
        return failed("reserved", crate.here(), name=name)
    return passed(name=name)


def _affix(crate: Crate) -> Result:
    name = crate.manifest.name
    words = re.split(r"[-_]", name.lower())
    if len(words) > 1 and (words[0] in {"rs", "rust"} or words[-1] in {"rs", "rust"}):
        return asked("affix", crate.here(), name=name)
    return passed(name=name)


def _version(crate: Crate) -> Result:
    version = crate.manifest.version
    place = crate.here("version")
    if not version:
        line = crate.manifest.document.line("package", "name")
        return failed(
            "missing", place, edits=(Edit(crate.manifest.path, "behind", line, 'version = "0.1.0"'),)
        )
    parsed = parse_version(version)
    if parsed is None:
        return failed("not-semver", place, version=version)
    if len(version) > MAX_VERSION:
        return failed("too-long", place, limit=MAX_VERSION)
    return passed(version=version)


def _bump(crate: Crate) -> Result | None:
    base = crate.tree.base
    if base is None:
        return None
    now, before = parse_version(crate.manifest.version), parse_version(base.manifest.version)
    if now is None or before is None:
        return None
    names = {"before": base.manifest.version, "version": crate.manifest.version}
    if now.precedence < before.precedence:
        return failed("lower", crate.here("version"), also=names)
    if now.precedence > before.precedence:
        return passed("bumped", also=names)
    if _packaged(crate) == _packaged(Crate(base)):
        return passed("unchanged", also=names)
    following = _next(now)
    field = crate.manifest.package["version"]
    line = crate.manifest.document.lines[field.line - 1] if not field.inherited else ""
    plain = re.fullmatch(r"\s*version\s*=\s*\"[^\"\\]*\"\s*", line)
    edits = (Edit(field.path, "replace", field.line, f'version = "{following}"'),) if plain else ()
    return asked("same", crate.here("version"), edits=edits, also=names, next=following)


def _packaged(crate: Crate) -> list[tuple[str, int, bytes | None]]:
    return [(file.path, file.size, file.blob.data) for file in crate.tree.files if file.packaged]


def _next(version: Version) -> str:
    return f"{version.major}.{version.minor}.{version.patch + (0 if version.pre else 1)}"


_MANIFEST = "https://doc.rust-lang.org/cargo/reference/manifest.html"
ITEMS = (
    Item("name", Severity.REJECT, f"{_MANIFEST}#the-name-field", _name),
    Item(
        "name-affix", Severity.ADVISE, "https://rust-lang.github.io/api-guidelines/naming.html#c-case", _affix
    ),
    Item("version", Severity.REJECT, f"{_MANIFEST}#the-version-field", _version),
    Item("version-bump", Severity.WARN, "https://doc.rust-lang.org/cargo/reference/semver.html", _bump),
)
