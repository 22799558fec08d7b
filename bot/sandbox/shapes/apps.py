"""Apps, installations and webhook deliveries."""

from __future__ import annotations

import json

from bot.sandbox.clock import stamp, stamp_or_none
from bot.sandbox.model import App, Attempt, Delivery, Installation, Json
from bot.sandbox.shapes.accounts import account_json
from bot.sandbox.shapes.links import api, html
from bot.sandbox.state import State, node_id

# What GitHub calls the status of a try to deliver (docs: "Viewing webhook deliveries").
HOOKSHOT = "GitHub-Hookshot/5ca1ab1"


def app_json(state: State, app: App) -> Json:
    """An App as everybody sees it."""
    return {
        "id": app.id,
        "client_id": app.client_id,
        "slug": app.slug,
        "node_id": node_id("A", app.id),
        "owner": account_json(state, app.owner),
        "name": app.name,
        "description": "",
        "external_url": "https://example.com",
        "html_url": html(state, f"/apps/{app.slug}"),
        "created_at": stamp(app.created_at),
        "updated_at": stamp(app.created_at),
        "permissions": dict(sorted(app.permissions.items())),
        "events": sorted(app.events),
    }


def installation_json(state: State, installation: Installation) -> Json:
    """An installation as its App sees it."""
    account = installation.account
    kind = "organizations" if account.kind == "Organization" else "users"
    page = f"/{kind}/{account.login}" if account.kind == "Organization" else ""
    return {
        "id": installation.id,
        "client_id": installation.app.client_id,
        "account": account_json(state, account),
        "repository_selection": "all" if installation.repositories is None else "selected",
        "access_tokens_url": api(state, f"/app/installations/{installation.id}/access_tokens"),
        "repositories_url": api(state, "/installation/repositories"),
        "html_url": html(state, f"{page}/settings/installations/{installation.id}"),
        "app_id": installation.app.id,
        "app_slug": installation.app.slug,
        "target_id": account.id,
        "target_type": account.kind,
        "permissions": dict(sorted(installation.app.permissions.items())),
        "events": sorted(installation.app.events),
        "created_at": stamp(installation.created_at),
        "updated_at": stamp(installation.updated_at),
        "single_file_name": None,
        "has_multiple_single_files": False,
        "single_file_paths": [],
        "suspended_by": None,
        "suspended_at": stamp_or_none(installation.suspended_at),
    }


def attempt_json(delivery: Delivery, attempt: Attempt) -> Json:
    """A try to deliver, in a list."""
    return {
        "id": attempt.id,
        "guid": delivery.guid,
        "delivered_at": stamp(attempt.delivered_at),
        "redelivery": attempt.redelivery,
        "duration": round(attempt.duration, 3),
        "status": attempt.status,
        "status_code": attempt.status_code,
        "event": delivery.event,
        "action": delivery.action,
        "installation_id": delivery.installation_id,
        "repository_id": delivery.repository_id,
        "throttled_at": None,
    }


def full_attempt_json(delivery: Delivery, attempt: Attempt) -> Json:
    """A try to deliver, with what was sent and what came back."""
    return attempt_json(delivery, attempt) | {
        "url": delivery.app.webhook_url,
        "request": {"headers": delivery_headers(delivery), "payload": json.loads(delivery.body)},
        "response": {"headers": {}, "payload": attempt.response},
    }


def delivery_headers(delivery: Delivery) -> dict[str, str]:
    """The headers of a webhook, its signature left out."""
    return {
        "Accept": "*/*",
        "Content-Type": "application/json",
        "User-Agent": HOOKSHOT,
        "X-GitHub-Delivery": delivery.guid,
        "X-GitHub-Event": delivery.event,
        "X-GitHub-Hook-ID": str(delivery.app.id + 500_000_000),
        "X-GitHub-Hook-Installation-Target-ID": str(delivery.app.id),
        "X-GitHub-Hook-Installation-Target-Type": "integration",
    }
