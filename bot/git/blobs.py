"""Reads the bytes of blobs by their ids."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING

from bot.git.errors import GitError
from bot.git.objects import BLOB_LIMIT
from bot.git.process import Process

if TYPE_CHECKING:
    import subprocess

# Unanswered requests always fit into a pipe (4 KiB at least), so that neither side can wait for the other.
REQUESTS_AHEAD = 48


class BlobReader:
    """Reads blobs through one long-lived `git cat-file`, which starts with the first question.

    Picklable: a copy starts a process of its own. The process ends when its reader is closed or gone.
    """

    def __init__(self, repository: Process, limit: int = BLOB_LIMIT) -> None:
        self._repository = repository
        self._limit = limit
        self._process: subprocess.Popen[bytes] | None = None
        self._buffer = b""

    def __reduce__(self) -> tuple[type[BlobReader], tuple[Process, int]]:
        return BlobReader, (self._repository, self._limit)

    def read(self, blob: str) -> bytes | None:
        """The bytes of a blob; None if it is over the limit, missing or broken.

        Raises:
            GitError: a partial clone lacks it, or git takes too long.
        """
        return next(self.stream([blob]))[1]

    def stream(self, ids: Iterable[str], total: int | None = None) -> Iterator[tuple[str, bytes | None]]:
        """The same for many, in the order asked; once ``total`` bytes are exceeded all others are None."""
        wanted = list(ids) if self._repository.supply else ids
        if self._repository.supply:
            self._repository.bring(wanted)
        rest = iter(wanted)
        ahead: deque[str] = deque()
        left = sys.maxsize if total is None else total
        try:
            while left >= 0:
                if len(ahead) <= REQUESTS_AHEAD // 2:
                    more = list(islice(rest, REQUESTS_AHEAD - len(ahead)))
                    self._ask(more)
                    ahead.extend(more)
                if not ahead:
                    return
                data = self._answer(ahead[0])
                blob = ahead.popleft()
                if self._process is None:
                    self._ask(ahead)
                left -= len(data or b"")
                yield blob, data
            yield from ((blob, None) for blob in chain(ahead, rest))
        finally:
            if ahead:  # answers nobody will fetch: the next question would get them
                self.close()

    def close(self) -> None:
        """End the process, if there is one."""
        process, self._process, self._buffer = self._process, None, b""
        if process is not None:
            process.kill()
            process.communicate()

    def _ask(self, ids: Iterable[str]) -> None:
        import subprocess

        request = "".join(f"{blob}\n" for blob in ids).encode("ascii")
        if not request:
            return
        if self._process is None:
            self._process = subprocess.Popen(
                [*self._repository.command(), "cat-file", "--batch"],
                bufsize=0,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=self._repository.git_dir,
                env=self._repository.environment(),
            )
        if self._process.stdin is not None:
            with contextlib.suppress(
                BrokenPipeError
            ):  # it has died over an earlier question: _answer() sees it
                self._process.stdin.write(request)

    def _answer(self, blob: str) -> bytes | None:
        deadline = time.monotonic() + self._repository.seconds
        header = self._take_line(deadline).split()
        if len(header) != 3 or header[0] != blob.encode(
            "ascii"
        ):  # missing; or broken, and git has died over it
            if not header:
                self.close()
            if self._repository.is_partial():
                raise self._repository.partial_clone_error()
            return None
        if int(header[2]) > self._limit:
            self.close()  # a new process costs less than what this one is about to send
            return None
        data = self._take(int(header[2]) + 1, deadline)
        return data[:-1] if data and header[1] == b"blob" else None

    def _take_line(self, deadline: float) -> bytes:
        while b"\n" not in self._buffer:
            more = self._receive(deadline)
            if not more:
                return b""
            self._buffer += more
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line

    def _take(self, size: int, deadline: float) -> bytes:
        """Exactly ``size`` bytes, or nothing if git ends before."""
        parts = [self._buffer]
        have = len(self._buffer)
        while have < size:
            parts.append(self._receive(deadline))
            if not parts[-1]:
                self.close()
                return b""
            have += len(parts[-1])
        joined = b"".join(parts)
        self._buffer = joined[size:]
        return joined[:size]

    def _receive(self, deadline: float) -> bytes:
        """What git has to say next; empty when it has ended."""
        if self._process is None or self._process.stdout is None:
            return b""
        stdout = self._process.stdout.fileno()
        if not _wait_readable(stdout, deadline):
            self.close()
            raise GitError(f"`git cat-file` took more than {self._repository.seconds:g} s: run `git fsck`")
        return os.read(stdout, 1 << 18)


def _wait_readable(descriptor: int, deadline: float) -> bool:
    """Whether a pipe has something, or its end, before the deadline; Windows cannot tell, and reads at once."""
    if sys.platform == "win32":
        return True
    import select

    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(max(0.0, deadline - time.monotonic()) * 1000))
