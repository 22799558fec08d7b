from __future__ import annotations

import pytest

from analyzers.model import Analysis, ChangeClass, Severity
from analyzers.supply_chain.survey import compare
from tests.analyzers.supply_chain.locks import lock, sides

OLD, NEW = lock(("b", "1.0.0")), lock(("b", "1.0.0"), ("a", "1.2.0"))


def denied(deny: str, head: bytes = NEW, path: str = "deny.toml") -> list[str]:
    """The notes of what the base's configuration has against a new lock file."""
    both = {path: deny.encode()}
    found = compare(sides({"x/Cargo.lock": OLD, **both}, {"x/Cargo.lock": head, **both}), Analysis())
    assert all((each.id, each.severity) == ("dependency-denied", Severity.WARN) for each in found.findings)
    return [note.id for each in found.findings for note in each.notes]


@pytest.mark.parametrize(
    ("entry", "banned"),
    [
        ('"a"', True),
        ('"a@1.2.0"', True),
        ('"a@1.2.1"', False),
        ('"a:<1.2"', False),
        ('"a:>=1.2, <2"', True),
        ('{ crate = "a:1" }', True),
        ('{ name = "a", version = "*" }', True),
        ('{ name = "a", version = "<1" }', False),
        ('{ crate = "a", deny-multiple-versions = true }', False),
        ('"b"', False),
    ],
)
def test_a_new_package_is_told_where_the_base_bans_it(entry: str, banned: bool) -> None:
    assert denied(f"[bans]\ndeny = [{entry}]\n") == ["deny-banned"] * banned


def test_a_ban_says_why() -> None:
    assert denied('[bans]\ndeny = [{ crate = "a", reason = "use b" }]\n') == ["deny-banned-because"]


def test_a_banned_package_may_be_there_for_those_that_wrap_it() -> None:
    deny = '[bans]\ndeny = [{ crate = "a", wrappers = ["b"] }]\n'
    depends = b'checksum = "' + b"ab" * 32 + b'"\ndependencies = ["a"]\n'
    wrapped = lock(("b", "1.0.0")).replace(b'checksum = "' + b"ab" * 32 + b'"\n', depends)
    other = wrapped.replace(b'"b"', b'"c"')
    package = lock(("a", "1.2.0")).partition(b"\n\n")[2]
    assert denied(deny, wrapped + b"\n" + package) == []
    assert "deny-banned" in denied(deny, other + b"\n" + package)


def test_where_packages_are_listed_others_may_not_be_there() -> None:
    assert denied('[bans]\nallow = ["b"]\n') == ["deny-not-allowed"]
    assert denied('[bans]\nallow = ["b", "a@1.2.0"]\n') == []


def test_what_the_graph_leaves_out_is_not_looked_at() -> None:
    assert denied('[bans]\ndeny = ["a"]\n[graph]\nexclude = ["a"]\n') == []


GIT = "git+https://github.com/acme/a.git?branch=main#0123456789"


@pytest.mark.parametrize(
    ("sources", "allowed"),
    [
        ('unknown-git = "deny"', False),
        ('unknown-git = "warn"', True),
        ('unknown-git = "deny"\nallow-git = ["https://github.com/acme/a"]', True),
        ('unknown-git = "deny"\nallow-git = ["https://github.com/acme/ab"]', False),
        ('unknown-git = "deny"\nprivate = ["https://github.com/acme"]', True),
        ('unknown-git = "deny"\nallow-org = { github = ["ACME"] }', True),
        ('unknown-git = "deny"\nallow-org = { github = ["acm"] }', False),
        ('unknown-git = "deny"\nallow-org = { gitlab = ["acme"] }', False),
    ],
)
def test_a_git_source_is_told_where_the_base_does_not_allow_it(sources: str, allowed: bool) -> None:
    head = lock(("b", "1.0.0"), ("a", "1.2.0", GIT))
    assert denied(f"[sources]\n{sources}\n", head) == ["deny-source"] * (not allowed)


def test_crates_io_is_allowed_unless_the_list_of_registries_leaves_it_out() -> None:
    assert denied('[sources]\nunknown-registry = "deny"\n') == []
    assert denied('[sources]\nunknown-registry = "deny"\nallow-registry = []\n') == ["deny-source"]
    other = lock(("b", "1.0.0"), ("a", "1.2.0", "sparse+https://registry.example.org/index/"))
    assert denied('[sources]\nunknown-registry = "deny"\n', other) == ["deny-source"]


@pytest.mark.parametrize(
    "path", ["deny.toml", ".deny.toml", ".cargo/deny.toml", "x/deny.toml", "x/.cargo/deny.toml"]
)
def test_the_configuration_is_found_where_cargo_deny_finds_it(path: str) -> None:
    assert denied('[bans]\ndeny = ["a"]\n', path=path) == ["deny-banned"]


def test_the_nearest_configuration_counts_and_only_that_of_the_base() -> None:
    near = {"deny.toml": b'[bans]\ndeny = ["a"]\n', "x/deny.toml": b""}
    assert (
        compare(sides({"x/Cargo.lock": OLD, **near}, {"x/Cargo.lock": NEW, **near}), Analysis()).findings
        == ()
    )
    found = compare(
        sides(
            {"Cargo.lock": OLD, "deny.toml": b'[bans]\ndeny = ["a"]\n'}, {"Cargo.lock": NEW, "deny.toml": b""}
        ),
        Analysis(),
    )
    assert [each.id for each in found.findings] == ["dependency-policy-loosened", "dependency-denied"]


def loosened(base: str, head: str) -> list[tuple[str, list[str]]]:
    """Item and notes of every change between two configurations."""
    found = compare(sides({"deny.toml": base.encode()}, {"deny.toml": head.encode()}), Analysis())
    assert {each.change for each in found.changes} <= {ChangeClass.RELAXED}
    assert {each.id for each in found.findings} <= {"dependency-policy-loosened"}
    told = {each.item: each.notes for each in found.findings}
    return [
        (each.site.item, [note.id for note in told.get(each.site.item, each.notes)]) for each in found.changes
    ]


def test_another_ignored_advisory_loosens() -> None:
    base = '[advisories]\nignore = ["RUSTSEC-2024-0001"]\n'
    head = (
        '[advisories]\nignore = [\n  { id = "RUSTSEC-2024-0001", reason = "x" },\n  "RUSTSEC-2024-0002",\n]\n'
    )
    assert loosened(base, head) == [("advisories.ignore", ["deny-excepts"])]
    assert loosened(head, base) == []


def test_a_ban_that_goes_or_gets_exceptions_loosens_and_one_that_comes_does_not() -> None:
    ban, wrapped = '[bans]\ndeny = ["a"]\n', '[bans]\ndeny = [{ crate = "a", wrappers = ["b"] }]\n'
    assert loosened(ban, "") == [("bans.deny", ["deny-no-longer-bans"])]
    assert loosened(ban, wrapped) == [("bans.deny", ["deny-no-longer-bans"])]
    assert loosened(wrapped, wrapped.replace('["b"]', '["b", "c"]')) == [
        ("bans.deny", ["deny-no-longer-bans"])
    ]
    assert loosened(wrapped, ban) == loosened("", ban) == []


def test_sources_that_are_allowed_or_no_longer_denied_loosen() -> None:
    base = '[sources]\nunknown-git = "deny"\nunknown-registry = "warn"\nallow-git = []\n'
    head = '[sources]\nunknown-git = "warn"\nunknown-registry = "allow"\nallow-git = ["https://x.org/y"]\n'
    assert loosened(base, head) == [
        ("sources.allow-git", ["deny-excepts"]),
        ("sources.unknown-git", ["deny-level"]),
        ("sources.unknown-registry", ["deny-level"]),
    ]
    assert loosened(head, base) == []
    # Left out, the level is to warn, and crates.io is on the list.
    assert loosened('[sources]\nunknown-git = "deny"\n', "[sources]\n") == [
        ("sources.unknown-git", ["deny-level"])
    ]
    written = '[sources]\nallow-registry = ["https://github.com/rust-lang/crates.io-index"]\n'
    assert loosened("", written) == []


def test_versions_that_may_come_twice_are_a_change_and_no_finding() -> None:
    head = '[bans]\nskip = ["a", { name = "b", version = "<1" }]\n'
    found = compare(sides({"deny.toml": b""}, {"deny.toml": head.encode()}), Analysis())
    assert [len(found.changes), len(found.findings)] == [1, 0]
    assert [dict(note.values)["entry"] for note in found.changes[0].notes] == ["a", "b:<1"]


def test_a_configuration_that_goes_loosens_and_one_that_moves_does_not() -> None:
    deny = b'[bans]\ndeny = ["a"]\n'
    still = {"Cargo.toml": b""}
    gone = compare(sides({"deny.toml": deny, **still}, still), Analysis())
    assert [note.id for each in gone.findings for note in each.notes] == ["deny-gone"]
    assert compare(sides({"deny.toml": deny}, {".cargo/deny.toml": deny}), Analysis()).changes == ()


def test_a_configuration_that_goes_with_all_that_it_was_for_does_not_loosen() -> None:
    deny = {"x/deny.toml": b'[bans]\ndeny = ["a"]\n', "x/Cargo.toml": b""}
    assert compare(sides(deny, {}), Analysis()).changes == ()


def test_the_configuration_of_a_vendored_package_is_for_nobody_here() -> None:
    still = {"vendor/a/Cargo.toml": b"", "vendor/a/.cargo-checksum.json": b'{"files": {}}'}
    base = {"vendor/a/deny.toml": b'[bans]\ndeny = ["a"]\n', **still}
    assert compare(sides(base, still), Analysis()).changes == ()


@pytest.mark.parametrize(
    ("base", "head"),
    [
        ("", '[licenses]\nallow = ["MIT"]\n'),
        ('[bans]\ndeny = ["a", "b"]\n', '# why\n[bans]\ndeny = [\n  "b",\n  { crate = "a" },\n]\n'),
        ("[output]\nfeature-depth = 1\n", ""),
    ],
)
def test_licences_order_and_layout_are_silent(base: str, head: str) -> None:
    assert loosened(base, head) == []


def test_a_configuration_that_cannot_be_read_is_a_thing_to_approve() -> None:
    found = compare(sides({"deny.toml": b""}, {"deny.toml": b"[["}), Analysis())
    assert [(doubt.path, doubt.reason.value) for doubt in found.unanalysed] == [("deny.toml", "unparsable")]
