"""The App's webhook: where it goes, what was delivered, and doing it again."""

from __future__ import annotations

import urllib.parse
from datetime import timedelta

from bot.sandbox.model import App, Attempt, Delivery
from bot.sandbox.paging import page_numbers
from bot.sandbox.registry import Answer, Call, Refusal, endpoint, not_found
from bot.sandbox.shapes.apps import attempt_json, full_attempt_json

# How long GitHub keeps deliveries (docs: "Redelivering webhooks").
KEPT = timedelta(days=3)


def _app(call: Call) -> App:
    if call.caller.app is None:
        raise Refusal(401, "A JSON web token could not be decoded")
    return call.caller.app


def _attempts(call: Call) -> list[tuple[Delivery, Attempt]]:
    """What was sent in the last days, newest first."""
    since = call.state.now() - KEPT
    found = [
        (delivery, attempt)
        for delivery in call.state.deliveries
        for attempt in delivery.tries
        if delivery.app is _app(call) and attempt.delivered_at >= since and attempt.status_code
    ]
    return sorted(found, key=lambda one: -one[1].id)


@endpoint("GET", "/app/hook/config", by="app")
def get_config(call: Call) -> Answer:
    """Where webhooks go."""
    return Answer(_config(_app(call)))


@endpoint("PATCH", "/app/hook/config", by="app")
def update_config(call: Call) -> Answer:
    """Send them somewhere else, or sign them otherwise."""
    app = _app(call)
    app.webhook_url = call.text("url", app.webhook_url)
    app.webhook_secret = call.text("secret", app.webhook_secret)
    return Answer(_config(app))


def _config(app: App) -> dict[str, str]:
    secret = {"secret": "********"} if app.webhook_secret else {}
    return {"content_type": "json", "insecure_ssl": "0", "url": app.webhook_url, **secret}


@endpoint("GET", "/app/hook/deliveries", by="app")
def list_deliveries(call: Call) -> Answer:
    """Tries to deliver, newest first; the Link header has a cursor, not page numbers."""
    _, size = page_numbers(call)
    found = _attempts(call)
    if status := call.query.get("status"):
        found = [one for one in found if (200 <= one[1].status_code < 400) == (status == "success")]
    if cursor := call.query.get("cursor"):
        number = cursor.removeprefix("v1_")
        if not number.isdecimal():
            raise Refusal(422, "Invalid cursor")
        found = [one for one in found if one[1].id < int(number)]
    headers = {}
    if len(found) > size:
        query = {**call.query, "cursor": f"v1_{found[size - 1][1].id}"}
        headers["Link"] = f'<{call.url}?{urllib.parse.urlencode(query)}>; rel="next"'
    return Answer([attempt_json(*one) for one in found[:size]], headers=headers)


@endpoint("GET", "/app/hook/deliveries/{delivery_id}", by="app")
def get_delivery(call: Call) -> Answer:
    """One try, with what was sent."""
    return Answer(full_attempt_json(*_find(call)))


@endpoint("POST", "/app/hook/deliveries/{delivery_id}/attempts", by="app")
def redeliver(call: Call) -> Answer:
    """Send it again, with the same id of the delivery."""
    delivery, _ = _find(call)
    if call.state.redeliver is not None:
        call.state.redeliver(delivery)
    return Answer({}, 202)


def _find(call: Call) -> tuple[Delivery, Attempt]:
    number = call.number("delivery_id")
    for found in _attempts(call):
        if found[1].id == number:
            return found
    raise not_found()
