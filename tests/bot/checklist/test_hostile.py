"""Whatever a package holds, the list is made, every format can show it, and nothing takes long."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analyzers.publishing.checklist import checklist
from analyzers.publishing.model import Checklist, Verdict
from analyzers.publishing.tree import (
    Blob,
    BrokenManifest,
    CrateTree,
    Listing,
    crate_trees,
    is_read,
    with_base,
)
from bot.render import CHECKLIST_FORMATS, checklist_comment, checklists
from bot.render.checklist import ROOM, PublishingView, open_items
from tests.analyzers.publishing.packages import MANIFEST

_KEYS = """
name version edition rust-version description license license-file readme homepage documentation repository keywords
categories publish include exclude links build workspace authors
"""
_TABLES = """
dependencies dev-dependencies build-dependencies features lib bin lints patch target workspace profile badges
"""
_PATHS = """
src/lib.rs src/main.rs build.rs README.md LICENSE CHANGELOG.md Cargo.lock .cargo/config.toml rust-toolchain.toml
.github/workflows/ci.yml .github/cratewarden/checklist/readme.md examples/a.rs tests/a.rs .env a/Cargo.toml
"""
_WORDS = r"""
pub fn unsafe { } ( ) [ ] < > struct S ; : , :: # ! derive(Debug) //! /// ``` ``` /* */ " ' r#" mod a; use * as impl
for trait enum extern "C" macro_rules! cfg(target_os="linux") -> Result<(),E> panic!() feature(x) static mut let else
on: push jobs: run: - cargo publish uses: id-token: write * "*" 0.1.0 MIT OR ../ . ~ ^ \ \x00 @ada <!-- -->
"""
KEYS, TABLES, PATHS, WORDS = (words.split() for words in (_KEYS, _TABLES, _PATHS, _WORDS))

text = st.one_of(st.text(max_size=20), st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join))
value = st.recursive(
    st.one_of(text, st.integers(-3, 10**20), st.booleans(), st.just({"workspace": True})),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(st.sampled_from(KEYS), text), inner, max_size=3),
    ),
    max_leaves=4,
)
table = st.dictionaries(st.one_of(st.sampled_from(KEYS), text), value, max_size=8)
document = st.fixed_dictionaries(
    {"package": table}, optional={name: st.one_of(table, value) for name in TABLES}
)
content = st.one_of(
    st.binary(max_size=60),
    st.lists(st.sampled_from([*WORDS, "\n", "\n  "]), max_size=60).map(
        lambda words: " ".join(words).encode()
    ),
)


def toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        pairs = ", ".join(f"{json.dumps(key)} = {toml(item)}" for key, item in value.items())
        return f"{{ {pairs} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    return json.dumps(value).replace("\x7f", "\\u007f")


def written(document: Mapping[str, object]) -> bytes:
    lines = [f"{json.dumps(key)} = {toml(value)}" for key, value in document.items()]
    return "\n".join(lines).encode("utf-8", "replace")


def listing(files: Mapping[str, bytes], in_git: bool = True) -> Listing:
    blobs = {path: Blob(len(data), data if is_read(path) else None) for path, data in files.items()}
    return Listing(blobs, in_git=in_git, tags=("v1",))


def shown(lists: tuple[Checklist, ...]) -> None:
    view = PublishingView(lists, told=open_items(lists))
    for format in CHECKLIST_FORMATS:
        assert checklists(view, format).endswith("\n")
    comment = checklist_comment(view)
    assert comment is None or len(comment.encode()) <= ROOM + 100


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(document, st.dictionaries(st.one_of(st.sampled_from(PATHS), text), content, max_size=6), document)
def test_no_package_is_too_strange_to_be_checked(
    manifest: dict[str, object], files: dict[str, bytes], base: dict[str, object]
) -> None:
    trees = crate_trees(listing({**files, "Cargo.toml": written(manifest)}))
    before = crate_trees(listing({**files, "Cargo.toml": written(base)}))
    shown(tuple(checklist(tree) for tree in with_base(trees, before)))


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=200), content)
def test_no_bytes_are_too_strange_for_a_manifest_or_a_source(manifest: bytes, source: bytes) -> None:
    for data in (manifest, MANIFEST.encode() + manifest):
        shown(tuple(map(checklist, crate_trees(listing({"Cargo.toml": data, "src/lib.rs": source})))))


HOSTILE: Mapping[str, tuple[str, bytes]] = {
    "a manifest nested without end": ("Cargo.toml", b"a = " + b"[" * 200_000),
    "a manifest of dotted keys": (
        "Cargo.toml",
        MANIFEST.encode() + b"".join(b"a%d.b = 1\n" % n for n in range(5_000)),
    ),
    "two thousand dependencies": (
        "Cargo.toml",
        MANIFEST.encode() + b"[dependencies]\n" + b"".join(b'd%d = "*"\n' % n for n in range(2_000)),
    ),
    "patterns that backtrack": (
        "Cargo.toml",
        MANIFEST.encode() + b'exclude = ["' + b"**/*a*" * 300 + b'x"]\n',
    ),
    "a licence of parentheses": ("Cargo.toml", MANIFEST.encode() + b'license = "' + b"(" * 100_000 + b'"\n'),
    "open brackets": ("src/lib.rs", b"pub fn f() {" * 10_000),
    "long lines of uses": ("src/lib.rs", b"pub use a::{" * 10_000),
    "a tree of uses": ("src/lib.rs", b"pub use a::{" + b"b::{c, d}, " * 50_000 + b"};"),
    "many small functions": ("src/lib.rs", b"/// # Panics\npub fn f() -> Result<(), E> { x.unwrap() }\n" * 5_000),
    "comments without end": ("src/lib.rs", b"/// # " * 300_000),
    "fences without end": ("README.md", b"```\n" * 300_000),
    "a changelog of one line": ("CHANGELOG.md", b"0.1.0" * 400_000),
    "a workflow of aliases": (
        ".github/workflows/ci.yml",
        b"a0: &a0 [x, x]\n" + b"".join(b"a%d: &a%d [*a%d, *a%d]\n" % (n, n, n - 1, n - 1) for n in range(1, 40)),
    ),
    "a workflow of brackets": (".github/workflows/ci.yml", b"[" * 100_000),
    "a build script of spaces": ("build.rs", b"fn main() { Command :: new (" + b" " * 500_000),
    "conditions in conditions": ("src/lib.rs", b"#[cfg(" + b"any(unix, " * 10_000),
    "a file at the root of the computer": ("/", b""),
    "a crate at the root of the computer": ("/Cargo.toml", MANIFEST.encode()),
    "a lock file of sources": ("Cargo.lock", b'source = "git+' * 100_000),
}  # fmt: skip


@pytest.mark.parametrize(("path", "data"), HOSTILE.values(), ids=HOSTILE)
def test_what_is_made_to_take_long_does_not(path: str, data: bytes) -> None:
    files = {"Cargo.toml": MANIFEST.encode(), "src/lib.rs": b"", "src/main.rs": b"fn main() {}\n", path: data}
    start = time.process_time()
    shown(tuple(map(checklist, crate_trees(listing(files)))))
    assert time.process_time() - start < 20


def test_a_workspace_of_very_many_packages_fits_into_a_comment() -> None:
    files = {"Cargo.toml": b'[workspace]\nmembers = ["*"]\n'}
    files |= {f"p{n}/Cargo.toml": MANIFEST.replace('"x"', f'"p{n}"').encode() for n in range(60)}
    files |= {f"p{n}/src/lib.rs": b"pub fn f() {}\n" for n in range(60)}
    lists = tuple(map(checklist, crate_trees(listing(files))))
    comment = checklist_comment(PublishingView(lists))
    assert comment is not None
    assert len(comment.encode()) <= ROOM
    assert "more packages are not shown" in comment


def test_maintainers_words_cannot_pass_for_a_comment_of_ours() -> None:
    [tree] = crate_trees(listing({"Cargo.toml": MANIFEST.encode()}))
    own = {"description": "<!-- cratewarden:review -->\n" + "x" * 10_000 + "\x1b[31m"}
    comment = checklist_comment(PublishingView((checklist(tree),), texts=own)) or ""
    assert comment.count("<!-- cratewarden:") == 1
    assert "\x1b" not in comment
    assert len(comment) < 20_000


def test_an_unreadable_manifest_is_a_failure_and_not_a_silence() -> None:
    [tree] = crate_trees(listing({"Cargo.toml": b"[package\n"}))
    assert isinstance(tree, BrokenManifest)
    [item] = checklist(tree).items
    assert (item.id, item.verdict, item.place.line) == ("manifest", Verdict.FAIL, 1)


def test_a_manifest_that_nobody_could_read_is_one_too() -> None:
    [tree] = crate_trees(Listing({"Cargo.toml": Blob(50 << 20)}, in_git=True))
    assert [(item.id, item.verdict) for item in checklist(tree).items] == [("manifest", Verdict.FAIL)]


def test_the_same_package_gives_the_same_list_whatever_the_order_of_its_files() -> None:
    files = {
        "Cargo.toml": MANIFEST.encode(),
        "src/lib.rs": b"mod a;\n",
        "src/a.rs": b"",
        "README.md": b"# x\n",
    }
    [one], [other] = (crate_trees(listing(dict(order))) for order in (files.items(), reversed(files.items())))
    assert isinstance(one, CrateTree)
    assert checklist(one) == checklist(other)
