"""Apps with real keys."""

from __future__ import annotations

import functools
import re

from bot.sandbox.model import Account, App
from bot.sandbox.state import State

# What an App of the sandbox may do unless it says otherwise.
PERMISSIONS = {
    "administration": "read",
    "checks": "write",
    "contents": "read",
    "issues": "write",
    "members": "read",
    "merge_queues": "read",
    "metadata": "read",
    "pull_requests": "write",
    "security_events": "write",
    "statuses": "read",
}
EVENTS = (
    "check_run",
    "check_suite",
    "issue_comment",
    "member",
    "membership",
    "merge_group",
    "organization",
    "pull_request",
    "pull_request_review",
    "push",
    "repository",
    "team",
)


def new_app(
    state: State,
    owner: Account,
    name: str,
    *,
    permissions: dict[str, str] | None = None,
    events: tuple[str, ...] | None = None,
) -> App:
    """An App with an RSA key of 2,048 bits; all else about it is counted, not random."""
    slug = re.sub("[^a-z0-9]+", "-", name.lower()).strip("-")
    private, public = _key_pair(slug)
    bot = Account(state.new_id(), f"{slug}[bot]", "Bot", state.now(), name=f"{slug}[bot]")
    state.accounts[bot.login] = bot
    app = App(
        id=state.new_id(),
        slug=slug,
        name=name,
        owner=owner,
        bot=bot,
        client_id=state.new_secret("Iv23li", 14),
        client_secret=state.new_secret("", 40),
        private_key=private,
        public_key=public,
        webhook_secret=state.new_secret("", 40),
        created_at=state.now(),
        permissions=dict(PERMISSIONS if permissions is None else permissions),
        events=list(EVENTS if events is None else events),
    )
    state.apps[app.id] = app
    return app


@functools.cache
def _key_pair(_slug: str) -> tuple[str, str]:
    """Private and public key as PEM; made once a process for each name, since that takes longest of all."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private.decode(), public.decode()
