"""People in organisations and teams, and installations of Apps."""

from __future__ import annotations

from typing import Any, Literal

from bot.sandbox.events import deliver, emit
from bot.sandbox.model import Account, App, Installation, Level, Repository, Team
from bot.sandbox.shapes.accounts import account_json, team_json
from bot.sandbox.shapes.apps import installation_json
from bot.sandbox.shapes.links import api
from bot.sandbox.shapes.repositories import installed_repository_json
from bot.sandbox.state import State


def join_organisation(
    state: State, organisation: Account, user: Account, role: Literal["admin", "member"], actor: Account
) -> None:
    """Somebody becomes a member."""
    new = user.login.lower() not in organisation.members
    organisation.members[user.login.lower()] = role
    if new:
        shown = membership_json(state, organisation, user)
        emit(state, "organization", "member_added", actor, organisation=organisation, membership=shown)


def leave_organisation(state: State, organisation: Account, user: Account, actor: Account) -> None:
    """Somebody is no member any more, of none of the teams either."""
    for team in list(state.teams.values()):
        if team.organisation is organisation and user.login.lower() in team.members:
            leave_team(state, team, user, actor)
    shown = membership_json(state, organisation, user)
    if organisation.members.pop(user.login.lower(), None):
        emit(state, "organization", "member_removed", actor, organisation=organisation, membership=shown)


def membership_json(state: State, organisation: Account, user: Account) -> dict[str, Any]:
    """A membership of an organisation."""
    organisation_url = api(state, f"/orgs/{organisation.login}")
    return {
        "url": f"{organisation_url}/memberships/{user.login}",
        "state": "active",
        "role": organisation.members.get(user.login.lower(), "member"),
        "organization_url": organisation_url,
        "user": account_json(state, user),
        "direct_membership": True,
        "enterprise_teams_providing_indirect_membership": [],
    }


def create_team(state: State, team: Team, actor: Account) -> None:
    """Enter a new team."""
    state.teams[team.id] = team
    emit(state, "team", "created", actor, organisation=team.organisation, team=team_json(state, team))


def delete_team(state: State, team: Team, actor: Account) -> None:
    """Delete a team; its children go up."""
    shown = team_json(state, team)
    del state.teams[team.id]
    for child in state.teams.values():
        if child.parent is team:
            child.parent = team.parent
    for pull in state.all_pulls():
        pull.requested_teams = [one for one in pull.requested_teams if one is not team]
    emit(state, "team", "deleted", actor, organisation=team.organisation, team=shown)


def join_team(state: State, team: Team, user: Account, actor: Account) -> None:
    """Somebody joins a team, and its organisation first."""
    if user.login.lower() not in team.organisation.members:
        join_organisation(state, team.organisation, user, "member", actor)
    if user.login.lower() not in team.members:
        team.members[user.login.lower()] = "member"
        _tell_membership(state, "added", team, user, actor)


def leave_team(state: State, team: Team, user: Account, actor: Account) -> None:
    """Somebody leaves a team."""
    if team.members.pop(user.login.lower(), None):
        _tell_membership(state, "removed", team, user, actor)


def grant_team(state: State, team: Team, repository: Repository, level: Level, actor: Account) -> None:
    """A team may do something with a repository; ``none`` takes it away."""
    had = team.levels.pop(repository.id, "none")
    if level != "none":
        team.levels[repository.id] = level
    action = {True: "added_to_repository", False: "edited"}[had == "none"]
    if level == "none":
        action = "removed_from_repository"
    parts: dict[str, Any] = {"team": team_json(state, team)}
    if action == "edited":
        parts["changes"] = {"repository": {"permissions": {"from": {"pull": True}}}}
    emit(state, "team", action, actor, repository=repository, **parts)


def grant_person(state: State, repository: Repository, user: Account, level: Level, actor: Account) -> None:
    """Somebody becomes a collaborator, or with ``none`` is one no more."""
    had = repository.collaborators.pop(user.login.lower(), None)
    if level != "none":
        repository.collaborators[user.login.lower()] = level
    action = "removed" if level == "none" else "edited" if had else "added"
    parts: dict[str, Any] = {"member": account_json(state, user)}
    if action != "removed":
        older = {"maintain": "write", "triage": "read"}.get(level, level)
        parts["changes"] = {"permission": {"from": had, "to": older}, "role_name": {"from": had, "to": level}}
    emit(state, "member", action, actor, repository=repository, **parts)


def install(
    state: State, app: App, account: Account, repositories: list[Repository] | None, actor: Account
) -> Installation:
    """Install an App on an account, for some repositories or (None) for all; adds to an installation that exists."""
    for one in state.installations.values():
        if one.app is app and one.account is account:
            add_repositories(state, one, repositories, actor)
            return one
    now = state.now()
    chosen = None if repositories is None else [one.id for one in repositories]
    installation = Installation(state.new_id(), app, account, now, now, chosen)
    state.installations[installation.id] = installation
    tell_installation(state, installation, "created", actor)
    return installation


def uninstall(state: State, installation: Installation, actor: Account) -> None:
    """Take the App away; its tokens end."""
    tell_installation(state, installation, "deleted", actor)
    del state.installations[installation.id]
    for token in [one for one in state.tokens.values() if one.installation is installation]:
        del state.tokens[token.value]


def add_repositories(
    state: State, installation: Installation, repositories: list[Repository] | None, actor: Account
) -> None:
    """Let an installation have more repositories; None lets it have all."""
    before = {one.id for one in state.installed_repositories(installation)}
    if repositories is None or installation.repositories is None:
        installation.repositories = None
    else:
        ids = (*installation.repositories, *(one.id for one in repositories))
        installation.repositories = list(dict.fromkeys(ids))
    added = [one for one in state.installed_repositories(installation) if one.id not in before]
    if added:
        tell_repositories(state, installation, "added", added, actor)


def remove_repositories(
    state: State, installation: Installation, repositories: list[Repository], actor: Account
) -> None:
    """Take repositories away from an installation, which has only selected ones from then on."""
    gone = {one.id for one in repositories}
    kept = [one.id for one in state.installed_repositories(installation) if one.id not in gone]
    installation.repositories = kept
    tell_repositories(state, installation, "removed", repositories, actor)


def tell_installation(state: State, installation: Installation, action: str, actor: Account) -> None:
    """The webhook `installation`."""
    shown = [installed_repository_json(one) for one in state.installed_repositories(installation)]
    parts = {
        "installation": installation_json(state, installation),
        "repositories": shown,
        "requester": None,
    }
    deliver(state, "installation", action, actor, installation, parts=parts)


def tell_repositories(
    state: State, installation: Installation, action: str, repositories: list[Repository], actor: Account
) -> None:
    """The webhook `installation_repositories`."""
    installation.updated_at = state.now()
    shown = [installed_repository_json(one) for one in repositories]
    parts = {
        "installation": installation_json(state, installation),
        "repository_selection": "all" if installation.repositories is None else "selected",
        "repositories_added": shown if action == "added" else [],
        "repositories_removed": shown if action == "removed" else [],
        "requester": None,
    }
    deliver(state, "installation_repositories", action, actor, installation, parts=parts)


def _tell_membership(state: State, action: str, team: Team, user: Account, actor: Account) -> None:
    emit(
        state,
        "membership",
        action,
        actor,
        organisation=team.organisation,
        scope="team",
        member=account_json(state, user),
        team=team_json(state, team),
    )
