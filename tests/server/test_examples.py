"""Webhooks as GitHub publishes them go through the real server; none is lost on it, and none crashes a job."""

from __future__ import annotations

import http.client
import json
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any

import pytest
import sqlalchemy as sa

from bot.events import events
from bot.ledger import Ledger
from bot.ledger.tables import JobRow
from bot.web.signature import sign
from tests.server.examples import Example, published
from tests.server.town import Town, town

# Acted on only if it holds a command, or moves a base branch or its policy; most published ones do not.
_SOME = {"issue_comment", "push"}


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    return published()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    # No reconciler: what the examples name exists on no GitHub.
    with town(tmp_path_factory.mktemp("town"), CRATEWARDEN_RECONCILE_SECONDS="86400") as place:
        place.server.start()
        place.wait("it listens", lambda: "listening" in place.server.said())
        yield place


def deliver(place: Town, event: str, payloads: list[Mapping[str, Any]]) -> list[tuple[int, str]]:
    """Send payloads as GitHub would, over one connection; the status and the delivery's id of each."""
    answers = []
    with closing(http.client.HTTPConnection("127.0.0.1", place.server.port, timeout=30)) as connection:
        for payload in payloads:
            body, delivery = json.dumps(payload).encode(), str(uuid.uuid4())
            headers = {
                "Content-Type": "application/json",
                "X-GitHub-Delivery": delivery,
                "X-GitHub-Event": event,
                "X-Hub-Signature-256": sign(body, place.github.app.webhook_secret),
            }
            connection.request("POST", "/webhooks/github", body, headers)
            response = connection.getresponse()
            response.read()
            answers.append((response.status, delivery))
    return answers


def jobs(place: Town) -> Counter[str]:
    """How many jobs each delivery has."""
    with closing(Ledger(place.database)) as ledger, ledger.engine.connect() as connection:
        return Counter(connection.scalars(sa.select(JobRow.delivery).where(JobRow.kind != "")))


def is_acted_on(example: Example) -> bool:
    event = events().get(example.event)
    return event is not None and (not event.actions or example.action in event.actions)


def of_app(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """As an App gets it: many examples were sent to a repository, and lack the installation."""
    return {"installation": {"id": 3}, **payload}


def test_every_published_webhook_is_answered_as_documented(place: Town, examples: list[Example]) -> None:
    assert len(examples) > 400
    for example in examples:
        ((status, _),) = deliver(place, example.event, [example.payload])
        lacks = is_acted_on(example) and "installation" not in example.payload
        expected = 422 if lacks else 200 if example.event == "ping" else 202
        assert status == expected, f"{example.host} {example.event} {example.action}"


def test_every_published_webhook_that_the_app_acts_on_becomes_a_job_and_no_other(
    place: Town, examples: list[Example]
) -> None:
    sent = {
        deliver(place, example.event, [of_app(example.payload)])[0]: example
        for example in examples
        if example.event != "ping"
    }
    assert {status for status, _ in sent} == {202}
    made = jobs(place)
    wrong = [
        f"{example.host} {example.event} {example.action}: {made[delivery]}"
        for (_, delivery), example in sent.items()
        if example.event not in _SOME and made[delivery] != is_acted_on(example)
    ]
    assert not wrong
    seen = {example.event for (_, delivery), example in sent.items() if made[delivery]}
    assert seen == set(events()) - {"issue_comment"}


def test_a_published_comment_with_a_command_in_it_becomes_a_job(place: Town, examples: list[Example]) -> None:
    said = next(each for each in examples if (each.event, each.action) == ("issue_comment", "created"))
    comment = {**said.payload["comment"], "body": "@cratewarden help"}
    payload = {**said.payload, "comment": comment, "issue": {**said.payload["issue"], "pull_request": {}}}
    ((status, delivery),) = deliver(place, said.event, [of_app(payload)])
    assert (status, jobs(place)[delivery]) == (202, 1)


def test_no_published_webhook_fails_a_job_or_the_server(place: Town) -> None:
    place.wait_until_quiet()
    ended = [json.loads(line) for line in place.server.said().splitlines() if line.startswith("{")]
    assert Counter(line["outcome"] for line in ended if line["event"] == "job").keys() == {
        "done",
        "superseded",
    }
    assert [line for line in ended if line["level"] not in ("info", "warning") or "exception" in line] == []
    with closing(http.client.HTTPConnection("127.0.0.1", place.server.port, timeout=30)) as connection:
        connection.request("GET", "/readyz")
        assert connection.getresponse().status == 200
    assert place.server.end() == 0
