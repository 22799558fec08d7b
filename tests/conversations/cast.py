"""The App on a sandbox GitHub, without a server between: deliveries are carried out one after the other."""

from __future__ import annotations

import contextlib
import itertools
import re
import shutil
import textwrap
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from bot.config import Settings
from bot.events import route
from bot.git import GitError
from bot.github.address import Address
from bot.github.app import App, Credentials
from bot.github.errors import TransientError
from bot.github.patience import Manners
from bot.github.permissions import PERMISSIONS, subscribed
from bot.guard.guard import carry_out
from bot.guard.reconcile import Reconciler
from bot.guard.world import StaleError, World
from bot.isolation import Workers
from bot.jobs import Job
from bot.ledger import Ledger
from bot.ports import Forge, Runner
from bot.pull import PullRequest as Snapshot
from bot.sandbox.clock import Clock
from bot.sandbox.model import CheckRun, Delivery
from bot.sandbox.objects import Content
from bot.sandbox.people import Organisation, User
from bot.sandbox.projects import Project
from bot.sandbox.pull_requests import PullRequest
from bot.sandbox.world import Sandbox
from bot.web.app import world_of
from tests.bot.sandbox.description import Description

POLICY = """\
version = 1
mode = "enforce"

[pools.unsafe]
users = ["bob", "carol"]

[[rules]]
name = "unsafe code"
require.pool = "unsafe"
request.strategy = "round-robin"
"""
SAFE = "pub fn get(v: &[u8], i: usize) -> u8 {\n    v[i]\n}\n"
UNSAFE = """\
pub fn get(v: &[u8], i: usize) -> u8 {
    // SAFETY: the caller checked `i`.
    unsafe { *v.get_unchecked(i) }
}
"""
QUICK = Manners(timeout=4, attempts=1, backoff=0.01, longest_wait=0.5, between_writes=0.0, settle=0.01)
MONDAY = datetime(2035, 3, 5, 10, 0, tzinfo=UTC)
"""When every sandbox starts; after today, so that the App thinks its tokens good for as long as GitHub does."""

POLICY_FILE = ".github/cratewarden.toml"
_ATTEMPTS = 6
_NUMBERS = itertools.count(1)


def function(name: str, body: str = "*v.get_unchecked(0)") -> str:
    """An unsafe function as a piece of a file."""
    return f"pub fn {name}(v: &[u8]) -> u8 {{\n    // SAFETY: checked.\n    unsafe {{ {body} }}\n}}\n"


@dataclass(frozen=True, slots=True)
class Stage:
    """A sandbox with the App on it, for many conversations one after the other."""

    sandbox: Sandbox
    app: App
    address: Address
    workers: Workers
    folder: Path
    blank: Path

    @property
    def complaints(self) -> list[str]:
        """What the requests and answers so far differ from GitHub's description in."""
        return self.sandbox.state.violations


@contextlib.contextmanager
def stage(folder: Path) -> Iterator[Stage]:
    """A new sandbox; everything said to it and by it is held against GitHub's description."""
    blank = folder / "blank.db"
    ledger = Ledger(f"sqlite:///{blank}")
    ledger.migrate()
    ledger.close()
    with (
        Sandbox.start(folder / "sandbox", clock=Clock(MONDAY), validator=Description()) as sandbox,
        # One process for all jobs: a new one for each is what the server does, and takes a while.
        Workers(processes=1) as workers,
    ):
        address = Address.of(sandbox.url)
        app = App(address, Credentials(sandbox.app.id, sandbox.app.private_key), QUICK)
        yield Stage(sandbox, app, address, workers, folder, blank)
        app.close()


@dataclass
class Conversation:
    """One repository, ``ring``, of a new organisation: alice writes, bob and carol review, mallory is a stranger."""

    stage: Stage
    world: World
    ledger: Ledger
    acme: Organisation
    ring: Project
    alice: User
    bob: User
    carol: User
    mallory: User
    jobs: list[Job] = field(default_factory=list)
    retries: int = 0
    _heard: int = 0
    _causes: set[str] = field(default_factory=set)

    @property
    def sandbox(self) -> Sandbox:
        """GitHub."""
        return self.stage.sandbox

    # --- deliveries ---

    def settle(self) -> None:
        """Carry out every delivery that has come up, and those that come up meanwhile; then a minute passes."""
        while deliveries := self.unheard():
            jobs = [job for each in deliveries for job in route(each.event, each.payload)]
            self.carry_out(*_needed(jobs))
        self.sandbox.clock.advance(minutes=1)

    def unheard(self) -> list[Delivery]:
        """The deliveries that have come up since, which now are the caller's."""
        found = self.sandbox.deliveries[self._heard :]
        self._heard += len(found)
        return found

    def hear(self, delivery: Delivery) -> None:
        """Carry out one delivery."""
        self.carry_out(*route(delivery.event, delivery.payload))

    def ignore(self) -> None:
        """Lose the deliveries that have come up."""
        self.unheard()

    def reconcile(self) -> None:
        """What the reconciler finds is carried out, each occasion once."""
        reconciler = Reconciler(
            lambda: self.world, lambda: [each.id for each in self.stage.app.installations()]
        )
        for cause, job in reconciler.stale():
            if cause not in self._causes:
                self._causes.add(cause)
                self.carry_out(job)
        self.settle()

    def carry_out(self, *jobs: Job) -> None:
        """Do jobs and what follows from them; what may work later is tried again, as the queue does."""
        for job in jobs:
            self.jobs.append(job)
            self.carry_out(*self._tried(job))

    def _tried(self, job: Job) -> tuple[Job, ...]:
        failure: Exception | None = None
        for _ in range(_ATTEMPTS):
            try:
                return tuple(carry_out(self.world, job))
            except (TransientError, StaleError, GitError) as error:
                self.retries += 1
                failure = error
        raise AssertionError(f"{job} failed {_ATTEMPTS} times") from failure

    # --- what people do ---

    def opens(
        self,
        text: str = UNSAFE,
        *,
        branch: str = "patch",
        path: str = "src/lib.rs",
        project: Project | None = None,
        **how: object,
    ) -> PullRequest:
        """Alice opens a pull request that makes one file of a text, and the App looks at it."""
        into = project or self.ring
        into.commit(branch, {path: text}, author=self.alice)
        pull = into.open_pull(head=branch, by=self.alice, **how)  # type: ignore[arg-type]
        self.settle()
        return pull

    def pushes(self, pull: PullRequest, text: str, *, path: str = "src/lib.rs", **how: object) -> None:
        """A commit is pushed to it that makes a file of a text (by alice, unless told)."""
        pull.push({path: text}, **how)  # type: ignore[arg-type]
        self.settle()

    def approves(self, pull: PullRequest, by: User, commit: str | None = None) -> None:
        """Somebody approves, the head unless told."""
        pull.review(by=by, state="APPROVED", commit=commit)
        self.settle()

    def says_to(self, pull: PullRequest, by: User, text: str) -> str:
        """Somebody comments; gives the App's answer, or nothing."""
        before = self.answers(pull)
        pull.comment(by, text)
        self.settle()
        new = self.answers(pull)[len(before) :]
        return "\n".join(new)

    # --- what people see ---

    def check(self, pull: PullRequest) -> CheckRun:
        """The newest check run at the head, the one that counts."""
        return self.check_at(pull.head)

    def check_at(self, sha: str) -> CheckRun:
        """The newest check run of a commit, the one that counts."""
        return next(run for run in self.sandbox.checks(sha) if run.name == "cratewarden")

    def says(self, pull: PullRequest) -> str:
        """``success``, ``failure``, ``neutral`` or ``in_progress``, as the check run says."""
        check = self.check(pull)
        return check.conclusion or check.status

    def waiting(self, pull: PullRequest) -> list[str]:
        """The places of the changes that wait for somebody, as the check run's table says."""
        rows = [row for row in (self.check(pull).text or "").splitlines() if row.endswith("| waits |")]
        places = [re.search(r"/blob/\w+/([\w/.]+)(?:\?\w+=\d)?#L(\d+)", row) for row in rows]
        return [f"{place[1]}:{place[2]}" for place in places if place]

    def sticky(self, pull: PullRequest) -> str:
        """The App's sticky comment, or nothing."""
        return self._comment(pull, "review")

    def about_policy(self, pull: PullRequest) -> str:
        """The App's comment about an edit of the policy, or nothing."""
        return self._comment(pull, "policy")

    def _comment(self, pull: PullRequest, topic: str) -> str:
        found = [
            comment.body
            for comment in pull.comments
            if comment.body.startswith(f"<!-- cratewarden:{topic} -->") and not comment.minimized
        ]
        assert len(found) <= 1
        return found[0] if found else ""

    def answers(self, pull: PullRequest) -> list[str]:
        """What the App answered to commands, oldest first."""
        return [
            comment.body for comment in pull.comments if comment.body.startswith("<!-- cratewarden:reply-")
        ]

    def reactions(self, pull: PullRequest) -> list[str]:
        """The App's reactions to comments, oldest first."""
        return [reaction.content for comment in pull.comments for reaction in comment.reactions]

    def page(self, pull: PullRequest) -> str:
        """Everything that the pull request's page shows of the App and of who is asked, as text."""
        checks = [
            f"- check at {run.head_sha[:7]}: {run.conclusion or run.status}: {run.title}\n"
            f"{run.summary}\n{run.text}\n{run.annotations}"
            for run in self.sandbox.checks(pull.head)
            if run.name == "cratewarden"
        ]
        comments = [
            f"- {comment.user.login}: {comment.body}\n  {[each.content for each in comment.reactions]}"
            for comment in pull.comments
        ]
        asked = f"- asked: {sorted(requested(pull))} {sorted(pull.requested_teams)}, labels: {sorted(pull.labels)}"
        happenings = [f"- {each.event} {each.detail}" for each in pull.timeline]
        return "\n".join((*checks, *comments, asked, *happenings))


class _Restless:
    """A repository in which something happens while the App reads a pull request."""

    def __init__(self, forge: Forge, happens: Callable[[], object]) -> None:
        self._forge = forge
        self._happens = happens

    def __getattr__(self, name: str) -> object:
        return getattr(self._forge, name)

    def snapshot(self, number: int, teams: Collection[str], commits: Collection[str]) -> Snapshot:
        seen = self._forge.snapshot(number, teams, commits)
        self._happens()
        return seen


def restless(world: World, happens: Callable[[], object]) -> World:
    """A world in which something happens whenever the App has read a pull request."""
    forge = world.forge
    return replace(world, forge=lambda where: _Restless(forge(where), happens))  # type: ignore[arg-type, return-value]


def _needed(jobs: list[Job]) -> Iterator[Job]:
    """Without those that a newer one makes needless, as the queue passes them over."""
    for at, job in enumerate(jobs):
        newer = ((each.kind, each.key) for each in jobs[at + 1 :])
        if not job.replaceable or (job.kind, job.key) not in newer:
            yield job


def requested(pull: PullRequest) -> set[str]:
    """Who is asked to review."""
    return set(pull.requested_reviewers)


def said(text: str | None) -> str:
    """Text of a check run or comment in one line, for tests that look for a sentence."""
    return " ".join((text or "").split())


@contextlib.contextmanager
def begun(
    on: Stage,
    policy: str | None = POLICY,
    files: dict[str, Content] | None = None,
    *,
    organisation_policy: str | None = None,
    installed: bool = True,
) -> Iterator[Conversation]:
    """A new organisation with a repository and the App on it; in policies ``ACME`` stands for its name."""
    number = next(_NUMBERS)
    sandbox = on.sandbox
    sandbox.faults.clear()
    alice, bob, carol, mallory = (sandbox.user(name) for name in ("alice", "bob", "carol", "mallory"))
    acme = sandbox.organisation(f"acme-{number}")
    for member in (bob, carol):
        acme.add(member)
    content: dict[str, Content] = {
        "src/lib.rs": SAFE,
        "Cargo.toml": '[package]\nname = "ring"\nversion = "0.1.0"\n',
        **(files or {}),
    }
    if policy is not None:
        content[POLICY_FILE] = policy.replace("ACME", acme.login)
    ring = acme.repository("ring", content)
    if organisation_policy is not None:
        acme.repository(".github", {"cratewarden.toml": organisation_policy.replace("ACME", acme.login)})
    if installed:
        # Exactly what the App asks for: what needs more than that would fail here.
        sandbox.app.permissions = {one.name: one.level for one in PERMISSIONS}
        sandbox.app.events = [one.name for one in subscribed()]
        acme.install()
    home = on.folder / f"ledger-{number}.db"
    shutil.copyfile(on.blank, home)
    ledger = Ledger(f"sqlite:///{home}", sandbox.clock)
    settings = Settings(data_dir=on.folder / "data", github_url=sandbox.url)

    @contextlib.contextmanager
    def runner() -> Iterator[Runner]:
        yield on.workers

    world = replace(world_of(settings, ledger, on.app, on.address), runner=runner)
    talk = Conversation(on, world, ledger, acme, ring, alice, bob, carol, mallory)
    talk.ignore()
    yield talk
    # Nobody acts there any more: the reconciler of later conversations would look there too.
    acme.uninstall()
    ledger.close()
    complaints = _complaints(on.complaints)
    on.complaints.clear()
    assert not complaints, complaints


def _complaints(found: list[str]) -> str:
    """What differs from GitHub's description, but for webhooks of deleted forks.

    There ``head.repo`` is null (docs: "Pull requests" say so of the REST API), which the description of some
    webhooks forgets.
    """
    excused = {
        one.partition(":")[0] for one in found if one.endswith("head.repo: Input should be an object (null)")
    }
    return "\n".join(one for one in dict.fromkeys(found) if one.partition(":")[0] not in excused)


@contextlib.contextmanager
def conversation(folder: Path, policy: str | None = POLICY) -> Iterator[Conversation]:
    """A conversation on a sandbox of its own."""
    with stage(folder) as on, begun(on, policy) as talk:
        yield talk


Begin = Callable[..., Conversation]
"""Begins a conversation under a policy; see ``begun``."""


def more(policy: str, addition: str) -> str:
    """A policy with something added at its end."""
    return policy + textwrap.dedent(addition)
