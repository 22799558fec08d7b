"""What the gate has to know besides the code and what people said: where, by whom, and who is in which pool."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.model import PolicyEdit
from bot.policy.model import Policy, PolicyProblem, Pool
from bot.pull import Association, PullRequest, Team


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Everything around the changes. None means that it is not known: a condition on it holds then.

    ``branch`` is the base branch. ``author`` opened the pull request; ``contributors`` are all others behind
    its commits, whoever pushed last included, and None if one of them is not known. ``teams`` maps those
    teams whose members are known to them; of any other team nobody knows who is in it. ``crates`` maps paths
    to package names, as the base branch names them; whose a path is that has none is not known either, since
    ``#[path]`` brings a file from outside into any crate. ``people`` maps pools to everybody in them; a pool
    that is not there has nobody. ``mistakes`` are those of an edited policy that cannot be read. Logins and teams
    are in lower case.
    """

    branch: str | None = None
    author: str | None = None
    contributors: frozenset[str] | None = None
    teams: Mapping[str, frozenset[str]] = field(default_factory=dict)
    association: Association | None = None
    crates: Mapping[str, str] | None = None
    policy_edits: tuple[PolicyEdit, ...] = ()
    mistakes: tuple[PolicyProblem, ...] = ()
    incomplete: tuple[str, ...] = ()
    people: Mapping[str, frozenset[str]] = field(default_factory=dict)


def circumstances_of(
    pull: PullRequest,
    policy: Policy,
    crates: Mapping[str, str] | None = None,
    policy_edits: tuple[PolicyEdit, ...] = (),
    mistakes: tuple[PolicyProblem, ...] = (),
) -> Circumstances:
    """The circumstances of a pull request under a policy."""
    return Circumstances(
        branch=pull.base_ref,
        author=pull.author.lower() or None,
        contributors=_contributors(pull),
        teams={
            slug.lower(): frozenset(member.lower() for member in team.members)
            for slug, team in pull.teams.items()
            if team.members is not None
        },
        association=pull.association,
        crates=crates,
        policy_edits=policy_edits,
        mistakes=mistakes,
        incomplete=pull.incomplete,
        people=people_of(policy, pull.teams),
    )


def people_of(policy: Policy, teams: Mapping[str, Team]) -> dict[str, frozenset[str]]:
    """Everybody in each pool, in lower case. A team that is missing or hides its members adds nobody."""
    known = {slug.lower(): team.members or frozenset() for slug, team in teams.items()}
    return {pool.name: _members(pool, known) for pool in policy.pools}


def _members(pool: Pool, teams: Mapping[str, frozenset[str]]) -> frozenset[str]:
    in_teams = (member for team in pool.teams for member in teams.get(team.lower(), ()))
    return frozenset(person.lower() for person in (*pool.users, *in_teams))


def _contributors(pull: PullRequest) -> frozenset[str] | None:
    """Everybody else behind the commits.

    Commits name whom they like, and only the one who pushed them is sure. So where nobody knows who that
    was, nobody knows who is behind them.
    """
    if not pull.last_pusher or any(commit.unmapped for commit in pull.commits):
        return None
    people = (pull.last_pusher, *(person for commit in pull.commits for person in commit.people))
    return frozenset(person.lower() for person in people) - {pull.author.lower()}
