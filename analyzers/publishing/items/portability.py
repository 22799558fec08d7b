"""Where the package can be built and run."""

from __future__ import annotations

import re
from textwrap import indent

from analyzers.publishing.crate import Crate
from analyzers.publishing.item import Item
from analyzers.publishing.items.toolchain import is_rust_version, msrv_step, needed
from analyzers.publishing.model import Edit, Place, Result, Severity, asked, failed, listed, passed

_TARGET = re.compile(rb"\btarget_(os|arch|family|env|pointer_width|vendor)\s*=\s*\"\s*\"")
_SHORT = re.compile(rb"\bcfg!?\s*\((?:[^()]|\([^()]*\)){0,200}?\b(unix|windows)\b")
_FALLBACK = re.compile(
    rb"\bnot\s*\(\s*(?:(?:any|all)\s*\(\s*)?(?:target_|unix\b|windows\b)|\bcompile_error\s*!|\belse\s*\{|\bcfg_if\s*!|\bcfg_select\s*!"
)
_VALUE = re.compile(rb"\"([^\"]*)\"")
# Packages that work on one family of platforms only, and the predicate that people put them behind.
_PLATFORM_ONLY = {
    "winapi": "cfg(windows)",
    "windows": "cfg(windows)",
    "windows-sys": "cfg(windows)",
    "windows-core": "cfg(windows)",
    "winreg": "cfg(windows)",
    "schannel": "cfg(windows)",
    "kernel32-sys": "cfg(windows)",
    "nix": "cfg(unix)",
    "termios": "cfg(unix)",
    "signal-hook": "cfg(unix)",
    "inotify": 'cfg(target_os = "linux")',
    "procfs": 'cfg(target_os = "linux")',
    "io-uring": 'cfg(target_os = "linux")',
    "fsevent-sys": 'cfg(target_os = "macos")',
    "core-foundation": 'cfg(target_vendor = "apple")',
    "core-foundation-sys": 'cfg(target_vendor = "apple")',
    "core-graphics": 'cfg(target_os = "macos")',
    "security-framework": 'cfg(target_vendor = "apple")',
    "objc2": 'cfg(target_vendor = "apple")',
    "cocoa": 'cfg(target_os = "macos")',
    "wasm-bindgen": 'cfg(target_arch = "wasm32")',
    "web-sys": 'cfg(target_arch = "wasm32")',
    "js-sys": 'cfg(target_arch = "wasm32")',
}
# Native libraries with a well-known package in Rust for most of their uses.
_IN_RUST = {
    "openssl": "rustls",
    "openssl-sys": "rustls",
    "native-tls": "rustls",
    "curl": "ureq",
    "curl-sys": "ureq",
    "libz-sys": "flate2",
    "bzip2-sys": "libbz2-rs-sys",
    "lzma-sys": "lzma-rs",
    "zstd-sys": "ruzstd",
    "pcre2": "regex",
    "onig": "fancy-regex",
    "onig_sys": "fancy-regex",
    "libsodium-sys": "RustCrypto",
    "sodiumoxide": "RustCrypto",
    "rust-crypto": "RustCrypto",
    "libgit2-sys": "gix",
    "git2": "gix",
    "libssh2-sys": "russh",
    "ssh2": "russh",
    "freetype-sys": "swash",
    "servo-fontconfig": "fontdb",
}
_DYNAMIC = {"libloading", "dlopen", "dlopen2", "dlib", "sharedlib"}
_DLOPEN = re.compile(rb"(?<!fn )\b(?:dlopen|LoadLibrary[AW]?)\s*\(")
_SYSTEMS = {
    "Linux": re.compile(r"\bubuntu-|\blinux\b|\bdebian\b|\balpine\b", re.IGNORECASE),
    "macOS": re.compile(r"\bmacos-|\bosx\b|\bmacos\b", re.IGNORECASE),
    "Windows": re.compile(r"\bwindows-|\bwindows\b|\bappveyor\b", re.IGNORECASE),
}


def _target_cfgs(crate: Crate) -> Result | None:
    """Code for some platforms needs something to happen on the others."""
    seen: dict[str, Place] = {}
    fallback = False
    for path in crate.sources:
        text, data = crate.facts(path).code, crate.tree.sources[path]
        fallback = fallback or _FALLBACK.search(text) is not None
        for found in _TARGET.finditer(text):
            value = _VALUE.search(data, found.start(), found.end())
            if value is not None and found[1] in {b"os", b"arch", b"family"}:
                name = value[1].decode("utf-8", "replace")
                seen.setdefault(
                    name, Place(crate.tree.at(path), text.count(b"\n", 0, found.start()) + 1, name)
                )
        for found in _SHORT.finditer(text):
            name = found[1].decode()
            seen.setdefault(name, Place(crate.tree.at(path), text.count(b"\n", 0, found.start(1)) + 1, name))
    if not seen:
        return None
    names = listed(sorted(seen))
    if fallback or {"unix", "windows"} <= seen.keys():
        return passed(names=names)
    return asked("no-fallback", *(seen[name] for name in sorted(seen)), names=names)


def _target_dependencies(crate: Crate) -> Result | None:
    dependencies = [d for d in crate.manifest.dependencies if d.kind == "normal"]
    if not dependencies:
        return None
    everywhere = [d for d in dependencies if d.package in _PLATFORM_ONLY and not d.target and not d.optional]
    if _is_for_one_platform(crate):
        everywhere = []
    if not everywhere:
        return passed()
    first = everywhere[0]
    places = tuple(Place(d.file, d.line, d.key) for d in everywhere)
    return asked(
        "everywhere",
        *places,
        names=listed([d.key for d in everywhere]),
        name=first.key,
        table=f"[target.'{_PLATFORM_ONLY[first.package]}'.dependencies]",
    )


def _is_for_one_platform(crate: Crate) -> bool:
    """Whether the package says that it is for one platform: by a category, or by what it is called."""
    field = crate.manifest.package.get("categories")
    categories = field.strings if field else ()
    if any(category.startswith(("os::", "wasm")) for category in categories):
        return True
    if crate.manifest.name.startswith(tuple(_PLATFORM_ONLY)):
        return True
    words = set(re.split(r"[-_]", crate.manifest.name.lower()))
    return bool(
        words
        & {"windows", "win32", "winapi", "linux", "unix", "macos", "osx", "wasm", "web", "js", "nix", "apple"}
    )


def _native(crate: Crate) -> Result | None:
    dependencies = [d for d in crate.manifest.dependencies if d.kind == "normal"]
    if not dependencies:
        return None
    native = [
        d
        for d in dependencies
        if d.package in _IN_RUST and not d.optional and not _is_about(crate.manifest.name, d.package)
    ]
    if not native:
        return passed()
    first = native[0]
    places = tuple(Place(d.file, d.line, d.key) for d in native)
    return asked(
        "native",
        *places,
        names=listed([d.key for d in native]),
        name=first.key,
        instead=_IN_RUST[first.package],
    )


def _is_about(name: str, package: str) -> bool:
    """Whether a package is there to make a native library usable, as its name tells."""
    return name in _IN_RUST or name.endswith(("-sys", "_sys")) or re.split(r"[-_]", package)[0] in name


def _dynamic(crate: Crate) -> Result | None:
    """A statically linked musl binary cannot load libraries while it runs."""
    dependencies = [d for d in crate.manifest.dependencies if d.package in _DYNAMIC and d.kind == "normal"]
    places = [Place(d.file, d.line, d.key) for d in dependencies if not d.optional]
    for path in crate.sources:
        found = _DLOPEN.search(crate.facts(path).code)
        if found is not None:
            line = crate.facts(path).code.count(b"\n", 0, found.start()) + 1
            places.append(Place(crate.tree.at(path), line, "dlopen"))
    if places:
        return asked("dynamic", *places, names=listed(sorted({place.note for place in places})))
    return None


def _platforms(crate: Crate) -> Result | None:
    if not crate.ci:
        place = crate.here()
        name = ".github/workflows/ci.yml"
        if name in crate.tree.around.files or not crate.tree.around.in_git:
            return None
        return failed("no-ci", place, edits=(Edit(name, "create", 0, _workflow(crate)),))
    text = "\n".join(crate.ci.values())
    # Linux is what all services run on that do not say otherwise, but for one.
    elsewhere = any(not path.startswith(".github/") and "appveyor" not in path for path in crate.ci)
    covered = [
        name for name, pattern in _SYSTEMS.items() if pattern.search(text) or (name == "Linux" and elsewhere)
    ]
    place = Place(next(iter(crate.ci)), 1)
    if len(covered) == len(_SYSTEMS) or _is_for_one_platform(crate):
        return passed(names=listed(covered))
    missing = [name for name in _SYSTEMS if name not in covered]
    return asked("some", place, names=listed(covered) or "none", missing=listed(missing))


def _workflow(crate: Crate) -> str:
    """A workflow to begin with; the oldest Rust is the one that is promised, or that seems to be needed."""
    version = crate.manifest.text("rust-version")
    oldest = version if is_rust_version(version) else ".".join(map(str, needed(crate)[0]))
    return f"{_WORKFLOW}\n{indent(msrv_step(oldest), '      ')}"


_WORKFLOW = """\
name: CI
on: [push, pull_request]
permissions:
  contents: read
jobs:
  test:
    strategy:
      matrix:
        os: [ubuntu-latest, macos-latest, windows-latest]
    runs-on: ${{ matrix.os }}
    steps:
      - uses: actions/checkout@v4
      - run: cargo test --all-features
      - run: cargo publish --dry-run"""
_CARGO = "https://doc.rust-lang.org/cargo"
ITEMS = (
    Item(
        "target-cfgs",
        Severity.ADVISE,
        "https://doc.rust-lang.org/reference/conditional-compilation.html",
        _target_cfgs,
    ),
    Item(
        "target-dependencies",
        Severity.ADVISE,
        f"{_CARGO}/reference/specifying-dependencies.html#platform-specific-dependencies",
        _target_dependencies,
    ),
    Item(
        "native-libraries", Severity.ADVISE, f"{_CARGO}/reference/build-scripts.html#-sys-packages", _native
    ),
    Item("static-linking", Severity.ADVISE, "https://doc.rust-lang.org/reference/linkage.html", _dynamic),
    Item(
        "ci-platforms", Severity.ADVISE, "https://doc.rust-lang.org/rustc/platform-support.html", _platforms
    ),
)
