"""People, organisations and teams, to act with in a test or demo."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from bot.sandbox.acts import memberships
from bot.sandbox.model import Account, App, Installation, Level, Team
from bot.sandbox.objects import Content

if TYPE_CHECKING:
    from bot.sandbox.projects import Project
    from bot.sandbox.world import Sandbox


@dataclass(frozen=True, slots=True)
class User:
    """Somebody with an account. ``token`` is for the API and for git."""

    world: Sandbox
    account: Account

    @property
    def login(self) -> str:
        """The name of the account."""
        return self.account.login

    @property
    def token(self) -> str:
        """A personal access token that may do all that this user may."""
        return self.account.token

    def repository(
        self, name: str, files: Mapping[str, Content] | Path | None = None, *, private: bool = False
    ) -> Project:
        """A repository of their own."""
        return self.world.new_repository(self.account, self.account, name, files, private=private)


@dataclass(frozen=True, slots=True)
class TeamHandle:
    """A team."""

    world: Sandbox
    team: Team
    owner: Account

    @property
    def slug(self) -> str:
        """Its name in addresses."""
        return self.team.slug

    def add(self, user: User, by: User | None = None) -> None:
        """Somebody joins (webhooks `organization` and `membership`)."""
        with self.world.state.lock:
            memberships.join_team(self.world.state, self.team, user.account, _actor(by, self.owner))

    def remove(self, user: User, by: User | None = None) -> None:
        """Somebody leaves (webhook `membership`)."""
        with self.world.state.lock:
            memberships.leave_team(self.world.state, self.team, user.account, _actor(by, self.owner))

    def grant(self, project: Project, level: Level = "write", by: User | None = None) -> None:
        """Let the team have a repository (webhook `team`)."""
        with self.world.state.lock:
            memberships.grant_team(
                self.world.state, self.team, project.repository, level, _actor(by, self.owner)
            )

    def delete(self, by: User | None = None) -> None:
        """Delete the team (webhook `team`)."""
        with self.world.state.lock:
            memberships.delete_team(self.world.state, self.team, _actor(by, self.owner))


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation and the person who owns it."""

    world: Sandbox
    account: Account
    owner: Account

    @property
    def login(self) -> str:
        """The name of the account."""
        return self.account.login

    def repository(
        self, name: str, files: Mapping[str, Content] | Path | None = None, *, private: bool = False
    ) -> Project:
        """A repository with these files, or with the branches of another one on this computer."""
        return self.world.new_repository(self.account, self.owner, name, files, private=private)

    def add(self, user: User, role: Literal["admin", "member"] = "member", by: User | None = None) -> None:
        """Somebody becomes a member."""
        with self.world.state.lock:
            memberships.join_organisation(
                self.world.state, self.account, user.account, role, _actor(by, self.owner)
            )

    def remove(self, user: User, by: User | None = None) -> None:
        """Somebody leaves the organisation and its teams."""
        with self.world.state.lock:
            memberships.leave_organisation(
                self.world.state, self.account, user.account, _actor(by, self.owner)
            )

    def team(
        self,
        slug: str,
        members: Iterable[User] = (),
        parent: TeamHandle | None = None,
        *,
        repositories: Iterable[Project] | None = None,
        level: Level = "write",
    ) -> TeamHandle:
        """A new team. It gets these repositories, or else all that the organisation has now."""
        state = self.world.state
        with state.lock:
            name = slug.replace("-", " ").title()
            team = Team(state.new_id(), self.account, slug, name, parent.team if parent else None)
            memberships.create_team(state, team, self.owner)
            for user in members:
                memberships.join_team(state, team, user.account, self.owner)
            if repositories is None:
                chosen = [one for one in state.live_repositories() if one.owner is self.account]
            else:
                chosen = [one.repository for one in repositories]
            for repository in chosen:
                memberships.grant_team(state, team, repository, level, self.owner)
        return TeamHandle(self.world, team, self.owner)

    def install(self, app: App | None = None, by: User | None = None) -> Installation:
        """Install an App (Cratewarden, unless told) for all repositories, those to come included."""
        with self.world.state.lock:
            return memberships.install(
                self.world.state, app or self.world.app, self.account, None, _actor(by, self.owner)
            )

    def uninstall(self, app: App | None = None, by: User | None = None) -> None:
        """Take the App away."""
        state, wanted = self.world.state, app or self.world.app
        with state.lock:
            for one in list(state.installations.values()):
                if one.app is wanted and one.account is self.account:
                    memberships.uninstall(state, one, _actor(by, self.owner))


def _actor(user: User | None, otherwise: Account) -> Account:
    return user.account if user else otherwise
