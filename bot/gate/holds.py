"""What keeps a pull request from passing besides rules that wait for people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from analyzers.fingerprint import of_unanalysed
from analyzers.model import Analysis
from bot.gate.asking import Asking
from bot.gate.circumstances import Circumstances
from bot.gate.findings import fingerprints_of_blocking
from bot.gate.implicit import implicit_rules
from bot.gate.votes import Votes
from bot.model import Hold, HoldReason, RuleResult
from bot.policy.model import Policy, Require

_ORDER = tuple(HoldReason)


def holds(
    policy: Policy, analysis: Analysis, in_force: Sequence[Asking], votes: Votes, around: Circumstances
) -> tuple[Hold, ...]:
    """All holds but those of unanalysed things, each once, in the order of the reasons.

    ``in_force`` are the rules that do not merely advise yet. No approval or waiver lets an edited policy pass that
    cannot be read: once it is merged, nothing could pass any more.
    """
    found = {
        *(Hold(HoldReason.VETO, who=veto.person, detail=veto.reason) for veto in votes.vetoes()),
        *_of_findings(policy, analysis, in_force, votes),
        *(Hold(HoldReason.INCOMPLETE, detail=sentence) for sentence in around.incomplete),
        *(Hold(HoldReason.EDIT, detail=str(problem)) for problem in around.mistakes),
    }
    return in_order(found)


def of_unanalysed_things(analysis: Analysis, in_force: Iterable[RuleResult]) -> Iterator[Hold]:
    """What could not be analysed and a rule in force still needs somebody for."""
    left = {name for rule in in_force for name in rule.uncovered}
    for doubt in analysis.unanalysed:
        if of_unanalysed(doubt) in left:
            yield Hold(HoldReason.UNANALYSED, fingerprint=of_unanalysed(doubt), detail=doubt.path)


def in_order(found: Iterable[Hold]) -> tuple[Hold, ...]:
    """Holds by reason, then by what they are about, each once."""
    return tuple(
        sorted(
            set(found), key=lambda hold: (_ORDER.index(hold.reason), hold.who, hold.detail, hold.fingerprint)
        )
    )


def _of_findings(
    policy: Policy, analysis: Analysis, in_force: Sequence[Asking], votes: Votes
) -> Iterator[Hold]:
    """Blocking findings that nobody entitled has waived.

    Entitled are the people of the rules in force that ask about the change at the finding's site, and where
    none does, those of the implicit rules.
    """
    blocking = fingerprints_of_blocking(policy, analysis)
    askers: defaultdict[str, list[Require]] = defaultdict(list)
    for each in in_force:
        for name in each.fingerprints:
            askers[name].append(each.rule.require)
    together: defaultdict[tuple[Require, ...], set[str]] = defaultdict(set)
    for _, name in blocking:
        together[tuple(askers.get(name, ())) or (implicit_rules(policy)[0].require,)].add(name)
    waived: set[str] = set()
    for requires, names in together.items():
        waived |= _waived(requires, names, votes)
    for finding, name in blocking:
        if name not in waived:
            yield Hold(HoldReason.FINDING, fingerprint=name, detail=finding.id)


def _waived(requires: Iterable[Require], names: set[str], votes: Votes) -> set[str]:
    """The fingerprints that one entitled person has waived, or two while an e-mail address is unmapped."""
    everybody: frozenset[str] = frozenset()
    limits = []
    for require in requires:
        everybody |= votes.quorum(require).everybody
        limits += [require.expires_days] if require.expires_days else []
    waivers = votes.approvers(everybody, names, min(limits, default=0), waiving=True)
    return {name for name, people in waivers.items() if len(people) >= votes.needed(1)}
