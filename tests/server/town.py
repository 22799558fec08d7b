"""A sandbox GitHub and the real server beside it, as processes of their own; and one whole conversation."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from bot.demo import history
from bot.ledger import Ledger, work
from bot.sandbox.people import Organisation, User
from bot.sandbox.projects import Project
from bot.sandbox.pull_requests import PullRequest
from bot.sandbox.world import Sandbox
from tests.bot.queue.kills import free_port, processes

PATIENCE = 600.0
_WAITS = "needs-unsafe-review"
# What a person can see was done twice. Edits of one comment are not: they leave no trace but the last.
_VISIBLE = re.compile(r"/repos/acme/([\w-]+)/(?:.*/)?(comments|check-runs|requested_reviewers|reactions)")
# What the reconciler looks at comes without end.
_OF_JOBS = re.compile(r"/repos/acme/ring-\d+/(?!pulls$)")


def run_server(environment: dict[str, str], log: str) -> None:
    """``cratewarden serve`` in a process that was forked from one that has its libraries."""
    os.setsid()
    output = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for stream in (1, 2):
        os.dup2(output, stream)
    os.environ.update(environment)
    from bot.cli import main

    sys.exit(main(["serve"]))


@dataclass
class Server:
    """The server on a port that stays the same, to be started as often as it is killed."""

    port: int
    log: Path
    environment: dict[str, str]
    process: ForkServerProcess | None = None
    # A process' end can be asked for by one thread at a time.
    asking: threading.Lock = field(default_factory=threading.Lock)

    def start(self) -> None:
        with self.asking:
            self.process = processes().Process(target=run_server, args=(self.environment, str(self.log)))
            self.process.start()

    def ended(self) -> int | None:
        """Its exit status if it ended by itself: nobody killed it."""
        with self.asking:
            return None if self.process is None else self.process.exitcode

    def kill(self) -> None:
        """SIGKILL to it and to its workers, which are of its session."""
        with self.asking:
            if self.process is None or self.process.pid is None:
                return
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.kill()
            self.process.join()
            self.process = None

    def said(self) -> str:
        return self.log.read_text() if self.log.exists() else ""

    def told(self) -> str:
        """How it is and what it said last, for messages."""
        return f"exit status {self.ended()}: {self.said()[-3000:]}"

    def end(self, seconds: float = 60) -> int | None:
        """SIGTERM; the exit status."""
        with self.asking:
            if self.process is None:
                return None
            self.process.terminate()
            self.process.join(seconds)
            if self.process.is_alive():
                self.process.kill()
                self.process.join()
            status, self.process = self.process.exitcode, None
            return status


@dataclass
class Town:
    """Alice writes; bob, carol and dave may check unsafe code. Each conversation has a repository of its own.

    ``is_over`` ends all waiting, once something has failed.
    """

    github: Sandbox
    server: Server
    database: str
    acme: Organisation
    people: dict[str, User]
    is_over: threading.Event = field(default_factory=threading.Event)

    def repository(self, name: str) -> Project:
        ring = self.acme.repository(name, history.before())
        for team in self.github.state.teams.values():
            team.levels[ring.repository.id] = "write"
        ring.collaborator(self.people["alice"], "write")
        ring.require_check("cratewarden")
        return ring

    def wait(self, what: str, until: Callable[[], bool], seconds: float = PATIENCE) -> None:
        deadline = time.monotonic() + seconds
        while not until():
            assert not self.is_over.is_set(), what
            assert self.server.ended() is None, self.server.told()
            assert time.monotonic() < deadline, f"{what}: {self.server.told()}"
            time.sleep(0.02)

    def wait_until_quiet(self) -> None:
        """Wait until every webhook has arrived and everything it asked for is done."""
        self.wait("webhooks arrive", lambda: all(_has_arrived(one.tries) for one in self.github.deliveries))
        ledger = Ledger(self.database)

        def is_quiet() -> bool:
            with ledger.engine.connect() as connection:
                return work.backlog(connection, ledger.clock.now()).waiting == 0

        try:
            self.wait("jobs end", is_quiet)
        finally:
            ledger.close()

    def converse(self, name: str) -> PullRequest:
        """A pull request from its first push to its merge; every step waits for what the App makes of the last."""
        ring, alice = self.repository(name), self.people["alice"]
        ring.commit("faster", history.proposed(), author=alice, message="Faster indexing\n")
        pull = ring.open_pull(head="faster", by=alice, title="Faster indexing")
        reviewer = self._asked(pull)
        pull.comment(self.people["dave"], "@cratewarden explain")
        self.wait("the App explains", lambda: len(written(pull)) == 2)
        self._wait_until_recorded(pull)
        self._approved(pull, reviewer)
        pull.push(history.reformatted(), by=alice, message="Run rustfmt\n")
        self.wait("it stays green", lambda: says(pull) == "success")
        pull.push(history.extended(), by=alice, message="Share rings between threads\n")
        self._approved(pull, self._asked(pull))
        pull.merge(by=alice)
        return pull

    def _wait_until_recorded(self, pull: PullRequest) -> None:
        """A command that is carried out again after a kill is answered as things are then: an edit, if they changed."""
        key = f"{pull.project.repository.id}#{pull.number}"
        ledger = Ledger(self.database)

        def is_recorded() -> bool:
            with ledger.engine.connect() as connection:
                return not work.is_waiting(connection, key)

        try:
            self.wait("that is recorded", is_recorded)
        finally:
            ledger.close()

    def _asked(self, pull: PullRequest) -> str:
        self.wait(
            "somebody is asked",
            lambda: says(pull) == "in_progress" and bool(pull.requested_reviewers) and _WAITS in pull.labels,
        )
        (asked,) = pull.requested_reviewers
        return asked

    def _approved(self, pull: PullRequest, reviewer: str) -> None:
        pull.review(by=self.people[reviewer])
        self.wait("it passes", lambda: says(pull) == "success" and _WAITS not in pull.labels)

    def trace(self, pull: PullRequest) -> str:
        """All that people can see of a pull request, alike for conversations that went alike."""
        asked = list(
            dict.fromkeys(_person(one.detail) for one in pull.timeline if one.event == "review_requested")
        )
        names = {name: f"REVIEWER-{at}" for at, name in enumerate(asked)}
        names |= {self.github.url: "GITHUB", pull.project.repository.name: "REPOSITORY"}
        commits = [run.head_sha for run in reversed(pull.project.repository.checks)]
        commits += [
            pull.project.head("main"),
            *(one.commit or "" for one in pull.reviews),
            pull.pull.base_sha,
        ]
        lines = [f"{pull.pull.state} {sorted(pull.labels)}"]
        lines += [
            f"check {run.head_sha} {run.status} {run.conclusion} {run.title} {len(run.annotations)}"
            for run in sorted(pull.project.repository.checks, key=lambda run: run.id)
        ]
        lines += [f"{one.event} {one.actor.login} {_person(one.detail)}" for one in pull.timeline]
        lines += [f"comment {one.user.login} {len(one.reactions)}\n{one.body}" for one in pull.comments]
        lines += [f"{count} x {what}" for what, count in sorted(self.effects(pull.project).items())]
        text = "\n".join(lines)
        for at, sha in enumerate(dict.fromkeys(filter(None, commits))):
            text = text.replace(sha, f"COMMIT-{at}").replace(sha[:7], f"COMMIT-{at}")
        for name, shown in names.items():
            text = text.replace(name, shown)
        return re.sub(r"(reply-|issuecomment-)\d+", r"\1ID", text)

    def work_since(self, start: int) -> int:
        """How many of GitHub's requests since the one numbered ``start`` were made by jobs about pull requests."""
        return sum(_OF_JOBS.match(one.path) is not None for one in self.github.state.requests[start:])

    def effects(self, project: Project) -> Counter[str]:
        """How often the App made something that people see, by what it was."""
        found = (
            _VISIBLE.fullmatch(one.path) for one in self.github.requests if _made(one.method, one.status)
        )
        return Counter(hit[2] for hit in found if hit and hit[1] == project.repository.name)


def says(pull: PullRequest) -> str:
    """What the newest check run of the head says."""
    check = pull.check()
    return "" if check is None else check.conclusion or check.status


def written(pull: PullRequest) -> list[str]:
    """The App's comments."""
    return [one.body for one in pull.comments if one.app is not None]


@contextlib.contextmanager
def town(folder: Path, database: str = "", **settings: str) -> Iterator[Town]:
    """Build one. The server is the caller's to start; it ends with this."""
    folder.mkdir(parents=True, exist_ok=True)
    key = folder / "app.pem"
    port, url = free_port(), database or f"sqlite:///{folder / 'cratewarden.db'}"
    with Sandbox.start(folder / "github") as github:
        key.write_text(github.app.private_key)
        people = {login: github.user(login) for login in ("alice", "bob", "carol", "dave")}
        acme = github.organisation("acme")
        for one in people.values():
            acme.add(one)
        acme.team("unsafe-reviewers", members=[people[login] for login in ("bob", "carol", "dave")])
        acme.install()
        github.deliver_to(f"http://127.0.0.1:{port}/webhooks/github")
        environment = {
            "CRATEWARDEN_APP_ID": str(github.app.id),
            "CRATEWARDEN_PRIVATE_KEY_FILE": str(key),
            "CRATEWARDEN_WEBHOOK_SECRET": github.app.webhook_secret,
            "CRATEWARDEN_GITHUB_URL": github.url,
            "CRATEWARDEN_DATA_DIR": str(folder / "data"),
            "CRATEWARDEN_DATABASE_URL": url,
            "CRATEWARDEN_PORT": str(port),
            "CRATEWARDEN_RECONCILE_SECONDS": "4",
            **settings,
        }
        built = Town(github, Server(port, folder / "log", environment), url, acme, people)
        try:
            yield built
        finally:
            github.deliver_to("")
            built.server.end()


def _has_arrived(tries: object) -> bool:
    return isinstance(tries, list) and any(200 <= one.status_code < 300 for one in tries)


def _made(method: str, status: int) -> bool:
    # A reaction that is there already is answered with 200 (docs: "Create reaction for an issue comment").
    return method == "POST" and status == 201


def _person(detail: dict[str, object]) -> str:
    shown = detail.get("requested_reviewer")
    return str(shown["login"]) if isinstance(shown, dict) else ""
