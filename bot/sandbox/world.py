"""The way into the sandbox: start it, and act in it as people do.

::

    with Sandbox.start(folder) as world:
        alice, bob = world.user("alice"), world.user("bob")
        acme = world.organisation("acme")
        ring = acme.repository("ring", {"src/lib.rs": "pub fn f() {}"})
        acme.team("unsafe-reviewers", members=[bob])
        ring.install()
        world.deliver_to("http://127.0.0.1:8080/webhooks/github")
        ring.commit("patch", {"src/lib.rs": "pub fn f() { unsafe {} }"}, author=alice)
        pull = ring.open_pull(head="patch", by=alice)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Literal

from bot.sandbox.acts import memberships
from bot.sandbox.acts.pulls import identity
from bot.sandbox.clock import Clock
from bot.sandbox.faults import Fault, Faults, When
from bot.sandbox.hookshot import Hookshot
from bot.sandbox.keys import new_app
from bot.sandbox.model import Account, App, CheckRun, Delivery, Repository
from bot.sandbox.objects import Content, Git
from bot.sandbox.people import Organisation, User
from bot.sandbox.projects import Project, first_files
from bot.sandbox.server import Server
from bot.sandbox.state import Served, State, Validator


class SandboxError(Exception):
    """What the sandbox said differs from GitHub's description; one line for each difference."""


class Sandbox:
    """A small GitHub of its own."""

    def __init__(self, folder: Path, clock: Clock | None = None, validator: Validator | None = None) -> None:
        self.clock = clock or Clock()
        self.state = State(folder, self.clock, validator=validator)
        self.faults = Faults()
        self._hookshot = Hookshot(self.state)
        self.state.outbox = self._hookshot.post
        self.state.redeliver = lambda delivery: self._hookshot.post(delivery, redelivery=True)
        self._server = Server(self.state, self.faults)
        self.staff = self._account("staff", "User")
        self.app = new_app(self.state, self.staff, "cratewarden")

    @classmethod
    def start(
        cls,
        folder: Path,
        *,
        clock: Clock | None = None,
        validator: Validator | None = None,
        port: int = 0,
    ) -> Sandbox:
        """Start the server on a free port of 127.0.0.1.

        Args:
            folder: where the git repositories go; made if need be.
            clock: the time; else the machine's, which ``clock.advance`` moves.
            validator: compares everything with GitHub's description; ``stop`` raises what it found.
            port: a certain port.
        """
        folder.mkdir(parents=True, exist_ok=True)
        world = cls(folder, clock, validator)
        world.state.url = world._server.start(port)
        world._hookshot.start()
        return world

    def stop(self) -> None:
        """Stop the server and the post.

        Raises:
            SandboxError: the validator found differences.
        """
        self._hookshot.stop()
        self._server.stop()
        if self.state.violations:
            raise SandboxError("\n".join(dict.fromkeys(self.state.violations)))

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.stop()
        except SandboxError:
            if error is None:  # else the test's own failure is the one to show
                raise

    @property
    def url(self) -> str:
        """Where it listens, without a slash at the end: what `CRATEWARDEN_GITHUB_URL` is set to."""
        return self.state.url

    @property
    def api_url(self) -> str:
        """The REST API's address: PyGithub's ``base_url``."""
        return f"{self.state.url}/api/v3"

    # --- people and places ---

    def user(self, login: str, emails: Sequence[str] | None = None, name: str | None = None) -> User:
        """Somebody with an account; the same one again for a login that exists."""
        with self.state.lock:
            found = self.state.account(login)
            if found is None:
                addresses = [f"{login}@example.com"] if emails is None else emails
                found = self._account(login, "User", tuple(addresses))
                found.name = name
        return User(self, found)

    def organisation(self, login: str, owner: User | None = None) -> Organisation:
        """A new organisation, owned by somebody or else by the sandbox's staff."""
        with self.state.lock:
            account = self._account(login, "Organization")
            boss = owner.account if owner else self.staff
            account.members[boss.login.lower()] = "admin"
        return Organisation(self, account, boss)

    def create_app(
        self,
        name: str,
        *,
        permissions: dict[str, str] | None = None,
        events: tuple[str, ...] | None = None,
    ) -> App:
        """Another App, for instance one that uses our check's name."""
        with self.state.lock:
            return new_app(self.state, self.staff, name, permissions=permissions, events=events)

    def new_repository(
        self,
        owner: Account,
        keeper: Account,
        name: str,
        files: Mapping[str, Content] | Path | None,
        *,
        private: bool = False,
    ) -> Project:
        """A repository below an account."""
        with self.state.lock:
            number = self.state.new_id()
            git = Git.create(self.state.folder / f"{number}.git", "main")
            repository = Repository(number, owner, name, git, self.clock.now(), private)
            self.state.repositories[number] = repository
            first_files(git, files, "main", identity(keeper), self)
            if isinstance(files, Path) and git.branch("main") is None:
                repository.default_branch = _only_branch(git)
            project = Project(self, repository, keeper)
            for one in list(self.state.installations.values()):
                if one.account is owner and one.repositories is None:
                    memberships.tell_repositories(self.state, one, "added", [repository], keeper)
        return project

    def remove_member(self, organisation: Organisation, user: User) -> None:
        """Somebody leaves an organisation (webhooks `membership` and `organization`)."""
        organisation.remove(user)

    # --- webhooks ---

    @property
    def deliveries(self) -> list[Delivery]:
        """All webhooks that were written, oldest first."""
        with self.state.lock:
            return list(self.state.deliveries)

    def deliver_to(self, url: str, app: App | None = None) -> None:
        """Send an App's webhooks to an address from now on."""
        with self.state.lock:
            (app or self.app).webhook_url = url

    def redeliver(self, guid: str) -> None:
        """Send one again, under the same id.

        Raises:
            KeyError: there is none of this id.
        """
        for delivery in self.deliveries:
            if delivery.guid == guid:
                self._hookshot.post(delivery, redelivery=True)
                return
        raise KeyError(guid)

    def drop_next_delivery(self, count: int = 1) -> None:
        """Lose the next webhooks without a trace: not even GitHub knows of them."""
        with self.state.lock:
            self.state.drops += count

    def settle(self, seconds: float = 30.0) -> None:
        """Wait until every webhook was sent and answered.

        Raises:
            TimeoutError: some are still on their way.
        """
        if not self._hookshot.settle(seconds):
            raise TimeoutError("webhooks are still on their way")

    # --- faults ---

    def fail(
        self,
        method: str = "*",
        path_pattern: str = "*",
        *,
        status: int = 502,
        times: int = 1,
        skip: int = 0,
        when: When = "before",
        retry_after: float = 0.0,
    ) -> Fault:
        """Answer requests with an error. The pattern is a shell pattern for the path after ``/api/v3``.

        With ``when="after"`` the request takes effect, and only its answer is lost.
        """
        fault = Fault("status", method, path_pattern, status, times, skip, when, retry_after)
        return self.faults.order(fault)

    def limit(
        self,
        kind: Literal["primary", "secondary"],
        method: str = "*",
        path_pattern: str = "*",
        *,
        seconds: float = 1.0,
        times: int = 1,
    ) -> Fault:
        """Answer 403: secondary with Retry-After, primary with nothing remaining until the reset."""
        return self.faults.order(Fault(kind, method, path_pattern, 403, times, seconds=seconds))

    def disturb(
        self,
        kind: Literal["hang", "reset", "slow", "truncate"],
        method: str = "*",
        path_pattern: str = "*",
        *,
        seconds: float = 0.0,
        times: int = 1,
        when: When = "before",
    ) -> Fault:
        """Hold the socket, drop the connection, answer late, or end a list too early without saying so."""
        return self.faults.order(Fault(kind, method, path_pattern, 502, times, when=when, seconds=seconds))

    # --- what a test looks at ---

    @property
    def requests(self) -> list[Served]:
        """Every request to REST and GraphQL, in order."""
        with self.state.lock:
            return list(self.state.requests)

    def checks(self, sha: str) -> list[CheckRun]:
        """The check runs of a commit in any repository, newest first."""
        with self.state.lock:
            return [run for one in self.state.live_repositories() for run in self.state.check_runs(one, sha)]

    def _account(
        self, login: str, kind: Literal["User", "Organization"], emails: tuple[str, ...] = ()
    ) -> Account:
        if self.state.account(login) is not None:
            raise ValueError(f"the login {login} is taken")
        token = self.state.new_secret("ghp_") if kind == "User" else ""
        account = Account(self.state.new_id(), login, kind, self.clock.now(), emails, token)
        self.state.accounts[login.lower()] = account
        return account


def _only_branch(git: Git) -> str:
    """The branch that a copied repository has, if it is not called main: master, or the first by name."""
    names = [ref.removeprefix("refs/heads/") for ref in sorted(git.refs("refs/heads/"))]
    branch = "master" if "master" in names else next(iter(names), "main")
    (git.folder / "HEAD").write_text(f"ref: refs/heads/{branch}\n", encoding="utf-8")
    return branch
