"""Whom to ask about a pull request, whom to let go, and what nobody can meet."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from bot.model import Decision, HoldReason, Mode, Standing
from bot.policy.model import Policy
from bot.pull import PullRequest
from bot.reviewers.choice import Choice, spare
from bot.reviewers.model import MENTORING, REFUSED, History, Pick, Plan, Why
from bot.reviewers.need import Need, needs
from bot.reviewers.scene import Scene, is_team

_OBSTACLES = 5


def plan(
    decision: Decision,
    policy: Policy,
    pull: PullRequest,
    people: Mapping[str, frozenset[str]],
    standing: Standing,
    history: History,
    now: datetime.datetime,
) -> Plan:
    """What to do about the people of a pull request at a moment (with its zone).

    As many are asked as are missing: ``request.count`` of a rule and at least the approvals it still needs, of each
    pool where it names ``all_of``. Whoever was asked already, by hand or by the App, counts first, and one person
    may answer for several rules. Nobody is asked whose word would not count, who is away, whose request somebody took
    back by hand, whom GitHub did not let be asked at this head, or who has let everything pass that waits; who has as
    many requests as the pool allows is asked only where nobody else is left. A veto asks nobody else, and neither does
    a draft or a rule that only advises.

    People the App asked are let go once nothing is left that they could let pass; those asked by hand never are. For
    each who has not answered for ``request.escalate_after_hours`` working hours one more is asked.

    Raises:
        ValueError: ``now`` has no zone.
    """
    if now.tzinfo is None:
        raise ValueError("the time needs its zone")
    scene = Scene(policy, pull, people, standing, history, now)
    over = _over(scene)
    if not pull.is_open:
        return Plan(
            withdraw=tuple(sorted({each.person for each in scene.open if not is_team(each.person)})),
            over=over,
        )
    held = {hold.reason for hold in decision.holds}
    if pull.is_draft or decision.mode is not Mode.ENFORCE or HoldReason.POLICY in held:
        return Plan(over=over)
    missing = needs(decision, policy, scene.votes)
    # Whoever was asked about a rule that only advises did not come by this plan, and may look.
    wanting = needs(decision, policy, scene.votes, tuple(Mode))
    again = _again(scene, wanting)
    # Where not everything could be read, a rule may only seem to be met.
    gone = () if HoldReason.INCOMPLETE in held else _gone(scene, wanting)
    if HoldReason.VETO in held:
        return Plan(again, withdraw=gone, over=over)
    picks = Choice(scene, missing, scene.on_it).picks()
    answering = scene.on_it.union(pick.person for pick in picks)
    return Plan(
        (*again, *picks),
        _teams(scene, missing, answering),
        gone,
        over,
        _shortage(scene, missing, answering),
        _refused(scene, missing),
    )


def reroll(decision: Decision, scene: Scene) -> Plan:
    """Others instead of those whom the App picked and who have not answered.

    Only as many are let go as others can be asked instead: nobody, where nobody else is left.
    """
    missing = needs(decision, scene.policy, scene.votes)
    present = scene.picked_by_app
    rest = scene.on_it - {*present}
    passing = replace(scene, history=replace(scene.history, skip=frozenset(present)))
    picks = Choice(passing, missing, rest).picks()
    return Plan(picks, withdraw=_spared(missing, present, {*scene.on_it, *(pick.person for pick in picks)}))


def replaced(decision: Decision, scene: Scene, person: str) -> tuple[str, ...]:
    """Those whom the App picked and who need not look any more once this person does."""
    if scene.back(person) is not None:
        return ()
    missing = needs(decision, scene.policy, scene.votes, tuple(Mode))
    others = [each for each in scene.picked_by_app if each != person]
    return _spared(missing, others, {*scene.on_it, person})


def useful(decision: Decision, scene: Scene, person: str) -> tuple[str, ...]:
    """The names of the rules that wait for something that this person can let pass."""
    missing = needs(decision, scene.policy, scene.votes, tuple(Mode))
    return tuple(dict.fromkeys(need.rule.name for need in missing if need.helps(person)))


def _spared(missing: Sequence[Need], present: Sequence[str], everybody: set[str]) -> tuple[str, ...]:
    left = set(everybody)
    for person in present:
        if spare(missing, [left] * len(missing), person):
            left.discard(person)
    return tuple(person for person in present if person not in left)


def _over(scene: Scene) -> tuple[str, ...]:
    waiting = {each.person for each in scene.open}
    done = {each.person for each in scene.history.assignments if each.is_open and scene.is_over(each)}
    return tuple(sorted(done - waiting))


def _again(scene: Scene, missing: Sequence[Need]) -> tuple[Pick, ...]:
    """Those who are on record as asked and whom GitHub does not show: a request that was not made, or got lost."""
    found: dict[str, Pick] = {}
    for each in scene.open:
        person = each.person
        wanted = each.rule == MENTORING or any(need.helps(person) for need in missing)
        shown = person in scene.pull.requested_users or is_team(person)
        if wanted and not shown and person in scene.on_it - scene.refused:
            found.setdefault(person, Pick(person, each.rule, Why.read(each.why)))
    return tuple(found.values())


def _gone(scene: Scene, missing: Sequence[Need]) -> tuple[str, ...]:
    """Those whom the App asked and who have nothing left to let pass, or whose word no longer counts."""
    return tuple(
        person
        for person in scene.asked_by_app
        if not scene.counts(person) or not any(need.helps(person) for need in missing)
    )


def _short(missing: Sequence[Need], answering: Iterable[str]) -> Iterator[tuple[Need, int]]:
    """The needs that these people cannot meet, and how many more it takes."""
    people = {*answering}
    for need in missing:
        lacking = need.quota.required - need.met(people, at_least=True)
        if lacking:
            yield need, lacking


def _unseen_teams(scene: Scene, need: Need) -> tuple[str, ...]:
    """The teams of a need whose members GitHub does not show."""
    teams = scene.pull.teams
    slugs = (slug for pool in need.pools for slug in pool.teams)
    return tuple(dict.fromkeys(slug for slug in slugs if slug not in teams or teams[slug].members is None))


def _teams(scene: Scene, missing: Sequence[Need], answering: Iterable[str]) -> tuple[Pick, ...]:
    """Teams to ask as a whole, once: those of whom nobody knows who is in them, where people are missing."""
    before = (each.person for each in scene.history.assignments if each.refused is None)
    asked = {*scene.pull.requested_teams, *before, *scene.refused}
    found: dict[str, Pick] = {}
    for need, _ in _short(missing, answering):
        for slug in _unseen_teams(scene, need):
            if slug not in asked:
                found.setdefault(slug, Pick(slug, need.rule.name, Why("why.team-unseen", (("team", slug),))))
    return tuple(found.values())


def _refused(scene: Scene, missing: Sequence[Need]) -> tuple[str, ...]:
    """Those whom GitHub does not take although they could help; who claimed the review needs no request."""
    helpful = {person for person in scene.refused for need in missing if need.helps(person)}
    teams = {slug for need in missing for slug in _unseen_teams(scene, need)}
    return tuple(sorted((helpful - scene.on_it) | (teams & scene.refused)))


def _shortage(scene: Scene, missing: Sequence[Need], answering: Iterable[str]) -> tuple[Why, ...]:
    worst: dict[int, tuple[Need, int]] = {}
    for need, lacking in _short(missing, answering):
        if lacking > worst.get(need.order, (need, 0))[1]:
            worst[need.order] = (need, lacking)
    return tuple(_told(scene, need, lacking, {*answering}) for _, (need, lacking) in sorted(worst.items()))


def _told(scene: Scene, need: Need, lacking: int, answering: set[str]) -> Why:
    teams = [Why("why.team-unseen", (("team", slug),)) for slug in _unseen_teams(scene, need)]
    others = sorted(need.quota.everybody - need.done - answering)
    # Of those whom GitHub refuses the plan tells by itself.
    known = (scene.obstacle(person) for person in others)
    obstacles = [why for why in known if why is not None and why.id != REFUSED]
    words = (
        ("count", lacking),
        ("rule", need.rule.name),
        ("pools", ", ".join(pool.name for pool in need.pools)),
    )
    return Why("shortage", words, (*teams, *obstacles)[:_OBSTACLES])
