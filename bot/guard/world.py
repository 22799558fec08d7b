"""What carrying out a job needs of the world around it, in one value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from bot.comparison import NO_LIBRARY, Library
from bot.git import Repository
from bot.jobs import Where
from bot.ports import Book, Clock, CloneAccess, Forge, Runner
from bot.pull import RepositoryRef


class Code(Protocol):
    """The code of repositories on GitHub, as local mirrors."""

    def fetch(
        self, access: CloneAccess, repository: RepositoryRef, wanted: Iterable[str], refs: Iterable[str] = ()
    ) -> Repository:
        """A local repository that holds the wanted commits, with their history and trees.

        ``refs`` are full names of refs to bring as well. Commits that GitHub no longer has are left out:
        resolving them in the result raises GitError.
        """
        ...


class StaleError(Exception):
    """The pull request moved while it was looked at, or another process looks at it; a later attempt will do."""


@dataclass(frozen=True, slots=True)
class World:
    """Everything outside.

    ``forge`` opens a repository for an installation, ``repositories`` names all that one can see, ``book``
    is the ledger of a pull request (number 0: of the repository), ``exclusive`` lets one worker at a time
    speak about a commit. ``slug`` is the App's name in mentions, ``web`` the address of a repository's page.
    ``library`` is what the operator keeps at hand about dependencies.
    """

    forge: Callable[[Where], Forge]
    repositories: Callable[[int], Sequence[Where]]
    book: Callable[[RepositoryRef, int], Book]
    exclusive: Callable[[RepositoryRef, str], AbstractContextManager[None]]
    code: Code
    runner: Callable[[], AbstractContextManager[Runner]]
    clock: Clock
    slug: str
    web: Callable[[RepositoryRef], str]
    details_url: Callable[[RepositoryRef, int], str] = lambda _repository, _number: ""
    library: Library = NO_LIBRARY
