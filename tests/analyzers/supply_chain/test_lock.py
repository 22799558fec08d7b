from __future__ import annotations

import pytest

from analyzers.supply_chain.compare import Move, change_of, facts, moves, same_archive_differs
from analyzers.supply_chain.lock import Locked, read_lock
from analyzers.supply_chain.toml import StoreError
from tests.analyzers.supply_chain.locks import REGISTRY, lock

GIT = "git+https://example.org/one?branch=main#0123456789abcdef0123456789abcdef01234567"


def packages(data: bytes) -> tuple[Locked, ...]:
    return read_lock("Cargo.lock", data)


def compared(base: bytes, head: bytes) -> list[tuple[str, str, str]]:
    found = moves(packages(base), packages(head))
    return [(m.name, m.base.version if m.base else "", m.head.version if m.head else "") for m in found]


def told(base: bytes, head: bytes) -> list[str]:
    (move,) = moves(packages(base), packages(head))
    return [note.id for note in facts(move)]


def test_every_package_knows_its_lines_and_bytes() -> None:
    data = lock(("own", "0.1.0", "-"), ("log", "0.4.20"))
    own, log = packages(data)
    assert (own.is_own, own.line, own.end_line) == (True, 4, 6)
    assert (log.from_crates_io, log.line, log.end_line) == (True, 8, 12)
    assert data[log.start : log.end].startswith(b'[[package]]\nname = "log"')
    assert data[log.start : log.end].endswith(b'"')


def test_the_first_format_keeps_checksums_apart() -> None:
    data = (
        b'[[package]]\nname = "log"\nversion = "0.4.0"\nsource = "%s"\n\n[metadata]\n'
        b'"checksum log 0.4.0 (%s)" = "beef"\n' % (REGISTRY.encode(), REGISTRY.encode())
    )
    assert packages(data)[0].checksum == "beef"


def test_a_source_is_told_without_its_kind_and_commit() -> None:
    (one,) = packages(lock(("one", "1.0.0", GIT)))
    assert one.origin == "https://example.org/one"
    assert one.revision == "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    "data",
    [
        b"[[package]]\nname = ",
        b"\xff",
        b'[[package]]\nname = "a"\n',
        b'package = [{ name = "a", version = "1.0.0" }]',
        b"a = " + b"[" * 100_000,
        b'x = """\n[[package]]\n"""\n[[package]]\nname = "a"\nversion = "1.0.0"\n',
    ],
)
def test_a_lock_file_that_is_not_as_cargo_writes_it_is_refused(data: bytes) -> None:
    with pytest.raises(StoreError, match=r"Cargo\.lock"):
        packages(data)


def test_packages_come_change_and_go() -> None:
    base = lock(("a", "1.0.0"), ("b", "1.0.0"), ("c", "1.0.0"), ("own", "0.1.0", "-"))
    head = lock(("b", "1.1.0"), ("c", "1.0.0"), ("d", "2.0.0"), ("own", "0.2.0", "-"))
    assert compared(base, head) == [("a", "1.0.0", ""), ("b", "1.0.0", "1.1.0"), ("d", "", "2.0.0")]


def test_two_versions_of_one_package_are_paired_where_cargo_would_take_one_for_the_other() -> None:
    base = lock(("syn", "1.0.0"), ("syn", "2.0.0"))
    head = lock(("syn", "1.0.109"), ("syn", "2.0.1"), ("syn", "3.0.0"))
    assert compared(base, head) == [
        ("syn", "1.0.0", "1.0.109"),
        ("syn", "2.0.0", "2.0.1"),
        ("syn", "", "3.0.0"),
    ]


def test_an_order_that_changes_is_no_change() -> None:
    assert compared(lock(("a", "1.0.0"), ("b", "1.0.0")), lock(("b", "1.0.0"), ("a", "1.0.0"))) == []


def test_words_say_what_changed() -> None:
    assert told(lock(("a", "1.0.0")), lock(("a", "1.0.1"))) == ["dependency-upgraded"]
    assert told(lock(("a", "1.0.1")), lock(("a", "1.0.0"))) == ["dependency-downgraded"]
    assert told(lock(), lock(("a-sys", "1.0.0"))) == ["dependency-added", "dependency-sys"]
    assert told(lock(("a", "1.0.0")), lock(("a", "1.0.0", GIT))) == ["dependency-source", "dependency-git"]
    later = GIT.replace("#01", "#02")
    assert told(lock(("a", "1.0.0", GIT)), lock(("a", "1.0.0", later))) == [
        "dependency-commit",
        "dependency-git",
    ]


def test_another_archive_of_the_same_version_is_seen() -> None:
    (move,) = moves(packages(lock(("a", "1.0.0"))), packages(lock(("a", "1.0.0", REGISTRY, "cd" * 32))))
    assert same_archive_differs(move)
    (move,) = moves(packages(lock(("a", "1.0.0"))), packages(lock(("a", "1.0.1", REGISTRY, "cd" * 32))))
    assert not same_archive_differs(move)


def test_an_approval_is_for_one_version_of_one_origin() -> None:
    heads = [("a", "1.0.1"), ("a", "1.0.2"), ("a", "1.0.1", GIT), ("a", "1.0.1", REGISTRY, "cd" * 32)]
    base = packages(lock(("a", "1.0.0")))
    names = {change_of("Cargo.lock", Move(base[0], packages(lock(head))[0])).fingerprint for head in heads}
    assert len(names) == len(heads)
