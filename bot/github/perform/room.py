"""Where actions are carried out: one pull request or merge group of one repository."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from bot.github.answers import AppAnswer, PullAnswer
from bot.github.api import Api
from bot.github.errors import TransientError
from bot.pull import RepositoryRef

T = TypeVar("T")
# How often something is made anew whose making may or may not have worked.
ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Room:
    """``number`` is 0 for a merge group. ``settle`` seconds go by before GitHub's lists show what was just made.

    ``uploads`` remembers a digest of what was last uploaded to code scanning, by repository id and ref.
    """

    api: Api
    repository: RepositoryRef
    app: AppAnswer
    number: int
    settle: float
    uploads: dict[tuple[int, str], bytes] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """``owner/name#number``."""
        return f"{self.repository.full_name}#{self.number}"

    @property
    def path(self) -> str:
        """The path of the repository."""
        return f"/repos/{self.repository.full_name}"

    @property
    def issue(self) -> str:
        """The path of the pull request as an issue."""
        return f"{self.path}/issues/{self.number}"

    @property
    def pull(self) -> str:
        """The path of the pull request."""
        return f"{self.path}/pulls/{self.number}"

    @property
    def login(self) -> str:
        """The App's own login."""
        return f"{self.app.slug}[bot]".lower()

    def has_moved(self, head: str) -> bool:
        """Whether the pull request stands at another commit now; a merge group's commit never moves."""
        return bool(self.number) and self.api.get(self.pull, PullAnswer).head.sha != head

    def once(self, look: Callable[[], T | None], make: Callable[[], T]) -> T:
        """What ``look`` finds, else what ``make`` makes, once even if GitHub's answer to it is lost.

        Raises:
            TransientError: it could not be made, or nobody knows.
        """
        for attempt in range(ATTEMPTS):
            found = look()
            if found is not None:
                return found
            try:
                return make()
            except TransientError as error:
                if not error.ambiguous or attempt == ATTEMPTS - 1:
                    raise
            time.sleep(self.settle)
        raise AssertionError("unreachable")
