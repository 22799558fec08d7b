from __future__ import annotations

import pytest

from analyzers.model import Analysis, ChangeClass
from analyzers.supply_chain.survey import compare
from tests.analyzers.supply_chain.locks import lock, sides

PACKAGE = '[package]\nname = "own"\nversion = "0.1.0"\n'
LOCK = {"Cargo.lock": lock(("own", "0.1.0", "-"))}


def told(
    base: str, head: str, others: dict[str, bytes] | None = None
) -> list[tuple[ChangeClass, str, list[str]]]:
    """Class, item and notes of every change between two manifests."""
    before, after = ({"Cargo.toml": (PACKAGE + text).encode(), **(others or {})} for text in (base, head))
    found = compare(sides(before, after), Analysis())
    assert found.unanalysed == ()
    return [(each.change, each.site.item, [note.id for note in each.notes]) for each in found.changes]


SERDE = '[dependencies]\nserde = "1.0"\n'
GIT = '[dependencies]\nserde = {{ git = "https://example.org/serde"{} }}\n'


def test_a_library_that_takes_a_dependency_is_told() -> None:
    assert told("", SERDE) == [(ChangeClass.ADDED, "dependencies.serde", ["manifest-requirement"])]


def test_where_a_lock_file_tells_requirements_need_no_word() -> None:
    assert told("", SERDE, LOCK) == []
    assert told(SERDE, SERDE.replace("1.0", "2.0"), LOCK) == []


def test_a_requirement_that_changes_is_told_without_a_lock_file() -> None:
    assert told(SERDE, SERDE.replace("1.0", "2.0")) == [
        (ChangeClass.CHANGED, "dependencies.serde", ["manifest-required"])
    ]


def test_a_dependency_that_goes_is_removed() -> None:
    assert told(SERDE, "") == [(ChangeClass.REMOVED, "dependencies.serde", [])]


@pytest.mark.parametrize("others", [{}, LOCK])
@pytest.mark.parametrize(
    ("pin", "note"),
    [
        ("", "manifest-follows-newest"),
        (', branch = "main"', "manifest-follows"),
        (', tag = "v1"', "manifest-follows"),
    ],
)
def test_a_git_source_that_moves_by_itself_is_told_with_and_without_a_lock_file(
    others: dict[str, bytes], pin: str, note: str
) -> None:
    ((_, item, notes),) = told("", GIT.format(pin), others)
    assert (item, note in notes) == ("dependencies.serde", True)


def test_a_git_source_held_at_a_commit_is_told_by_the_lock_file_where_there_is_one() -> None:
    held = GIT.format(', rev = "1234567"')
    assert told("", held, LOCK) == []
    assert told("", held) == [(ChangeClass.ADDED, "dependencies.serde", ["manifest-git"])]


@pytest.mark.parametrize("others", [{}, LOCK])
def test_features_are_told_where_they_come(others: dict[str, bytes]) -> None:
    was = '[dependencies]\nserde = { version = "1", features = ["alloc"], default-features = false }\n'
    now = '[dependencies]\nserde = { version = "1", features = ["rc", "alloc"] }\n'
    assert told(was, now, others) == [
        (ChangeClass.CHANGED, "dependencies.serde", ["manifest-default-features", "manifest-feature"])
    ]


def test_what_replaces_packages_of_others_is_told_wherever_it_comes_from() -> None:
    patch = '[patch.crates-io]\nserde = { path = "fork" }\n'
    assert told("", patch, LOCK) == [(ChangeClass.ADDED, "patch.crates-io.serde", ["manifest-replaces"])]
    replace = '[replace]\n"serde:1.0.0" = { git = "https://example.org/serde", rev = "12" }\n'
    assert told("", replace, LOCK) == [(ChangeClass.ADDED, "replace.serde:1.0.0", ["manifest-replaces"])]
    assert told(patch, "", LOCK) == [(ChangeClass.REMOVED, "patch.crates-io.serde", [])]


def test_tables_of_targets_and_tests_are_read_and_tests_are_marked() -> None:
    text = '[target."cfg(unix)".dependencies]\nlibc = "0.2"\n[dev-dependencies]\nquickcheck = "1"\n'
    found = compare(
        sides({"Cargo.toml": PACKAGE.encode()}, {"Cargo.toml": (PACKAGE + text).encode()}), Analysis()
    )
    assert [(each.site.item, each.site.in_test, each.site.line) for each in found.changes] == [
        ("dev-dependencies.quickcheck", True, 7),
        ("target.cfg(unix).dependencies.libc", False, 5),
    ]


@pytest.mark.parametrize(
    ("base", "head"),
    [
        ('[dependencies]\na = "1"\nb = "1"\n', '[dependencies]\n# why\nb = "1"\na = { version = "1" }\n'),
        ('[dependencies]\na = "1"\n', '[dependencies.a]\nversion = "1"\n'),
        ('[dependencies]\na = { version = "1", features = ["x", "y"] }\n',
         '[dependencies]\na = { version = "1", features = ["y"] }\n'),
        ("", '[dependencies]\nsibling = { path = "../own/sibling", version = "0.1" }\n'),
        ('[dev_dependencies]\na = "1"\n', '[dev_dependencies]\na = "1"\n[features]\nx = []\n'),
    ],
)  # fmt: skip
def test_order_spelling_comments_and_folders_of_the_repository_are_silent(base: str, head: str) -> None:
    below = {"x/Cargo.toml": (PACKAGE + base).encode()}, {"x/Cargo.toml": (PACKAGE + head).encode()}
    assert compare(sides(*below), Analysis()).changes == ()


def test_a_dependency_under_another_cfg_or_name_is_moved_and_one_for_other_ends_is_not() -> None:
    was = '[target."cfg(unix)".dependencies]\nlibc = "0.2"\n'
    assert told(was, was.replace("unix", "windows")) == [
        (ChangeClass.MOVED, "target.cfg(windows).dependencies.libc", [])
    ]
    assert told(was, was.replace("unix", "windows").replace("0.2", "0.3")) == [
        (ChangeClass.CHANGED, "target.cfg(windows).dependencies.libc", ["manifest-required"])
    ]
    renamed = '[target."cfg(unix)".dependencies]\nc = { package = "libc", version = "0.2" }\n'
    assert [kind for kind, _, _ in told(was, renamed)] == [ChangeClass.MOVED]
    everywhere = told(was, '[dependencies]\nlibc = "0.2"\n')
    assert [kind for kind, _, _ in everywhere] == [ChangeClass.ADDED, ChangeClass.REMOVED]


def test_a_folder_outside_of_the_repository_is_told() -> None:
    assert told("", '[dependencies]\nfar = { path = "../../far" }\n', LOCK) == [
        (ChangeClass.ADDED, "dependencies.far", ["manifest-outside"])
    ]


def test_a_requirement_that_only_went_up_to_the_workspace_is_silent() -> None:
    root, member = b'[workspace]\nmembers = ["m"]\n', (PACKAGE + SERDE).encode()
    shared = root + b'[workspace.dependencies]\nserde = "1.0"\n'
    inherits = (PACKAGE + "[dependencies]\nserde.workspace = true\n").encode()
    base, head = (
        {"Cargo.toml": root, "m/Cargo.toml": member},
        {"Cargo.toml": shared, "m/Cargo.toml": inherits},
    )
    assert compare(sides(base, head), Analysis()).changes == ()
    newer = {**head, "Cargo.toml": shared.replace(b"1.0", b"2.0")}
    found = compare(sides(base, newer), Analysis()).changes
    assert [(each.path, each.site.item) for each in found] == [
        ("Cargo.toml", "workspace.dependencies.serde"),
        ("m/Cargo.toml", "dependencies.serde"),
    ]


def test_what_a_workspace_asks_for_changes_once() -> None:
    root = b'[workspace]\nmembers = ["m"]\n[workspace.dependencies]\nserde = "1.0"\n'
    inherits = (PACKAGE + "[dependencies]\nserde.workspace = true\n").encode()
    both = {"Cargo.toml": root, "m/Cargo.toml": inherits}
    head = {"Cargo.toml": root.replace(b"1.0", b"2.0"), "m/Cargo.toml": inherits + b"[features]\nx = []\n"}
    found = compare(sides(both, head), Analysis()).changes
    assert [(each.path, each.site.item) for each in found] == [("Cargo.toml", "workspace.dependencies.serde")]


def test_a_member_that_another_member_uses_is_no_dependency_whatever_its_features() -> None:
    root = (
        b'[workspace]\nmembers = ["m", "n"]\n[workspace.dependencies]\nn = { path = "n", version = "0.1" }\n'
    )
    uses = (PACKAGE + "[dependencies]\nn = { workspace = true }\n").encode()
    more = uses.replace(b"true", b'true, features = ["x"]')
    both = {"Cargo.toml": root, "m/Cargo.toml": uses}
    assert compare(sides(both, {**both, "m/Cargo.toml": more}), Analysis()).changes == ()


def test_a_store_of_audits_that_moves_is_told() -> None:
    ((kind, item, notes),) = told("", '[package.metadata.vet]\nstore = { path = "elsewhere" }\n', LOCK)
    assert (kind, item, notes) == (ChangeClass.CHANGED, "metadata.vet", ["manifest-store"])


def test_a_manifest_that_cannot_be_read_is_a_thing_to_approve() -> None:
    found = compare(sides({"Cargo.toml": PACKAGE.encode()}, {"Cargo.toml": b"[["}), Analysis())
    assert [(doubt.path, doubt.reason.value) for doubt in found.unanalysed] == [("Cargo.toml", "unparsable")]


def test_fingerprints_hold_what_is_asked_for() -> None:
    found = [
        compare(
            sides({"Cargo.toml": PACKAGE.encode()}, {"Cargo.toml": (PACKAGE + text).encode()}), Analysis()
        )
        for text in (SERDE, "\n# moved down\n" + SERDE, SERDE.replace("1.0", "1.1"))
    ]
    first, moved, other = (each.changes[0].fingerprint for each in found)
    assert (first == moved, first == other) == (True, False)
