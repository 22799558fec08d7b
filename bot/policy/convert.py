"""From the policy file as it is written to the policy as the gate reads it."""

from __future__ import annotations

from collections.abc import Iterable

from analyzers.model import ChangeClass, Severity
from bot.model import Mode
from bot.policy.file import (
    BuildTable,
    MentoringTable,
    OnGitHubTable,
    PolicyFile,
    PoolTable,
    RequestTable,
    RequireTable,
    RuleTable,
    SoundnessTable,
    WhenTable,
)
from bot.policy.model import (
    Away,
    Build,
    Checklist,
    Greet,
    Labels,
    Lockable,
    Mentoring,
    OnGitHub,
    Policy,
    PolicyProblem,
    Pool,
    Request,
    Require,
    Rule,
    Scope,
    Soundness,
    Strategy,
    When,
)


def policy_of(file: PolicyFile, notes: tuple[PolicyProblem, ...]) -> Policy:
    """The policy that a file without contradictions stands for."""
    return Policy(
        mode=Mode(file.mode),
        enforce_from=file.enforce_from,
        pools=tuple(_pool(name, pool) for name, pool in file.pools.items()),
        rules=tuple(_rule(rule) for rule in file.rules),
        findings=tuple((name, Severity(word)) for name, word in sorted(file.findings.items())),
        mentoring=_mentoring(file.mentoring) if file.mentoring else Mentoring(),
        github=_on_github(file.github),
        soundness=_soundness(file.soundness),
        build=_build(file.build) if file.build is not None else None,
        notes=notes,
        written=written_in(file),
        locked=frozenset(Lockable(word) for word in file.locked),
    )


def written_in(file: PolicyFile) -> frozenset[str]:
    """The dotted keys of single values outside pools and rules that the file says itself."""
    github, labels = file.github.model_fields_set - {"labels"}, file.github.labels.model_fields_set
    return frozenset(
        (
            *(file.model_fields_set & {"mode", "enforce_from", "mentoring"}),
            *(f"findings.{name}" for name in file.findings),
            *(f"github.{key}" for key in github),
            *(f"github.labels.{key}" for key in labels),
            *(f"soundness.{key}" for key in file.soundness.model_fields_set),
            *(["build"] if file.build is not None else []),
        )
    )


def _folded(names: Iterable[str]) -> tuple[str, ...]:
    """Logins and teams as they are compared: GitHub ignores their case."""
    return tuple(dict.fromkeys(name.lower() for name in names))


def _pool(name: str, pool: PoolTable) -> Pool:
    away = tuple(Away(each.user.lower(), each.until) for each in pool.away)
    return Pool(name, _folded(pool.users), _folded(pool.teams), away, pool.capacity or 0)


def _rule(rule: RuleTable) -> Rule:
    return Rule(
        name=rule.name,
        when=_when(rule.when),
        require=_require(rule.require),
        request=_request(rule.request, rule.require.approvals),
        enforce_from=rule.enforce_from,
        locked=rule.locked,
    )


def _require(require: RequireTable) -> Require:
    any_of = [require.pool] if require.pool else require.any_of or []
    return Require(
        any_of=tuple(dict.fromkeys(any_of)),
        approvals=require.approvals,
        all_of=tuple(dict.fromkeys(require.all_of or [])),
        expires_days=int(require.expires.removesuffix("d")) if require.expires else 0,
    )


def _request(request: RequestTable, approvals: int) -> Request:
    after = request.escalate_after
    return Request(
        count=request.count or approvals,
        strategy=Strategy(request.strategy),
        escalate_after_hours=int(after.removesuffix("h")) if after else 0,
    )


def _when(when: WhenTable) -> When:
    return When(
        kinds=When().kinds if when.kinds is None else tuple(when.kinds),
        changes=tuple(ChangeClass(word) for word in when.changes),
        paths=tuple(when.paths),
        not_paths=tuple(when.not_paths),
        in_tests=when.in_tests,
        crates=tuple(when.crates),
        branches=tuple(when.branches),
        authors=_folded(when.authors),
        not_authors=_folded(when.not_authors),
        associations=tuple(when.associations),
    )


def _mentoring(mentoring: MentoringTable) -> Mentoring:
    checklists = tuple(Checklist(word) for word in mentoring.checklists)
    return Mentoring(
        mentoring.pool or "",
        checklists,
        Greet(mentoring.greet),
        Strategy(mentoring.strategy),
        mentoring.label,
    )


def _on_github(github: OnGitHubTable) -> OnGitHub:
    labels = Labels(github.labels.unsafe, github.labels.needs_review)
    return OnGitHub(labels, github.dismiss_stale_approvals, github.code_scanning)


def _build(build: BuildTable) -> Build:
    allowed = ((crate, tuple(sorted(set(words)))) for crate, words in sorted(build.allow.items()))
    return Build(tuple(allowed))


def _soundness(soundness: SoundnessTable) -> Soundness:
    return Soundness(Scope(soundness.function), Scope(soundness.state), Scope(soundness.declarations))
