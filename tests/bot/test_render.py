"""Whole outputs as a person or a program sees them, and the promises of ``bot.render`` itself."""

from __future__ import annotations

import json
import pkgutil
import re
import subprocess
import sys
from dataclasses import replace

import pytest

import bot.render
import bot.render.formats
from bot import __version__
from bot.model import AuditReport, ReviewReport
from bot.render import AUDIT_FORMATS, REVIEW_FORMATS, Display
from tests.goldens import reports

COLOURS = Display(color=True, hyperlinks=True, width=80)

REVIEWS = [
    ("review-busy.txt", reports.busy_review(), "text", Display()),
    ("review-busy-narrow-colours.txt", reports.busy_review(), "text", COLOURS),
    ("review-busy-verbose.txt", reports.busy_review(), "text", Display(verbose=True)),
    ("review-busy.json", reports.busy_review(), "json", Display()),
    ("review-busy.sarif", reports.busy_review(), "sarif", Display()),
    ("review-busy.md", reports.busy_review(), "markdown", Display()),
    ("review-busy.github.txt", reports.busy_review(), "github", Display()),
    ("review-blocked.txt", reports.blocked_review(), "text", Display()),
    ("review-blocked.md", reports.blocked_review(), "markdown", Display()),
    ("review-blocked.github.txt", reports.blocked_review(), "github", Display()),
    ("review-moved.txt", reports.moved_review(), "text", Display()),
    ("review-moved.md", reports.moved_review(), "markdown", Display()),
    ("review-empty.txt", reports.empty_review(), "text", Display()),
    ("review-empty.json", reports.empty_review(), "json", Display()),
    ("review-empty.md", reports.empty_review(), "markdown", Display()),
    ("review-empty.github.txt", reports.empty_review(), "github", Display()),
    ("review-hostile.txt", reports.hostile_review(), "text", COLOURS),
    ("review-hostile.json", reports.hostile_review(), "json", Display()),
    ("review-hostile.sarif", reports.hostile_review(), "sarif", Display()),
    ("review-hostile.md", reports.hostile_review(), "markdown", Display()),
    ("review-hostile.github.txt", reports.hostile_review(), "github", Display()),
]
AUDITS = [
    ("audit.txt", reports.audit_report(), "text", Display()),
    ("audit-colours.txt", replace(reports.audit_report(), root="/home/ada/ring"), "text", COLOURS),
    ("audit.json", reports.audit_report(), "json", Display()),
    ("audit.sarif", reports.audit_report(), "sarif", Display()),
    ("audit.html", reports.audit_report(), "html", Display()),
    ("audit-empty.txt", reports.empty_audit(), "text", Display()),
    ("audit-empty.json", reports.empty_audit(), "json", Display()),
    ("audit-empty.html", reports.empty_audit(), "html", Display()),
]


def without_version(output: str) -> str:
    """The output with the places that tell our version blanked, so that a release changes no golden."""
    driver = '"version": "{0}",\n          "semanticVersion": "{0}"'
    blanked = output.replace(driver.format(__version__), driver.format("0"))
    return blanked.replace(f"Made by Cratewarden {__version__}.", "Made by Cratewarden 0.")


@pytest.mark.parametrize(("golden", "report", "format", "display"), REVIEWS, ids=[row[0] for row in REVIEWS])
def test_a_review_reads_as_its_golden(
    golden: str, report: ReviewReport, format: str, display: Display
) -> None:
    reports.compare(golden, without_version(bot.render.review(report, format, display)))


@pytest.mark.parametrize(("golden", "report", "format", "display"), AUDITS, ids=[row[0] for row in AUDITS])
def test_an_audit_reads_as_its_golden(
    golden: str, report: AuditReport, format: str, display: Display
) -> None:
    reports.compare(golden, without_version(bot.render.audit(report, format, display)))


def test_every_golden_has_a_test() -> None:
    named = {row[0] for row in REVIEWS} | {row[0] for row in AUDITS}
    assert named == {path.name for path in reports.HERE.iterdir() if path.is_file() and path.suffix != ".py"}


@pytest.mark.parametrize("format", REVIEW_FORMATS)
def test_the_order_of_the_analysis_does_not_matter(format: str) -> None:
    report = reports.busy_review()
    analysis = report.analysis
    turned = replace(
        analysis,
        changes=analysis.changes[::-1],
        findings=analysis.findings[::-1],
        unanalysed=analysis.unanalysed[::-1],
    )
    assert bot.render.review(replace(report, analysis=turned), format) == bot.render.review(report, format)


@pytest.mark.parametrize("format", REVIEW_FORMATS)
def test_a_review_without_sources_is_still_told(format: str) -> None:
    bare = replace(reports.busy_review(), base_sources={}, head_sources={})
    output = bot.render.review(bare, format)
    assert output.endswith("\n")
    assert re.search(r"stale-safety-comment|its\s+safety\s+comment\s+did\s+not", output)


def test_the_formats_are_the_files_of_the_folder() -> None:
    stems = {module.name for module in pkgutil.iter_modules(bot.render.formats.__path__)}
    assert set(REVIEW_FORMATS) | set(AUDIT_FORMATS) == stems


@pytest.mark.parametrize("format", ["html", "xml", "../text", ""])
def test_an_unknown_review_format_is_refused_with_those_that_exist(format: str) -> None:
    with pytest.raises(ValueError, match="text, json, sarif, markdown, github"):
        bot.render.review(reports.empty_review(), format)


@pytest.mark.parametrize("format", ["markdown", "github"])
def test_an_audit_has_no_format_for_pull_requests(format: str) -> None:
    with pytest.raises(ValueError, match="text, json, sarif, html"):
        bot.render.audit(reports.audit_report(), format)


def test_an_unknown_audit_format_is_refused_before_the_first_piece() -> None:
    with pytest.raises(ValueError, match="no format 'yaml'"):
        bot.render.audit_parts(reports.audit_report(), "yaml")


def test_an_audit_in_json_comes_in_pieces_that_make_one_indented_document() -> None:
    pieces = list(bot.render.audit_parts(reports.audit_report(), "json"))
    document = "".join(pieces)
    assert max(map(len, pieces)) < len(document) / 4
    assert document == json.dumps(json.loads(document), indent=2, ensure_ascii=False) + "\n"


@pytest.mark.parametrize(
    ("statement", "absent"),
    [
        ("import bot.render", "jinja2 rich tree_sitter analyzers.kinds"),
        ("bot.render.review(reports.moved_review(), 'json')", "jinja2 rich"),
        ("bot.render.review(reports.moved_review(), 'text')", "jinja2 rich"),
        ("bot.render.review(reports.busy_review(), 'text')", "rich"),
        ("bot.render.review(reports.busy_review(), 'markdown')", "rich"),
    ],
)
def test_only_the_libraries_that_a_format_needs_are_loaded(statement: str, absent: str) -> None:
    program = f"""
import sys
import bot.render
from tests.goldens import reports
{statement}
print(*(name for name in {absent.split()!r} if name in sys.modules))
"""
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=reports.HERE.parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout.strip(), ran.stderr) == (0, "", "")
