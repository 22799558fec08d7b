"""Dependencies that a pull request brings in, with advisories at hand, and without those that should be."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from bot.comparison import Library
from tests.analyzers.supply_chain.locks import lock
from tests.analyzers.supply_chain.test_survey import ADVISORY
from tests.analyzers.supply_chain.test_vendored import BASE as VENDORED
from tests.bot.test_library import ADVISORY_PATH, commit
from tests.conversations.cast import POLICY, Begin, said

BASE = {"Cargo.lock": lock(("a", "1.0.0")).decode()}
UPGRADED = lock(("a", "1.1.0")).decode()
ADVISORIES_BLOCK = POLICY + '\n[findings]\ndependency-advisory = "block"\n'


def test_an_advisory_that_blocks_holds_until_another_version_comes(begin: Begin, tmp_path: Path) -> None:
    commit(tmp_path / "clone", {ADVISORY_PATH: ADVISORY})
    talk = begin(ADVISORIES_BLOCK, BASE)
    talk.world = replace(talk.world, library=Library((str(tmp_path / "clone"),)))
    pull = talk.opens(UPGRADED, path="Cargo.lock")
    talk.approves(pull, talk.bob)
    assert talk.says(pull) == "failure"
    assert "RUSTSEC-2026-0001" in said(talk.page(pull))
    talk.pushes(pull, lock(("a", "1.2.0")).decode(), path="Cargo.lock")
    talk.approves(pull, talk.bob)
    assert talk.says(pull) == "success"


def test_where_the_clone_of_advisories_is_gone_a_pull_request_with_dependencies_is_red(
    begin: Begin, tmp_path: Path
) -> None:
    commit(tmp_path / "clone", {ADVISORY_PATH: ADVISORY})
    talk = begin(POLICY, BASE)
    talk.world = replace(talk.world, library=Library((str(tmp_path / "clone"),)))
    shutil.rmtree(tmp_path / "clone")
    pull = talk.opens(UPGRADED, path="Cargo.lock")
    assert talk.says(pull) == "failure"
    assert "the clone with advisories cannot be read" in said(
        talk.sticky(pull) + (talk.check(pull).text or "")
    )
    talk.approves(pull, talk.bob)
    assert talk.says(pull) == "success", "somebody has looked, so it is no dead end"


def test_an_edit_of_vendored_code_blocks_until_somebody_waives_exactly_that(begin: Begin) -> None:
    talk = begin(POLICY, {path: data.decode() for path, data in VENDORED.items()})
    pull = talk.opens("pub fn two() {}\n", path="vendor/a/src/lib.rs")
    talk.approves(pull, talk.bob)
    assert talk.says(pull) == "failure"
    talk.says_to(pull, talk.bob, "@cratewarden waive all carried until the next release")
    assert talk.says(pull) == "success"
    talk.pushes(pull, "pub fn three() {}\n", path="vendor/a/src/lib.rs")
    talk.approves(pull, talk.bob)
    assert talk.says(pull) == "failure"
