"""Users, organisations, teams and what they may do."""

from __future__ import annotations

from bot.sandbox.model import Account, Team
from bot.sandbox.paging import paged
from bot.sandbox.registry import Answer, Call, Refusal, endpoint, not_found
from bot.sandbox.shapes.accounts import account_json, full_account_json, full_team_json, team_json
from bot.sandbox.shapes.links import api
from bot.sandbox.shapes.repositories import repository_json

_MEMBERS = ("members", "read")


def _organisation(call: Call) -> Account:
    account = call.state.account(call.path["org"])
    if account is None or account.kind != "Organization":
        raise not_found()
    installation = call.caller.installation
    if installation is not None and installation.account is not account:
        raise Refusal(403, "Resource not accessible by integration")
    return account


def _team(call: Call) -> Team:
    team = call.state.team(_organisation(call), call.path["team_slug"])
    if team is None:
        raise not_found()
    return team


@endpoint("GET", "/user")
def get_me(call: Call) -> Answer:
    """The user whose token it is; an App's installation is none."""
    if call.caller.token is not None:
        raise Refusal(403, "Resource not accessible by integration")
    return Answer(full_account_json(call.state, call.actor))


@endpoint("GET", "/users/{username}", by="anyone")
def get_user(call: Call) -> Answer:
    """Anybody's profile."""
    account = call.state.account(call.path["username"])
    if account is None:
        raise not_found()
    return Answer(full_account_json(call.state, account))


@endpoint("GET", "/user/{account_id}", by="anyone")
def get_user_by_id(call: Call) -> Answer:
    """The same by number."""
    account = call.state.account_by_id(call.number("account_id"))
    if account is None:
        raise not_found()
    return Answer(full_account_json(call.state, account))


@endpoint("GET", "/orgs/{org}", by="anyone")
def get_organisation(call: Call) -> Answer:
    """An organisation's profile."""
    account = call.state.account(call.path["org"])
    if account is None or account.kind != "Organization":
        raise not_found()
    me = api(call.state, f"/orgs/{account.login}")
    shown = full_account_json(call.state, account)
    for name in ("events_url", "repos_url"):
        shown[name] = f"{me}/{name.removesuffix('_url')}"
    more = {
        "hooks_url": f"{me}/hooks",
        "issues_url": f"{me}/issues",
        "members_url": f"{me}/members{{/member}}",
        "public_members_url": f"{me}/public_members{{/member}}",
        "url": me,
        "description": None,
        "has_organization_projects": True,
        "has_repository_projects": True,
        "archived_at": None,
    }
    return Answer(shown | more)


@endpoint("GET", "/orgs/{org}/members", _MEMBERS)
def list_members(call: Call) -> Answer:
    """The members of an organisation."""
    found = [call.state.accounts[login] for login in sorted(_organisation(call).members)]
    return paged(call, found, lambda one: account_json(call.state, one))


@endpoint("GET", "/orgs/{org}/members/{username}", _MEMBERS)
def check_member(call: Call) -> Answer:
    """204 for a member, 404 for others."""
    if call.path["username"].lower() not in _organisation(call).members:
        raise not_found()
    return Answer(status=204)


@endpoint("GET", "/orgs/{org}/teams", _MEMBERS)
def list_teams(call: Call) -> Answer:
    """The teams of an organisation."""
    organisation = _organisation(call)
    found = [one for one in call.state.teams.values() if one.organisation is organisation]
    return paged(call, found, lambda one: team_json(call.state, one))


@endpoint("GET", "/orgs/{org}/teams/{team_slug}", _MEMBERS)
def get_team(call: Call) -> Answer:
    """One team."""
    return Answer(full_team_json(call.state, _team(call)))


@endpoint("GET", "/orgs/{org}/teams/{team_slug}/members", _MEMBERS)
def list_team_members(call: Call) -> Answer:
    """The members of a team, its child teams' members included."""
    team = _team(call)
    role = call.query.get("role", "all")
    found = [
        one
        for one in call.state.team_members(team)
        if role == "all" or team.members.get(one.login.lower(), "member") == role
    ]
    return paged(call, found, lambda one: account_json(call.state, one))


@endpoint("GET", "/orgs/{org}/teams/{team_slug}/memberships/{username}", _MEMBERS)
def get_membership(call: Call) -> Answer:
    """Whether somebody is in a team or one of its child teams."""
    team, account = _team(call), call.state.account(call.path["username"])
    if account is None or account not in call.state.team_members(team):
        raise not_found()
    me = api(call.state, f"/organizations/{team.organisation.id}/team/{team.id}/memberships/{account.login}")
    role = team.members.get(account.login.lower(), "member")
    return Answer({"url": me, "role": role, "state": "active"})


@endpoint("GET", "/orgs/{org}/teams/{team_slug}/teams", _MEMBERS)
def list_child_teams(call: Call) -> Answer:
    """The teams directly below a team."""
    return paged(call, call.state.children(_team(call)), lambda one: team_json(call.state, one))


@endpoint("GET", "/orgs/{org}/teams/{team_slug}/repos", _MEMBERS)
def list_team_repos(call: Call) -> Answer:
    """The repositories that a team has."""
    found = [call.state.repositories[one] for one in _team(call).levels]
    return paged(call, found, lambda one: repository_json(call.state, one))


# The older addresses by numbers, which `url` of a team leads to.
@endpoint("GET", "/organizations/{org_id}/team/{team_id}", _MEMBERS)
def get_team_by_id(call: Call) -> Answer:
    """A team by its numbers."""
    return Answer(full_team_json(call.state, _team_by_id(call)))


@endpoint("GET", "/organizations/{org_id}/team/{team_id}/members", _MEMBERS)
def list_team_members_by_id(call: Call) -> Answer:
    """Its members."""
    found = call.state.team_members(_team_by_id(call))
    return paged(call, found, lambda one: account_json(call.state, one))


@endpoint("GET", "/organizations/{org_id}/team/{team_id}/memberships/{username}", _MEMBERS)
def get_membership_by_id(call: Call) -> Answer:
    """A membership of it."""
    team = _team_by_id(call)
    account = call.state.account(call.path["username"])
    if account is None or account not in call.state.team_members(team):
        raise not_found()
    role = team.members.get(account.login.lower(), "member")
    return Answer({"url": call.url, "role": role, "state": "active"})


@endpoint("GET", "/organizations/{org_id}/team/{team_id}/teams", _MEMBERS)
def list_child_teams_by_id(call: Call) -> Answer:
    """The teams directly below it."""
    found = call.state.children(_team_by_id(call))
    return paged(call, found, lambda one: team_json(call.state, one))


@endpoint("GET", "/organizations/{org_id}/team/{team_id}/repos", _MEMBERS)
def list_team_repos_by_id(call: Call) -> Answer:
    """The repositories that it has."""
    found = [call.state.repositories[one] for one in _team_by_id(call).levels]
    return paged(call, found, lambda one: repository_json(call.state, one))


def _team_by_id(call: Call) -> Team:
    team = call.state.teams.get(call.number("team_id"))
    if team is None or team.organisation.id != call.number("org_id"):
        raise not_found()
    return team


@endpoint("GET", "/repos/{owner}/{repo}/collaborators/{username}/permission", ("metadata", "read"))
def get_permission(call: Call) -> Answer:
    """What somebody may do with a repository: the older word of four, and the role's own name."""
    account = call.state.account(call.path["username"])
    if account is None:
        raise not_found()
    level = call.state.level(call.repo, account)
    older = {"maintain": "write", "triage": "read"}.get(level, level)
    user = account_json(call.state, account)
    user["permissions"] = repository_json(call.state, call.repo, account)["permissions"]
    user["role_name"] = level
    return Answer({"permission": older, "user": user, "role_name": level})


@endpoint("GET", "/repos/{owner}/{repo}/collaborators/{username}", ("metadata", "read"))
def check_collaborator(call: Call) -> Answer:
    """204 for a collaborator, 404 for others."""
    account = call.state.account(call.path["username"])
    if account is None or not call.state.is_collaborator(call.repo, account):
        raise not_found()
    return Answer(status=204)


@endpoint("GET", "/repos/{owner}/{repo}/collaborators", ("metadata", "read"))
def list_collaborators(call: Call) -> Answer:
    """Everybody with access of their own."""
    found = [
        one
        for login, one in sorted(call.state.accounts.items())
        if one.kind == "User" and call.state.is_collaborator(call.repo, one)
    ]

    def show(account: Account) -> dict[str, object]:
        permissions = repository_json(call.state, call.repo, account)["permissions"]
        facts = {"permissions": permissions, "role_name": call.state.level(call.repo, account)}
        return account_json(call.state, account) | facts

    return paged(call, found, show)
