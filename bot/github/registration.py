"""Registers a new App from a manifest (docs: "Registering a GitHub App from a manifest")."""

from __future__ import annotations

import urllib.parse
from dataclasses import dataclass, field
from typing import Any

from bot.github.address import Address
from bot.github.permissions import PERMISSIONS, subscribed

# docs: "GitHub App names"; longer ones are refused.
NAME_LIMIT = 34
WEBHOOK_PATH = "/webhooks/github"


@dataclass(frozen=True, slots=True)
class NewApp:
    """A registered App with its secrets."""

    id: int
    slug: str
    html_url: str
    pem: str = field(repr=False)
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    webhook_secret: str | None = field(default=None, repr=False)


def manifest(name: str, server: str, redirect: str) -> dict[str, Any]:
    """What the App is to be: private, with exactly the permissions and events that the code needs.

    ``server`` is the address under which GitHub reaches ``cratewarden serve``, without a slash at its end.
    """
    return {
        "name": name,
        "url": server,
        "hook_attributes": {"url": f"{server}{WEBHOOK_PATH}", "active": True},
        "redirect_url": redirect,
        "public": False,
        "default_permissions": {permission.name: permission.level for permission in PERMISSIONS},
        "default_events": [event.name for event in subscribed()],
    }


def registration_page(address: Address, organisation: str, state: str) -> str:
    """Where a browser posts a manifest."""
    owner = f"/organizations/{urllib.parse.quote(organisation, safe='')}" if organisation else ""
    return f"{address.web}{owner}/settings/apps/new?{urllib.parse.urlencode({'state': state})}"


def convert(address: Address, code: str) -> NewApp:
    """Trade the code that GitHub gave for the App; it works once, and for an hour.

    Raises:
        GoneError: GitHub does not know the code (any more).
        TransientError: GitHub cannot be reached.
    """
    from bot.github.api import Api
    from bot.github.app import open_requester
    from bot.github.patience import Manners

    api = Api(lambda: open_requester(address, None, Manners()))
    try:
        quoted = urllib.parse.quote(code, safe="")
        return api.send("POST", f"/app-manifests/{quoted}/conversions", None, NewApp)
    finally:
        api.close()
