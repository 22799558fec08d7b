"""Orders a review for people: what is asked, what can be passed over, what belongs together."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from analyzers.model import Analysis, Change, ChangeClass, Finding, Severity, Unanalysed
from bot.model import Decision, Mode, ReviewReport, RuleResult, State
from bot.render import prose
from bot.render.escape import code
from bot.render.prose import own_rules, say

_QUIET = (ChangeClass.MOVED, ChangeClass.REMOVED)
_POOLS = 8


@dataclass(frozen=True, slots=True)
class Entry:
    """A change with the findings about it.

    ``asked`` when it waits for somebody, ``approved`` when a rule names it and it waits for nobody any more.
    """

    change: Change
    asked: bool
    findings: tuple[Finding, ...]
    approved: bool = False

    @property
    def is_held(self) -> bool:
        """Whether a finding about it blocks."""
        return any(found.severity is Severity.BLOCK for found in self.findings)

    @property
    def quiet(self) -> bool:
        """Whether there is nothing to do about it and nothing to see."""
        return not self.asked and not self.findings and self.change.change in _QUIET


@dataclass(frozen=True, slots=True)
class File:
    """What there is to tell of one file; ``loose`` are findings that belong to no change."""

    path: str
    entries: tuple[Entry, ...]
    loose: tuple[Finding, ...]


def ordered(analysis: Analysis) -> Analysis:
    """The same analysis in the one order in which every format tells it."""
    return Analysis(
        tuple(sorted(analysis.changes, key=_change_order)),
        sorted_findings(analysis.findings),
        sorted_unanalysed(analysis.unanalysed),
    )


def sorted_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings by path, line and id."""
    return tuple(sorted(findings, key=lambda f: (f.path, f.line, f.id, f.column, f.kind, f.item, f.severity)))


def sorted_unanalysed(items: Iterable[Unanalysed]) -> tuple[Unanalysed, ...]:
    """Unanalysed things by path, line and reason."""
    return tuple(sorted(items, key=lambda item: (item.path, item.line, item.reason, item.detail)))


def _change_order(change: Change) -> tuple[str | int, ...]:
    site = change.site
    return (change.path, site.line, site.kind, site.column, change.change, change.fingerprint)


def waiting(rule: RuleResult) -> tuple[str, ...]:
    """What a rule waits for: everything it names where it is not met and does not say what is uncovered."""
    return () if rule.state is State.CLEAR else rule.uncovered or rule.fingerprints


def asked_fingerprints(decision: Decision) -> frozenset[str]:
    """The fingerprints that still wait for somebody."""
    return frozenset(name for rule in decision.rules for name in waiting(rule))


def approved_fingerprints(decision: Decision) -> frozenset[str]:
    """The fingerprints that a rule names and that wait for nobody and hold nothing any more."""
    named = {name for rule in decision.rules for name in rule.fingerprints}
    return frozenset(named - asked_fingerprints(decision) - {hold.fingerprint for hold in decision.holds})


def entries(report: ReviewReport) -> tuple[tuple[Entry, ...], tuple[Finding, ...]]:
    """The changes with their findings, in order, and the findings that belong to no change."""
    analysis = ordered(report.analysis)
    asked, approved = asked_fingerprints(report.decision), approved_fingerprints(report.decision)
    findings: defaultdict[tuple[str, int, str], list[Finding]] = defaultdict(list)
    for found in analysis.findings:
        findings[found.path, found.line, found.kind].append(found)
    made = []
    for change in analysis.changes:
        key = (change.path, change.site.line, change.site.kind)
        # Line numbers of removed sites are those of the base side, where no finding is.
        about = () if change.change is ChangeClass.REMOVED else tuple(findings.pop(key, ()))
        name = change.fingerprint
        made.append(Entry(change, name in asked, about, name in approved))
    return tuple(made), sorted_findings(found for rest in findings.values() for found in rest)


def by_file(shown: Iterable[Entry], loose: Iterable[Finding]) -> tuple[File, ...]:
    """Entries and loose findings under their files, sorted by path."""
    grouped: defaultdict[str, tuple[list[Entry], list[Finding]]] = defaultdict(lambda: ([], []))
    for entry in shown:
        grouped[entry.change.path][0].append(entry)
    for found in loose:
        grouped[found.path][1].append(found)
    return tuple(File(path, tuple(a), tuple(b)) for path, (a, b) in sorted(grouped.items()))


def verdict(report: ReviewReport) -> tuple[str, tuple[str, ...]]:
    """Who has to do what, as Markdown: the sentence that matters most, then the others."""
    told, _ = entries(report)
    urgent = [*_asked(told), *_unseen(report), *_must_fix(report)]
    others = [*_look_at(report), *_nothing_to_do(told)]
    if report.decision.mode is Mode.OFF:
        others.insert(0, say("policy-off"))
    elif urgent and report.decision.mode is Mode.ADVISE:
        others.append(say("advice"))
    if not told and not urgent and not report.analysis.findings:
        return say("nothing-changed"), tuple(others)
    return (urgent or [say("nothing-asked")])[0], (*urgent[1:], *others)


def _asked(told: tuple[Entry, ...]) -> list[str]:
    kinds = Counter(entry.change.site.kind for entry in told if entry.asked)
    if not kinds:
        return []
    listed = sorted(kinds.items(), key=lambda pair: (-pair[1], pair[0]))
    return [say("needs-review", count=kinds.total(), kinds=", ".join(f"{n:,} {kind}" for kind, n in listed))]


def _unseen(report: ReviewReport) -> list[str]:
    paths = {item.path for item in report.analysis.unanalysed}
    holds = report.decision.mode is Mode.ENFORCE
    return [say("unanalysed-holds" if holds else "unanalysed", count=len(paths))] if paths else []


def _must_fix(report: ReviewReport) -> list[str]:
    count = sum(found.severity is Severity.BLOCK for found in report.analysis.findings)
    return [say("must-fix", count=count)] if count else []


def _look_at(report: ReviewReport) -> list[str]:
    count = sum(found.severity is not Severity.BLOCK for found in report.analysis.findings)
    return [say("look-at", count=count)] if count else []


def _nothing_to_do(told: tuple[Entry, ...]) -> list[str]:
    counts = Counter(entry.change.change for entry in told if entry.quiet)
    sentences = []
    if counts:
        listed = ", ".join(f"{counts[word]:,} {word}" for word in _QUIET if counts[word])
        sentences.append(say("quiet", counts=listed))
    rest = sum(not entry.asked and not entry.quiet and entry.change.change not in _QUIET for entry in told)
    return [*sentences, say("asks-nobody", count=rest)] if rest else sentences


def steps(report: ReviewReport) -> tuple[str, ...]:
    """What each rule that is not met waits for, as Markdown."""
    return tuple(step(rule) for rule in report.decision.rules if rule.state is not State.CLEAR)


def step(rule: RuleResult) -> str:
    """What a rule waits for, as one sentence of Markdown."""
    name, asked = rule_name(rule.name), waiting(rule)
    changes = say("changes", count=len(asked))
    if not rule.pools:
        return say("steps.anybody" if asked else "steps.rule-only", rule=name, changes=changes)
    return say(
        "steps.pool" if asked else "steps.pool-only",
        rule=name,
        approvals=say("approvals", count=rule.approvals),
        pools=_each(rule.pools) if rule.all_of else _either(rule.pools),
        changes=changes,
    )


def rule_name(name: str) -> str:
    """A rule as a sentence names it; those that are in every policy have words of ours."""
    return say(f"own-rules.{name}") if name in own_rules() else code(name, 60)


def _each(pools: tuple[str, ...]) -> str:
    if len(pools) == 1:
        return code(pools[0], 60)
    named = " and ".join(code(pool, 60) for pool in pools[:_POOLS])
    rest = len(pools) - _POOLS
    return say("steps.each-and-more" if rest > 0 else "steps.each", pools=named, count=max(rest, 0))


def _either(pools: tuple[str, ...]) -> str:
    named = " or ".join(code(pool, 60) for pool in pools[:_POOLS])
    return say("steps.more-pools", pools=named, count=len(pools) - _POOLS) if len(pools) > _POOLS else named


def sentence(change: Change) -> str:
    """The change in one sentence of Markdown."""
    return say(f"change.{change.change}", kind=change.site.kind, place=place(change.site.item))


def facts(change: Change) -> tuple[str, ...]:
    """Why the change has its class, and what is known of it besides, each a sentence of Markdown."""
    return (*map(prose.reason, change.reasons), *map(prose.note, change.notes))


def place(item: str) -> str:
    """The item as the end of a sentence, or nothing at the top level of a file."""
    return say("change.place", item=code(item)) if item else ""
