"""What goes into the archive: a readable manifest, and neither too much nor anything secret."""

from __future__ import annotations

import re

from analyzers.publishing.crate import Crate
from analyzers.publishing.item import Item
from analyzers.publishing.model import Edit, Place, Result, Severity, asked, failed, listed, passed

MAX_PACKED = 10 << 20
"""Bytes of a ``.crate`` file (``upload_size`` in crates.io's ``publish_limits.rs``)."""
MAX_UNPACKED = 512 << 20
"""Bytes of its files (``unpack_size`` there)."""
_LARGE = 1 << 20
_SECRET = re.compile(
    r"(?:.*/)?(?:\.env(?:\.(?!example|sample|template)[^/]*)?|\.npmrc|\.netrc|\.pypirc|\.git-credentials|credentials(?:\.toml)?"
    r"|id_(?:rsa|dsa|ecdsa|ed25519)|[^/]*\.(?:p12|pfx|jks|keystore|kdbx)|secrets?\.(?:toml|ya?ml|json))"
)
_KEY = re.compile(r"(?:.*/)?[^/]*\.(?:pem|key)")
_TEST_DATA = re.compile(r"(?:.*/)?(?:tests?|benches|fuzz|fixtures?|testdata|test-data|corpus|examples)/.*")
_EDITOR = re.compile(
    r"(?:.*/)?(?:\.idea/.*|\.vscode/.*|\.DS_Store|Thumbs\.db|[^/]*\.(?:orig|rej|swp|bak|profraw)|[^/]*~)"
)
_MADE_BY_CARGO = frozenset(("Cargo.toml.orig", "Cargo.lock", ".cargo_vcs_info.json"))


def _manifest(crate: Crate) -> Result:
    manifest = crate.manifest
    if "package" not in manifest.document.table:
        return failed("project-table", Place(manifest.path, manifest.document.line("project")))
    for key, field in manifest.package.items():
        if field.inherited and field.value is None:
            own = manifest.document.line("package", key)
            return failed("nothing-inherited", Place(manifest.path, own), key=key)
    for dependency in manifest.dependencies:
        if dependency.inherited and not (dependency.version or dependency.folder or dependency.git):
            return failed("nothing-inherited", Place(dependency.file, dependency.line), key=dependency.key)
    return passed()


def _publishable(crate: Crate) -> Result:
    registries = crate.manifest.registries
    place = crate.here("publish")
    if registries is None:
        return passed("anywhere")
    if not registries:
        return passed("nowhere", place)
    return passed("registries", place, registries=listed(registries))


def _size(crate: Crate) -> Result | None:
    unpacked, packed = crate.tree.unpacked_size, crate.tree.packed_size
    largest = sorted(
        (file for file in crate.tree.files if file.packaged), key=lambda file: (-file.size, file.path)
    )
    places = tuple(Place(crate.tree.at(file.path), 0, _size_of(file.size)) for file in largest[:5])
    if unpacked is None:
        return None
    if unpacked > MAX_UNPACKED:
        return failed("unpacked", *places, size=_size_of(unpacked), limit=_size_of(MAX_UNPACKED))
    if packed is None:
        return asked("unknown", *places, size=_size_of(unpacked), limit=_size_of(MAX_PACKED))
    if packed > MAX_PACKED:
        return failed("packed", *places, size=_size_of(packed), limit=_size_of(MAX_PACKED))
    return passed(size=_size_of(unpacked), files=sum(file.packaged for file in crate.tree.files))


def _size_of(size: int) -> str:
    if size < 1 << 10:
        return f"{size} bytes"
    if size < 1 << 20:
        return f"{size / 1024:.0f} KiB"
    return f"{size / (1 << 20):.1f} MiB"


def _secrets(crate: Crate) -> Result:
    files = [file.path for file in crate.tree.files if file.packaged]
    secret = [path for path in files if _SECRET.fullmatch(path) and not _TEST_DATA.fullmatch(path)]
    maybe = [
        path for path in files if path not in secret and (_SECRET.fullmatch(path) or _KEY.fullmatch(path))
    ]
    if secret:
        places = tuple(Place(crate.tree.at(path)) for path in secret)
        return failed("secrets", *places, edits=_exclude(crate, secret), files=listed(secret))
    if maybe:
        places = tuple(Place(crate.tree.at(path)) for path in maybe)
        return asked("keys", *places, files=listed(maybe))
    return passed()


def _clutter(crate: Crate) -> Result:
    packaged = [file for file in crate.tree.files if file.packaged and file.path not in _MADE_BY_CARGO]
    editor = [file.path for file in packaged if _EDITOR.fullmatch(file.path)]
    if editor:
        places = tuple(Place(crate.tree.at(path)) for path in editor)
        return failed("editor", *places, edits=_exclude(crate, editor), files=listed(editor))
    large = [file for file in packaged if file.size > _LARGE and _TEST_DATA.fullmatch(file.path)]
    if large:
        places = tuple(Place(crate.tree.at(file.path), 0, _size_of(file.size)) for file in large)
        return asked(
            "test-data",
            *places,
            edits=_exclude(crate, [file.path for file in large]),
            files=listed([file.path for file in large]),
            size=_size_of(sum(file.size for file in large)),
        )
    return passed()


def _exclude(crate: Crate, paths: list[str]) -> tuple[Edit, ...]:
    """The line that leaves files out; none where the manifest has a list already, which is the author's to extend."""
    if "include" in crate.manifest.package or "exclude" in crate.manifest.package:
        return ()
    quoted = ", ".join(f'"/{path}"' for path in paths[:20])
    line = crate.manifest.document.line("package", "name")
    return (Edit(crate.manifest.path, "behind", line, f"exclude = [{quoted}]"),)


def _sources_read(crate: Crate) -> Result | None:
    unread = [
        Place(crate.tree.at(file.path), 0, "too-large")
        for file in crate.tree.files
        if file.path.endswith(".rs") and file.blob.data is None
    ]
    unread += (
        Place(crate.tree.at(path), 0, crate.facts(path).unread)
        for path in crate.sources
        if crate.facts(path).unread
    )
    if unread:
        return asked("unread", *unread, files=listed([place.path for place in unread]))
    return passed(files=len(crate.sources)) if crate.sources else None


_MANIFEST = "https://doc.rust-lang.org/cargo/reference/manifest.html"
_PUBLISHING = "https://doc.rust-lang.org/cargo/reference/publishing.html#packaging-a-crate"
ITEMS = (
    Item("manifest", Severity.REJECT, _MANIFEST, _manifest),
    Item("publishable", Severity.ADVISE, f"{_MANIFEST}#the-publish-field", _publishable),
    Item("package-size", Severity.REJECT, _PUBLISHING, _size),
    Item("secret-files", Severity.WARN, _PUBLISHING, _secrets),
    Item("needless-files", Severity.ADVISE, f"{_MANIFEST}#the-exclude-and-include-fields", _clutter),
    Item(
        "readable-sources",
        Severity.ADVISE,
        "https://doc.rust-lang.org/reference/input-format.html",
        _sources_read,
    ),
)
