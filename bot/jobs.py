"""The work that deliveries ask for, as values that survive a restart."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias

from bot.decoding import decoded


@dataclass(frozen=True, slots=True)
class Where:
    """A repository as a delivery names it: the installation that may act there, its id, and ``owner/name``."""

    installation: int
    repository: int
    full_name: str


@dataclass(frozen=True, slots=True)
class AssessPull:
    """Assess one pull request as it is now.

    ``pusher`` is who pushed ``head``, where the delivery says so. Such a job is never passed over, since
    nobody else can tell.
    """

    kind: ClassVar[str] = "assess-pull"

    where: Where
    number: int
    head: str = ""
    pusher: str = ""

    @property
    def key(self) -> str:
        """Jobs of one key run one after the other."""
        return f"{self.where.repository}#{self.number}"

    @property
    def replaceable(self) -> bool:
        """Whether a newer job of the same key makes this one needless."""
        return not self.pusher


@dataclass(frozen=True, slots=True)
class AssessAll:
    """Assess every open pull request of a repository, or those into one branch."""

    kind: ClassVar[str] = "assess-all"

    where: Where
    base: str = ""

    @property
    def key(self) -> str:
        """Jobs of one key run one after the other."""
        return f"{self.where.repository}#all:{self.base}"

    @property
    def replaceable(self) -> bool:
        """Whether a newer job of the same key makes this one needless."""
        return True


@dataclass(frozen=True, slots=True)
class AssessInstallation:
    """Assess every open pull request that an installation of the App can see."""

    kind: ClassVar[str] = "assess-installation"

    installation: int

    @property
    def key(self) -> str:
        """Jobs of one key run one after the other."""
        return f"installation:{self.installation}"

    @property
    def replaceable(self) -> bool:
        """Whether a newer job of the same key makes this one needless."""
        return True


@dataclass(frozen=True, slots=True)
class AssessCommit:
    """Assess every open pull request whose head is a commit."""

    kind: ClassVar[str] = "assess-commit"

    where: Where
    sha: str

    @property
    def key(self) -> str:
        """Jobs of one key run one after the other."""
        return f"{self.where.repository}#commit:{self.sha}"

    @property
    def replaceable(self) -> bool:
        """Whether a newer job of the same key makes this one needless."""
        return True


@dataclass(frozen=True, slots=True)
class AssessGroup:
    """Assess a merge group: what the queue is about to merge into ``branch``."""

    kind: ClassVar[str] = "assess-group"

    where: Where
    branch: str
    base_sha: str
    head_sha: str

    @property
    def key(self) -> str:
        """Jobs of one key run one after the other."""
        return f"{self.where.repository}#group:{self.head_sha}"

    @property
    def replaceable(self) -> bool:
        """Whether a newer job of the same key makes this one needless."""
        return True


@dataclass(frozen=True, slots=True)
class ObeyComment:
    """Carry out the commands in a comment on a pull request, and assess it."""

    kind: ClassVar[str] = "obey-comment"

    where: Where
    number: int
    comment: int

    @property
    def key(self) -> str:
        """Jobs of one key run one after the other."""
        return f"{self.where.repository}#{self.number}"

    @property
    def replaceable(self) -> bool:
        """Whether a newer job of the same key makes this one needless."""
        return False


@dataclass(frozen=True, slots=True)
class MentorPull:
    """Let the mentor look at a pull request; ``if_touched`` only if that changes what the mentor reads: a manifest.

    A job of its own beside the assessments, so that these never wait for it.
    """

    kind: ClassVar[str] = "mentor-pull"

    where: Where
    number: int
    if_touched: bool = False

    @property
    def key(self) -> str:
        """Jobs of one key run one after the other."""
        return f"{self.where.repository}#{self.number}:mentor"

    @property
    def replaceable(self) -> bool:
        """Whether a newer job of the same key makes this one needless."""
        return True


@dataclass(frozen=True, slots=True)
class TakeInventory:
    """Count the sites of a commit of the default branch for the audit log."""

    kind: ClassVar[str] = "take-inventory"

    where: Where
    sha: str

    @property
    def key(self) -> str:
        """Jobs of one key run one after the other."""
        return f"{self.where.repository}#inventory"

    @property
    def replaceable(self) -> bool:
        """Whether a newer job of the same key makes this one needless."""
        return True


Job: TypeAlias = (
    AssessPull
    | AssessAll
    | AssessInstallation
    | AssessCommit
    | AssessGroup
    | ObeyComment
    | MentorPull
    | TakeInventory
)


def to_json(job: Job) -> dict[str, Any]:
    """A job as JSON values, with its ``kind``."""
    import msgspec

    values: dict[str, Any] = msgspec.to_builtins(job)
    return {"kind": job.kind, **values}


def from_json(values: Mapping[str, Any]) -> Job:
    """The job that ``to_json`` wrote.

    Raises:
        ValueError: no such job is known, or its values are wrong.
    """
    kind = values.get("kind")
    if kind not in _kinds():
        raise ValueError(f"there is no job {kind!r}")
    rest = {key: value for key, value in values.items() if key != "kind"}
    job: Job = decoded(rest, _kinds()[kind])
    return job


@functools.cache
def _kinds() -> Mapping[Any, Any]:
    return {job.kind: job for job in Job.__args__}
