from __future__ import annotations

from dataclasses import replace

import pytest

from analyzers.model import Analysis, ChangeClass, FileChange, Severity
from analyzers.supply_chain.findings import FINDINGS
from analyzers.supply_chain.survey import compare, sites, wants
from analyzers.survey import Surveyed, Tree
from analyzers.surveys import surveys
from tests.analyzers.supply_chain.locks import REGISTRY, lock, sides

OLD, NEW = lock(("a", "1.0.0")), lock(("a", "1.1.0"))
AUDIT = b'[[audits.a]]\nwho = "Ann <ann@example.org>"\ncriteria = "safe-to-deploy"\nversion = "1.0.0"\n'
DELTA = b'[[audits.a]]\nwho = "Bob"\ncriteria = "safe-to-run"\ndelta = "1.0.0 -> 1.1.0"\n'
STORE = "supply-chain/audits.toml"
ADVISORY = b"""```toml
[advisory]
id = "RUSTSEC-2026-0001"
package = "a"

[versions]
patched = [">= 1.2.0"]
unaffected = ["< 1.1.0"]
```

# Use after free in `a`
"""


def surveyed(
    base: dict[str, bytes], head: dict[str, bytes], library: dict[str, bytes] | None = None
) -> Surveyed:
    return compare(sides(base, head, library), Analysis())


def ids(found: Surveyed) -> list[str]:
    return [note.id for change in found.changes for note in change.notes]


def test_it_gives_the_findings_it_says() -> None:
    assert surveys()["dependencies"].findings == FINDINGS


def test_without_a_store_nobody_is_told_about_audits() -> None:
    found = surveyed({"Cargo.lock": OLD}, {"Cargo.lock": NEW})
    assert [(change.change, change.site.item, change.site.line) for change in found.changes] == [
        (ChangeClass.CHANGED, "a", 4)
    ]
    assert ids(found) == ["dependency-upgraded"]
    assert found.findings == ()


def test_an_audited_version_says_by_whom() -> None:
    both = {STORE: AUDIT + DELTA}
    found = surveyed({"Cargo.lock": OLD, **both}, {"Cargo.lock": NEW, **both})
    notes = {note.id: dict(note.values) for note in found.changes[0].notes}
    assert notes["dependency-audited-by-delta"] == {
        "criteria": "safe-to-run",
        "who": "Ann, Bob",
        "since": "1.0.0",
    }
    assert found.findings == ()


def test_an_audit_that_the_pull_request_brings_itself_is_told_apart_and_is_none_yet() -> None:
    found = surveyed({"Cargo.lock": OLD, STORE: AUDIT}, {"Cargo.lock": NEW, STORE: AUDIT + DELTA})
    assert ids(found) == ["dependency-upgraded", "dependency-unaudited", "dependency-audit-added"]
    assert found.findings == ()


def test_a_trusted_publisher_is_told_apart_from_an_opinion_of_the_pull_request() -> None:
    trusted = (
        b'[[trusted.a]]\ncriteria = "safe-to-run"\nuser-id = 7\nstart = "2025-01-01"\nend = "2026-01-01"\n'
    )
    record = b'[[publisher.a]]\nversion = "1.1.0"\nwhen = "2025-05-05"\nuser-id = 7\nuser-name = "Ann"\n'
    base = {"Cargo.lock": OLD, STORE: trusted}
    found = surveyed(base, {"Cargo.lock": NEW, STORE: trusted, "supply-chain/imports.lock": record})
    assert ids(found) == ["dependency-upgraded", "dependency-recorded-publisher"]
    itself = surveyed(
        {"Cargo.lock": OLD, STORE: AUDIT},
        {"Cargo.lock": NEW, STORE: AUDIT + trusted, "supply-chain/imports.lock": record},
    )
    assert ids(itself) == ["dependency-upgraded", "dependency-unaudited", "dependency-audit-added"]


def test_a_store_that_the_pull_request_brings_vouches_for_nothing() -> None:
    found = surveyed({"Cargo.lock": OLD}, {"Cargo.lock": NEW, STORE: AUDIT + DELTA})
    assert ids(found) == ["dependency-upgraded"]


def test_a_version_nobody_audited_comes_with_the_entry_to_write() -> None:
    both = {STORE: AUDIT}
    (finding,) = surveyed({"Cargo.lock": OLD, **both}, {"Cargo.lock": NEW, **both}).findings
    assert (finding.id, finding.severity) == ("unaudited-dependency", Severity.NOTE)
    assert dict(finding.notes[0].values) == {"package": "a", "delta": "1.0.0 -> 1.1.0"}
    (finding,) = surveyed({"Cargo.lock": lock(), **both}, {"Cargo.lock": NEW, **both}).findings
    assert dict(finding.notes[0].values) == {"package": "a", "version": "1.1.0"}


def test_a_violation_blocks() -> None:
    both = {STORE: AUDIT + b'[[audits.a]]\nwho = "Eve"\ncriteria = "safe-to-run"\nviolation = "1.1"\n'}
    found = surveyed({"Cargo.lock": OLD, **both}, {"Cargo.lock": NEW, **both})
    assert ("dependency-violation", Severity.BLOCK) in [(each.id, each.severity) for each in found.findings]


def test_another_archive_of_the_same_version_blocks() -> None:
    other = lock(("a", "1.0.0", REGISTRY, "cd" * 32))
    (finding,) = surveyed({"Cargo.lock": OLD}, {"Cargo.lock": other}).findings
    assert (finding.id, finding.severity) == ("dependency-checksum", Severity.BLOCK)


def test_an_advisory_is_told_where_it_newly_applies() -> None:
    library = {"crates/a/RUSTSEC-2026-0001.md": ADVISORY}
    (finding,) = surveyed({"Cargo.lock": OLD}, {"Cargo.lock": NEW}, library).findings
    assert dict(finding.notes[0].values) == {
        "id": "RUSTSEC-2026-0001",
        "title": "Use after free in `a`",
        "patched": ">= 1.2.0",
    }
    later = lock(("a", "1.1.1"))
    assert surveyed({"Cargo.lock": NEW}, {"Cargo.lock": later}, library).findings == ()
    assert surveyed({"Cargo.lock": NEW}, {"Cargo.lock": lock(("a", "1.2.0"))}, library).findings == ()


def test_the_store_of_the_lock_is_wanted_and_only_advisories_on_what_changed() -> None:
    library = {"crates/a/RUSTSEC-2026-0001.md": ADVISORY, "crates/b/RUSTSEC-2026-0002.md": ADVISORY}
    found = set(wants(sides({"x/Cargo.lock": OLD}, {"x/Cargo.lock": NEW}, library)))
    assert {f"x/supply-chain/{name}" for name in ("audits.toml", "config.toml", "imports.lock")} <= found
    assert [path for path in found if path.startswith("crates/")] == ["crates/a/RUSTSEC-2026-0001.md"]


@pytest.mark.parametrize("path", ["Cargo.lock", STORE])
def test_what_cannot_be_read_is_a_thing_to_approve(path: str) -> None:
    base = {"Cargo.lock": OLD, STORE: AUDIT}
    found = surveyed(base, {"Cargo.lock": NEW, STORE: AUDIT, path: b"[[broken"})
    assert [(doubt.path, doubt.reason.value) for doubt in found.unanalysed] == [("Cargo.lock", "unparsable")]
    assert found.unanalysed[0].detail.startswith(path)


def test_a_lock_file_that_moves_with_its_project_tells_only_what_changed_in_it() -> None:
    base, head = {"Cargo.lock": OLD, STORE: AUDIT + DELTA}, {"x/Cargo.lock": NEW, f"x/{STORE}": AUDIT}
    apart = sides(base, head)
    whole = FileChange(apart.changed[0].base, apart.changed[-2].head)
    (change,) = compare(replace(apart, changed=(whole,)), Analysis()).changes
    assert (change.change, change.path) == (ChangeClass.CHANGED, "x/Cargo.lock")
    assert change.before is not None
    assert change.before.path == "Cargo.lock"
    assert change.notes[1].id == "dependency-audited-by-delta", "the base's store, where it was"


def test_an_audit_reads_lock_files_and_leaves_out_those_of_vendored_packages() -> None:
    files = {
        "Cargo.lock": NEW,
        "vendor/a/Cargo.lock": NEW,
        "vendor/a/.cargo-checksum.json": b"{}",
        "x/a.rs": b"",
    }
    everything = sides({}, files)
    bare = replace(everything, head=Tree(everything.head.entries))
    wanted = set(wants(bare))
    assert "Cargo.lock" in wanted
    assert wanted.isdisjoint({"vendor/a/Cargo.lock", "vendor/a/.cargo-checksum.json", "x/a.rs"})
    assert list(sites(everything.head)) == ["Cargo.lock"]


def test_an_audit_counts_the_packages_of_others() -> None:
    tree = Tree({}, {"Cargo.lock": lock(("own", "0.1.0", "-"), ("a", "1.0.0"))})
    assert [(path, [site.item for site in found]) for path, found in sites(tree).items()] == [
        ("Cargo.lock", ["a"])
    ]
