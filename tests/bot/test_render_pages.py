"""What the formats for people promise beyond their goldens: room, order, links and excerpts."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

import bot.render
from analyzers.model import (
    Analysis,
    Change,
    ChangeClass,
    Inventory,
    Place,
    Severity,
    Unanalysed,
    UnanalysedReason,
)
from bot.model import AuditReport, Decision, Mode, ReviewReport, State
from bot.render import Display
from tests.goldens import reports


def crowded(changes: int, *, path: str = "src/f{}.rs", code: bytes = reports.RING_AFTER) -> ReviewReport:
    """A review of so many added blocks, all asked about, each in a file of its own, each with a finding."""
    block = reports.site(code, "unsafe", "unsafe-block", "first", end_line=23)
    made = [reports.change(ChangeClass.ADDED, path.format(at), block) for at in range(changes)]
    findings = [reports.finding("missing-safety-comment", Severity.WARN, one.path, block) for one in made]
    return ReviewReport(
        reports.BASE,
        reports.HEAD,
        Analysis(tuple(made), tuple(findings)),
        Decision(State.PENDING, Mode.ENFORCE, (reports.rule(State.PENDING, *made),)),
        {},
        {one.path: code for one in made},
    )


@pytest.mark.parametrize("changes", [1, 30, 120, 400, 3000])
def test_a_comment_fits_into_the_room_that_github_gives_it(changes: int) -> None:
    output = bot.render.review(crowded(changes), "markdown")
    assert len(output.encode()) <= 65_536
    told, left_out = output.count("- **added**"), re.search(r"([\d,]+) more changes are not shown", output)
    assert told + (int(left_out[1].replace(",", "")) if left_out else 0) == changes


def test_a_comment_leaves_out_code_before_it_leaves_out_changes() -> None:
    output = bot.render.review(crowded(150), "markdown")
    assert output.count("- **added**") == 150
    assert 0 < output.count("```rust") < 150
    assert output.rstrip().endswith("Some code is left out to fit into one comment.")


def test_the_longest_names_do_not_fill_the_comment_either() -> None:
    wide = "\u202e" * 4000 + "🦀" * 4000
    report = crowded(40, path=wide + "{}")
    unseen = tuple(Unanalysed(f"{wide}{at}", UnanalysedReason.CRASHED, detail=wide) for at in range(100))
    rules = tuple(reports.rule(State.PENDING, name=wide, pools=(wide,) * 50) for _ in range(50))
    full = replace(
        report,
        analysis=replace(report.analysis, unanalysed=unseen),
        decision=replace(report.decision, rules=(*report.decision.rules, *rules)),
    )
    output = bot.render.review(full, "markdown")
    assert len(output.encode()) <= 65_536
    assert "... and 80 more." in output
    assert "or 42 more pools" in output


def test_a_change_that_nobody_is_asked_about_makes_room_for_one_that_somebody_is() -> None:
    report = crowded(400)
    last = report.analysis.changes[-1]
    asked = replace(report, decision=replace(report.decision, rules=(reports.rule(State.PENDING, last),)))
    output = bot.render.review(asked, "markdown")
    section = output.split(f"#### `{last.path}`")[1].split("####")[0]
    assert "```rust" in section
    assert "more changes are not shown" in output


def test_links_lead_to_the_address_that_the_app_gives() -> None:
    links = Display(links="https://github.example/acme/ring/blob/abc/")
    output = bot.render.review(reports.busy_review(), "markdown", links)
    assert "(https://github.example/acme/ring/blob/abc/src/ring.rs#L6)" in output


def test_a_work_tree_has_no_address_to_link_to() -> None:
    assert "](" not in bot.render.review(reports.blocked_review(), "markdown")


def test_long_evidence_is_folded() -> None:
    lines = [f"        step({at});" for at in range(12)]
    before = "\n".join(["unsafe {", *lines, "}"]).encode()
    after = before.replace(b"step", b"leap")
    old, new = (reports.site(code, code.decode(), "unsafe-block", "f") for code in (before, after))
    changed = reports.change(ChangeClass.CHANGED, "a.rs", new, Place("a.rs", old))
    decision = Decision(State.PENDING, Mode.ENFORCE, (reports.rule(State.PENDING, changed),))
    report = ReviewReport(
        reports.BASE, reports.HEAD, Analysis((changed,)), decision, {"a.rs": before}, {"a.rs": after}
    )
    output = bot.render.review(report, "markdown")
    assert output.index("<details>") < output.index("```diff") < output.index("</details>")
    assert output.count("\n  -        step(") == 12


@pytest.mark.parametrize(("changes", "shown"), [(5, 10), (10, 20), (11, 21), (500, 21)])
def test_annotations_stay_within_what_github_shows_and_the_rest_is_counted(changes: int, shown: int) -> None:
    report = crowded(changes)
    notes = tuple(replace(one, severity=Severity.NOTE) for one in report.analysis.findings)
    output = bot.render.review(replace(report, analysis=replace(report.analysis, findings=notes)), "github")
    commands = [line for line in output.splitlines() if line.startswith("::")]
    assert sum(line.startswith("::warning") for line in commands) <= 10
    assert sum(line.startswith("::notice") for line in commands) <= 10
    left_out = re.search(r"::notice title=cratewarden::(\d+) more", commands[-1])
    assert len(commands) + (int(left_out[1]) - 1 if left_out else 0) == 2 * changes
    assert len(commands) == min(shown, 20)


def test_what_could_not_be_analysed_is_annotated_before_what_has_to_be_read() -> None:
    report = crowded(20)
    unseen = (Unanalysed("zz.rs", UnanalysedReason.CRASHED),)
    output = bot.render.review(
        replace(report, analysis=replace(report.analysis, unanalysed=unseen)), "github"
    )
    assert output.startswith("::warning file=zz.rs,line=1,title=Not analysed::")


def test_a_removed_site_is_annotated_without_a_line_that_the_head_does_not_have() -> None:
    busy = reports.busy_review()
    removed = next(one for one in busy.analysis.changes if one.change is ChangeClass.REMOVED)
    rules = (reports.rule(State.PENDING, removed),)
    report = replace(
        busy, analysis=Analysis((removed,)), decision=Decision(State.PENDING, Mode.ENFORCE, rules)
    )
    assert "::warning file=src/ring.rs,title=unsafe-block removed::" in bot.render.review(report, "github")


def excerpt_of(code: bytes, width: int = 60) -> list[str]:
    block = reports.site(
        code, "unsafe", "unsafe-block", "f", end_line=code[: code.index(b"unsafe")].count(b"\n") + 1
    )
    added = reports.change(ChangeClass.ADDED, "a.rs", block)
    decision = Decision(State.PENDING, Mode.ENFORCE, (reports.rule(State.PENDING, added),))
    report = ReviewReport(reports.BASE, reports.HEAD, Analysis((added,)), decision, {}, {"a.rs": code})
    lines = bot.render.review(report, "text", Display(width=width)).splitlines()
    return [line.partition(" | ")[2] for line in lines if " | " in line]


@pytest.mark.parametrize(
    "code",
    [
        b"unsafe { a }",
        b"let a = unsafe { b };",
        "let 漢字 = unsafe { b };".encode(),
        "let \u202ea\u202c = unsafe { b };".encode(),
        b"\t\tunsafe { b }",
        b"let \xff\xfe = unsafe { b };",
        b"x = 1; " * 2000 + b"unsafe { b }" + b" y = 2;" * 2000,
        "漢".encode() * 5000 + b"unsafe { b }",
    ],
)
def test_the_keyword_is_underlined_wherever_it_stands(code: bytes) -> None:
    shown, underline = excerpt_of(code)
    start = underline.index("^")
    cells = "".join(char * 2 if char in "漢字" else char for char in shown)
    assert underline.strip() == "^" * 6
    assert cells[start : start + 6] == "unsafe"
    assert len(shown) <= 100


def test_an_excerpt_shows_the_line_before_and_stops_after_four() -> None:
    code = b"// SAFETY: fine\nunsafe {\n" + b"    step();\n" * 30 + b"}\n"
    block = reports.site(code, code[16:].decode().rstrip("\n"), "unsafe-block", "f")
    added = reports.change(ChangeClass.ADDED, "a.rs", block)
    decision = Decision(State.PENDING, Mode.ENFORCE, (reports.rule(State.PENDING, added),))
    report = ReviewReport(reports.BASE, reports.HEAD, Analysis((added,)), decision, {}, {"a.rs": code})
    output = bot.render.review(report, "text")
    assert "1 | // SAFETY: fine\n" in output
    assert output.count("step();") == 3
    assert "  | ...\n" in output


def test_lines_of_windows_are_shown_without_their_carriage_returns() -> None:
    assert excerpt_of(b"fn f() {\r\n    unsafe { a }\r\n}\r\n") == [
        "fn f() {",
        "    unsafe { a }",
        "    ^^^^^^",
    ]


def test_a_source_shorter_than_the_site_says_is_shown_as_far_as_it_goes() -> None:
    block = replace(
        reports.site(b"unsafe {}", "unsafe", "unsafe-block"), keyword=400, start=400, end=500, end_line=9
    )
    old = Place("a.rs", block)
    for changed in (
        reports.change(ChangeClass.ADDED, "a.rs", block),
        reports.change(ChangeClass.CHANGED, "a.rs", block, old),
    ):
        decision = Decision(State.PENDING, Mode.ENFORCE, (reports.rule(State.PENDING, changed),))
        sources = {"a.rs": b"short"}
        report = ReviewReport(reports.BASE, reports.HEAD, Analysis((changed,)), decision, sources, sources)
        assert "a.rs" in bot.render.review(report, "text")


def test_help_stands_once_where_the_finding_is_met_first() -> None:
    output = bot.render.review(crowded(3), "text")
    assert output.count("has no `SAFETY:` comment") == 3
    assert output.count("The compiler takes your word here.") == 1


def test_a_long_list_of_an_audit_is_cut_and_counted() -> None:
    place, fingerprint = next(
        pair
        for pair in reports.audit_report().inventory.places
        if pair[0].site.contract.state == "missing-comment"
    )
    many = [(replace(place, path=f"src/f{at:03}.rs"), fingerprint) for at in range(120)]
    output = bot.render.audit(AuditReport("", Inventory(many)), "text")
    assert output.count("src/f") == 50
    assert "... and 70 more; use `--format json` to see them all." in output


def test_a_long_page_is_cut_and_counted() -> None:
    place, fingerprint = reports.audit_report().inventory.places[-1]
    many = [(replace(place, path=f"src/f{at:05}.rs"), fingerprint) for at in range(5200)]
    output = bot.render.audit(AuditReport("", Inventory(many)), "html")
    assert output.count("<details>") == 5000
    assert "200 more are not shown." in output
    assert "4,700 more are not shown." in output


@pytest.mark.parametrize(("format", "shown", "left"), [("text", 50, "550"), ("html", 500, "100")])
def test_a_long_list_of_findings_of_an_audit_is_cut_and_counted(format: str, shown: int, left: str) -> None:
    report = reports.audit_report()
    clash = next(found for found in report.inventory.findings if found.id == "ffi-clash")
    many = tuple(replace(clash, path=f"src/f{at:03}.rs") for at in range(600))
    output = bot.render.audit(AuditReport("", replace(report.inventory, findings=many)), format)
    assert output.count("src/f") == shown
    assert f"{left} more" in output
    assert "600 findings besides." in output


def test_a_switched_off_policy_is_told() -> None:
    busy = reports.busy_review()
    off = replace(
        busy, analysis=replace(busy.analysis, unanalysed=()), decision=Decision(State.CLEAR, Mode.OFF)
    )
    first = bot.render.review(off, "text").split("\n\n", maxsplit=1)[0]
    assert first.startswith("Nothing to review.\nThe policy is switched off, so nobody is asked.")


def test_a_rule_without_pools_asks_anybody_who_knows_the_code() -> None:
    busy = reports.busy_review()
    asked: Change = busy.analysis.changes[0]
    rules = (reports.rule(State.PENDING, asked, pools=()),)
    report = replace(busy, decision=Decision(State.PENDING, Mode.ADVISE, rules))
    assert (
        "Rule `unsafe code`: ask somebody who knows this kind of code to read 1 change."
        in bot.render.review(report, "text")
    )


@pytest.mark.parametrize("format", ["text", "html"])
def test_an_audit_does_not_vouch_for_what_it_has_not_seen(format: str) -> None:
    unseen = (Unanalysed("src/a.rs", UnanalysedReason.NUL_BYTE),)
    output = bot.render.audit(AuditReport("", Inventory(unanalysed=unseen)), format)
    assert "Nothing found in what could be analysed" in output
    assert "The file has NUL bytes" in output
