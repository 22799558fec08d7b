"""Writes webhooks: for every App that is installed and subscribed, as GitHub decides it."""

from __future__ import annotations

import json
from typing import Any

from bot.sandbox.model import Account, App, Delivery, Installation, Json, Repository
from bot.sandbox.shapes.accounts import account_json, organisation_json
from bot.sandbox.shapes.repositories import repository_json
from bot.sandbox.state import State, node_id

# Events that an App gets whether it asks or not (docs: "Webhook events and payloads", availability of each).
_ALWAYS = {"installation", "installation_repositories", "installation_target", "github_app_authorization"}
# With the permission for checks an App gets these without a subscription.
_WITH_CHECKS = {"check_suite", "check_run"}
# What an App must be allowed (read at least) to hear of an event.
_NEEDS = {
    "check_run": {"checks"},
    "check_suite": {"checks"},
    "create": {"contents"},
    "delete": {"contents"},
    "fork": {"contents"},
    "issue_comment": {"issues", "pull_requests"},
    "issues": {"issues"},
    "label": {"issues", "pull_requests"},
    "member": {"members"},
    "membership": {"members"},
    "merge_group": {"merge_queues"},
    "organization": {"members"},
    "pull_request": {"pull_requests"},
    "pull_request_review": {"pull_requests"},
    "push": {"contents"},
    "repository": {"metadata"},
    "status": {"statuses"},
    "team": {"members"},
}


def emit(
    state: State,
    event: str,
    action: str | None,
    sender: Account,
    *,
    repository: Repository | None = None,
    organisation: Account | None = None,
    only: App | None = None,
    **parts: Any,
) -> None:
    """Tell every App that hears of this.

    Args:
        state: the sandbox, its lock held.
        event: the event's name.
        action: its action; None for events without any (``push``).
        sender: who caused it.
        repository: where; decides which installations hear of it.
        organisation: where, for events about no repository.
        only: the one App that may hear of it (a requested check run, an installation).
        parts: what is special about the payload.
    """
    where = repository.owner if repository else organisation
    listeners = (
        state.installations_on(repository)
        if repository
        else [one for one in state.installations.values() if one.account is where]
    )
    for installation in listeners:
        if (only is None or installation.app is only) and hears(installation.app, event):
            deliver(state, event, action, sender, installation, repository=repository, parts=parts)


def hears(app: App, event: str) -> bool:
    """Whether an App is told of an event: subscribed, and allowed to know."""
    if event in _ALWAYS:
        return True
    allowed = event not in _NEEDS or any(
        app.permissions.get(name, "none") != "none" for name in _NEEDS[event]
    )
    return allowed and (event in app.events or event in _WITH_CHECKS)


def deliver(
    state: State,
    event: str,
    action: str | None,
    sender: Account,
    installation: Installation,
    *,
    repository: Repository | None = None,
    parts: Json,
) -> Delivery:
    """Write one webhook and put it into the post."""
    payload: Json = {} if action is None else {"action": action}
    payload |= parts
    owner = installation.account
    if repository is not None:
        payload["repository"] = repository_json(state, repository)
        if event == "push":  # the one event whose times of a repository are numbers
            _as_push(payload["repository"], repository)
    if owner.kind == "Organization" and event not in _ALWAYS:
        payload["organization"] = organisation_json(state, owner)
    payload["sender"] = account_json(state, sender)
    if event not in {"installation", "installation_repositories"}:
        payload["installation"] = {"id": installation.id, "node_id": node_id("MDIzOk", installation.id)}
    body = json.dumps(payload, separators=(",", ":"), ensure_ascii=False).encode()
    delivery = Delivery(
        guid=state.new_guid(),
        event=event,
        action=action,
        payload=json.loads(body),
        body=body,
        app=installation.app,
        installation_id=installation.id,
        repository_id=repository.id if repository else None,
    )
    if state.validator is not None:
        state.violations += state.validator.webhook(event, action, body)
    state.deliveries.append(delivery)
    if state.drops:
        state.drops -= 1
        delivery.dropped = True
    elif state.outbox is not None:
        state.outbox(delivery)
    return delivery


def _as_push(shown: Json, repository: Repository) -> None:
    second = int(repository.created_at.timestamp())
    shown |= {
        "created_at": second,
        "pushed_at": second,
        "stargazers": 0,
        "master_branch": repository.default_branch,
    }
    if repository.owner.kind == "Organization":
        shown["organization"] = repository.owner.login
    shown["owner"] |= {"name": repository.owner.login, "email": None}
