"""Unsafe code and foreign functions in what is published."""

from __future__ import annotations

import re

from analyzers.model import ContractState
from analyzers.publishing.crate import Crate
from analyzers.publishing.item import Item
from analyzers.publishing.model import Edit, Place, Result, Severity, asked, failed, passed

_FORBID = re.compile(r"\b(?:forbid|deny)\s*\([^()]*\bunsafe_code\b")
_UNSAFE_GROUPS = (
    "unsafe-",
    "static-mut",
    "union",
    "inline-asm",
    "extern-",
    "foreign-",
    "export-",
    "link-",
    "naked",
)
_MISSING = {ContractState.MISSING_COMMENT, ContractState.MISSING_DOC}


def _forbid(crate: Crate) -> Result | None:
    if not crate.roots:
        return None
    words = sum(crate.scan(path).unsafe_tokens for path in crate.sources)
    if words:
        return passed("needed", count=words)
    level = crate.manifest.lint_level("rust", "unsafe_code")
    said = [place for place, text in crate.attributes("unsafe_code") if _FORBID.search(text)]
    if level in {"forbid", "deny"} or len(said) >= len(crate.roots):
        return passed("said", *said[:1])
    sites = any(
        site.kind.startswith(_UNSAFE_GROUPS) for path in crate.sources for site in crate.scan(path).sites
    )
    if sites:
        return passed("needed", count=0)
    place = Place(crate.tree.at(crate.roots[0]), 1)
    return failed("possible", place, edits=_lint(crate))


def _lint(crate: Crate) -> tuple[Edit, ...]:
    """The lint in the manifest, where it has no table of lints yet."""
    document = crate.manifest.document
    if "lints" in document.table:
        return ()
    end = len(document.lines)
    while end > 1 and not document.lines[end - 1].strip():
        end -= 1
    return (Edit(document.path, "behind", end, '\n[lints.rust]\nunsafe_code = "forbid"'),)


def _contracts(crate: Crate) -> Result | None:
    sites = [
        (path, site)
        for path in crate.sources
        for site in crate.scan(path).sites
        if site.contract.state is not ContractState.NOT_NEEDED and not site.in_test
    ]
    if not sites:
        return None
    bare = [(path, site) for path, site in sites if site.contract.state in _MISSING]
    if not bare:
        return passed(count=len(sites))
    places = tuple(Place(crate.tree.at(path), site.line, site.item or site.kind) for path, site in bare)
    return failed("missing", *places, count=len(bare), all=len(sites))


def _sys_name(crate: Crate) -> Result | None:
    links = crate.manifest.text("links")
    is_sys = crate.manifest.name.endswith(("-sys", "_sys"))
    if links and not crate.build_script:
        script = Edit(crate.tree.at("build.rs"), "create", 0, _script(links))
        return failed(
            "no-script", crate.here("links"), edits=(script,), severity=Severity.REJECT, links=links
        )
    if (
        is_sys
        and not links
        and (crate.build_script or any("link-attribute" in _kinds(crate, p) for p in crate.sources))
    ):
        stem = re.sub(r"^lib|[-_]sys$", "", crate.manifest.name)
        line = crate.manifest.document.line("package", "name")
        # Without a build script cargo refuses `links`.
        edits = (
            (Edit(crate.manifest.path, "behind", line, f'links = "{stem}"'),) if crate.build_script else ()
        )
        return failed("no-links", crate.here(), edits=edits, name=crate.manifest.name)
    if links and not is_sys and _declares_mostly(crate):
        return asked("no-sys", crate.here("links"), name=crate.manifest.name, links=links)
    return passed(name=crate.manifest.name) if is_sys or links else None


def _script(links: str) -> str:
    name = re.sub(r"[^A-Za-z0-9_+.-]", "", links)
    return (
        "fn main() {\n"
        '    println!("cargo:rerun-if-changed=build.rs");\n'
        f'    println!("cargo:rustc-link-lib={name}");\n'
        "}"
    )


def _kinds(crate: Crate, path: str) -> set[str]:
    return {site.kind for site in crate.scan(path).sites}


def _declares_mostly(crate: Crate) -> bool:
    """Whether the library is little else than foreign declarations."""
    foreign = sum(site.kind == "foreign-fn" for path in crate.sources for site in crate.scan(path).sites)
    own = sum(item.kind == "fn" for _, item in crate.api) - foreign  # the items hold both
    return foreign > 2 * own and foreign > 5


def _bindings(crate: Crate) -> Result | None:
    uses = [
        d
        for d in crate.manifest.dependencies
        if d.kind == "build" and d.package in {"bindgen", "autocxx-build"}
    ]
    if uses:
        if all(d.optional for d in uses):
            return passed("optional", Place(uses[0].file, uses[0].line))
        return asked("generated", Place(uses[0].file, uses[0].line, uses[0].key), name=uses[0].key)
    foreign = sum(site.kind == "foreign-fn" for path in crate.sources for site in crate.scan(path).sites)
    return passed("written", count=foreign) if foreign else None


_GUIDE = "https://rust-lang.github.io/api-guidelines"
ITEMS = (
    Item(
        "forbid-unsafe",
        Severity.ADVISE,
        "https://doc.rust-lang.org/rustc/lints/listing/allowed-by-default.html#unsafe-code",
        _forbid,
    ),
    Item(
        "unsafe-contracts",
        Severity.ADVISE,
        "https://rust-lang.github.io/rust-clippy/master/index.html#undocumented_unsafe_blocks",
        _contracts,
    ),
    Item(
        "sys-crate",
        Severity.WARN,
        "https://doc.rust-lang.org/cargo/reference/build-scripts.html#-sys-packages",
        _sys_name,
    ),
    Item(
        "bindings", Severity.ADVISE, "https://rust-lang.github.io/rust-bindgen/requirements.html", _bindings
    ),
)
