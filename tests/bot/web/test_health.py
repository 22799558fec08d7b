"""What the server says about itself, and how it ends."""

from __future__ import annotations

import os
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.ledger import Ledger
from tests.bot import databases
from tests.bot.web.conftest import Server, start


def figures(server: Server) -> dict[str, float]:
    answer = server.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    return {
        sample.name + "".join(f" {value}" for value in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.body.decode())
        for sample in family.samples
    }


def test_a_server_that_can_work_is_ready(server: Server) -> None:
    assert server.get("/healthz").json == {"status": "alive"}
    answer = server.get("/readyz")
    assert answer.status == 200
    expected = {"ready": True, "database": True, "migrated": True, "worker": True, "keeps_up": True}
    assert {name: value for name, value in answer.json.items() if name != "backlog_seconds"} == expected


def test_deliveries_and_jobs_are_counted(server: Server) -> None:
    server.deliver(b'{"id": "wrong"}')
    server.deliver(X_GitHub_Event="unheard_of")
    server.deliver(secret="wrong")  # noqa: S106 - of tests only
    server.wait_for_log("job", outcome="failed")
    found = figures(server)
    assert found["cratewarden_deliveries_total push accepted"] >= 1
    assert found["cratewarden_deliveries_total other accepted"] == 1
    assert found["cratewarden_refused_requests_total 401"] == 1
    assert found["cratewarden_jobs_total assess-commit failed"] == 1
    assert found["cratewarden_jobs_failed"] == 1
    assert found["cratewarden_database_up"] == 1


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/nothing"])
def test_browsers_are_told_to_trust_nothing(server: Server, path: str) -> None:
    headers = {name.lower(): value for name, value in server.get(path).headers.items()}
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["cache-control"] == "no-store"
    assert "server" not in headers


def test_a_server_whose_database_is_full_says_so_and_recovers(tmp_path: Path) -> None:
    server, process = start(tmp_path, databases.sqlite(tmp_path))
    try:
        with closing(sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)) as other:
            # What a full disk does to a writer, without filling one: nobody else may write.
            other.execute("ALTER TABLE deliveries RENAME TO away")
            refused = server.deliver()
            assert (refused.status, refused.headers["retry-after"]) == (503, "30")
            assert server.wait_for_log("delivery", outcome="unstored")["cause"] == "OperationalError"
            other.execute("ALTER TABLE away RENAME TO deliveries")
        assert server.deliver().status == 202
    finally:
        os.kill(server.pid, signal.SIGKILL)
        process.join()


def test_a_server_whose_postgresql_goes_away_refuses_says_so_and_recovers_by_itself(tmp_path: Path) -> None:
    with databases.own_server() as postgresql:
        server, process = start(tmp_path, postgresql.get_uri())
        try:
            assert server.deliver(b'{"id": "slow"}').status == 202
            _until_running(server)
            postgresql.stop()
            assert server.deliver().status == 503
            assert server.get("/healthz").status == 200
            answer = server.get("/readyz")
            assert (answer.status, answer.json["database"], answer.json["ready"]) == (503, False, False)
            assert figures(server)["cratewarden_database_up"] == 0
            postgresql.start()
            _wait(lambda: server.deliver().status == 202)
            # The job that ran meanwhile is recorded, and the new one runs.
            _wait(lambda: server.get("/readyz").status == 200)
            _wait(lambda: figures(server).get("cratewarden_jobs_waiting") == 0)
            assert server.wait_for_log("job", outcome="done")
        finally:
            os.kill(server.pid, signal.SIGTERM)
            process.join(30)
    assert process.exitcode == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_running_jobs_end(tmp_path: Path, number: int) -> None:
    url = databases.sqlite(tmp_path)
    server, process = start(tmp_path, url)
    server.deliver(b'{"id": "slow"}')
    _until_running(server)
    os.kill(server.pid, number)
    process.join(20)
    assert process.exitcode == 0
    assert server.wait_for_log("job")["outcome"] == "done"
    ledger = Ledger(url)
    with ledger.engine.connect() as connection:
        states = connection.exec_driver_sql("SELECT state FROM deliveries").scalars().all()
    ledger.close()
    assert states == ["done"]


def test_a_job_that_does_not_end_is_left_for_the_next_start(tmp_path: Path) -> None:
    url = databases.sqlite(tmp_path)
    server, process = start(tmp_path, url)
    server.deliver(b'{"id": "endless"}')
    _until_running(server)
    began = time.monotonic()
    os.kill(server.pid, signal.SIGTERM)
    process.join(20)
    assert (process.exitcode, time.monotonic() - began < 12) == (0, True)
    assert server.wait_for_log("jobs left for the next start")["running"] == 1
    (tmp_path / "log").unlink()
    again, process = start(tmp_path, url)
    _until_running(again)
    os.kill(again.pid, signal.SIGKILL)
    process.join()


def _until_running(server: Server) -> None:
    _wait(lambda: figures(server)["cratewarden_jobs_running"] > 0)


def _wait(until: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 40
    while not until():
        assert time.monotonic() < deadline
        time.sleep(0.05)
