"""A repository's policy over the defaults of its organisation.

What the repository's file says counts; what it leaves out, the organisation's file says. Pools and rules are told
apart by their names. Nothing that an organisation locks is ever lost: a repository's pool or rule of the same name is
kept beside it under another name, so that a lock can only add demands, and locking breaks no repository.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass, field, replace

from analyzers.model import Severity
from bot.policy.built_in import BUILT_IN
from bot.policy.model import (
    Build,
    Labels,
    Lockable,
    Mentoring,
    OnGitHub,
    Policy,
    Pool,
    Require,
    Rule,
    Soundness,
)


@dataclass(frozen=True, slots=True)
class Clashes:
    """What of a repository's policy an organisation's lock keeps from counting as it is written.

    ``values`` are dotted keys that do not count; ``pools`` and ``rules`` map names to those they get instead.
    """

    values: frozenset[str] = frozenset()
    pools: dict[str, str] = field(default_factory=dict)
    rules: dict[str, str] = field(default_factory=dict)


def layer(organisation: Policy | None, repository: Policy | None) -> Policy:
    """The policy in force; the built-in one where neither is there. A missing or empty layer changes nothing.

    Pools and rules keep the organisation's order, then the repository's.
    """
    if organisation is None:
        return BUILT_IN if repository is None else repository
    if repository is None:
        return organisation
    found = clashes(organisation, repository)
    says = repository.written - found.values
    timed = repository if says & {"mode", "enforce_from"} else organisation
    return Policy(
        mode=repository.mode if "mode" in says else organisation.mode,
        # Who says the mode means it from now on, whatever day the other file waits for.
        enforce_from=timed.enforce_from,
        pools=_pools(organisation.pools, repository.pools, found),
        rules=_rules(organisation.rules, repository.rules, found),
        findings=_findings(organisation, repository, says),
        mentoring=_mentoring(repository.mentoring, found) if "mentoring" in says else organisation.mentoring,
        github=_on_github(organisation.github, repository.github, says),
        soundness=_soundness(organisation.soundness, repository.soundness, says),
        build=_build(organisation.build, repository.build if "build" in says else None),
        notes=(*organisation.notes, *repository.notes),
        written=organisation.written | repository.written,
        locked=organisation.locked | repository.locked,
    )


def clashes(organisation: Policy, repository: Policy) -> Clashes:
    """What the organisation's locks keep from counting; a pool or rule that is the same in both does not clash."""
    locked = {rule.name: rule for rule in organisation.rules if rule.locked}
    needed = {name for rule in locked.values() for name in rule.require.pools}
    fixed = {pool.name: pool for pool in organisation.pools if pool.name in needed}
    names = {pool.name for pool in (*organisation.pools, *repository.pools)}
    pools: dict[str, str] = {}
    for pool in repository.pools:
        if fixed.get(pool.name, pool) != pool:
            pools[pool.name] = _free(pool.name, names | set(pools.values()))
    names = {rule.name for rule in (*organisation.rules, *repository.rules)}
    rules: dict[str, str] = {}
    for rule in repository.rules:
        same = replace(_with_pools(rule, pools), locked=True)
        if locked.get(rule.name, same) != same:
            rules[rule.name] = _free(rule.name, names | set(rules.values()))
    return Clashes(_overruled(organisation, repository.written), pools, rules)


def _overruled(organisation: Policy, written: Iterable[str]) -> frozenset[str]:
    said = organisation.written
    # A locked mode would mean nothing if it could be put off.
    known = said | {"enforce_from"} if "mode" in said else said
    return frozenset(key for key in written if key in known and _lock_of(key) in organisation.locked)


def _lock_of(key: str) -> str:
    return Lockable.MODE if key == "enforce_from" else key.partition(".")[0]


def _free(name: str, taken: Container[str]) -> str:
    free, number = f"{name} (repository)", 2
    while free in taken:
        free, number = f"{name} (repository {number})", number + 1
    return free


def _pools(above: tuple[Pool, ...], own: tuple[Pool, ...], found: Clashes) -> tuple[Pool, ...]:
    merged = {pool.name: pool for pool in above}
    for pool in own:
        name = found.pools.get(pool.name, pool.name)
        merged[name] = replace(pool, name=name)
    return tuple(merged.values())


def _rules(above: tuple[Rule, ...], own: tuple[Rule, ...], found: Clashes) -> tuple[Rule, ...]:
    merged = {rule.name: rule for rule in above}
    for rule in own:
        name = found.rules.get(rule.name, rule.name)
        if name in merged and merged[name].locked:
            # It does not clash, so it is the same rule: the organisation's stays, with its lock.
            continue
        merged[name] = replace(_with_pools(rule, found.pools), name=name)
    return tuple(merged.values())


def _with_pools(rule: Rule, names: dict[str, str]) -> Rule:
    require = rule.require
    any_of, all_of = (
        tuple(names.get(pool, pool) for pool in pools) for pools in (require.any_of, require.all_of)
    )
    return replace(rule, require=Require(any_of, require.approvals, all_of, require.expires_days))


def _findings(
    organisation: Policy, repository: Policy, says: Container[str]
) -> tuple[tuple[str, Severity], ...]:
    own = {name: severity for name, severity in repository.findings if f"findings.{name}" in says}
    return tuple(sorted((dict(organisation.findings) | own).items()))


def _mentoring(own: Mentoring, found: Clashes) -> Mentoring:
    return replace(own, pool=found.pools.get(own.pool, own.pool))


def _on_github(above: OnGitHub, own: OnGitHub, says: Container[str]) -> OnGitHub:
    unsafe = own if "github.labels.unsafe" in says else above
    needs_review = own if "github.labels.needs_review" in says else above
    dismissing = own if "github.dismiss_stale_approvals" in says else above
    scanning = own if "github.code_scanning" in says else above
    return OnGitHub(
        Labels(unsafe.labels.unsafe, needs_review.labels.needs_review),
        dismissing.dismiss_stale_approvals,
        scanning.code_scanning,
    )


def _build(above: Build | None, own: Build | None) -> Build | None:
    """Both files' crates together; the repository's own entry for a crate replaces the organisation's."""
    if above is None or own is None:
        return above if own is None else own
    return Build(tuple(sorted((dict(above.allow) | dict(own.allow)).items())))


def _soundness(above: Soundness, own: Soundness, says: Container[str]) -> Soundness:
    return Soundness(
        own.function if "soundness.function" in says else above.function,
        own.state if "soundness.state" in says else above.state,
        own.declarations if "soundness.declarations" in says else above.declarations,
    )
