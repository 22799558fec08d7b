"""What ``cratewarden policy explain`` says: for each change, which rules ask whom, and why the others do not."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analyzers.model import Analysis
from bot.cli.errors import UserError
from bot.gate import Check, Circumstances, Condition, Explanation, RuleReasons, explain
from bot.guard.study import Study
from bot.policy import Policy
from bot.policy.model import Pool, Rule
from bot.render.escape import inert_lines, json_text, shown, visible
from bot.render.outline import ordered, sentence
from bot.render.prose import say

SCHEMA = "cratewarden/explain/1"
_SHORTEST = 4
"""Characters of a fingerprint that are enough to name a change."""
_LISTED = 20
"""How many words of a condition, or people of a pool, a line of text repeats."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a policy was read: a file, at a commit unless it is one on disk; no file is the built-in policy."""

    file: str = ""
    commit: str = ""


@dataclass(frozen=True, slots=True)
class Numbered:
    """An explanation with its number in the list of all changes, from 1."""

    number: int
    told: Explanation


def explanations(policy: Policy, analysis: Analysis, crates: Mapping[str, str]) -> tuple[Numbered, ...]:
    """Every change explained, in the order of every listing; ``crates`` names the package of a path.

    The branch and the people of a pull request are not known here, so conditions on them hold.
    """
    around = Circumstances(crates=crates)
    changes = ordered(analysis).changes
    return tuple(
        Numbered(number, explain(policy, analysis, change, around))
        for number, change in enumerate(changes, 1)
    )


def chosen(told: Sequence[Numbered], wanted: str) -> tuple[Numbered, ...]:
    """The changes that a number, a fingerprint (or its beginning) or ``PATH:LINE`` names.

    Raises:
        UserError: it names none.
    """
    found = [each for each in told if wanted == str(each.number)]
    if not found and len(wanted) >= _SHORTEST:
        found = [each for each in told if each.told.change.fingerprint.startswith(wanted.lower())]
    path, _, line = wanted.rpartition(":")
    if not found and line.isdecimal():
        found = [each for each in told if _is_at(each.told, path, int(line))]
    if not found:
        hint = "give its number, its fingerprint or PATH:LINE, as `policy explain` lists them"
        raise UserError(f"there is no change {shown(wanted, 60)} among {len(told)}: {hint}")
    return tuple(found)


def _is_at(told: Explanation, path: str, line: int) -> bool:
    site = told.change.site
    return told.change.path == path and site.line <= line <= max(site.line, site.end_line)


def as_text(
    studied: Study, policy: Policy, source: Source, told: Sequence[Numbered], *, in_full: bool
) -> Iterator[str]:
    """For people: why each rule does not ask; every condition of every rule if ``in_full``."""
    yield _line(0, _heading(policy, source))
    if not told:
        yield _line(0, say("explain.nothing"))
    for each in told:
        change = each.told.change
        place = {"path": visible(change.path), "line": str(change.site.line)}
        yield "\n"
        yield _line(0, say("explain.change", number=each.number, sentence=sentence(change), **place))
        yield _line(1, say("explain.fingerprint", fingerprint=change.fingerprint))
        yield from _rules(policy, each.told, in_full=in_full)
    unseen = studied.analysis.unanalysed
    if unseen and not in_full:
        yield "\n"
        yield _line(0, say("unanalysed", count=len({item.path for item in unseen})))


def as_json(
    studied: Study, policy: Policy, source: Source, told: Sequence[Numbered], *, in_full: bool
) -> Iterator[str]:
    """For programs: everything, of the changes that are told."""
    del in_full
    document = {
        "schema": SCHEMA,
        "base": studied.base,
        "head": studied.head,
        "policy": {
            "path": source.file,
            "commit": source.commit,
            "mode": policy.mode,
            "enforce_from": policy.enforce_from and policy.enforce_from.isoformat(),
        },
        "changes": [_change(policy, each) for each in told],
        "unanalysed": [
            {"path": item.path, "line": item.line, "reason": item.reason}
            for item in ordered(studied.analysis).unanalysed
        ],
    }
    yield json_text(json.dumps(document, indent=2, ensure_ascii=False)) + "\n"


def _line(depth: int, text: str) -> str:
    return inert_lines(f"{'  ' * depth}{text}") + "\n"


def _heading(policy: Policy, source: Source) -> str:
    name = visible(source.file) if source.file else say("explain.built-in")
    if source.commit:
        name = say("explain.at", file=name, rev=source.commit[:12])
    if policy.enforce_from is None:
        return say("explain.policy", source=name, mode=policy.mode.value)
    return say(
        "explain.policy-from", source=name, mode=policy.mode.value, day=policy.enforce_from.isoformat()
    )


def _rules(policy: Policy, told: Explanation, *, in_full: bool) -> Iterator[str]:
    pools = {pool.name: pool for pool in policy.pools}
    if not told.rules:
        yield _line(1, say("explain.no-rules"))
    for rule, reasons in zip(policy.rules, told.rules, strict=True):
        yield _line(1, _asking(rule, pools) if reasons.asks else _quiet(reasons))
        if reasons.asks and rule.enforce_from is not None:
            yield _line(2, say("explain.asks-from", day=rule.enforce_from.isoformat()))
        if in_full:
            # That the compiler did not get stricter is no condition anybody wrote: it is told where it fails.
            told_checks = (each for each in reasons.checks if each.condition is not Condition.TIGHTENED)
            yield from (_line(2, _check(check)) for check in told_checks)
        elif reasons.asks:
            unknown = (check for check in reasons.checks if check.wanted and not check.found)
            yield from (
                _line(2, say("explain.asks-unless", condition=f"`{check.condition}`")) for check in unknown
            )
    for finding in told.blocking:
        yield _line(1, say("explain.finding", finding=finding.id))


def _name(rule: str) -> str:
    return f"`{visible(rule)}`"


def _asking(rule: Rule, pools: Mapping[str, Pool]) -> str:
    require = rule.require
    if not require.pools:
        return say("explain.asks-anybody", rule=_name(rule.name))
    people = [_pool(pools[name]) for name in require.pools if name in pools]
    phrase, between = ("asks-of-each", "each") if len(require.all_of) > 1 else ("asks", "either")
    return say(
        f"explain.{phrase}",
        rule=_name(rule.name),
        approvals=say("approvals", count=require.approvals),
        people=say(f"explain.{between}").join(people),
    )


def _pool(pool: Pool) -> str:
    away = {each.user: each.until for each in pool.away}
    users = [
        say("explain.away", user=user, day=away[user].isoformat()) if user in away else user
        for user in pool.users
    ]
    return say("explain.pool", pool=_name(pool.name), people=_listed((*users, *pool.teams)))


def _listed(words: Sequence[str]) -> str:
    told = ", ".join(visible(word) for word in words[:_LISTED])
    return f"{told}, …" if len(words) > _LISTED else told


def _quiet(reasons: RuleReasons) -> str:
    why = "; ".join(_failed(check) for check in reasons.checks if not check.holds)
    return say("explain.quiet", rule=_name(reasons.rule), why=why)


_EXCEPTIONS = (Condition.NOT_PATHS, Condition.NOT_AUTHORS)


def _failed(check: Check) -> str:
    key = f"`{check.condition}`"
    if check.condition is Condition.TIGHTENED:
        return say("explain.tightened")
    if check.condition is Condition.IN_TESTS:
        return say("explain.in-tests", condition=key)
    phrase = "explain.failed-not" if check.condition in _EXCEPTIONS else "explain.failed"
    return say(phrase, condition=key, wanted=_listed(check.wanted), found=_listed(check.found))


def _check(check: Check) -> str:
    is_exception = check.condition in _EXCEPTIONS
    nothing = say("explain.no-exception" if is_exception else "explain.anything")
    return say(
        "explain.check-not" if is_exception else "explain.check",
        holds=say("explain.yes" if check.holds else "explain.no"),
        condition=f"`{check.condition}`",
        wanted=_listed(check.wanted) or nothing,
        found=_listed(check.found) or say("explain.unknown"),
    )


def _change(policy: Policy, each: Numbered) -> dict[str, Any]:
    change = each.told.change
    return {
        "number": each.number,
        "change": change.change,
        "kind": change.site.kind,
        "path": change.path,
        "line": change.site.line,
        "item": change.site.item,
        "fingerprint": change.fingerprint,
        "asks": each.told.asks,
        "rules": [
            {
                "rule": rule.name,
                "asks": reasons.asks,
                "pools": list(rule.require.pools),
                "all_of": bool(rule.require.all_of),
                "approvals": rule.require.approvals,
                "checks": [
                    {
                        "condition": check.condition,
                        "holds": check.holds,
                        "wanted": list(check.wanted),
                        "found": list(check.found),
                    }
                    for check in reasons.checks
                ],
            }
            for rule, reasons in zip(policy.rules, each.told.rules, strict=True)
        ],
        "blocking": [finding.id for finding in each.told.blocking],
    }
