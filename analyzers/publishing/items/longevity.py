"""Whether the package can still be built years from now, and without a network."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

from analyzers.manifest.document import DocumentError, read_document
from analyzers.publishing.crate import Crate
from analyzers.publishing.item import Item
from analyzers.publishing.model import Edit, Place, Result, Severity, asked, failed, listed, passed

_RERUN = re.compile(rb"cargo::?rerun-if-(?:changed|env-changed)")
_RERUN_BY_LIBRARY = re.compile(
    rb"\b(?:cc|cmake|bindgen|pkg_config|vcpkg|tonic_build|prost_build|autocfg|built|vergen\w*|winres\w*|version_check"
    rb"|rustc_version|cbindgen|cxx_build|lalrpop|embed_resource|system_deps|shadow_rs|pyo3_build_config|napi_build|tauri_build)\s*::"
)
_READS = re.compile(
    rb"\b(?:File::open|read_to_string|include_str!|include_bytes!|fs::read|env::var|read_dir)\b"
)
_NETWORK_PACKAGES_WORDS = """
reqwest ureq curl attohttpc minreq isahc surf hyper http_req git2 gix download_rs
"""
_NETWORK_PACKAGES = frozenset(_NETWORK_PACKAGES_WORDS.split())
_NETWORK_CODE = re.compile(
    rb"\b(?:TcpStream|UdpSocket)\s*::|\b(?:reqwest|ureq|attohttpc|minreq|isahc|surf|curl|hyper|git2)\s*::"
)
_NETWORK_COMMAND = re.compile(
    rb"\bCommand\s*::\s*new\s*\(\s*\"(?:curl|wget|fetch|aria2c)\"|\"(?:clone|submodule)\"\s*[,)\]]"
)
_LOCK_IGNORED = re.compile(r"^/?(?:\*\*/)?Cargo\.lock\s*$", re.MULTILINE)


def _lock(crate: Crate) -> Result | None:
    if not crate.binaries:
        return None
    places = [crate.tree.at("Cargo.lock")]
    if crate.manifest.workspace is not None:
        folder = crate.manifest.workspace.path.rpartition("/")[0]
        places.append(f"{folder}/Cargo.lock" if folder else "Cargo.lock")
    found = next((path for path in places if path in crate.tree.around.files), None)
    if found is not None:
        return passed("", Place(found))
    return failed("missing", Place(crate.tree.at(crate.binaries[0]), 1), name=crate.manifest.name)


def _vendored(crate: Crate) -> Result | None:
    """A folder that stands in for the registry has to come with the repository (``cargo vendor`` prints the lines)."""
    for path in (".cargo/config.toml", ".cargo/config"):
        data = crate.tree.content(path)
        if data is None:
            continue
        try:
            document = read_document(path, data)
        except DocumentError as error:
            return asked("unreadable", Place(path, error.line), file=path)
        sources = document.get("source")
        for name in sources if isinstance(sources, Mapping) else ():
            folder = document.get("source", name, "directory")
            if isinstance(folder, str):
                place = Place(path, document.line("source", name, "directory"))
                inside = f"{posixpath.normpath(folder)}/"
                there = any(other.startswith(inside) for other in crate.tree.around.files)
                return passed("", place, folder=folder) if there else failed("gone", place, folder=folder)
    return None


def _offline(crate: Crate) -> Result | None:
    """What is fetched from anywhere but a registry cannot be mirrored or vendored by a registry's tools."""
    if crate.build_script and (found := _network(crate)):
        return asked("script", *found)
    data = crate.tree.content("Cargo.lock") or b""
    from_git = re.findall(rb"^source = \"git\+([^\"]+)\"", data, re.MULTILINE)
    if from_git and crate.binaries:
        at = data.index(b'source = "git+')
        place = Place("Cargo.lock", data.count(b"\n", 0, at) + 1)
        return asked("git", place, count=len(set(from_git)))
    return passed() if crate.manifest.dependencies or crate.build_script else None


def _inputs(crate: Crate) -> Result | None:
    if not crate.build_script:
        return None
    place = Place(crate.tree.at(crate.build_script), 1)
    data = crate.tree.sources.get(crate.build_script, b"")
    if _RERUN.search(data):
        return passed()
    code = crate.facts(crate.build_script).code
    if _RERUN_BY_LIBRARY.search(code):
        return passed("library")
    reads = _READS.search(code)
    if reads is not None:
        place = Place(place.path, code.count(b"\n", 0, reads.start()) + 1)
    return failed("silent", place, edits=_rerun(crate, code))


def _rerun(crate: Crate, code: bytes) -> tuple[Edit, ...]:
    """A first line of ``main`` that declares the script itself; the author adds its other inputs."""
    main = re.search(rb"^fn\s+main\s*\(\s*\)[^{};]{0,100}\{[ \t]*$", code, re.MULTILINE)
    if main is None:
        return ()
    line = code.count(b"\n", 0, main.end()) + 1
    text = f'    println!("cargo:rerun-if-changed={crate.build_script}");'
    return (Edit(crate.tree.at(crate.build_script), "behind", line, text),)


def _network(crate: Crate) -> list[Place]:
    """Where the build script reaches for the network, as far as its text tells."""
    data = crate.tree.sources.get(crate.build_script, b"")
    code = crate.facts(crate.build_script).code
    path = crate.tree.at(crate.build_script)
    places = [
        Place(d.file, d.line, d.key)
        for d in crate.manifest.dependencies
        if d.kind == "build" and d.package in _NETWORK_PACKAGES and not d.optional
    ]
    for pattern, text in ((_NETWORK_CODE, code), (_NETWORK_COMMAND, data)):
        found = pattern.search(text)
        # A command is found in the source itself, since the mask has no strings: its first letter must be code.
        if found is not None and code[found.start() : found.start() + 1].strip():
            word = b"".join(found[0].split()).decode("utf-8", "replace")
            places.append(Place(path, text.count(b"\n", 0, found.start()) + 1, word))
    return places


def _script_network(crate: Crate) -> Result | None:
    if not crate.build_script:
        return None
    places = _network(crate)
    if places:
        return failed("network", *places, names=listed(sorted({place.note for place in places})))
    return passed()


_CARGO = "https://doc.rust-lang.org/cargo"
ITEMS = (
    Item("lock-file", Severity.ADVISE, f"{_CARGO}/faq.html#why-have-cargolock-in-version-control", _lock),
    Item("vendored-sources", Severity.WARN, f"{_CARGO}/commands/cargo-vendor.html", _vendored),
    Item("offline-build", Severity.ADVISE, f"{_CARGO}/commands/cargo-vendor.html", _offline),
    Item(
        "build-script-inputs",
        Severity.WARN,
        f"{_CARGO}/reference/build-scripts.html#rerun-if-changed",
        _inputs,
    ),
    Item("build-script-network", Severity.WARN, f"{_CARGO}/reference/build-scripts.html", _script_network),
)
