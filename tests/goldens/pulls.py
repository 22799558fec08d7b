"""Hand-made pull requests, merge groups and policy edits as the App would tell them on GitHub."""

from __future__ import annotations

import datetime
from dataclasses import replace

from analyzers.fingerprint import of_unanalysed
from analyzers.model import Analysis, Change, ChangeClass, Severity, Unanalysed, UnanalysedReason
from bot.actions import CheckState
from bot.model import (
    Approval,
    Barred,
    Decision,
    Hold,
    HoldReason,
    Mode,
    PolicyEdit,
    RuleResult,
    Source,
    Standing,
    State,
    Veto,
)
from bot.policy import Policy, PolicyError, PolicyProblem, load
from bot.policy.edit import PolicyDifference, compare_policies
from bot.pull import PullRequest, RepositoryRef, Review, ReviewState
from bot.render.view import Asked, EditedPolicy, Effect, Group, Member, Phrase, Sibling, Verdicted
from tests.goldens import reports

WEB = "https://github.com/acme/ring"
OLD_HEAD = "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d"
NOW = datetime.datetime(2026, 11, 20, 12, tzinfo=datetime.UTC)
RING = "src/ring.rs"
POLICY_PATH = ".github/cratewarden.toml"
POLICY = b"""\
version = 1
mode = "enforce"

[pools.unsafe]
users = ["bob", "carol"]

[[rules]]
name = "unsafe code"
when.kinds = ["unsafe", "ffi"]
require.pool = "unsafe"
require.expires = "30d"
"""
PEOPLE = {"unsafe": frozenset({"bob", "carol"})}
BUSY = reports.busy_review()
ASKED = tuple(change for change in BUSY.analysis.changes if not change.site.in_test)[:4]
FOUR = tuple(change.fingerprint for change in ASKED)


WHY = Phrase("why.least-loaded", (("load", 1), ("count", 3), ("pools", "unsafe")))


def hours_ago(hours: float) -> datetime.datetime:
    return NOW - datetime.timedelta(hours=hours)


def policy() -> Policy:
    return load(POLICY, POLICY_PATH)


def pull(**facts: object) -> PullRequest:
    known: dict[str, object] = {
        "repository": RepositoryRef("acme", "ring", 7, "main"),
        "number": 31,
        "author": "alice",
        "base_ref": "main",
        "base_sha": reports.BASE,
        "head_ref": "faster",
        "head_sha": reports.HEAD,
    }
    return PullRequest(**(known | facts))  # type: ignore[arg-type]


def rule(fingerprints: tuple[str, ...], uncovered: tuple[str, ...], **facts: object) -> RuleResult:
    state = State.PENDING if uncovered else State.CLEAR
    known: dict[str, object] = {"pools": ("unsafe",), "uncovered": uncovered}
    return RuleResult("unsafe code", state, fingerprints, **(known | facts))  # type: ignore[arg-type]


def approval(person: str, covers: tuple[str, ...], commit: str, **facts: object) -> Approval:
    known: dict[str, object] = {"at": hours_ago(5)}
    return Approval(person, Source.REVIEW, frozenset(covers), commit=commit, **(known | facts))  # type: ignore[arg-type]


def review(person: str, state: ReviewState, commit: str = reports.HEAD, **facts: object) -> Review:
    known: dict[str, object] = {"submitted": hours_ago(5)}
    return Review(1, person, state, commit, **(known | facts))  # type: ignore[arg-type]


def waiting(**facts: object) -> Verdicted:
    """Four changes wait for one approval, and bob is asked."""
    decision = Decision(State.PENDING, Mode.ENFORCE, (rule(FOUR, FOUR),))
    known: dict[str, object] = {
        "pull": pull(),
        "policy": policy(),
        "analysis": replace(BUSY.analysis, unanalysed=()),
        "decision": decision,
        "verdict": CheckState.IN_PROGRESS,
        "published": CheckState.IN_PROGRESS,
        "now": NOW,
        "web": WEB,
        "compared_with": reports.BASE,
        "people": PEOPLE,
        "asked": (Asked("bob", "unsafe code", WHY),),
        "base_sources": BUSY.base_sources,
        "head_sources": BUSY.head_sources,
    }
    return Verdicted(**(known | facts))  # type: ignore[arg-type]


def after_a_push() -> Verdicted:
    """bob approved three of the four; others approved to no effect."""
    given = Standing(
        (approval("bob", FOUR[:3], OLD_HEAD),),
        barred={"alice": Barred.AUTHOR, "dave": Barred.COMMITTED},
        unmapped=("root@build-3.local",),
    )
    ruled = rule(FOUR, FOUR[3:], approvals=2, approved_by=("bob",))
    said = (
        review("bob", ReviewState.APPROVED, OLD_HEAD),
        review("dave", ReviewState.APPROVED),
        review("erin", ReviewState.APPROVED),
        review("ring-bot[bot]", ReviewState.APPROVED, is_bot=True),
        review("carol", ReviewState.DISMISSED),
    )
    return waiting(
        pull=pull(reviews=said),
        decision=Decision(State.PENDING, Mode.ENFORCE, (ruled,)),
        standing=given,
        asked=(Asked("bob", "unsafe code"), Asked("carol", "unsafe code")),
    )


def approved() -> Verdicted:
    ruled = rule(FOUR, (), approved_by=("bob", "carol"))
    waiver = Approval(
        "carol", Source.WAIVER, frozenset(FOUR[3:]), hours_ago(1), reason="the header of ring 2.1 says so"
    )
    return waiting(
        decision=Decision(State.CLEAR, Mode.ENFORCE, (ruled,)),
        standing=Standing((approval("bob", FOUR[:3], reports.HEAD), waiver)),
        verdict=CheckState.SUCCESS,
        published=CheckState.SUCCESS,
        asked=(),
    )


def vetoed() -> Verdicted:
    """carol vetoes, a finding blocks, and a submodule nobody has read."""
    doubts = (
        Unanalysed("vendor/libring", UnanalysedReason.SUBMODULE, blob="c0ffee"),
        Unanalysed("src/table.rs", UnanalysedReason.UNTERMINATED, line=40, blob="7ab1e5"),
    )
    names = tuple(of_unanalysed(doubt) for doubt in doubts)
    holds = (
        Hold(HoldReason.VETO, who="carol", detail="the pointer may dangle: see the drop in first"),
        Hold(HoldReason.FINDING, fingerprint=FOUR[2], detail="missing-safety-comment"),
        *(
            Hold(HoldReason.UNANALYSED, fingerprint=name, detail=doubts[at].path)
            for at, name in enumerate(names)
        ),
    )
    unseen = RuleResult("(unanalysed)", State.BLOCKED, names, ("unsafe",), 1, names)
    findings = tuple(
        replace(found, severity=Severity.BLOCK) if found.path == RING and found.item == "first" else found
        for found in BUSY.analysis.findings
    )
    return waiting(
        analysis=Analysis(BUSY.analysis.changes, findings, doubts),
        decision=Decision(
            State.BLOCKED, Mode.ENFORCE, (rule(FOUR, FOUR[2:], approved_by=("bob",)), unseen), holds
        ),
        standing=Standing((approval("bob", FOUR[:2], reports.HEAD),), (Veto("carol", hours_ago(2)),)),
        verdict=CheckState.FAILURE,
        published=CheckState.FAILURE,
    )


def advised() -> Verdicted:
    """A repository without a policy."""
    ruled = RuleResult(
        "unsafe, memory, FFI and lint changes", State.PENDING, FOUR, (), 1, FOUR, mode=Mode.ADVISE
    )
    return waiting(
        decision=Decision(State.PENDING, Mode.ADVISE, (ruled,)),
        verdict=CheckState.NEUTRAL,
        published=CheckState.NEUTRAL,
        asked=(),
        people={},
    )


def drafted() -> Verdicted:
    return waiting(pull=pull(is_draft=True), asked=())


def quiet() -> Verdicted:
    """Only moves and removals."""
    passed = tuple(
        one for one in BUSY.analysis.changes if one.change in {ChangeClass.MOVED, ChangeClass.REMOVED}
    )
    return waiting(
        analysis=Analysis(passed),
        decision=Decision(State.CLEAR, Mode.ENFORCE, (rule((), ()),)),
        verdict=CheckState.SUCCESS,
        published=CheckState.SUCCESS,
        asked=(),
    )


def beside_a_sibling() -> Verdicted:
    """Nothing to review here, and #12 has the same head and waits."""
    return replace(quiet(), published=CheckState.IN_PROGRESS, siblings=(Sibling(12, CheckState.IN_PROGRESS),))


def unread_policy() -> Verdicted:
    problems = (
        PolicyProblem(POLICY_PATH, 3, 1, "unknown key `poles`; did you mean `pools`?"),
        PolicyProblem(POLICY_PATH, 9, 16, "there is no pool `unsave`; did you mean `unsafe`?"),
    )
    holds = tuple(Hold(HoldReason.POLICY, detail=str(problem)) for problem in problems)
    return waiting(
        policy=Policy(),
        decision=Decision(State.BLOCKED, Mode.ENFORCE, holds=holds),
        verdict=CheckState.FAILURE,
        published=CheckState.FAILURE,
        problems=problems,
        asked=(),
    )


def wrong_edit() -> Verdicted:
    """Unsafe code, and a policy that could not be read; the person to ask first has no access."""
    problems = wrong_policy().difference.errors
    edit = PolicyEdit(POLICY_PATH, "b10b", "5e" * 16)
    ruled = RuleResult("(policy)", State.PENDING, (edit.fingerprint,), ("unsafe",), 1, (edit.fingerprint,))
    holds = tuple(Hold(HoldReason.EDIT, detail=str(problem)) for problem in problems)
    return waiting(
        decision=Decision(State.BLOCKED, Mode.ENFORCE, (rule(FOUR, FOUR), ruled), holds),
        verdict=CheckState.FAILURE,
        published=CheckState.FAILURE,
        policy_edits=(edit,),
        mistakes=problems,
        refused=("carol",),
    )


def incomplete() -> Verdicted:
    told = "GitHub lists 250 of 312 commits"
    return waiting(
        pull=pull(incomplete=(told,)),
        decision=Decision(
            State.BLOCKED, Mode.ENFORCE, (rule(FOUR, FOUR),), (Hold(HoldReason.INCOMPLETE, detail=told),)
        ),
        verdict=CheckState.FAILURE,
        published=CheckState.FAILURE,
    )


def edits_policy() -> Verdicted:
    """Only the policy file is edited."""
    edit = PolicyEdit(POLICY_PATH, "b10b", "5e" * 16)
    ruled = RuleResult("(policy)", State.PENDING, (edit.fingerprint,), ("unsafe",), 1, (edit.fingerprint,))
    return waiting(
        analysis=Analysis(),
        decision=Decision(State.PENDING, Mode.ENFORCE, (rule((), ()), ruled)),
        policy_edits=(edit,),
        asked=(Asked("bob", "(policy)"),),
    )


def hostile() -> Verdicted:
    """Everything that strangers can write tries to become more than text."""
    report = reports.hostile_review()
    added: Change = report.analysis.changes[0]
    evil = (
        "fixes #1, GH-2, acme/ring#3 @acme/everyone 1a2b3c4d5e6f <img src=x> ![x](https://evil.example/y) `|`"
    )
    doubt = report.analysis.unanalysed[0]
    names = (added.fingerprint, of_unanalysed(doubt))
    hold = Hold(HoldReason.VETO, who="carol", detail=evil)
    ruled = RuleResult(evil, State.PENDING, names, (evil,), 2, names[:1], ("bob",))
    return waiting(
        pull=pull(
            base_ref="@main#1",
            reviews=(review("@gh-1", ReviewState.APPROVED, submitted=hours_ago(1)),),
        ),
        analysis=report.analysis,
        decision=Decision(
            State.BLOCKED, Mode.ENFORCE, (ruled,), (hold, Hold(HoldReason.INCOMPLETE, detail=evil))
        ),
        standing=Standing(
            (Approval("bob", Source.WAIVER, frozenset(names), hours_ago(1), reason=evil),),
            barred={"@gh-1": Barred.COMMITTED},
            unmapped=("@everyone <root@evil.example>",),
        ),
        verdict=CheckState.FAILURE,
        published=CheckState.FAILURE,
        asked=(
            Asked(
                "deadbeef",
                evil,
                replace(WHY, words=tuple((name, evil) for name, _ in WHY.words)),
            ),
        ),
        problems=(PolicyProblem(evil, 1, 1, evil),),
        policy_edits=(PolicyEdit(evil, "", "ab" * 16),),
        head_sources=report.head_sources,
    )


def group() -> Group:
    """#30 is approved, #31 waits, #33 was never judged, and the tree holds a change that nobody has seen."""
    change = ASKED[2]
    names = (change.fingerprint,)
    return Group(
        sha=reports.HEAD,
        base_ref="main",
        compared_with=reports.BASE,
        analysis=Analysis((change,)),
        decision=Decision(State.PENDING, Mode.ENFORCE, (rule(names, names),)),
        verdict=CheckState.FAILURE,
        web=WEB,
        members=(
            Member(33, CheckState.FAILURE),
            Member(31, CheckState.IN_PROGRESS, waiting().decision),
            Member(30, CheckState.SUCCESS, approved().decision),
        ),
    )


def wrong_group() -> Group:
    """Two members' edits of the policy, right by themselves, do not fit together."""
    problem = PolicyProblem(POLICY_PATH, 9, 16, "there is no pool `mentors`; pools: `unsafe`")
    hold = Hold(HoldReason.EDIT, detail=str(problem))
    held = Decision(State.BLOCKED, Mode.ENFORCE, (rule((), ()),), (hold,))
    return replace(ready_group(), decision=held, verdict=CheckState.FAILURE, mistakes=(problem,))


def ready_group() -> Group:
    whole = Decision(State.CLEAR, Mode.ENFORCE, (rule((), ()),))
    members = (Member(30, CheckState.SUCCESS, approved().decision),)
    return replace(group(), analysis=Analysis(), decision=whole, verdict=CheckState.SUCCESS, members=members)


def policy_edit(after: bytes) -> EditedPolicy:
    try:
        new: Policy | PolicyError = load(after, POLICY_PATH)
    except PolicyError as error:
        new = error
    return EditedPolicy(
        head=reports.HEAD,
        base_ref="main",
        edits=(PolicyEdit(POLICY_PATH, "b10b", "5e" * 16),),
        web=WEB,
        difference=compare_policies(policy(), new),
        effects=(
            Effect(12, CheckState.IN_PROGRESS, CheckState.SUCCESS),
            Effect(9, CheckState.SUCCESS, CheckState.SUCCESS),
        ),
        unjudged=2,
    )


def looser_policy() -> EditedPolicy:
    edited = POLICY.replace(b'"unsafe", "ffi"', b'"unsafe"').replace(b'"carol"', b'"carol", "erin"')
    extra = b'\n[pools.kernel]\nusers = ["frank"]\n\n[findings]\nmissing-safety-comment = "block"\n'
    return policy_edit(edited + extra)


def wrong_policy() -> EditedPolicy:
    return policy_edit(POLICY.replace(b"pools.unsafe", b"poles.unsafe").replace(b'"enforce"', b'"enforced"'))


def unchanged_policy() -> EditedPolicy:
    return replace(policy_edit(b"# who reviews what\n" + POLICY), effects=(), unjudged=0)


def hostile_policy() -> EditedPolicy:
    evil = "unknown key `@acme/all`; fixes #1 <img src=x> [a](https://evil.example) GH-2 1a2b3c4d5e6f"
    problem = PolicyProblem("@a#1<b>.toml", 1, 1, evil)
    return replace(policy_edit(POLICY), difference=PolicyDifference(errors=(problem,), notes=(problem,)))
