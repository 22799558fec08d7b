"""The pages of GitHub's website that the App's setup leads through: create an App from a manifest.

They are stand-ins for pages of GitHub, in as few words as it takes to press the button; docs: "Registering a GitHub App
from a manifest".
"""

from __future__ import annotations

import html
import json
import re
import urllib.parse
from typing import Any

from bot.sandbox.dispatch import Reply
from bot.sandbox.keys import new_app
from bot.sandbox.model import Account
from bot.sandbox.state import State

_PATH = re.compile(r"(?:/organizations/(?P<org>[\w.-]+))?/settings/apps/new")
_NAME = 34


def serve_page(state: State, method: str, path: str, query: str, body: bytes) -> Reply:
    """A page for a browser. Posting a manifest shows the button; pressing it leads back with a code."""
    found = _PATH.fullmatch(path)
    if found is None or method not in {"GET", "POST"}:
        return _page(404, "<p>Not Found</p>")
    asked = dict(urllib.parse.parse_qsl(query))
    form = dict(urllib.parse.parse_qsl(body.decode("utf-8", "replace")))
    text = form.get("manifest") or asked.get("manifest") or ""
    return_state = form.get("state") or asked.get("state") or ""
    with state.lock:
        owner = _owner(state, found["org"])
        if owner is None:
            return _page(404, "<p>Not Found</p>")
        manifest, faults = _read(state, text)
        if faults:
            return _page(422, "".join(f"<p>{html.escape(one)}</p>" for one in faults))
        if method == "GET" or "confirm" not in form:
            return _page(200, _button(path, text, return_state, str(manifest.get("name", ""))))
        return _create(state, owner, manifest, return_state)


def _owner(state: State, organisation: str | None) -> Account | None:
    if organisation:
        found = state.account(organisation)
        return found if found is not None and found.kind == "Organization" else None
    return next((one for one in state.accounts.values() if one.kind == "User"), None)


def _read(state: State, text: str) -> tuple[dict[str, Any], list[str]]:
    """A manifest, and what GitHub would find wrong with it."""
    if not text:
        return {}, []
    try:
        manifest = json.loads(text)
    except ValueError:
        return {}, ["Invalid GitHub App configuration: the manifest is not JSON"]
    if not isinstance(manifest, dict):
        return {}, ["Invalid GitHub App configuration: the manifest is not an object"]
    faults = [f"{name} wasn't supplied" for name in ("url", "redirect_url") if not manifest.get(name)]
    name = str(manifest.get("name") or "")
    if len(name) > _NAME:
        faults.append(f"Name is too long (maximum is {_NAME} characters)")
    if any(one.name.lower() == name.lower() for one in state.apps.values()):
        faults.append("Name is already taken")
    hook = manifest.get("hook_attributes") or {}
    if hook and not hook.get("url"):
        faults.append("Hook url cannot be blank")
    return manifest, faults


def _button(path: str, text: str, return_state: str, name: str) -> str:
    address = f"{path}?{urllib.parse.urlencode({'state': return_state})}"
    return (
        f'<h1>Create GitHub App</h1><form method="post" action="{html.escape(address)}">'
        f'<input type="hidden" name="manifest" value="{html.escape(text)}">'
        f'<input type="hidden" name="state" value="{html.escape(return_state)}">'
        f'<input name="name" value="{html.escape(name)}" disabled>'
        '<button name="confirm" value="1">Create GitHub App</button></form>'
    )


def _create(state: State, owner: Account, manifest: dict[str, Any], return_state: str) -> Reply:
    permissions = {
        str(name): str(level) for name, level in (manifest.get("default_permissions") or {}).items()
    }
    app = new_app(
        state,
        owner,
        str(manifest.get("name") or f"app-{state.new_id()}"),
        permissions={"metadata": "read", **permissions},
        events=tuple(map(str, manifest.get("default_events") or ())),
    )
    app.webhook_url = str((manifest.get("hook_attributes") or {}).get("url", ""))
    code = state.new_secret("", 40)
    state.manifests[code] = (app, state.now())
    query = {"code": code} | ({"state": return_state} if return_state else {})
    target = str(manifest["redirect_url"])
    joined = f"{target}{'&' if '?' in target else '?'}{urllib.parse.urlencode(query)}"
    return Reply(302, b"", "text/html", {"Location": joined})


def _page(status: int, body: str) -> Reply:
    return Reply(status, f"<!doctype html><meta charset=utf-8>{body}".encode(), "text/html; charset=utf-8")
