"""Runs a function over hostile items in limited worker processes, so that no item harms the caller.

The caller owns the plan, the clock and the verdicts; a worker only answers. A worker starts as a fork where
that is safe (Linux, one thread) and otherwise as a fresh interpreter. What it says is decoded as typed data,
never unpickled.
"""

from __future__ import annotations

import contextlib
import functools
import os
import pickle
import signal
import socket
import struct
import sys
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Generic, NoReturn, Protocol, TypeVar, cast, get_type_hints

from analyzers.model import UnanalysedReason
from bot.decoding import message_decoder
from bot.model import Failure

if TYPE_CHECKING:
    import selectors
    from types import TracebackType

T = TypeVar("T")
R = TypeVar("R")

MEBIBYTE = 1 << 20
CHUNK_ITEMS = 256
CHUNKS_PER_PROCESS = 8
BOOT_SECONDS = 60.0
GRACE_SECONDS = 2.0
NAP_SECONDS = 0.004
FRAME_LIMIT = 256 * MEBIBYTE
LOG_LIMIT = 16 * MEBIBYTE
DETAIL_CHARACTERS = 200
_SECRETS = ("TOKEN", "SECRET", "PASSWORD", "PASSWD", "PRIVATE_KEY", "CREDENTIAL", "DATABASE_URL")
_FRAME = struct.Struct("<IB")
_FUNCTION, _ITEMS, _READY, _RESULT, _RAISED, _NO_MEMORY, _BOOT_ERROR = range(7)
_BOOT = "import sys; sys.path[:] = {path}; from bot.isolation import serve_items; serve_items(*sys.argv[1:])"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one item may use: seconds of processor time and of wall time, and bytes of memory.

    Processor time passes no faster on a busy machine, so verdicts repeat; wall time catches what only waits.
    On POSIX the kernel's timers end a worker even inside C code; elsewhere the caller's clock does (wall time
    only). ``memory`` is what a worker may add to what it has at its start, where the platform enforces it
    (Linux and the BSDs). ``niceness`` is how far a worker steps back for other processes (POSIX).
    """

    cpu_seconds: float = 5.0
    wall_seconds: float = 20.0
    memory: int = 512 * MEBIBYTE
    niceness: int = 0

    @property
    def arguments(self) -> tuple[str, str, str, str]:
        """As ``serve_items`` takes them."""
        return str(self.cpu_seconds), str(self.wall_seconds), str(self.memory), str(self.niceness)


class WorkerError(Exception):
    """The workers do not start: a fault of the program or its installation, not of an item."""


class Workers:
    """A bounded set of worker processes: a context manager, to be used from one thread at a time.

    Workers start when there is work for them and stay for further runs. None outlives the context, an
    interrupt, or the death of the caller.
    """

    def __init__(
        self, processes: int | None = None, limits: Limits | None = None, *, fork: bool = True
    ) -> None:
        """``processes``: default the processors at hand, at most 16; 1 is isolated all the same.

        ``fork=False`` starts fresh interpreters even where a fork would be safe, so that a worker never holds
        a copy of the caller's memory: for a caller that keeps secrets.
        """
        if processes is not None and processes < 1:
            raise ValueError("processes must be at least 1")
        self._limits = limits or Limits()
        self._processes = processes or min(_processors(), 16)
        self._fork = fork
        self._workers: list[_Worker] = []
        self._selector: selectors.BaseSelector | None = None
        self._running = False
        self._call: tuple[object, bytes] = (None, b"")

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End every worker and wait until it is gone."""
        while self._workers:
            self._dismiss(self._workers[-1]).close()
        if self._selector is not None:
            self._selector.close()
            self._selector = None

    def run(
        self, function: Callable[[T], R], items: Sequence[T], weight: Callable[[T], int]
    ) -> Generator[tuple[T, R | Failure], None, None]:
        """Yield every item once with its result or failure, in order of completion.

        ``function`` (or a ``functools.partial`` of it) is importable by name and annotated with a return type
        that msgspec can decode; ``bytes`` travel as they are. Items are pickled. ``weight`` is an item's
        relative cost, such as its size: it shapes the chunks. An exception of the function is a ``CRASHED``
        failure. Answers wait in the pipes until they are asked for, so memory does not grow with ``items``.

        Raises:
            WorkerError: a worker cannot start or cannot import the function.
            TypeError: the function does not say what it returns.
        """
        if self._running:
            raise RuntimeError("these workers are in the middle of another run")
        decode = _decoder(function)
        call = self._pickled(function)
        plan = _Plan([_Task(item, max(1, weight(item))) for item in items], self._processes)
        self._running = True
        try:
            while plan.waiting or any(worker.assigned for worker in self._workers):
                self._feed(plan, call)
                for worker in self._await_news():
                    yield from self._hear(worker, plan, call, decode)
        finally:
            self._running = False
            for worker in [worker for worker in self._workers if worker.assigned]:
                self._dismiss(worker).close()

    def _pickled(self, function: Callable[[T], R]) -> bytes:
        """The function for a worker: one that is run again, with whatever was bound to it, is written only once."""
        if self._call[0] is not function:
            self._call = (function, pickle.dumps(function, pickle.HIGHEST_PROTOCOL))
        return self._call[1]

    def _feed(self, plan: _Plan[T], call: bytes) -> None:
        """Start workers and hand out chunks as far as both are needed, idle workers first."""
        while len(self._workers) < min(self._processes, len(plan.waiting)):
            self._hire()
        for worker in sorted(self._workers, key=lambda worker: len(worker.assigned)):
            if plan.waiting and worker.wants_more():
                worker.assign(call, plan.take())

    def _hear(
        self, worker: _Worker, plan: _Plan[T], call: bytes, decode: Callable[[bytes], R]
    ) -> Iterator[tuple[T, R | Failure]]:
        """Yield what a worker has said; if it is dead, judge the item it died of and save the others."""
        for tag, payload in worker.listen():
            item = worker.assigned.popleft().item
            if tag == _RESULT:
                yield item, decode(payload)
            else:
                yield item, Failure(UnanalysedReason.CRASHED, _one_line(payload))
        if worker.alive:
            return
        failure = self._dismiss(worker).bury()
        if not worker.ready:
            raise WorkerError(f"a worker does not start: {failure.detail}")
        if not worker.assigned:
            return
        culprit = worker.assigned.popleft()
        plan.put_back(worker.assigned)
        if culprit.suspect or failure.reason is UnanalysedReason.TIMED_OUT:
            yield culprit.item, failure
            return
        # Something else may have ended the worker, or earlier items filled its memory: the verdict is reached
        # alone, in a fresh worker.
        culprit.suspect = True
        self._hire().assign(call, [culprit])

    def _hire(self) -> _Worker:
        import selectors

        if self._selector is None:
            self._selector = selectors.DefaultSelector()
        worker = _Worker(self._limits, self._fork)
        self._workers.append(worker)
        self._selector.register(worker.channel, selectors.EVENT_READ, worker)
        return worker

    def _dismiss(self, worker: _Worker) -> _Worker:
        self._workers.remove(worker)
        if self._selector is not None:
            self._selector.unregister(worker.channel)
        return worker

    def _await_news(self) -> list[_Worker]:
        """Wait for answers, ends and overdue items, and meanwhile send what is still to be sent."""
        from selectors import EVENT_READ, EVENT_WRITE

        if self._selector is None:
            return []
        for worker in self._workers:
            events = EVENT_READ | (EVENT_WRITE if worker.outbox else 0)
            if self._selector.get_key(worker.channel).events != events:
                self._selector.modify(worker.channel, events, worker)
        if all(worker.ready and len(worker.assigned) > 32 for worker in self._workers):
            time.sleep(NAP_SECONDS)  # to be woken by every answer costs 5 % of two processors
        now = time.monotonic()
        busy = [worker.deadline for worker in self._workers if worker.assigned]
        news = self._selector.select(max(0.0, min(busy, default=now) - now))
        for key, events in news:
            if events & EVENT_WRITE:
                key.data.flush()
        heard = [key.data for key, events in news if events & EVENT_READ]
        now = time.monotonic()
        return [w for w in self._workers if w in heard or (w.assigned and now > w.deadline)]


@dataclass(slots=True)
class _Task(Generic[T]):
    """An item on its way; a suspect has ended a worker before."""

    item: T
    weight: int
    suspect: bool = False


class _Plan(Generic[T]):
    """The items that wait, handed out in chunks that shrink towards the end: all workers end together."""

    def __init__(self, tasks: list[_Task[T]], processes: int) -> None:
        self.waiting = deque(tasks)
        self._weight = sum(task.weight for task in tasks)
        self._shares = processes * CHUNKS_PER_PROCESS

    def take(self) -> list[_Task[T]]:
        share = self._weight // self._shares
        chunk = [self.waiting.popleft()]
        weight = chunk[0].weight
        while self.waiting and len(chunk) < CHUNK_ITEMS and weight + self.waiting[0].weight <= share:
            chunk.append(self.waiting.popleft())
            weight += chunk[-1].weight
        self._weight -= weight
        return chunk

    def put_back(self, tasks: Sequence[_Task[T]]) -> None:
        self.waiting.extendleft(reversed(tasks))
        self._weight += sum(task.weight for task in tasks)


class _Worker:
    """The caller's end of one worker process: what it was given, what it said, and how it ended."""

    def __init__(self, limits: Limits, fork: bool) -> None:
        import tempfile

        self.assigned: deque[_Task[Any]] = deque()
        self.outbox = bytearray()
        self.alive = True
        self.ready = False
        self.deadline = time.monotonic() + BOOT_SECONDS
        self._limits = limits
        self._verdict: Failure | None = None
        self._call = b""
        self._chunk = 0
        self._inbox = bytearray()
        self._log: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the worker
        self._process, self.channel = _start(limits, self._log, fork)

    def wants_more(self) -> bool:
        """Idle, or half-way through a chunk of many: then the next one is there before it is needed."""
        if any(task.suspect for task in self.assigned):
            return False
        return not self.assigned or (self._chunk >= 8 and len(self.assigned) <= self._chunk // 2)

    def assign(self, call: bytes, chunk: list[_Task[Any]]) -> None:
        if call != self._call:
            self._call, self.ready = call, False
            self.deadline = time.monotonic() + BOOT_SECONDS
            self._send(_FUNCTION, call)
        elif not self.assigned:
            self._allow_one_item()
        self._chunk = len(chunk)
        self.assigned.extend(chunk)
        self._send(_ITEMS, pickle.dumps([task.item for task in chunk], pickle.HIGHEST_PROTOCOL))

    def _allow_one_item(self) -> None:
        self.deadline = time.monotonic() + self._limits.wall_seconds + GRACE_SECONDS

    def _send(self, tag: int, payload: bytes) -> None:
        self.outbox += _FRAME.pack(len(payload), tag) + payload
        self.flush()

    def flush(self) -> None:
        """Send as much as the pipe takes now."""
        try:
            while self.outbox:
                del self.outbox[: self.channel.send(bytes(self.outbox[:MEBIBYTE]))]
        except BlockingIOError:
            return
        except ConnectionError:  # the worker is dead: listen() finds out, and bury() why
            self.outbox.clear()

    def listen(self) -> Iterator[tuple[int, bytes]]:
        """Yield the answers that have arrived, one per item, and notice the worker's end."""
        self._receive()
        for tag, payload in self._frames():
            if tag == _BOOT_ERROR:
                raise WorkerError(f"a worker cannot load its task: {_one_line(payload)}")
            if tag == _READY:
                self.ready = True
                self._allow_one_item()
            elif tag == _NO_MEMORY:
                self._blame(_no_memory(self._limits))
            elif self.assigned:
                yield tag, payload
        if self.alive and time.monotonic() > self.deadline:
            seconds = self._limits.wall_seconds if self.ready else BOOT_SECONDS
            self._blame(Failure(UnanalysedReason.TIMED_OUT, f"more than {seconds:g} s"))

    def _receive(self) -> None:
        try:
            data = self.channel.recv(MEBIBYTE)
        except BlockingIOError:
            return
        except ConnectionError:
            data = b""
        self._inbox += data
        self.alive = bool(data)
        if data and self.ready:
            self._allow_one_item()

    def _frames(self) -> Iterator[tuple[int, bytes]]:
        while len(self._inbox) >= _FRAME.size:
            size, tag = _FRAME.unpack_from(self._inbox)
            if size > FRAME_LIMIT:
                self._blame(Failure(UnanalysedReason.CRASHED, f"an answer of more than {_size(FRAME_LIMIT)}"))
                return
            end = _FRAME.size + size
            if len(self._inbox) < end:
                return
            payload = bytes(self._inbox[_FRAME.size : end])
            del self._inbox[:end]
            yield tag, payload

    def _blame(self, verdict: Failure) -> None:
        self.alive = False
        self._verdict = verdict

    def bury(self) -> Failure:
        """End the process if it still runs, and tell what it died of."""
        if self._verdict:
            self._process.kill()
        status = self._process.end()
        self._log.seek(0, os.SEEK_END)
        self._log.seek(max(0, self._log.tell() - 4096))
        verdict = self._verdict or _cause_of_death(status, self._log.read(), self._limits)
        self.close()
        return verdict

    def close(self) -> None:
        """End the process, an idle one by hanging up, and wait until it is gone."""
        if self.assigned or not self.ready:
            self._process.kill()
        self.channel.close()
        self._process.end()
        self._log.close()


class _Process(Protocol):
    """A started worker process; it ends by itself when its socket is closed, or the caller is gone."""

    def kill(self) -> None: ...

    def end(self) -> int:
        """Wait until it is gone, not for long, and return its exit status, negative for a signal."""


class _Program:
    """A worker that is a fresh interpreter: nothing of the caller's memory is in it, on any platform."""

    def __init__(self, limits: Limits, channel: socket.socket, log: IO[bytes]) -> None:
        import subprocess

        package = str(Path(__file__).resolve().parents[1])
        path = [*sys.path, *([] if package in sys.path else [package])]
        boot = _BOOT.format(path=ascii(path))
        command = [sys.executable, "-I", "-c", boot, *limits.arguments, str(channel.fileno())]
        environment = {name: value for name, value in os.environ.items() if not _is_secret(name)}
        # Out of the terminal's process group: Ctrl-C is the caller's to handle.
        if sys.platform == "win32":
            self._popen = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=environment,
                creationflags=subprocess.CREATE_NEW_PROCESS_GROUP,
            )
            self._hand_over(channel.share(self._popen.pid))
        else:
            self._popen = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=environment,
                process_group=0,
                pass_fds=[channel.fileno()],
            )

    def _hand_over(self, shared_socket: bytes) -> None:
        if self._popen.stdin is not None:
            self._popen.stdin.write(shared_socket)
            self._popen.stdin.flush()

    def kill(self) -> None:
        self._popen.kill()

    def end(self) -> int:
        import subprocess

        try:
            status = self._popen.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self._popen.kill()
            status = self._popen.wait()
        if self._popen.stdin is not None:
            self._popen.stdin.close()
        return status


if sys.platform == "linux":

    class _Fork:
        """A worker that is a copy of this process: it is there in milliseconds, with its modules imported."""

        def __init__(self, limits: Limits, channel: socket.socket, log: IO[bytes]) -> None:
            self._status: int | None = None
            reading, self._lifeline = os.pipe()
            mask = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
            self._pid = os.fork()
            if not self._pid:
                self._serve(limits, channel, log, reading)
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
            os.close(reading)

        def kill(self) -> None:
            if self._status is None:
                os.kill(self._pid, signal.SIGKILL)

        def end(self) -> int:
            deadline = time.monotonic() + GRACE_SECONDS
            while self._status is None:
                try:
                    pid, status = os.waitpid(self._pid, os.WNOHANG)
                except ChildProcessError:  # the caller ignores SIGCHLD, so that the system has reaped it
                    pid, status = self._pid, 0
                if pid:
                    self._status = os.waitstatus_to_exitcode(status)
                    os.close(self._lifeline)
                elif time.monotonic() > deadline:
                    self.kill()
                else:
                    time.sleep(0.0005)
            return self._status

        @staticmethod
        def _serve(limits: Limits, channel: socket.socket, log: IO[bytes], lifeline: int) -> NoReturn:
            """Shed what a fork inherits: open files, the terminal, secrets, finalisers to run; then work."""
            import gc

            try:
                gc.freeze()  # the caller's objects are not this process's to finalise
                os.setpgid(0, 0)
                for own, inherited in enumerate((lifeline, log.fileno(), log.fileno(), channel.fileno())):
                    os.dup2(inherited, own)
                for number in [int(entry.name) for entry in os.scandir("/proc/self/fd")]:
                    if number > 3:  # the scan's own is closed already
                        with contextlib.suppress(OSError):
                            os.close(number)
                sys.stdout = sys.stderr = open(2, "w", errors="backslashreplace", closefd=False)  # noqa: SIM115
                for name in filter(_is_secret, list(os.environ)):
                    del os.environ[name]
                serve_items(*limits.arguments, "3")
            except BaseException as error:  # noqa: BLE001 - whatever it is, the caller's own code must not go on here
                os.write(2, repr(error).encode("utf-8", "replace"))
            finally:
                os._exit(1)


def _start(limits: Limits, log: IO[bytes], fork: bool) -> tuple[_Process, socket.socket]:
    ours, theirs = socket.socketpair()
    with theirs:
        process: _Process
        if sys.platform == "linux" and fork and _has_one_thread():
            process = _Fork(limits, theirs, log)
        else:
            process = _Program(limits, theirs, log)
    ours.setblocking(False)
    return process, ours


def _has_one_thread() -> bool:
    """Whether a fork is safe, native threads counted: another thread's lock stays locked in a copy."""
    return len(list(Path("/proc/self/task").iterdir())) == 1


def _processors() -> int:
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _is_secret(name: str) -> bool:
    """Whether a worker is better off without an environment variable: ours, and what sounds like a key."""
    return name.upper().startswith("CRATEWARDEN_") or any(word in name.upper() for word in _SECRETS)


def _returned_type(function: Callable[..., Any]) -> Any:
    while isinstance(function, functools.partial):
        function = function.func
    returned = get_type_hints(function).get("return")
    if returned is None:
        raise TypeError(f"{function.__qualname__} does not say what it returns")
    return returned


def _decoder(function: Callable[[T], R]) -> Callable[[bytes], R]:
    returned = _returned_type(function)
    if returned is bytes:
        return cast("Callable[[bytes], R]", bytes)
    return cast("Callable[[bytes], R]", message_decoder(returned))


def _cause_of_death(status: int, last_words: bytes, limits: Limits) -> Failure:
    """What ended a worker, from its exit status and what it wrote last."""
    name = next((known.name for known in signal.Signals if known == -status), f"signal {-status}")
    if name in {"SIGPROF", "SIGXCPU"}:
        return Failure(UnanalysedReason.TIMED_OUT, f"more than {limits.cpu_seconds:g} s of processor time")
    if name == "SIGALRM":
        return Failure(UnanalysedReason.TIMED_OUT, f"more than {limits.wall_seconds:g} s")
    if b"MemoryError" in last_words or b"failed to allocate" in last_words:  # Python's words, tree-sitter's
        return _no_memory(limits)
    if status < 0:
        return Failure(UnanalysedReason.CRASHED, f"ended by {name}")
    lines = last_words.strip().splitlines()
    said = f": {_one_line(lines[-1])}" if lines else ""
    return Failure(UnanalysedReason.CRASHED, f"exit status {status}{said}")


def _no_memory(limits: Limits) -> Failure:
    return Failure(UnanalysedReason.OUT_OF_MEMORY, f"more than {_size(limits.memory)} of memory")


def _size(octets: int) -> str:
    return f"{octets / MEBIBYTE:g} MiB"


def _one_line(text: bytes) -> str:
    """Hostile text as one short printable line."""
    line = "".join(c if c.isprintable() else " " for c in text.decode("utf-8", "replace"))
    return " ".join(line.split())[:DETAIL_CHARACTERS]


# From here on: what runs in the worker.


def serve_items(cpu_seconds: str, wall_seconds: str, memory: str, niceness: str, descriptor: str) -> NoReturn:
    """Be a worker until the caller hangs up."""
    _die_with_caller()
    if sys.platform != "win32":
        os.nice(int(niceness))
    channel = _connect(int(descriptor))
    cpu, wall = float(cpu_seconds), float(wall_seconds)
    function: Callable[[Any], Any] | None = None
    encode: Callable[[Any], bytes] = bytes
    while True:
        tag, payload = _read_frame(channel)
        if tag == _FUNCTION:
            try:
                function, encode = _load(payload)
                _limit_memory(int(memory))
            except Exception as error:  # noqa: BLE001 - told to the caller, who raises
                _write_frame(channel, _BOOT_ERROR, repr(error).encode("utf-8", "replace"))
                os._exit(1)
            _write_frame(channel, _READY, b"")
        elif function is not None:
            for item in pickle.loads(payload):  # noqa: S301 - from the caller, over a private socket
                _write_frame(channel, *_attempt(function, encode, item, cpu, wall))


def _load(call: bytes) -> tuple[Callable[[Any], Any], Callable[[Any], bytes]]:
    function: Callable[[Any], Any] = pickle.loads(call)  # noqa: S301 - from the caller, over a private socket
    if _returned_type(function) is bytes:
        return function, bytes
    import msgspec

    return function, msgspec.msgpack.Encoder().encode


def _attempt(
    function: Callable[[Any], Any], encode: Callable[[Any], bytes], item: object, cpu: float, wall: float
) -> tuple[int, bytes]:
    """One item's answer; the timers' signals end the process by default, even in the middle of C code."""
    try:
        _set_timers(cpu, wall)
        return _RESULT, encode(function(item))
    except MemoryError:
        return _NO_MEMORY, b""
    except Exception as error:  # noqa: BLE001 - the caller gets it as the item's failure
        return _RAISED, f"{type(error).__name__}: {error}".encode("utf-8", "replace")
    finally:
        _set_timers(0, 0)


def _set_timers(cpu: float, wall: float) -> None:
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_PROF, cpu)
        signal.setitimer(signal.ITIMER_REAL, wall)


def _connect(descriptor: int) -> socket.socket:
    if sys.platform == "win32":
        return socket.fromshare(os.read(0, 4096))
    channel = socket.socket(fileno=descriptor)
    channel.set_inheritable(False)
    return channel


def _die_with_caller() -> None:
    """Leave Ctrl-C to the caller, and end when its end of our standard input is closed, by a signal on POSIX.

    A signal, because C code may hold the interpreter's lock for long. It is bound to the caller's process,
    unlike Linux's PR_SET_PDEATHSIG, which fires when the thread that started us ends.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "win32":
        return
    import fcntl
    import select

    for number in (signal.SIGALRM, signal.SIGPROF, signal.SIGXCPU, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    # By default SIGIO ends a process on Linux, and is ignored on macOS.
    signal.signal(signal.SIGIO, signal.SIG_DFL if sys.platform == "linux" else lambda *_: os._exit(1))
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    fcntl.fcntl(0, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(0, fcntl.F_SETFL, fcntl.fcntl(0, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([0], [], [], 0)[0]:  # the caller was gone before
        os._exit(1)


def _limit_memory(memory: int) -> None:
    """Limit memory, and what a crash or a flood of messages may leave on the disk; never raise it again."""
    if sys.platform == "win32":
        return
    import resource

    kind = resource.RLIMIT_DATA if sys.platform == "linux" else resource.RLIMIT_AS
    for limit, value in (
        (kind, memory + _data_in_use()),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, LOG_LIMIT),
    ):
        soft, hard = resource.getrlimit(limit)
        # macOS refuses a limit below what is in use; there the parser's own budget has to do.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(limit, (value if soft < 0 else min(value, soft), hard))


def _data_in_use() -> int:
    """Bytes of private data and stack of this process; 0 where the platform does not say."""
    if sys.platform != "linux":
        return 0
    return int(Path("/proc/self/statm").read_text("ascii").split()[5]) * os.sysconf("SC_PAGE_SIZE")


def _read_frame(channel: socket.socket) -> tuple[int, bytes]:
    size, tag = _FRAME.unpack(_read_exactly(channel, _FRAME.size))
    return tag, _read_exactly(channel, size)


def _read_exactly(channel: socket.socket, size: int) -> bytes:
    parts = bytearray()
    while len(parts) < size:
        try:
            part = channel.recv(min(size - len(parts), MEBIBYTE))
        except ConnectionError:
            part = b""
        if not part:
            os._exit(0)  # the caller hung up: the ordinary end
        parts += part
    return bytes(parts)


def _write_frame(channel: socket.socket, tag: int, payload: bytes) -> None:
    """Send an answer; it is the last one without a caller, and without memory."""
    try:
        channel.sendall(_FRAME.pack(len(payload), tag) + payload)
    except ConnectionError:
        os._exit(0)
    if tag == _NO_MEMORY:
        os._exit(1)
