"""What holds for every check run and comment, however large or odd the pull request."""

from __future__ import annotations

from dataclasses import replace

import pytest

import bot.render
from analyzers.model import Analysis, Change, ChangeClass, Finding, Severity, Site
from bot.actions import CheckState, Level
from bot.model import Approval, Barred, Decision, Hold, HoldReason, Mode, RuleResult, Source, Standing, State
from bot.pull import ReviewState
from bot.render import line_remarks
from bot.render.headline import TITLE
from bot.render.view import Sibling, Verdicted
from tests.goldens import pulls, reports

MANY = 5000


def many(count: int = MANY, name: str = "impl Ring::get") -> Verdicted:
    changes = tuple(
        Change(
            ChangeClass.ADDED,
            f"src/{'long' * 20}/{at:05}.rs",
            Site("unsafe-block", name, 7, 1, 7, 0, 0, 0, "t"),
            f"{at:032x}",
        )
        for at in range(count)
    )
    names = tuple(change.fingerprint for change in changes)
    decision = Decision(State.PENDING, Mode.ENFORCE, (pulls.rule(names, names),))
    return pulls.waiting(analysis=Analysis(changes), decision=decision)


def held(*holds: Hold) -> Verdicted:
    decision = Decision(State.BLOCKED, Mode.ENFORCE, (pulls.rule(pulls.FOUR, pulls.FOUR),), holds)
    return pulls.waiting(decision=decision, verdict=CheckState.FAILURE, published=CheckState.FAILURE)


def cleared(*people: str) -> Verdicted:
    decision = Decision(State.CLEAR, Mode.ENFORCE, (pulls.rule(pulls.FOUR, (), approved_by=people),))
    return pulls.waiting(decision=decision, verdict=CheckState.SUCCESS, published=CheckState.SUCCESS)


def with_pool(name: str) -> Verdicted:
    ruled = pulls.rule(pulls.FOUR, pulls.FOUR, pools=(name,))
    return pulls.waiting(decision=Decision(State.PENDING, Mode.ENFORCE, (ruled,)))


@pytest.mark.parametrize(
    ("view", "title"),
    [
        (pulls.waiting(), "4 changes wait for unsafe reviewers"),
        (with_pool("p" * 50), "4 changes wait for reviewers"),
        (pulls.drafted(), "Draft: 4 changes will wait for reviewers"),
        (pulls.advised(), "Advice: 4 changes need review"),
        (pulls.quiet(), "Nothing to review"),
        (cleared("bob"), "Approved by bob"),
        (cleared("bob", "carol"), "Approved by bob and carol"),
        (cleared("bob", "carol", "dan", "eve"), "Approved by bob, carol and 2 more"),
        (cleared("b" * 36, "c" * 39, "d" * 39), "Approved by " + "b" * 36 + " and 2 more"),
        (cleared("b" * 39, "c" * 39), "Everything is approved"),
        (held(Hold(HoldReason.VETO, "carol")), "Held: veto by carol"),
        (
            held(Hold(HoldReason.VETO, "c" * 39), Hold(HoldReason.VETO, "d" * 39)),
            "Held: 2 people veto this",
        ),
        (held(Hold(HoldReason.FINDING, "", "a" * 32, "x")), "Held: 1 finding to fix or waive"),
        (
            held(*(Hold(HoldReason.UNANALYSED, "", name, name) for name in ("a", "b"))),
            "Held: 2 files could not be analysed",
        ),
        (held(Hold(HoldReason.INCOMPLETE, detail="x")), "Held: not everything could be read"),
        (pulls.unread_policy(), "The policy on main cannot be read"),
        (
            replace(pulls.unread_policy(), pull=pulls.pull(base_ref="release/" + "9" * 200)),
            "The policy on the base branch cannot be read",
        ),
        (pulls.beside_a_sibling(), "Waits with #12, which has the same head"),
        (
            replace(
                pulls.waiting(),
                published=CheckState.FAILURE,
                siblings=(Sibling(12, CheckState.SUCCESS), Sibling(1234, CheckState.FAILURE)),
            ),
            "Held with #1234, which has the same head",
        ),
    ],
)
def test_the_title_says_the_state_in_a_few_words(view: Verdicted, title: str) -> None:
    told = bot.render.check_run(view).title
    assert told == title
    assert len(told) <= TITLE


def test_a_switched_off_policy_says_so_and_nothing_else() -> None:
    off = pulls.waiting(
        decision=Decision(State.PENDING, Mode.OFF, (pulls.rule(pulls.FOUR, pulls.FOUR),)),
        verdict=CheckState.NEUTRAL,
        published=CheckState.NEUTRAL,
    )
    check = bot.render.check_run(off)
    assert (check.title, check.annotations) == ("Switched off by the policy", ())
    assert bot.render.sticky_comment(off) is None


def test_the_remarks_on_a_head_are_the_same_whoever_has_approved() -> None:
    waiting, approved = (bot.render.check_run(view) for view in (pulls.waiting(), pulls.approved()))
    assert waiting.annotations == approved.annotations
    assert waiting.state is not approved.state


def test_remarks_are_those_of_changes_that_are_asked_about_and_of_findings() -> None:
    told = bot.render.check_run(pulls.vetoed()).annotations
    assert {(one.path, one.start_line, one.level) for one in told} == {
        ("src/ring.rs", 6, Level.WARNING),
        ("src/ring.rs", 6, Level.NOTICE),
        ("src/ring.rs", 12, Level.WARNING),
        ("src/ring.rs", 18, Level.WARNING),
        ("src/ring.rs", 18, Level.FAILURE),
        ("src/shim.rs", 2, Level.WARNING),
        ("src/shim.rs", 7, Level.WARNING),
        ("src/table.rs", 40, Level.WARNING),
        ("vendor/libring", 1, Level.WARNING),
    }


def test_a_long_construct_is_marked_at_its_keyword() -> None:
    site = Site("unsafe-fn", "f", 10, 1, 400, 0, 0, 0, "t")
    added = Change(ChangeClass.ADDED, "a.rs", site, "a" * 32)
    decision = Decision(State.PENDING, Mode.ENFORCE, (pulls.rule(("a" * 32,), ("a" * 32,)),))
    (told,), _ = line_remarks.of_head(Analysis((added,)), decision)
    assert (told.start_line, told.end_line) == (10, 10)


def test_the_remarks_that_matter_most_have_room_and_the_others_are_counted() -> None:
    view = many()
    blocking = Finding("missing-safety-comment", Severity.BLOCK, "z.rs", 9, 1, 9, "unsafe-block", "f")
    view = replace(view, analysis=replace(view.analysis, findings=(blocking,)))
    check = bot.render.check_run(view)
    assert len(check.annotations) == line_remarks.MOST
    assert any(one.path == "z.rs" for one in check.annotations)
    assert f"{MANY + 1 - line_remarks.MOST:,} more remarks on lines are not shown." in check.summary


@pytest.mark.parametrize("name", ["impl Ring::get", "漢" * 150])
def test_everything_fits_into_what_github_takes_and_what_does_not_is_counted(name: str) -> None:
    view = many(name=name)
    check, told = bot.render.check_run(view), bot.render.sticky_comment(view)
    assert told is not None
    for page in (check.summary, check.text, told):
        assert len(page.encode()) <= 61_000
        assert "more" in page
    assert len(told.encode()) <= 60_000


def test_the_order_of_the_input_does_not_matter() -> None:
    view = pulls.after_a_push()
    analysis = view.analysis
    turned = replace(
        view,
        analysis=Analysis(analysis.changes[::-1], analysis.findings[::-1], analysis.unanalysed[::-1]),
        pull=replace(view.pull, reviews=view.pull.reviews[::-1]),
    )
    assert bot.render.check_run(turned) == bot.render.check_run(view)
    assert bot.render.sticky_comment(turned) == bot.render.sticky_comment(view)


def test_removals_and_moves_with_a_finding_are_told() -> None:
    silent = pulls.quiet()
    found = reports.finding(
        "removed-safety-comment", Severity.WARN, "src/a.rs", silent.analysis.changes[0].site
    )
    assert bot.render.sticky_comment(silent) is None
    assert bot.render.sticky_comment(replace(silent, analysis=Analysis((), (found,)))) is not None


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"barred": Barred.AUTHOR}, "`bob` is the author."),
        ({"barred": Barred.PUSHED}, "`bob` pushed last."),
        ({"retargeted": 1.0}, "`bob` approved before the base branch became `main`; approve again to count."),
        ({"covers": pulls.FOUR, "days": 31.0}, "`bob`'s approval is older than 30 days."),
        ({"covers": ("f" * 32,)}, "`bob` approved `1a2b3c4`, and nothing of that is left here."),
        ({"covers": pulls.FOUR[:1]}, ""),
    ],
)
def test_an_approval_that_does_not_count_says_why(facts: dict[str, object], why: str) -> None:
    at = pulls.hours_ago(24 * float(str(facts.get("days", 0.5))))
    covers = frozenset(map(str, facts.get("covers", ())))  # type: ignore[call-overload]
    given = (Approval("bob", Source.REVIEW, covers, at, pulls.OLD_HEAD),) if covers else ()
    barred = {"bob": Barred(str(facts["barred"]))} if "barred" in facts else {}
    said = (pulls.review("bob", ReviewState.APPROVED, pulls.OLD_HEAD, submitted=at),)
    view = pulls.waiting(
        pull=pulls.pull(reviews=said, retargeted=pulls.hours_ago(1) if "retargeted" in facts else None),
        standing=Standing(given, barred=barred),
    )
    told = bot.render.sticky_comment(view) or ""
    heading, _, after = told.partition("#### Approvals that do not count\n\n- ")
    assert after.split("\n")[0] == why
    assert heading.startswith("<!-- cratewarden:review -->\n")


def test_a_veto_is_not_an_approval_that_does_not_count() -> None:
    said = (pulls.review("erin", ReviewState.CHANGES_REQUESTED), pulls.review("frank", ReviewState.COMMENTED))
    assert "do not count" not in (
        bot.render.sticky_comment(pulls.waiting(pull=pulls.pull(reviews=said))) or ""
    )


def test_every_person_of_every_group_is_asked_for_where_a_rule_says_all_of() -> None:
    ruled = replace(pulls.rule(pulls.FOUR, pulls.FOUR), pools=("unsafe", "kernel"), all_of=True)
    view = pulls.waiting(decision=Decision(State.PENDING, Mode.ENFORCE, (ruled,)))
    assert (
        "1 approval from each of `unsafe` and `kernel` for 4 changes." in bot.render.check_run(view).summary
    )


def test_approvals_that_are_given_already_are_told() -> None:
    given = Standing((pulls.approval("bob", pulls.FOUR, reports.HEAD),))
    ruled = pulls.rule(pulls.FOUR, pulls.FOUR, approvals=2, approved_by=("bob",))
    view = pulls.waiting(decision=Decision(State.PENDING, Mode.ENFORCE, (ruled,)), standing=given)
    assert (
        "2 approvals from `unsafe` for 4 changes. 1 is given, by `bob`." in bot.render.check_run(view).summary
    )


def test_a_rule_that_only_advises_yet_says_so() -> None:
    ruled: RuleResult = pulls.rule(pulls.FOUR, pulls.FOUR, mode=Mode.ADVISE)
    view = pulls.waiting(
        decision=Decision(State.PENDING, Mode.ENFORCE, (ruled,)),
        verdict=CheckState.NEUTRAL,
        published=CheckState.NEUTRAL,
    )
    summary = bot.render.check_run(view).summary
    assert "This rule only advises for now." in summary
    assert "Some of these rules only advise for now" in summary


def test_problems_of_an_edited_policy_stand_on_their_lines() -> None:
    told = bot.render.policy_annotations(pulls.wrong_policy())
    assert [(one.path, one.start_line, one.level) for one in told] == [
        (pulls.POLICY_PATH, 2, Level.FAILURE),
        (pulls.POLICY_PATH, 4, Level.FAILURE),
        (pulls.POLICY_PATH, 10, Level.FAILURE),
    ]


def test_a_dismissed_approval_is_told_what_is_new() -> None:
    told = bot.render.dismissal(pulls.after_a_push())
    assert told == (
        "Since this approval 1 change is new here, and too few people have looked at it. What the approval "
        "covered stays covered; approve again after looking at what is new."
    )
