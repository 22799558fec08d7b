"""Every item over tiny packages: what it comes to, and that every sentence of its template is needed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from analyzers.publishing.items import items
from analyzers.publishing.model import Verdict
from tests.analyzers.publishing.packages import MANIFEST, PACKAGE, Case, cases, checked

TEMPLATES = Path(__file__).resolve().parents[3] / "templates" / "checklist"
# Cases that take hundreds of lines are written below.
COUNTED = {"dependency-count": ("too-many",), "feature-count": ("too-many", "enables")}


@pytest.mark.parametrize("case", cases(), ids=str)
def test_a_package_gets_the_verdict_that_its_case_names(case: Case) -> None:
    found = case.found
    assert (found.verdict.value, found.result.problem) == (case.verdict, case.problem)


@pytest.mark.parametrize("case", cases(), ids=str)
def test_evidence_leads_to_a_line_that_exists(case: Case) -> None:
    files = {} if not hasattr(case.tree, "around") else case.tree.around.files
    for place in case.found.result.places:
        data = files[place.path].data if place.path in files else None
        if data is not None and place.line:
            assert 1 <= place.line <= data.count(b"\n") + 1


@pytest.mark.parametrize("id", items())
def test_every_item_has_cases_for_all_that_its_template_says(id: str) -> None:
    sections = re.findall(r"^## (.+)$", (TEMPLATES / f"{id}.md").read_text(encoding="utf-8"), re.MULTILINE)
    told = {name for names in sections for name in names.split(", ")} - {"why", "pass"}
    shown = {case.problem for case in cases() if case.item == id} | set(COUNTED.get(id, ()))
    assert told <= shown


def test_no_template_and_no_case_is_left_over() -> None:
    assert {path.stem for path in TEMPLATES.glob("*.md")} == set(items())
    assert {case.item for case in cases()} | set(COUNTED) == set(items())


@pytest.mark.parametrize(
    ("extra", "id", "problem"),
    [
        ("".join(f'd{n} = "1"\n' for n in range(501)), "dependency-count", "too-many"),
        ("[features]\n" + "".join(f"f{n} = []\n" for n in range(301)), "feature-count", "too-many"),
        (f"[features]\na = {['b'] * 301}\nb = []\n".replace("'", '"'), "feature-count", "enables"),
    ],
    ids=["more than 500 dependencies", "more than 300 features", "a feature that enables more than 300"],
)
def test_crates_io_has_limits(extra: str, id: str, problem: str) -> None:
    [one] = checked({**PACKAGE, "Cargo.toml": f"{MANIFEST}[dependencies]\n{extra}"})
    [found] = [item for item in one.items if item.id == id]
    assert (found.verdict, found.result.problem) == (Verdict.FAIL, problem)


@pytest.mark.parametrize("id", ["dependency-count", "feature-count"])
def test_within_the_limits_all_is_well(id: str) -> None:
    extra = '[dependencies]\nlog = "1"\n[features]\na = []\n'
    [one] = checked({**PACKAGE, "Cargo.toml": MANIFEST + extra})
    assert [item.verdict for item in one.items if item.id == id] == [Verdict.PASS]
