"""The App itself: its installations, their tokens, the manifest flow."""

from __future__ import annotations

from datetime import timedelta

from bot.sandbox.clock import stamp
from bot.sandbox.model import Account, App, Installation, Json, Token
from bot.sandbox.paging import paged
from bot.sandbox.registry import Answer, Call, Refusal, endpoint, not_found
from bot.sandbox.shapes.apps import app_json, installation_json
from bot.sandbox.shapes.repositories import repository_json

# How long an installation's token holds, and a manifest's code (docs: GitHub Apps).
HOLDS = timedelta(hours=1)


def _app(call: Call) -> App:
    if call.caller.app is None:
        raise Refusal(401, "A JSON web token could not be decoded")
    return call.caller.app


def _mine(call: Call, number: int) -> Installation:
    found = call.state.installations.get(number)
    if found is None or found.app is not _app(call):
        raise not_found()
    return found


def _of_account(call: Call, account: Account | None) -> Answer:
    for one in call.state.installations.values():
        if one.app is _app(call) and one.account is account:
            return Answer(installation_json(call.state, one))
    raise not_found()


@endpoint("GET", "/app", by="app")
def get_app(call: Call) -> Answer:
    """The App that asks."""
    count = sum(one.app is _app(call) for one in call.state.installations.values())
    return Answer(app_json(call.state, _app(call)) | {"installations_count": count})


@endpoint("GET", "/apps/{app_slug}", by="anyone")
def get_app_by_slug(call: Call) -> Answer:
    """Any App."""
    for one in call.state.apps.values():
        if one.slug == call.path["app_slug"]:
            return Answer(app_json(call.state, one))
    raise not_found()


@endpoint("GET", "/app/installations", by="app")
def list_installations(call: Call) -> Answer:
    """The App's installations."""
    mine = [one for one in call.state.installations.values() if one.app is _app(call)]
    return paged(call, mine, lambda one: installation_json(call.state, one))


@endpoint("GET", "/app/installations/{installation_id}", by="app")
def get_installation(call: Call) -> Answer:
    """One of them."""
    return Answer(installation_json(call.state, _mine(call, call.number("installation_id"))))


@endpoint("POST", "/app/installations/{installation_id}/access_tokens", by="app")
def create_token(call: Call) -> Answer:
    """A token for an hour, for fewer repositories and permissions if the App wants that."""
    installation = _mine(call, call.number("installation_id"))
    if installation.suspended_at is not None:
        raise Refusal(403, "This installation has been suspended")
    granted = installation.app.permissions
    wanted = call.body.get("permissions") or granted
    rank = ["read", "write", "admin"]
    for name, level in wanted.items():
        if level not in rank or rank.index(level) > _rank(rank, granted.get(name)):
            raise Refusal(422, "The permissions requested are not granted to this installation.")
    chosen = _chosen(call, installation)
    token = Token(
        value=call.state.new_secret("ghs_"),
        installation=installation,
        expires_at=call.state.now() + HOLDS,
        permissions={"metadata": "read", **wanted},
        repositories=chosen,
    )
    call.state.tokens[token.value] = token
    selected = chosen is not None or installation.repositories is not None
    shown: Json = {
        "token": token.value,
        "expires_at": stamp(token.expires_at),
        "permissions": dict(sorted(token.permissions.items())),
        "repository_selection": "selected" if selected else "all",
    }
    if chosen is not None:
        shown["repositories"] = [
            repository_json(call.state, call.state.repositories[one], installation.app.bot) for one in chosen
        ]
    return Answer(shown, 201)


def _rank(rank: list[str], level: str | None) -> int:
    return rank.index(level) if level in rank else -1


def _chosen(call: Call, installation: Installation) -> list[int] | None:
    names, ids = call.body.get("repositories"), call.body.get("repository_ids")
    if not names and not ids:
        return None
    known = call.state.installed_repositories(installation)
    found = [one for one in known if one.name in (names or ()) or one.id in (ids or ())]
    if len(found) != len(set(names or ())) + len(set(ids or ())):
        raise Refusal(
            422,
            "There is at least one repository that does not exist or is not accessible to the parent installation.",
        )
    return [one.id for one in found]


@endpoint("GET", "/repos/{owner}/{repo}/installation", by="app")
def get_repo_installation(call: Call) -> Answer:
    """The App's installation that has a repository."""
    repository = call.state.repository(call.path["owner"], call.path["repo"])
    installation = call.state.installation_of(repository, _app(call)) if repository else None
    if installation is None:
        raise not_found()
    return Answer(installation_json(call.state, installation))


@endpoint("GET", "/orgs/{org}/installation", by="app")
def get_org_installation(call: Call) -> Answer:
    """The App's installation on an organisation."""
    return _of_account(call, call.state.account(call.path["org"]))


@endpoint("GET", "/users/{username}/installation", by="app")
def get_user_installation(call: Call) -> Answer:
    """The App's installation on a user's account."""
    return _of_account(call, call.state.account(call.path["username"]))


@endpoint("GET", "/installation/repositories", by="installation")
def list_installed(call: Call) -> Answer:
    """The repositories of the token that asks."""
    token = call.caller.token
    if token is None:
        raise not_found()
    found = call.state.installed_repositories(token.installation)
    found = [one for one in found if token.repositories is None or one.id in token.repositories]
    answer = paged(
        call, found, lambda one: repository_json(call.state, one, token.installation.app.bot), "repositories"
    )
    answer.value["repository_selection"] = "all" if token.installation.repositories is None else "selected"
    return answer


@endpoint("POST", "/app-manifests/{code}/conversions", by="anyone")
def convert_manifest(call: Call) -> Answer:
    """The new App behind a code, once and within the hour: the only time its secrets are shown."""
    app, created = call.state.manifests.pop(call.path["code"], (None, None))
    if app is None or created is None or call.state.now() - created > HOLDS:
        raise not_found()
    secrets = {
        "client_secret": app.client_secret,
        "webhook_secret": app.webhook_secret,
        "pem": app.private_key,
    }
    return Answer(app_json(call.state, app) | secrets, 201)
