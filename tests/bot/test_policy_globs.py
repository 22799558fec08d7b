"""Globs of a policy mean what they mean in a .gitignore, and hostile paths cannot slow them down."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.policy.globs import MAX_LENGTH, matches, objection


@pytest.mark.parametrize(
    ("glob", "path", "expected"),
    [
        pytest.param("**", "src/lib.rs", True, id="two stars match every file"),
        pytest.param("fuzz/**", "fuzz/targets/a.rs", True, id="two stars reach any depth"),
        pytest.param("fuzz/**", "crates/fuzz/a.rs", False, id="a glob with a slash starts at the root"),
        pytest.param("/fuzz", "crates/fuzz/a.rs", False, id="so does one that begins with a slash"),
        pytest.param("*.rs", "src/deep/a.rs", True, id="a glob without a slash matches at any depth"),
        pytest.param("fuzz", "crates/fuzz/a.rs", True, id="a folder's name covers everything in it"),
        pytest.param(
            "fuzz/", "crates/fuzz/a.rs", True, id="with a slash at its end it still matches at any depth"
        ),
        pytest.param("fuzz/", "src/fuzz", False, id="a slash at the end asks for a folder"),
        pytest.param("src/*", "src/a/b.rs", True, id="a star that matches a folder covers what is in it"),
        pytest.param("src/*.rs", "src/a/b.rs", False, id="a star does not cross folders"),
        pytest.param(
            "src/**/ffi.rs", "src/ffi.rs", True, id="two stars in the middle may stand for no folder"
        ),
        pytest.param("**/ffi/*.rs", "a/b/ffi/c.rs", True, id="two stars in front reach any depth"),
        pytest.param("src/?.rs", "src/é.rs", True, id="a question mark is one character"),
        pytest.param("src/[a-c].rs", "src/b.rs", True, id="a class matches one of its range"),
        pytest.param("src/[!a-c].rs", "src/b.rs", False, id="an exclamation mark turns a class round"),
        pytest.param("src/[*].rs", "src/*.rs", True, id="a class holds a star itself"),
        pytest.param("src/[*].rs", "src/b.rs", False, id="a star in a class is no star"),
        pytest.param("SRC/*", "src/a.rs", False, id="case counts"),
        pytest.param(".github/**", ".github/a.yml", True, id="a dot is like any character"),
        pytest.param("*", "a\nb", True, id="a line break in a name hides nothing"),
        pytest.param("src/*.rs", "src/\udcff.rs", True, id="neither does a byte that is not UTF-8"),
    ],
)
def test_a_glob_matches(glob: str, path: str, expected: bool) -> None:
    assert objection(glob) is None
    assert matches((glob,), path) is expected


@pytest.mark.parametrize(
    ("glob", "words"),
    [
        ("", "names no file"),
        ("/", "names no file"),
        ("src\\ffi", "backslash"),
        ("src/{a,b}/**", "braces"),
        ("!src/**", "`not_paths`"),
        ("./src/**", "`.` or `..`"),
        ("src/../ffi", "`.` or `..`"),
        ("src//ffi", "two slashes"),
        ("src/** ", "space"),
        ("src/\u202effi", "cannot be seen"),
        ("src/[ab", "without its"),
        ("src/[a/b]", "without its"),
        ("src/[]", "without its"),
        ("src/ab]", "without its"),
        ("src/[[:alpha:]]", "`[` inside"),
        ("src/[z-a]", "backwards"),
        ("a" * (MAX_LENGTH + 1), "longer than"),
    ],
)
def test_a_glob_that_would_quietly_match_nothing_is_refused(glob: str, words: str) -> None:
    reason = objection(glob)
    assert reason is not None
    assert words in reason


@pytest.mark.parametrize(
    ("glob", "path"),
    [
        pytest.param("*a" * 120 + "b", "a" * 4_000, id="many stars"),
        pytest.param("*a*?a[ab]" * 20 + "z", "ab" * 2_000, id="stars with questions and classes"),
        pytest.param("**/a/" * 50 + "b", "a/" * 2_000 + "a", id="many double stars"),
    ],
)
def test_a_hostile_path_ends_soon_with_any_glob(glob: str, path: str) -> None:
    # With backtracking each of these would take longer than anybody waits.
    assert not matches((glob,), path)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ignored")
    subprocess.run(["git", "init", "--quiet", folder], check=True)
    return folder


_PIECES = st.sampled_from(
    ["a", "b", "ab", "*", "**", "?", "[ab]", "[!a]", "[^b-z]", "[]a]", "[*]", "[a-]", ".", "-"]
)
_GLOBS = st.lists(_PIECES | st.just("/"), min_size=1, max_size=8).map("".join)
_NAMES = st.text("ab-*].", min_size=1, max_size=4).filter(lambda name: name not in {".", ".."})
_PATHS = st.lists(_NAMES, min_size=1, max_size=4).map("/".join)


@given(
    glob=_GLOBS.filter(lambda glob: objection(glob) is None), paths=st.lists(_PATHS, min_size=1, max_size=12)
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
def test_git_agrees_on_what_a_glob_matches(repository: Path, glob: str, paths: list[str]) -> None:
    (repository / ".gitignore").write_text(f"{glob}\n", encoding="utf-8")
    asked = subprocess.run(
        ["git", "-c", "core.excludesFile=", "check-ignore", "--no-index", "--stdin", "-z"],
        cwd=repository,
        input="\0".join(paths),
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert asked.returncode in {0, 1}
    ignored = set(asked.stdout.split("\0")) - {""}
    assert {path for path in paths if matches((glob,), path)} == ignored
