"""The list of breakages fits the code as it is."""

from __future__ import annotations

import ast

import pytest

from tests.mutants import MUTANTS, ROOT, Mutant


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda one: one.name)
def test_a_breakage_changes_what_the_code_says_and_names_tests_that_exist(mutant: Mutant) -> None:
    whole = (ROOT / mutant.path).read_text(encoding="utf-8")
    assert ast.dump(ast.parse(mutant.broken())) != ast.dump(ast.parse(whole))
    assert [path for path in mutant.tests if not (ROOT / path).exists()] == []


def test_every_breakage_has_a_name_of_its_own() -> None:
    names = [mutant.name for mutant in MUTANTS]
    assert len(set(names)) == len(names)
