"""Runs git over one repository, with nothing that the repository brings along executed or believed."""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bot.git.errors import GitError, NoRepositoryError
from bot.git.names import shown
from bot.git.objects import BLOB_LIMIT

SECONDS = 120.0

_CONFIG = (
    "core.fsmonitor=",  # empty is "no" to every version; "false" was a program's name to old ones
    f"core.hooksPath={os.devnull}",
    f"core.attributesFile={os.devnull}",
    "core.quotePath=false",
    "core.untrackedCache=false",
    "core.splitIndex=false",
    f"core.bigFileThreshold={BLOB_LIMIT}",
    "core.useReplaceRefs=false",
    "protocol.allow=never",
    "submodule.recurse=false",
    "gc.auto=0",
    "maintenance.auto=false",
)
_ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_ASKPASS": "",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_PAGER": "cat",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
# What a user may want to tell git all the same; the GIT_CONFIG_* family too.
_KEPT = {
    "GIT_CEILING_DIRECTORIES",
    "GIT_DISCOVERY_ACROSS_FILESYSTEM",
    "GIT_EXEC_PATH",
    "GIT_TEST_ASSUME_DIFFERENT_OWNER",
}
# A hook runs with these: the index of the commit in the making, and the objects of a push not yet accepted.
_OF_A_HOOK = (
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_QUARANTINE_PATH",
)


class Supply(Protocol):
    """Where a mirror gets the blobs that it lacks."""

    def bring(self, blobs: Collection[str]) -> bool:
        """Have these blobs here; False if some are left out because they are gone or too large.

        Raises:
            GitError: the place where they are cannot be reached.
        """
        ...


@dataclass(frozen=True, slots=True)
class Process:
    """What git processes need to know; picklable, so that workers can start their own.

    ``root`` is the work tree's folder, None for a bare repository. ``algorithm`` is the object format.
    ``seconds`` is the time limit of one process. ``scratch`` is a folder with an index and objects of its own
    that are seen besides those of the repository. ``supply`` brings missing blobs to a mirror.
    """

    program: str
    git_dir: str
    root: str | None
    algorithm: str
    seconds: float = SECONDS
    scratch: str | None = None
    supply: Supply | None = None

    def bring(self, blobs: Iterable[str]) -> bool:
        """Have blobs here as far as a mirror can; True elsewhere, where nothing is ever fetched.

        Raises:
            GitError: the place where they are cannot be reached.
        """
        return self.supply is None or self.supply.bring(list(blobs))

    def is_partial(self) -> bool:
        """Whether the clone may lack objects that its remote has promised to deliver."""
        if self.supply is not None:  # what is missing then has been asked for
            return False
        keys = r"^(extensions\.partialclone|remote\..*\.(promisor|partialclonefilter)|cratewarden\.mirror)$"
        return bool(self._run("config", "--name-only", "--get-regexp", keys, accept=(0, 1)))

    def _remote(self) -> str:
        """The remote that commands are suggested for: ``origin``, or the only other one."""
        names = os.fsdecode(self._run("remote")).split()
        return names[0] if names and "origin" not in names else "origin"

    def _says_true(self, question: str) -> bool:
        return self._run("rev-parse", question).strip() == b"true"

    def _run(
        self,
        command: str,
        *arguments: str,
        options: Iterable[str] = (),
        folder: str | None = None,
        stdin: bytes = b"",
        accept: tuple[int, ...] = (0,),
        variables: Mapping[str, str] | None = None,
    ) -> bytes:
        """What a git command prints; ``folder`` is where a command that needs the work tree runs."""
        import subprocess

        try:
            done = subprocess.run(
                [*self.command(), *options, command, *arguments],
                input=stdin,
                capture_output=True,
                cwd=folder or self.git_dir,
                env={**self.environment(folder), **(variables or {})},
                timeout=self.seconds,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise GitError(
                f"`git {command}` took more than {self.seconds:g} s: try again, or run `git gc`"
            ) from error
        if done.returncode in accept:
            return done.stdout
        raise self._error(command, done.stderr)

    def command(self) -> list[str]:
        """The beginning of every command line."""
        return [self.program, "--no-pager", *as_options(_CONFIG)]

    def environment(self, folder: str | None = None) -> dict[str, str]:
        """The variables of every git process; with ``folder`` those of one that looks at the work tree."""
        variables = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("GIT_") or name in _KEPT or name.startswith("GIT_CONFIG_")
        } | _ENVIRONMENT
        if not self.git_dir:
            return variables
        variables |= self._of_a_hook()
        variables["GIT_DIR"] = self.git_dir
        variables |= {"GIT_WORK_TREE": folder} if folder else {"GIT_IMPLICIT_WORK_TREE": "0"}
        if self.scratch:
            real = variables.get("GIT_OBJECT_DIRECTORY", f"{self._common_dir()}/objects")
            quoted = '"' + real.replace("\\", "\\\\").replace('"', '\\"') + '"'
            others = [quoted, *filter(None, [variables.get("GIT_ALTERNATE_OBJECT_DIRECTORIES")])]
            variables["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = os.pathsep.join(others)
            variables["GIT_OBJECT_DIRECTORY"] = f"{self.scratch}/objects"
            variables["GIT_INDEX_FILE"] = f"{self.scratch}/index"
        return variables

    def _of_a_hook(self) -> dict[str, str]:
        """The index and object folders that git gave to a hook we run in, if the hook is this repository's."""
        own = Path(self._common_dir()).resolve()
        given = {name: os.environ[name] for name in _OF_A_HOOK if os.environ.get(name)}
        folders = [given[name] for name in _OF_A_HOOK[:2] if name in given]
        if not all(Path(folder).resolve().is_relative_to(own) for folder in folders):
            return {}
        return {
            name: value if os.pathsep in value else str(Path(value).resolve())
            for name, value in given.items()
        }

    def _common_dir(self) -> str:
        """Where the objects are: for a linked work tree not its own git folder."""
        pointer = Path(self.git_dir, "commondir")
        shared = os.fsdecode(pointer.read_bytes()).removesuffix("\n") if pointer.is_file() else "."
        return str(Path(self.git_dir, shared).resolve())

    def _error(self, command: str, stderr: bytes) -> GitError:
        """What a failed git command means for the user, in one line."""
        said = os.fsdecode(stderr)
        if owned := re.search(r"dubious ownership in repository at '(.*)'", said):
            place = shown(owned[1])
            trust = f"git config --global --add safe.directory {shlex.quote(place)}"
            return GitError(f"{place} belongs to somebody else: if you trust it, run `{trust}`")
        if "not a git repository" in said:
            return NoRepositoryError("not inside a git repository: give the path of a clone")
        if "promisor remote" in said or "lazy fetch" in said:
            return self.partial_clone_error()
        lines = [line for line in said.splitlines() if line.startswith(("fatal: ", "error: "))]
        reason = next(iter(lines or said.splitlines()), "it does not say why")
        return GitError(f"`git {command}` failed: {shown(reason)}")

    def partial_clone_error(self) -> GitError:
        """What to say when a partial clone lacks an object; nothing is ever fetched behind the user's back."""
        fetch = f"git fetch --refetch --no-filter {shlex.quote(self._remote())}"
        return GitError(f"this partial clone lacks files that have to be read: run `{fetch}`")


def as_options(settings: Iterable[str]) -> list[str]:
    """Settings for git's command line."""
    return [word for setting in settings for word in ("-c", setting)]


def find_git() -> str:
    """The git on PATH by its absolute name: Windows would also look into the current folder, a repository's."""
    name = "git.exe" if sys.platform == "win32" else "git"
    for folder in map(Path, os.get_exec_path()):
        if folder.is_absolute() and os.access(folder / name, os.X_OK):
            return str(folder / name)
    raise NoRepositoryError("git is not installed: install git and make sure that it is on PATH")


def git_version() -> str:
    """The version of the git that is used, such as ``2.39.5``.

    Raises:
        NoRepositoryError: git is not installed.
        GitError: it cannot be run.
    """
    import subprocess

    program = find_git()
    try:
        done = subprocess.run([program, "--version"], capture_output=True, check=True, timeout=10)
    except (OSError, subprocess.SubprocessError) as error:
        raise GitError(f"{shown(program)} cannot be run: install git anew") from error
    return done.stdout.decode("utf-8", "replace").removeprefix("git version ").strip()
