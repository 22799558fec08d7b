"""What the parts of a policy file say about each other: contradictions, and a rule's name that comes twice."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from bot.policy.file import PolicyFile, PoolTable, RuleTable
from bot.policy.model import Policy, Pool, Rule
from bot.policy.nearest import did_you_mean, quoted
from bot.policy.toml_places import Path

Pools: TypeAlias = Mapping[str, PoolTable | Pool]

_EMPTY = Policy()


class Role(StrEnum):
    """What a file is: a policy of its own, an organisation's defaults, or a repository's file over them."""

    ALONE = "alone"
    ORGANISATION = "organisation"
    REPOSITORY = "repository"


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a file stands. ``above`` is the organisation's policy, empty where there is none.

    ``above`` is None when nobody can tell, since its file has mistakes: then pools may be its.
    """

    role: Role = Role.ALONE
    above: Policy | None = _EMPTY

    def pools_with(self, own: Mapping[str, PoolTable]) -> Pools:
        """The pools that a file's rules may name: its own, and those above that it does not define anew."""
        return {pool.name: pool for pool in self.above.pools} | dict(own) if self.above else dict(own)


@dataclass(frozen=True, slots=True)
class Unknown:
    """A word that is none of some words, which are called ``noun``."""

    word: str
    words: tuple[str, ...]
    noun: str


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to say about the value at a path, or about its key."""

    path: Path
    message: str
    at_key: bool = False
    unknown: Unknown | None = None

    def sentence(self) -> str:
        """The message, with what was probably meant; finding that takes a while, so only ask to tell it."""
        known = self.unknown
        return self.message + (did_you_mean(known.word, known.words, known.noun) if known else "")


def repeated_names(document: Mapping[str, object]) -> Iterator[Remark]:
    """Rules that share a name, in a file that may have any other fault."""
    rules = document.get("rules")
    first: dict[str, int] = {}
    for index, rule in enumerate(rules if isinstance(rules, list) else []):
        name = rule.get("name") if isinstance(rule, dict) else None
        if isinstance(name, str) and first.setdefault(name, index) != index:
            yield Remark(
                ("rules", index, "name"),
                f"rule {first[name] + 1} is called {quoted(name)} too; name this one apart",
            )


def contradictions(file: PolicyFile, setting: Setting) -> Iterator[Remark]:
    """Demands that nobody can ever meet."""
    for name, pool in file.pools.items():
        yield from _strangers_away(name, pool)
    pools = setting.pools_with(file.pools)
    for index, rule in enumerate(file.rules):
        if rule.name.startswith("(") and rule.name.endswith(")"):
            yield Remark(("rules", index, "name"), "names in parentheses are the App's own; leave them out")
        most, approvals = reach(rule, pools), rule.require.approvals
        if most is not None and approvals > most:
            yield Remark(
                ("rules", index, "require", "approvals"),
                f"{approvals} approvals can never come from {counted(most, 'person')};"
                " lower `approvals`, or add users or a team to the pool",
            )
        else:
            yield from _too_few_for_all(index, rule, pools)


def _too_few_for_all(index: int, rule: RuleTable, pools: Pools) -> Iterator[Remark]:
    """Pools that share so many people that there is nobody left for one: a person approves for one pool only."""
    all_of = pools_of(rule) if rule.require.all_of else ()
    most, needed = everybody(all_of, pools), rule.require.approvals * len(all_of)
    if most is not None and most < needed:
        yield Remark(
            ("rules", index, "require", "all_of"),
            f"these pools need {counted(needed, 'approval')} together, which can never come from"
            f" {counted(most, 'person')}; add users or a team",
        )


def rules_out_of_reach(merged: Policy, own: Container[str]) -> Iterator[Remark]:
    """Rules of the organisation that a pool which a repository defines anew leaves without enough people.

    ``merged`` is both files in one, ``own`` are the names in it of the pools that the repository defines.
    """
    pools = {pool.name: pool for pool in merged.pools}
    for rule in merged.rules:
        most = reach(rule, pools)
        if most is None or rule.require.approvals <= most:
            continue
        for pool in rule.require.pools:
            people = _people(pools.get(pool))
            if pool in own and people is not None and len(people) < rule.require.approvals:
                yield Remark(
                    ("pools", pool),
                    f"the organisation's rule {quoted(rule.name)} needs"
                    f" {counted(rule.require.approvals, 'approval')}, which can never come from"
                    f" {counted(most, 'person')}; add users or a team, or give this pool another name",
                    at_key=True,
                )


def pools_of(rule: RuleTable) -> tuple[str, ...]:
    """The pools a rule names, each once."""
    require = rule.require
    return tuple(dict.fromkeys([require.pool] if require.pool else require.any_of or require.all_of or []))


def reach(rule: RuleTable | Rule, pools: Pools) -> int | None:
    """The most people whose approvals can count for a rule, of the smallest pool where all have to approve.

    None where a team, or a pool that is not known, leaves it open.
    """
    named, all_of = (
        (rule.require.pools, bool(rule.require.all_of))
        if isinstance(rule, Rule)
        else (pools_of(rule), rule.require.all_of is not None)
    )
    if not all_of:
        return everybody(named, pools)
    people = (_people(pools.get(name)) for name in named)
    return min((len(each) for each in people if each is not None), default=None)


def everybody(named: Iterable[str], pools: Pools) -> int | None:
    """How many people are in any of the pools; None where a team, or a pool that is not known, leaves it open."""
    people = [_people(pools.get(name)) for name in named]
    known = [each for each in people if each is not None]
    return len(set[str]().union(*known)) if known and len(known) == len(people) else None


def counted(number: int, noun: str) -> str:
    """A number with its noun, such as ``2 people``."""
    plural = {"person": "people"}.get(noun, f"{noun}s")
    return f"{number} {noun if number == 1 else plural}"


def _people(pool: PoolTable | Pool | None) -> set[str] | None:
    """Everybody in a pool, or None when a team makes that open. GitHub ignores the case of logins."""
    return None if pool is None or pool.teams else {user.lower() for user in pool.users}


def _strangers_away(name: str, pool: PoolTable) -> Iterator[Remark]:
    people, users = _people(pool), tuple(pool.users)
    for index, away in enumerate(pool.away):
        if people is not None and away.user.lower() not in people:
            yield Remark(
                ("pools", name, "away", index, "user"),
                f"{quoted(away.user)} is not in this pool",
                unknown=Unknown(away.user, users, "its users are"),
            )
