"""The small rules that items stand on: versions, requirements, licence expressions, patterns, use declarations."""

from __future__ import annotations

import pytest

from analyzers.manifest.patterns import Patterns
from analyzers.manifest.semver import is_requirement, parse_version
from analyzers.publishing.spdx import trouble
from analyzers.rust.documentation import examples, mentions, sections
from analyzers.rust.use_paths import reexports


@pytest.mark.parametrize("text", ["0.0.0", "1.2.3", "1.0.0-alpha.1", "1.0.0+a.b", "1.0.0-0.x-y+001"])
def test_a_version_that_cargo_takes(text: str) -> None:
    assert parse_version(text) is not None


@pytest.mark.parametrize(
    "text", ["1", "1.0", "01.0.0", "1.0.0-01", "1.0.0-", "v1.0.0", "1.0.0 ", "9" * 21 + ".0.0"]
)
def test_a_version_that_cargo_refuses(text: str) -> None:
    assert parse_version(text) is None


def test_versions_are_ordered_as_semver_orders_them() -> None:
    texts = [
        "1.0.0-alpha",
        "1.0.0-alpha.1",
        "1.0.0-alpha.beta",
        "1.0.0-beta.2",
        "1.0.0-beta.11",
        "1.0.0",
        "1.0.1",
        "2.0.0",
    ]
    known = [version.precedence for text in texts if (version := parse_version(text))]
    assert known == sorted(known)
    assert len(known) == len(texts)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("1.2.3", "1.9.0", True),
        ("1.2.3", "2.0.0", False),
        ("0.1.2", "0.1.9", True),
        ("0.1.2", "0.2.0", False),
        ("0.0.1", "0.0.2", False),
    ],
)
def test_compatibility_goes_to_the_first_number_that_is_not_zero(one: str, other: str, same: bool) -> None:
    before, after = parse_version(one), parse_version(other)
    assert before is not None
    assert after is not None
    assert (before.compatibility == after.compatibility) is same


@pytest.mark.parametrize(
    "text", ["1", "1.2", "^1.2.3", "~1", "=1.2.3-rc.1", ">=1.2, <2", "1.*", "1.2.x", "*", "> 1, < 3,"]
)
def test_a_requirement_that_cargo_takes(text: str) -> None:
    assert is_requirement(text)


@pytest.mark.parametrize("text", ["", "latest", "1.*.3", "1..2", ">=1 <2", "==1", "1.2.3.4", "01"])
def test_a_requirement_that_cargo_refuses(text: str) -> None:
    assert not is_requirement(text)


@pytest.mark.parametrize(
    "text",
    ["MIT", "MIT OR Apache-2.0", "MIT/Apache-2.0", "GPL-2.0+", "(MIT OR ISC) AND Zlib", "LicenseRef-mine",
     "Apache-2.0 WITH LLVM-exception", "MIT or ISC"],
)  # fmt: skip
def test_a_licence_that_crates_io_takes(text: str) -> None:
    assert trouble(text) is None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "syntax"),
        ("MIT OR", "syntax"),
        ("(MIT", "syntax"),
        ("MIT)", "syntax"),
        ("MIT ISC", "syntax"),
        ("MIT WITH", "syntax"),
        ("MIT WITH ISC", "unknown"),
        ("MIT +", "syntax"),
        ("apache-2.0", "case"),
        ("Apache 2.0", "unknown"),
        ("Proprietary", "unknown"),
        ("OR", "syntax"),
    ],
)
def test_a_licence_that_crates_io_refuses(text: str, problem: str) -> None:
    found = trouble(text)
    assert found is not None
    assert found.problem == problem


@pytest.mark.parametrize(
    ("patterns", "path", "holds"),
    [
        (["*.rs"], "src/a.rs", True),
        (["/*.rs"], "src/a.rs", False),
        (["src"], "src/deep/a.rs", True),
        (["src/"], "src", False),
        (["src/**"], "src/deep/a.rs", True),
        (["a/**/b"], "a/b", True),
        (["a/**/b"], "a/x/y/b/c", True),
        (["*", "!keep"], "keep", False),
        (["data", "!data/keep"], "data/keep", False),
        (["[ab].txt"], "b.txt", True),
        (["[^ab].txt"], "b.txt", False),
        (["\\*"], "*", True),
        (["\\*"], "a", False),
        (["# no"], "# no", False),
        (["?"], "ab", False),
    ],
)
def test_a_pattern_means_what_it_means_in_a_gitignore(patterns: list[str], path: str, holds: bool) -> None:
    assert Patterns(patterns).holds(path) is holds


@pytest.mark.parametrize(
    ("text", "leaves"),
    [
        ("pub use a::b;", [(("a", "b"), "b")]),
        ("pub use crate::a::*;", [(("a",), "")]),
        ("pub use a::{b, c::{self, d as e}, f::*};", [
            (("a", "b"), "b"), (("a", "c"), "c"), (("a", "c", "d"), "e"), (("a", "f"), ""),
        ]),
    ],
)  # fmt: skip
def test_a_use_declaration_is_taken_apart(text: str, leaves: list[tuple[tuple[str, ...], str]]) -> None:
    assert [(leaf.path, leaf.name) for leaf in reexports(text, (), 1)] == leaves


def test_documentation_is_read_for_sections_words_and_examples() -> None:
    text = b"/// Reads.\n///\n/// # Errors\n///\n/// It panics.\n///\n/// ```\n/// f();\n/// ```\n/// ```text\n/// # Safety\n/// ```\n"
    assert "errors" in sections(text)
    assert mentions(text) >= {"errors", "panics"}
    assert examples(text) == 1
