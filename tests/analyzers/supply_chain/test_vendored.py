from __future__ import annotations

import hashlib
import json

from analyzers.model import Analysis, Severity, UnanalysedReason
from analyzers.supply_chain.paths import concerns
from analyzers.supply_chain.survey import compare
from analyzers.supply_chain.vendored import wants
from analyzers.survey import Surveyed
from tests.analyzers.supply_chain.locks import REGISTRY, lock, sides

ARCHIVE = "ab" * 32
MANIFEST = b'[package]\nname = "a"\nversion = "1.0.0"\n'
LIB, OTHER = b"pub fn one() {}\n", b"pub fn two() {}\n"


def vendored(files: dict[str, bytes], package: str | None = ARCHIVE, **told: bytes) -> dict[str, bytes]:
    """A package as `cargo vendor` writes it; ``told`` are contents to list instead of those that are there."""
    listed = {
        name: hashlib.sha256(told.get(name.replace("/", "_").replace(".", "_"), data)).hexdigest()
        for name, data in files.items()
    }
    checksums = json.dumps({"files": listed, "package": package}).encode()
    return {f"vendor/a/{name}": data for name, data in {**files, ".cargo-checksum.json": checksums}.items()}


BASE = {"Cargo.lock": lock(("a", "1.0.0")), **vendored({"Cargo.toml": MANIFEST, "src/lib.rs": LIB})}


def told(head: dict[str, bytes], base: dict[str, bytes] = BASE) -> list[tuple[str, list[str]]]:
    """Each finding's file and the ids of its notes."""
    found = surveyed(head, base)
    assert len(found.changes) == len(found.findings) == len({each.path for each in found.findings})
    assert all((each.id, each.severity) == ("vendored-edit", Severity.BLOCK) for each in found.findings)
    return [(each.path, [note.id for note in each.notes]) for each in found.findings]


def surveyed(head: dict[str, bytes], base: dict[str, bytes] = BASE) -> Surveyed:
    return compare(sides(base, head), Analysis())


def test_an_edit_that_the_checksums_do_not_know_blocks() -> None:
    assert told({**BASE, "vendor/a/src/lib.rs": OTHER}) == [("vendor/a/src/lib.rs", ["vendored-differs"])]


def test_checksums_written_anew_for_the_same_archive_block() -> None:
    head = {**BASE, **vendored({"Cargo.toml": MANIFEST, "src/lib.rs": OTHER})}
    assert told(head) == [("vendor/a/src/lib.rs", ["vendored-relisted"])]


def test_a_file_that_is_not_listed_blocks_since_cargo_does_not_look_at_it() -> None:
    head = {**BASE, "vendor/a/build.rs": b"fn main() {}\n"}
    assert told(head) == [("vendor/a/build.rs", ["vendored-unlisted"])]


def test_a_file_that_the_archive_never_had_blocks_also_where_it_is_listed() -> None:
    files = {"Cargo.toml": MANIFEST, "src/lib.rs": LIB, "build.rs": b"fn main() {}\n"}
    assert told({**BASE, **vendored(files)}) == [("vendor/a/build.rs", ["vendored-new-in-archive"])]


def test_vendoring_the_same_archive_with_a_newer_cargo_is_no_edit() -> None:
    files = {
        "Cargo.toml": MANIFEST,
        "src/lib.rs": LIB,
        "Cargo.toml.orig": MANIFEST,
        ".cargo_vcs_info.json": b"{}",
    }
    assert told({**BASE, **vendored(files)}) == []


def test_a_file_that_goes_and_stays_listed_blocks() -> None:
    head = {path: data for path, data in BASE.items() if path != "vendor/a/src/lib.rs"}
    assert told(head) == [("vendor/a/.cargo-checksum.json", ["vendored-missing"])]


def test_without_its_checksums_nobody_knows_what_a_package_is() -> None:
    head = {path: data for path, data in BASE.items() if not path.endswith(".json")}
    assert told(head) == [("vendor/a/.cargo-checksum.json", ["vendored-list-gone"])]


def test_an_upgrade_that_fits_is_told_by_the_lock_file_alone() -> None:
    new = {"Cargo.toml": MANIFEST.replace(b"1.0.0", b"1.1.0"), "src/lib.rs": OTHER, "src/new.rs": LIB}
    head = {"Cargo.lock": lock(("a", "1.1.0", REGISTRY, "cd" * 32)), **vendored(new, "cd" * 32)}
    assert [change.path for change in surveyed(head).changes] == ["Cargo.lock"]


def test_an_archive_that_the_lock_file_does_not_ask_for_blocks() -> None:
    head = {**BASE, **vendored({"Cargo.toml": MANIFEST, "src/lib.rs": OTHER}, "cd" * 32)}
    assert told(head) == [("vendor/a/.cargo-checksum.json", ["vendored-archive"])]


def test_a_package_that_goes_as_a_whole_is_no_edit() -> None:
    assert told({"Cargo.lock": BASE["Cargo.lock"]}) == []


def test_a_lock_file_and_manifest_inside_of_a_vendored_package_lock_and_ask_for_nothing() -> None:
    files = {
        "Cargo.toml": MANIFEST + b'[dependencies]\nb = "2"\n', "src/lib.rs": OTHER, "Cargo.lock": lock(("z", "9.0.0"))
    }  # fmt: skip
    head = {"Cargo.lock": lock(("a", "1.0.0", REGISTRY, "cd" * 32)), **vendored(files, "cd" * 32)}
    assert {change.path for change in surveyed(head).changes} == {"Cargo.lock"}


def test_one_package_has_one_finding_whose_change_covers_every_file() -> None:
    head = {**BASE, "vendor/a/src/lib.rs": OTHER, **{f"vendor/a/{i}.rs": LIB for i in range(9)}}
    assert told(head)[0][1][-1] == "vendored-more"
    (change,) = surveyed(head).changes
    assert (change.site.item, change.site.detail) == ("a", "1.0.0")
    (later,) = surveyed({**head, "vendor/a/8.rs": OTHER}).changes
    assert later.fingerprint != change.fingerprint


def test_checksums_that_cannot_be_read_are_a_thing_to_approve() -> None:
    for broken in (b"{", b"[]", b'{"files": 3}', b"[" * 5000):
        (doubt,) = surveyed({**BASE, "vendor/a/.cargo-checksum.json": broken}).unanalysed
        assert (doubt.path, doubt.reason) == ("vendor/a/.cargo-checksum.json", UnanalysedReason.UNPARSABLE)


def test_files_are_read_only_where_the_archive_stays() -> None:
    edit = set(wants(sides(BASE, {**BASE, "vendor/a/src/lib.rs": OTHER, "vendor/a/data.bin": b"x"})))
    assert {"vendor/a/src/lib.rs", "vendor/a/data.bin"} <= edit
    upgrade = set(wants(sides(BASE, {**BASE, **vendored({"Cargo.toml": MANIFEST, "x.md": b"x"}, "cd" * 32)})))
    assert "vendor/a/x.md" not in upgrade


def test_code_and_checksums_concern_it_and_what_other_languages_vendor_does_not() -> None:
    code = (
        "vendor/a/src/lib.rs",
        "x/third_party/rust/a/a.c",
        "vendor/a/Cargo.toml",
        "deps/a/.cargo-checksum.json",
    )
    others = ("vendor/a/a.go", "vendor/a/README.md", "third_party/sqlite/sqlite3.c", "src/vendor.rs")
    assert [*map(concerns, code), *map(concerns, others)] == [True] * len(code) + [False] * len(others)


def test_folders_without_checksums_are_ordinary_code() -> None:
    assert told({"vendor/b/src/lib.rs": OTHER}, {"vendor/b/src/lib.rs": LIB}) == []
