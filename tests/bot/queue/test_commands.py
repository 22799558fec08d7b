"""``cratewarden serve``, ``worker``, ``replay`` and ``ledger``, as a person runs them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bot.ledger import Ledger
from bot.ledger.tables import DeliveryRow, JobRow
from bot.pull import RepositoryRef
from tests.bot import databases
from tests.bot.queue.kills import free_port

COMMAND = Path(sys.executable).with_name("cratewarden")
RING = RepositoryRef("acme", "ring", 7, "main")
SECRET = "a secret for the tests"  # noqa: S105 - of tests only
PUSHED = {
    "action": "synchronize",
    "number": 12,
    "installation": {"id": 3},
    "repository": {"id": 7, "full_name": "acme/ring", "default_branch": "main"},
    "pull_request": {"number": 12, "head": {"sha": "a" * 40}, "base": {"ref": "main"}},
    "sender": {"login": "alice", "type": "User"},
}


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("key") / "app.pem"
    key = rsa.generate_private_key(65537, 2048)
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()))
    return file


def variables(folder: Path, **more: str) -> dict[str, str]:
    # Nobody listens there: the App must receive while GitHub is away.
    given = {
        "DATA_DIR": str(folder),
        "WEBHOOK_SECRET": SECRET,
        "APP_ID": "1",
        "GITHUB_URL": "http://127.0.0.1:9",
        **more,
    }
    return {**os.environ, **{f"CRATEWARDEN_{name}": value for name, value in given.items()}}


def run(*arguments: str | Path, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [COMMAND, *arguments], env=variables(folder, **more), capture_output=True, text=True, check=False
    )


def recorded(folder: Path, payload: object = PUSHED) -> Path:
    file = folder / "payload.json"
    file.write_text(json.dumps(payload))
    return file


def written(folder: Path) -> Ledger:
    ledger = Ledger(f"sqlite:///{folder / 'cratewarden.db'}")
    ledger.migrate()
    return ledger


def test_a_server_receives_what_is_replayed_and_ends_in_good_order(tmp_path: Path, key_file: Path) -> None:
    port = str(free_port())
    settings = variables(tmp_path, PORT=port, PRIVATE_KEY_FILE=str(key_file))
    with subprocess.Popen(
        [COMMAND, "serve"], env=settings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == f"cratewarden: listening on http://127.0.0.1:{port}\n"
        second = run("serve", folder=tmp_path, PORT="0", PRIVATE_KEY_FILE=str(key_file))
        assert (second.returncode, second.stdout) == (2, "")
        assert second.stderr.startswith("cratewarden: another process serves ")
        assert len(second.stderr.splitlines()) == 1
        replay = ("replay", recorded(tmp_path), "--delivery", "72d3162e-cc78-11e3-81ab-4c9367dc0958")
        for expected in ("202", "200"):
            replayed = run(*replay, folder=tmp_path, PORT=port)
            assert (replayed.returncode, replayed.stderr) == (0, "")
            said = f"pull_request 72d3162e-cc78-11e3-81ab-4c9367dc0958: {expected} "
            assert replayed.stdout.startswith(said)
        refused = run("replay", recorded(tmp_path), folder=tmp_path, PORT=port, WEBHOOK_SECRET=SECRET[::-1])
        assert (refused.returncode, '401 {"error":"unauthorized"}' in refused.stdout) == (1, True)
        server.send_signal(signal.SIGTERM)
        rest, log = server.communicate(timeout=60)
    assert (server.returncode, rest) == (0, "")
    assert all(json.loads(line)["at"] for line in log.splitlines())
    assert SECRET not in log


def test_a_webhook_can_be_put_into_the_queue_without_a_server(tmp_path: Path) -> None:
    replayed = run("replay", recorded(tmp_path), "--direct", folder=tmp_path)
    assert (replayed.returncode, replayed.stderr) == (0, "")
    assert replayed.stdout.startswith("pull_request ")
    assert replayed.stdout.endswith(": accepted\n")
    ledger = written(tmp_path)
    with ledger.engine.connect() as connection:
        assert connection.scalar(sa.select(DeliveryRow.event)) == "pull_request"
        assert connection.scalar(sa.select(JobRow.key)) == "7#12"
    ledger.close()


def test_a_server_without_settings_says_each_of_them(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CRATEWARDEN_")}
    environment["CRATEWARDEN_DATA_DIR"] = str(tmp_path)
    done = subprocess.run([COMMAND, "serve"], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "CRATEWARDEN_WEBHOOK_SECRET is not set" in done.stderr


def test_a_worker_needs_postgresql(tmp_path: Path) -> None:
    done = run("worker", folder=tmp_path)
    assert done.returncode == 2
    assert "needs PostgreSQL" in done.stderr


def test_a_worker_works_beside_a_server_and_ends_in_good_order(tmp_path: Path, key_file: Path) -> None:
    url = databases.postgresql()
    settings = variables(tmp_path, DATABASE_URL=url, PRIVATE_KEY_FILE=str(key_file))
    with subprocess.Popen([COMMAND, "worker"], env=settings, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "cratewarden: working\n"
        worker.send_signal(signal.SIGINT)
        try:
            assert worker.wait(60) == 0
        finally:
            worker.kill()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("nowhere.json",), "cannot read nowhere.json"),
        (("{folder}/text.txt",), "is no JSON"),
        (("{folder}/list.json",), "a payload is an object"),
        (("{folder}/unknown.json",), "name it with --event"),
        (("{folder}/payload.json", "--delivery", "1"), "1 is no UUID"),
        (("{folder}/payload.json", "--url", "ftp://x"), "is no web address"),
        (("{folder}/payload.json", "--url", "http://127.0.0.1:9/"), "is `cratewarden serve` running?"),
    ],
)
def test_a_replay_that_cannot_work_says_why(tmp_path: Path, arguments: tuple[str, ...], told: str) -> None:
    recorded(tmp_path)
    for name, text in (("text.txt", "text"), ("list.json", "[]"), ("unknown.json", "{}")):
        (tmp_path / name).write_text(text)
    done = run("replay", *(argument.format(folder=tmp_path) for argument in arguments), folder=tmp_path)
    assert (done.returncode, done.stdout, told in done.stderr) == (2, "", True)


def test_the_log_can_be_checked_and_exported(tmp_path: Path) -> None:
    before = run("ledger", "verify", folder=tmp_path)
    assert (before.returncode, "run `cratewarden ledger migrate`" in before.stderr) == (2, True)
    assert run("ledger", "migrate", folder=tmp_path).stdout == "the tables are up to date\n"
    ledger = written(tmp_path)
    for number in (12, 13):
        ledger.book(RING, number).remember_dismissal(5, "stale")
    sequence, digest = ledger.head()
    whole = run("ledger", "verify", "--since", f"{sequence}:{digest}", folder=tmp_path)
    assert whole.stdout == f"2 entries, all whole; the last is 2:{digest}\n"
    other = run("ledger", "verify", "--since", f"2:{'0' * 64}", folder=tmp_path)
    assert (other.returncode, other.stdout) == (1, "entry 2 is not the one that was seen before\n")
    exported = run("ledger", "export", "--repository", "acme/ring", folder=tmp_path).stdout.splitlines()
    assert [json.loads(line)["number"] for line in exported] == [12, 13]
    assert run("ledger", "export", "--since", "2999-01-01", folder=tmp_path).stdout == ""
    assert "is no date" in run("ledger", "export", "--since", "soon", folder=tmp_path).stderr
    with ledger.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_no_update")
        connection.exec_driver_sql("UPDATE audit SET actor = 'mallory' WHERE sequence = 1")
    ledger.close()
    broken = run("ledger", "verify", folder=tmp_path)
    assert (broken.returncode, broken.stdout) == (1, "entry 1 is broken: it is not what was written\n")


def test_an_operator_moves_the_record_to_postgresql_and_back_to_an_older_version(tmp_path: Path) -> None:
    ledger = written(tmp_path)
    ledger.book(RING, 12).remember_dismissal(5, "stale")
    _, digest = ledger.head()
    ledger.close()
    file, there = tmp_path / "cratewarden.db", databases.postgresql()
    moved = run("ledger", "import", file, folder=tmp_path, DATABASE_URL=there)
    assert moved.stdout == "everything was copied, and the audit log is whole: 1 entries\n", moved.stderr
    whole = run("ledger", "verify", "--since", f"1:{digest}", folder=tmp_path, DATABASE_URL=there)
    assert whole.stdout == f"1 entries, all whole; the last is 1:{digest}\n"
    again = run("ledger", "import", file, folder=tmp_path, DATABASE_URL=there)
    assert (again.returncode, "already; nothing was copied" in again.stderr) == (2, True)
    missing = run("ledger", "import", tmp_path / "none.db", folder=tmp_path, DATABASE_URL=there)
    assert (missing.returncode, "there is no file" in missing.stderr) == (2, True)
    back = run("ledger", "migrate", "--to", "0001", folder=tmp_path, DATABASE_URL=there)
    assert back.stdout == "the tables are at revision 0001\n"
    stale = run("ledger", "verify", folder=tmp_path, DATABASE_URL=there)
    assert (stale.returncode, "run `cratewarden ledger migrate`" in stale.stderr) == (2, True)
