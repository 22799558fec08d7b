from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.manifest.requirement import meets, version_of

# After the tests of the `semver` crate (tests/test_version_req.rs).
TABLE = [
    ("1.0.0", "1.0.0 1.1.0 1.0.1", "0.9.9 0.10.0 0.1.0 1.0.0-pre 1.0.1-pre 2.0.0"),
    ("=1.0.0", "1.0.0", "1.0.1 0.9.9 1.0.0-pre"),
    ("=0.9.0", "0.9.0", "0.9.1 1.9.0 0.0.9"),
    ("=0.1.0-beta2.a", "0.1.0-beta2.a", "0.9.1 0.1.0 0.1.1-beta2.a 0.1.0-beta2"),
    (">= 1.0.0", "1.0.0 2.0.0", "0.1.0 0.0.1 1.0.0-pre 2.0.0-pre"),
    (
        ">= 2.1.0-alpha2",
        "2.1.0-alpha2 2.1.0-alpha3 2.1.0 3.0.0",
        "2.0.0 2.1.0-alpha1 2.0.0-alpha2 3.0.0-alpha2",
    ),
    ("< 1.0.0", "0.1.0 0.0.1", "1.0.0 1.0.0-beta 1.0.1 0.9.9-alpha"),
    ("<= 2.1.0-alpha2", "2.1.0-alpha2 2.1.0-alpha1 2.0.0 1.0.0", "2.1.0 2.2.0-alpha1 2.0.0-alpha2"),
    (">1.0.0-alpha, <1.0.0", "1.0.0-beta", "1.0.0 1.0.0-alpha"),
    (">1.0, <1.3", "1.1.0 1.2.9", "1.0.0 1.0.9 1.3.0"),
    ("~1", "1.0.0 1.0.1 1.1.1", "0.9.1 2.9.0 0.0.9"),
    ("~1.2", "1.2.0 1.2.1", "1.1.1 1.3.0 0.0.9"),
    ("~1.2.2", "1.2.2 1.2.4", "1.2.1 1.9.0 1.0.9 2.0.1 0.1.3"),
    ("~1.2.3-beta.2", "1.2.3 1.2.4 1.2.3-beta.2 1.2.3-beta.4", "1.3.3 1.1.4 1.2.3-beta.1 1.2.4-beta.2"),
    ("^1", "1.1.2 1.1.0 1.2.1 1.0.1", "0.9.1 2.9.0 0.1.4 1.0.0-beta1 0.1.0-alpha 1.0.1-pre"),
    ("^0.5.1", "0.5.1 0.5.9", "0.6.0 0.5.0 0.5.1-alpha"),
    ("^0.0.2", "0.0.2", "0.9.1 2.9.0 0.0.1 0.1.4"),
    ("^0.0", "0.0.2 0.0.0", "0.9.1 2.9.0 0.1.4"),
    ("^0", "0.9.1 0.0.2 0.0.0", "2.9.0 1.1.1"),
    (
        "^1.4.2-beta.5",
        "1.4.2 1.4.3 1.4.2-beta.5 1.4.2-beta.6",
        "0.9.9 2.0.0 1.4.2-alpha 1.4.2-beta.4 1.4.3-beta.5",
    ),
    ("*", "0.9.1 2.9.0 1.0.0", "1.0.0-pre"),
    ("1.*", "1.2.0 1.2.1 1.1.1 1.3.0", "0.0.9 1.2.0-pre"),
    ("1.2.*", "1.2.0 1.2.2 1.2.4", "1.9.0 1.0.9 2.0.1 0.1.3 1.2.2-pre"),
]


@pytest.mark.parametrize(("requirement", "good", "bad"), TABLE)
def test_a_version_meets_what_cargo_says_it_meets(requirement: str, good: str, bad: str) -> None:
    answers = {each: _meets(each, requirement) for each in (*good.split(), *bad.split())}
    assert answers == {each: each in good.split() for each in answers}


def test_advisories_order_pre_releases_like_other_versions() -> None:
    assert _meets("1.5.0-rc.1", ">= 1.2.3") is False
    version = version_of("1.5.0-rc.1")
    assert version is not None
    assert meets(version, ">= 1.2.3", any_pre_release=True) is True


def test_the_commit_that_cargo_vet_adds_is_left_away() -> None:
    assert version_of("1.2.3@git:" + "a" * 40) == version_of("1.2.3")


@given(
    st.text(max_size=12)
    | st.from_regex(r"[<>=~^]{0,2} ?[0-9]{1,3}(\.[0-9*x]{1,3}){0,2}(-[a-z0-9.]{1,4})?", fullmatch=True)
)
def test_no_requirement_is_too_strange(requirement: str) -> None:
    assert _meets("1.2.3", requirement) in {True, False, None}


def _meets(text: str, requirement: str) -> bool | None:
    version = version_of(text)
    assert version is not None
    return meets(version, requirement)
