"""What paths say, also those that only a forged tree has."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.paths import folders_above


@pytest.mark.parametrize(
    ("path", "folders"),
    [
        ("a/b/c.rs", ["a/b", "a", ""]),
        ("c.rs", [""]),
        ("", [""]),
        ("/", [""]),
        ("/x.rs", [""]),
        ("//x/y.rs", ["//x", ""]),
        ("../x.rs", ["..", ""]),
    ],
)
def test_the_folders_above_a_file_end_at_the_root(path: str, folders: list[str]) -> None:
    assert list(folders_above(path)) == folders


@given(st.text("/a.", max_size=12))
def test_every_path_is_below_the_root_in_few_steps(path: str) -> None:
    folders = list(folders_above(path))
    assert folders[-1] == ""
    assert len(folders) <= len(path) + 1
