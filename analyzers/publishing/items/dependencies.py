"""What the package asks of others."""

from __future__ import annotations

from analyzers.manifest.manifest import Dependency
from analyzers.manifest.semver import is_requirement, is_wildcard, parse_version
from analyzers.publishing.crate import Crate
from analyzers.publishing.item import Item
from analyzers.publishing.items.identity import name_problem
from analyzers.publishing.model import Edit, Place, Result, Severity, asked, failed, listed, passed

MAX_DEPENDENCIES = 500
"""Entries of all tables (``dependencies`` in crates.io's ``publish_limits.rs``)."""


def _place(dependency: Dependency) -> Place:
    return Place(dependency.file, dependency.line, dependency.key)


def _is_dropped(dependency: Dependency) -> bool:
    """Whether Cargo leaves a dependency out when it packages: a path dependency for tests without a version."""
    return (
        dependency.kind == "dev"
        and bool(dependency.folder)
        and dependency.version is None
        and not dependency.git
    )


def _published(crate: Crate) -> list[Dependency]:
    return [dependency for dependency in crate.manifest.dependencies if not _is_dropped(dependency)]


def _requirements(crate: Crate) -> Result | None:
    dependencies = _published(crate)
    if not dependencies:
        return None
    for problem, wrong in (
        ("no-version", [d for d in dependencies if d.version is None]),
        ("wildcard", [d for d in dependencies if d.version is not None and is_wildcard(d.version)]),
        ("malformed", [d for d in dependencies if d.version is not None and not is_requirement(d.version)]),
        ("name", [d for d in dependencies if name_problem(d.package)]),
    ):
        if wrong:
            first = wrong[0]
            return failed(
                problem,
                *map(_place, wrong),
                edits=_with_version(crate, first) if problem in {"no-version", "wildcard"} else (),
                names=listed([d.key for d in wrong]),
                name=first.package,
                requirement=first.version or "",
                where="path" if first.folder else "git" if first.git else "",
            )
    return passed(count=len(dependencies))


def _with_version(crate: Crate, dependency: Dependency) -> tuple[Edit, ...]:
    """The line of a dependency with a requirement, where the line is written in one of the two short forms."""
    document = crate.manifest.document
    line = document.lines[dependency.line - 1].rstrip() if dependency.line <= len(document.lines) else ""
    key, equals, value = line.partition("=")
    value = value.strip()
    if not equals or key.strip().strip("\"'") != dependency.key:
        return ()
    if value in {'"*"', "'*'"}:
        return (Edit(dependency.file, "replace", dependency.line, f'{key.rstrip()} = "<version>"'),)
    if dependency.version is None and value.startswith("{") and value.endswith("}"):
        inside = value[1:-1].strip()
        text = f'{key.rstrip()} = {{ version = "<version>", {inside} }}'
        return (Edit(dependency.file, "replace", dependency.line, text),)
    return ()


def _registry(crate: Crate) -> Result | None:
    dependencies = _published(crate)
    if not dependencies:
        return None
    other = [dependency for dependency in dependencies if dependency.registry]
    if other:
        first = other[0]
        return failed(
            "other", *map(_place, other), names=listed([d.key for d in other]), registry=first.registry
        )
    return passed()


def _count(crate: Crate) -> Result | None:
    count = len(_published(crate))
    if not count:
        return None
    if count > MAX_DEPENDENCIES:
        line = crate.manifest.document.line("dependencies")
        return failed("too-many", Place(crate.manifest.path, line), count=count, limit=MAX_DEPENDENCIES)
    return passed(count=count, limit=MAX_DEPENDENCIES)


def _overridden(crate: Crate) -> Result | None:
    """Git dependencies and [patch] work only in the repository: users get what the registry has."""
    from_git = [d for d in _published(crate) if d.git and d.version is not None]
    if from_git:
        return asked("git", *map(_place, from_git), names=listed([d.key for d in from_git]))
    document = crate.manifest.workspace or crate.manifest.document
    for key in ("patch", "replace"):
        if document.get(key):
            return asked("patch", Place(document.path, document.line(key)), key=f"[{key}]")
    return passed() if crate.manifest.dependencies else None


def _prerelease(crate: Crate) -> Result | None:
    """A requirement on a pre-release is frozen to it, and a stable crate must not rest on one (C-STABLE's spirit)."""
    dependencies = [d for d in _published(crate) if d.kind != "dev" and d.version]
    early = [d for d in dependencies if d.version and "-" in d.version.split(",")[0] and not _is_early(crate)]
    if early:
        return asked("early", *map(_place, early), names=listed([d.key for d in early]))
    return passed() if dependencies else None


def _is_early(crate: Crate) -> bool:
    version = parse_version(crate.manifest.version)
    return version is not None and bool(version.pre)


_SPECIFYING = "https://doc.rust-lang.org/cargo/reference/specifying-dependencies.html"
ITEMS = (
    Item("dependency-versions", Severity.REJECT, f"{_SPECIFYING}#multiple-locations", _requirements),
    Item(
        "dependency-registry",
        Severity.REJECT,
        "https://doc.rust-lang.org/cargo/reference/registries.html",
        _registry,
    ),
    Item(
        "dependency-count",
        Severity.REJECT,
        "https://github.com/rust-lang/crates.io/blob/main/src/config/publish_limits.rs",
        _count,
    ),
    Item(
        "dependency-overrides",
        Severity.ADVISE,
        "https://doc.rust-lang.org/cargo/reference/overriding-dependencies.html",
        _overridden,
    ),
    Item("dependency-prereleases", Severity.ADVISE, f"{_SPECIFYING}#pre-releases", _prerelease),
)
