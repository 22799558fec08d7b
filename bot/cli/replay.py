"""``cratewarden replay``: feeds a recorded webhook."""

from __future__ import annotations

import http.client
import json
import sys
import uuid
from argparse import Namespace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bot.cli import NOTHING_TO_ASK, REVIEW_NEEDED
from bot.cli.errors import UserError
from bot.cli.settings import settings, user_errors
from bot.config import ConfigError, Settings

_SECONDS = 30
# Which key tells an event, the most telling ones first (docs.github.com, "Webhook events and payloads").
_TELLING = (
    ("check_run", "check_run"),
    ("check_suite", "check_suite"),
    ("merge_group", "merge_group"),
    ("review", "pull_request_review"),
    ("comment", "issue_comment"),
    ("pull_request", "pull_request"),
    ("commits", "push"),
    ("repositories_added", "installation_repositories"),
    ("zen", "ping"),
    ("scope", "membership"),
    ("membership", "organization"),
    ("team", "team"),
    ("repositories", "installation"),
)


def run_replay(options: Namespace) -> int:
    """Send one payload; says what the server answered."""
    given = settings(options)
    try:
        body = Path(options.file).read_bytes()
    except OSError as error:
        raise UserError(f"cannot read {options.file}: {error.strerror}") from error
    payload = _payload(body, options.file)
    event = options.event or _event_of(payload)
    identity = _identity(options.delivery)
    if options.direct:
        return _into_queue(given, identity, event, payload)
    try:
        given.require("webhook_secrets")
    except ConfigError as error:
        raise UserError(str(error)) from error
    url = options.url or f"http://{_reachable(given.host)}:{given.port}/webhooks/github"
    return _to_server(url, given.webhook_secrets[0], identity, event, body)


def _payload(body: bytes, file: str) -> dict[str, Any]:
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UserError(f"{file} is no JSON: {error}") from error
    if not isinstance(payload, dict):
        raise UserError(f"{file} is no webhook: a payload is an object")
    return payload


def _event_of(payload: dict[str, Any]) -> str:
    found = next((event for key, event in _TELLING if key in payload), "")
    if not found:
        raise UserError("cannot tell the event from the payload; name it with --event")
    return found


def _identity(given: str | None) -> str:
    try:
        return str(uuid.UUID(given)) if given else str(uuid.uuid4())
    except ValueError:
        raise UserError(f"{given} is no UUID") from None


def _reachable(host: str) -> str:
    """An address to connect to, where a server listens on all of them."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - nothing is bound here
    return f"[{host}]" if ":" in host else host


def _to_server(url: str, secret: str, identity: str, event: str, body: bytes) -> int:
    from bot.web.signature import sign

    parts = urlsplit(url)
    kinds = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}
    if parts.scheme not in kinds or not parts.hostname:
        raise UserError(f"{url} is no web address")
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "cratewarden-replay",
        "X-GitHub-Delivery": identity,
        "X-GitHub-Event": event,
        "X-Hub-Signature-256": sign(body, secret),
    }
    connection = kinds[parts.scheme](parts.hostname, parts.port, timeout=_SECONDS)
    try:
        connection.request("POST", parts.path or "/webhooks/github", body, headers)
        response = connection.getresponse()
        answer = response.read(65536).decode("utf-8", "replace").strip()
    except (OSError, http.client.HTTPException) as error:
        raise UserError(f"cannot reach {url}: {error}; is `cratewarden serve` running?") from error
    finally:
        connection.close()
    sys.stdout.write(f"{event} {identity}: {response.status} {answer}\n")
    return NOTHING_TO_ASK if response.status < 300 else REVIEW_NEEDED


def _into_queue(given: Settings, identity: str, event: str, payload: dict[str, Any]) -> int:
    with user_errors():
        from bot.events import route
        from bot.ledger import Ledger
        from bot.queue import Delivery, Outcome, Queue

        ledger = Ledger(given.database_url)
        queue = Queue(ledger, route, lambda _job: ())
        try:
            ledger.migrate()
            queue.open()
            outcome = queue.accept(Delivery(identity, event, payload))
        finally:
            queue.stop(0)
            ledger.close()
    sys.stdout.write(f"{event} {identity}: {outcome.value}\n")
    return REVIEW_NEEDED if outcome is Outcome.REFUSED else NOTHING_TO_ASK
