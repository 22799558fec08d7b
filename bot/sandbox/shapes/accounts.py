"""Users, organisations and teams."""

from __future__ import annotations

from bot.sandbox.clock import stamp
from bot.sandbox.model import Account, Json, Team
from bot.sandbox.shapes.links import api, html
from bot.sandbox.state import State, node_id


def account_json(state: State, account: Account) -> Json:
    """Somebody as part of something else (GitHub's *simple user*)."""
    me = api(state, f"/users/{account.login}")
    prefix = {"User": "U", "Organization": "O", "Bot": "BOT"}[account.kind]
    page = f"/apps/{account.login.removesuffix('[bot]')}" if account.kind == "Bot" else f"/{account.login}"
    return {
        "login": account.login,
        "id": account.id,
        "node_id": node_id(prefix, account.id),
        "avatar_url": html(state, f"/avatars/u/{account.id}?v=4"),
        "gravatar_id": "",
        "url": me,
        "html_url": html(state, page),
        "followers_url": f"{me}/followers",
        "following_url": f"{me}/following{{/other_user}}",
        "gists_url": f"{me}/gists{{/gist_id}}",
        "starred_url": f"{me}/starred{{/owner}}{{/repo}}",
        "subscriptions_url": f"{me}/subscriptions",
        "organizations_url": f"{me}/orgs",
        "repos_url": f"{me}/repos",
        "events_url": f"{me}/events{{/privacy}}",
        "received_events_url": f"{me}/received_events",
        "type": account.kind,
        "user_view_type": "public",
        "site_admin": False,
    }


def full_account_json(state: State, account: Account) -> Json:
    """Somebody's public profile; addresses stay private."""
    return account_json(state, account) | {
        "name": account.name,
        "company": None,
        "blog": "",
        "location": None,
        "email": None,
        "hireable": None,
        "bio": None,
        "twitter_username": None,
        "public_repos": sum(not one.private for one in state.live_repositories() if one.owner is account),
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "created_at": stamp(account.created_at),
        "updated_at": stamp(account.created_at),
    }


def organisation_json(state: State, account: Account) -> Json:
    """An organisation as webhooks show it."""
    me = api(state, f"/orgs/{account.login}")
    return {
        "login": account.login,
        "id": account.id,
        "node_id": node_id("O", account.id),
        "url": me,
        "repos_url": f"{me}/repos",
        "events_url": f"{me}/events",
        "hooks_url": f"{me}/hooks",
        "issues_url": f"{me}/issues",
        "members_url": f"{me}/members{{/member}}",
        "public_members_url": f"{me}/public_members{{/member}}",
        "avatar_url": html(state, f"/avatars/u/{account.id}?v=4"),
        "description": None,
    }


def team_json(state: State, team: Team, *, with_parent: bool = True) -> Json:
    """A team as part of something else (GitHub's *team simple*, or *team* with its parent)."""
    me = api(state, f"/organizations/{team.organisation.id}/team/{team.id}")
    shown: Json = {
        "name": team.name,
        "id": team.id,
        "node_id": node_id("T", team.id),
        "slug": team.slug,
        "description": None,
        "privacy": "closed",
        "notification_setting": "notifications_enabled",
        "url": me,
        "html_url": html(state, f"/orgs/{team.organisation.login}/teams/{team.slug}"),
        "members_url": f"{me}/members{{/member}}",
        "repositories_url": f"{me}/repos",
        "type": "organization",
        "organization_id": team.organisation.id,
        "permission": "pull",
    }
    if with_parent:
        shown["parent"] = team_json(state, team.parent, with_parent=False) if team.parent else None
    return shown


def full_team_json(state: State, team: Team) -> Json:
    """A team asked for by name."""
    return team_json(state, team) | {
        "created_at": stamp(team.organisation.created_at),
        "updated_at": stamp(team.organisation.created_at),
        "members_count": len(state.team_members(team)),
        "repos_count": len(team.levels),
        "organization": organisation_json(state, team.organisation)
        | {
            "html_url": html(state, f"/{team.organisation.login}"),
            "has_organization_projects": True,
            "has_repository_projects": True,
            "public_repos": 0,
            "public_gists": 0,
            "followers": 0,
            "following": 0,
            "created_at": stamp(team.organisation.created_at),
            "updated_at": stamp(team.organisation.created_at),
            "archived_at": None,
            "type": "Organization",
        },
    }
