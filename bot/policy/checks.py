"""What the parts of a policy file say about each other: contradictions, and what is probably not meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.model import Mode
from bot.policy.file import PolicyFile, PoolTable, RuleTable
from bot.policy.model import Strategy
from bot.policy.names import is_looked_for
from bot.policy.nearest import did_you_mean, quoted
from bot.policy.toml_places import Path


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


def contradictions(file: PolicyFile) -> Iterator[Remark]:
    """Demands that nobody can ever meet."""
    for name, pool in file.pools.items():
        yield from _strangers_away(name, pool)
    for index, rule in enumerate(file.rules):
        people = _people(file.pools[name] for name in pools_of(rule))
        if people is not None and rule.require.approvals > len(people):
            yield Remark(
                ("rules", index, "require", "approvals"),
                f"{rule.require.approvals} approvals can never come from {_count(len(people), 'person')};"
                " lower `approvals`, or add users or a team to the pool",
            )


def oddities(file: PolicyFile) -> Iterator[Remark]:
    """What is allowed but probably not meant."""
    if not file.rules:
        yield Remark((), "there are no rules, so nobody is ever asked")
    if file.enforce_from is not None and file.mode != Mode.ENFORCE:
        yield Remark(("enforce_from",), '`enforce_from` only counts with `mode = "enforce"`')
    for index, rule in enumerate(file.rules):
        yield from _odd_request(index, rule, file)
        for place, kind in enumerate(rule.when.kinds or []):
            if not is_looked_for(kind):
                path = ("rules", index, "when", "kinds", place)
                yield Remark(path, f"{quoted(kind)} is not looked for yet")
    for finding in file.findings:
        if not is_looked_for(finding):
            yield Remark(("findings", finding), f"{quoted(finding)} is not looked for yet", at_key=True)
    yield from _odd_pools(file)


def pools_of(rule: RuleTable) -> tuple[str, ...]:
    """The pools a rule names, each once."""
    return tuple(dict.fromkeys([rule.require.pool] if rule.require.pool else rule.require.any_of or []))


def _people(pools: Iterable[PoolTable]) -> set[str] | None:
    """Everybody in the pools, or None when a team makes that open. GitHub ignores the case of logins."""
    chosen = tuple(pools)
    if any(pool.teams for pool in chosen):
        return None
    return {user.lower() for pool in chosen for user in pool.users}


def _strangers_away(name: str, pool: PoolTable) -> Iterator[Remark]:
    people, users = _people([pool]), tuple(pool.users)
    for index, away in enumerate(pool.away):
        if people is not None and away.user.lower() not in people:
            yield Remark(
                ("pools", name, "away", index, "user"),
                f"{quoted(away.user)} is not in this pool",
                unknown=Unknown(away.user, users, "its users are"),
            )


def _odd_request(index: int, rule: RuleTable, file: PolicyFile) -> Iterator[Remark]:
    count, approvals = rule.request.count, rule.require.approvals
    if count is None:
        return
    path = ("rules", index, "request", "count")
    people = _people(file.pools[name] for name in pools_of(rule))
    if rule.request.strategy == Strategy.ALL:
        yield Remark(path, '`count` has no effect with `strategy = "all"`, which asks the whole pool')
    elif people is not None and count > len(people):
        yield Remark(path, f"`count` asks {_count(count, 'person')}, but only {len(people)} can be asked")
    elif count > approvals:
        yield Remark(path, f"`count` asks {_count(count, 'person')} for {_count(approvals, 'approval')}")
    elif count < approvals:
        yield Remark(path, f"`count` asks {_count(count, 'person')}, though {approvals} have to approve")


def _odd_pools(file: PolicyFile) -> Iterator[Remark]:
    mentors = {file.mentoring.pool} if file.mentoring else set()
    for pool in sorted(mentors - file.pools.keys()):
        message = f"there is no pool {quoted(pool)}, so nobody mentors"
        yield Remark(("mentoring", "pool"), message, unknown=Unknown(pool, tuple(file.pools), "pools"))
    used = mentors.union(*(pools_of(rule) for rule in file.rules))
    for pool in file.pools:
        if pool not in used:
            yield Remark(("pools", pool), f"no rule names the pool {quoted(pool)}", at_key=True)


def _count(number: int, noun: str) -> str:
    plural = {"person": "people"}.get(noun, f"{noun}s")
    return f"{number} {noun if number == 1 else plural}"
