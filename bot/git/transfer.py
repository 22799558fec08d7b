"""Brings objects from another computer into a mirror: the only place where git may use the network.

The token goes through the environment of one git process (``GIT_CONFIG_COUNT``, since git 2.31): it stands in no
argument, which every user of the machine could read, and in no file.
"""

from __future__ import annotations

import base64
import contextlib
import os
import re
import signal
import sys
import tempfile
import time
import urllib.parse
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from bot.git.errors import GitError
from bot.git.names import shown
from bot.git.process import Process

if TYPE_CHECKING:
    import subprocess

REMOTE = "origin"
_PROMISED = {f"remote.{REMOTE}.promisor": "true", f"remote.{REMOTE}.partialclonefilter": "blob:none"}
# How often the size of what has arrived is looked at, in seconds.
_WATCH = 0.05
_NOT_THERE = re.compile(r"not our ref ([0-9a-f]{40,64})|couldn't find remote ref (\S+)")
_DENIED = re.compile(r"returned error: 40[13]|Authentication failed|could not read (?:Username|Password)")
_GONE = re.compile(r"returned error: 4(?:04|10|51)|repository '[^']*' not found")
_UNREACHABLE = re.compile(
    r"Could not resolve host|Failed to connect|Connection (?:timed out|refused|reset)|Operation timed out|"
    r"Operation too slow|returned error: (?:429|5\d\d)|early EOF|RPC failed|hung up unexpectedly|Empty reply|"
    r"Recv failure|SSL_(?:connect|read)|GnuTLS recv|curl \d+",
)


class UnreachableError(GitError):
    """The other side does not answer, or not in time, or does not take the token now: a later attempt may do."""


class NotThereError(GitError):
    """The other side lacks a commit, blob or ref; ``names`` says which."""

    def __init__(self, names: frozenset[str]) -> None:
        super().__init__(f"not there: {', '.join(sorted(names))}")
        self.names = names


class RepositoryGoneError(GitError):
    """The repository is not there, or the token is not for it."""


class TooLargeError(GitError):
    """More would arrive than is allowed."""


@dataclass(frozen=True, slots=True)
class Remote:
    """Another repository: an http or https URL, and the token for its basic authentication."""

    url: str
    token: str = field(repr=False)

    def settings(self) -> dict[str, str]:
        """Git's settings to read from it; the token is sent to this host alone, whatever the URL redirects to."""
        parts = urllib.parse.urlsplit(self.url)
        login = base64.b64encode(f"x-access-token:{self.token}".encode()).decode("ascii")
        return {
            f"remote.{REMOTE}.url": self.url,
            **_PROMISED,
            f"http.{parts.scheme}://{parts.netloc}/.extraHeader": f"Authorization: Basic {login}",
            "http.followRedirects": "false",
            "http.lowSpeedLimit": "1000",
            "http.lowSpeedTime": "30",
            "credential.helper": "",
            # Everything stays in packs, each of which says that its blobs may be missing.
            "fetch.unpackLimit": "1",
            "fetch.writeCommitGraph": "false",
            "fetch.recurseSubmodules": "false",
        }


@dataclass(frozen=True, slots=True)
class Allowance:
    """The most that one transfer may take: bytes on disk, and seconds."""

    size: int
    seconds: float


def fetch(
    process: Process, remote: Remote, wanted: Iterable[str], allowance: Allowance, *, negotiate: bool
) -> None:
    """Bring what is wanted, in one request: refspecs, or ids of objects that are to stand on no ref.

    ``negotiate`` tells the other side which commits are here; blobs need that not.

    Raises:
        NotThereError: the other side lacks something; nothing was brought.
        RepositoryGoneError: it lacks the repository.
        UnreachableError: it cannot be reached, or took too long.
        TooLargeError: it would be too much.
        GitError: anything else, such as a mirror that is broken.
    """
    settings = remote.settings() | ({} if negotiate else {"fetch.negotiationAlgorithm": "noop"})
    scheme = urllib.parse.urlsplit(remote.url).scheme
    options = (
        "--quiet",
        "--no-tags",
        "--no-write-fetch-head",
        "--no-auto-maintenance",
        "--refmap=",
        "--stdin",
    )
    asked = "".join(f"{name}\n" for name in wanted)
    _run(process, ("fetch", *options, REMOTE), asked, _environment(process, settings, scheme), allowance)


def pack_refs(process: Process, allowance: Allowance) -> None:
    """Keep all refs in one file.

    Raises:
        GitError: git fails.
    """
    _run(process, ("pack-refs", "--all"), "", process.environment(), allowance)


def repack(process: Process, allowance: Allowance) -> None:
    """Make one pack of many, with blobs missing as they are.

    Raises:
        GitError: git fails, or takes too long.
    """
    _run(process, ("repack", "-a", "-d", "--quiet"), "", _environment(process, _PROMISED, "none"), allowance)


def _run(
    process: Process, words: tuple[str, ...], asked: str, variables: Mapping[str, str], allowance: Allowance
) -> None:
    """Run a command that writes packs, and end it when it has written or waited too much."""
    import subprocess

    packs = Path(process.git_dir, "objects", "pack")
    before = _size(packs)
    with tempfile.TemporaryFile() as stdin, tempfile.TemporaryFile() as said:
        stdin.write(asked.encode())
        stdin.seek(0)
        running = subprocess.Popen(
            [*process.command(), *words],
            stdin=stdin,
            stdout=subprocess.DEVNULL,
            stderr=said,
            cwd=process.git_dir,
            env=dict(variables),
            start_new_session=True,
        )
        _limit_files(running.pid, allowance.size)
        try:
            _watch(running, packs, before, allowance)
        finally:
            if running.poll() is None:
                with contextlib.suppress(ProcessLookupError):  # it has ended by itself
                    os.killpg(running.pid, signal.SIGKILL)
                running.wait()
            overgrown = _remove_leftovers(packs) >= allowance.size
        if running.returncode and overgrown:  # the kernel has ended what wrote it, and git does not say so
            raise TooLargeError(f"more than {allowance.size:,} bytes would arrive")
        if running.returncode:
            raise _failure(words[0], said)


def _environment(process: Process, settings: Mapping[str, str], scheme: str) -> dict[str, str]:
    """The variables of a git process that may use the network, by one protocol; none of the user's settings count."""
    variables = {
        name: value for name, value in process.environment().items() if not name.startswith("GIT_CONFIG")
    }
    for name in ("GIT_SSL_CAINFO", "GIT_SSL_CAPATH"):
        if name in os.environ:
            variables[name] = os.environ[name]
    # PyGithub's variable for the same thing.
    if "REQUESTS_CA_BUNDLE" in os.environ:
        variables.setdefault("GIT_SSL_CAINFO", os.environ["REQUESTS_CA_BUNDLE"])
    variables |= {
        "GIT_ALLOW_PROTOCOL": scheme if scheme in {"http", "https"} else "none",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_COUNT": str(len(settings)),
    }
    for number, (name, value) in enumerate(settings.items()):
        variables[f"GIT_CONFIG_KEY_{number}"] = name
        variables[f"GIT_CONFIG_VALUE_{number}"] = value
    return variables


def _limit_files(pid: int, size: int) -> None:
    """Let the kernel end the process, and those that it will start, at a file that grows beyond a size in bytes.

    It stops what is quicker than the watch. Only Linux lets another process be limited.
    """
    if sys.platform == "linux":
        import resource

        with contextlib.suppress(ProcessLookupError):  # it has ended already
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, size))


def _watch(running: subprocess.Popen[bytes], packs: Path, before: int, allowance: Allowance) -> None:
    """Wait for the end; git itself offers no limit for what a fetch may bring."""
    import subprocess

    deadline = time.monotonic() + allowance.seconds
    while True:
        try:
            running.wait(_WATCH)
        except subprocess.TimeoutExpired:
            if _size(packs) - before > allowance.size:
                raise TooLargeError(f"more than {allowance.size:,} bytes would arrive") from None
            if time.monotonic() > deadline:
                raise UnreachableError(f"`git` took more than {allowance.seconds:g} s") from None
        else:
            return


def _failure(command: str, said: BinaryIO) -> GitError:
    said.seek(0)
    text = said.read(1 << 16).decode("utf-8", "replace")
    names = frozenset(name for found in _NOT_THERE.finditer(text) for name in found.groups() if name)
    if names:
        return NotThereError(names)
    lines = [line for line in text.splitlines() if line.startswith(("fatal: ", "error: ", "remote: "))]
    reason = shown(next(iter(lines or text.splitlines()), "it does not say why"))
    if _GONE.search(text):
        return RepositoryGoneError(f"`git {command}` failed: {reason}")
    if _DENIED.search(text) or _UNREACHABLE.search(text):
        return UnreachableError(f"`git {command}` failed: {reason}")
    return GitError(f"`git {command}` failed: {reason}")


def _entries(packs: Path) -> Iterator[os.DirEntry[str]]:
    with contextlib.suppress(FileNotFoundError), os.scandir(packs) as entries:
        yield from entries


def _size(packs: Path) -> int:
    total = 0
    for entry in _entries(packs):
        with contextlib.suppress(FileNotFoundError):  # a temporary file got its name
            total += entry.stat().st_size
    return total


def _remove_leftovers(packs: Path) -> int:
    """Remove what a killed git leaves behind, and tell how large the largest of it was in bytes.

    Only one transfer at a time runs in a mirror.
    """
    largest = 0
    for entry in _entries(packs):
        if entry.name.startswith("tmp_"):
            largest = max(largest, entry.stat().st_size)
            Path(entry.path).unlink()
    return largest
