"""Whatever an item does to its worker, it harms neither the caller nor another item."""

from __future__ import annotations

import functools
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import types
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest

from analyzers.model import UnanalysedReason
from bot import isolation
from bot.isolation import Limits, WorkerError, Workers
from bot.model import Failure

T = TypeVar("T")
R = TypeVar("R")

# Wide apart, so that a busy machine does not reach the one before the other.
TIGHT = Limits(cpu_seconds=0.3, wall_seconds=60, memory=256 << 20)
PATIENT = Limits(cpu_seconds=60, wall_seconds=0.5, memory=256 << 20)
ROOMY = Limits(cpu_seconds=60, wall_seconds=60, memory=256 << 20)
CRASHED, TIMED_OUT = UnanalysedReason.CRASHED, UnanalysedReason.TIMED_OUT
OUT_OF_MEMORY = UnanalysedReason.OUT_OF_MEMORY


@dataclass(frozen=True, slots=True)
class Fact:
    """A typed result."""

    name: str
    parts: tuple[bytes, ...]


def echo(item: bytes) -> bytes:
    return item


def fact(item: int) -> Fact:
    return Fact(f"é{item}", (b"\xff",) * item)


def pid_of(_: int) -> int:
    return os.getpid()


def niceness_of(_: int) -> int:
    return os.nice(0)


def other_pid_of(_: int) -> int:
    return os.getpid()


def misbehave(item: str) -> str:  # noqa: C901, PLR0912 - a catalogue
    match item:
        case "exit":
            os._exit(3)
        case "segv":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "raise":
            raise ValueError("first\nsecond\x1b[31m")
        case "leave":
            sys.exit("left")
        case "memory":
            return str(len(bytearray(1 << 40)))
        case "many":
            return str(len([bytes(10_000) for _ in range(1_000_000)]))
        case "deep":
            return misbehave_deeply(0)
        case "spin":
            while True:
                pass
        case "regex":  # C code that holds the interpreter's lock
            return str(re.match(r"(a+)+$", "a" * 64 + "b"))
        case "sleep":
            time.sleep(600)
        case "print":
            print("noise" * 100)  # noqa: T201
            os.write(1, b"\0" * 10_000)
            print("noise", file=sys.stderr)  # noqa: T201
        case "surrogate":
            return "\udcff"
    return item


def misbehave_deeply(level: int) -> str:
    return misbehave_deeply(level + 1)


def wrongly_typed(item: int) -> int:
    return f"not {item}"  # type: ignore[return-value]


def killed_once(marker: Path, item: int) -> int:
    if item == 5 and not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return item


def filled_by_others(item: int, kept: list[bytes] = []) -> int:  # noqa: B006 - memory that an item leaves behind
    kept.append(bytes(64 << 20))
    return item


def environment_names(_: int) -> list[str]:
    return sorted(os.environ)


def open_files(_: int) -> list[int]:
    return sorted(int(entry.name) for entry in os.scandir("/proc/self/fd"))


def untyped(item):  # type: ignore[no-untyped-def]
    return item


@pytest.fixture(params=[True, False], ids=["fork", "fresh interpreter"])
def start(request: pytest.FixtureRequest) -> Iterator[Callable[..., Workers]]:
    opened: list[Workers] = []

    def start_workers(processes: int = 2, limits: Limits = ROOMY) -> Workers:
        opened.append(Workers(processes, limits, fork=request.param))
        return opened[-1]

    yield start_workers
    for workers in opened:
        workers.close()


def run(workers: Workers, function: Callable[[T], R], items: Sequence[T]) -> list[tuple[T, R | Failure]]:
    return list(workers.run(function, items, lambda _: 1))


def test_a_worker_steps_back_for_other_processes_as_far_as_it_is_told(start: Callable[..., Workers]) -> None:
    usual = os.nice(0)
    assert run(start(1), niceness_of, [1]) == [(1, usual)]
    assert run(start(1, Limits(niceness=2)), niceness_of, [1]) == [(1, usual + 2)]


def is_gone(pid: int) -> bool:
    """Whether a process has ended; a zombie has."""
    status = Path(f"/proc/{pid}/stat")
    try:
        return status.read_text().rpartition(")")[2].split()[0] in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return True


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait as long as it takes: a condition that never holds is a test that never ends."""
    while not condition():
        time.sleep(0.01)


def test_every_item_comes_back_once_with_its_result(start: Callable[..., Workers]) -> None:
    items = [str(number).encode() for number in range(3000)]
    assert Counter(run(start(), echo, items)) == Counter((item, item) for item in items)


def test_results_of_any_declared_type_arrive_as_they_were(start: Callable[..., Workers]) -> None:
    assert dict(run(start(), fact, range(5))) == {n: fact(n) for n in range(5)}


def test_large_items_and_results_pass_both_ways_at_once(start: Callable[..., Workers]) -> None:
    items = [bytes([number]) * (3 << 20) for number in range(24)]
    assert sorted(run(start(limits=Limits()), echo, items)) == sorted((item, item) for item in items)


def test_nothing_is_nothing(start: Callable[..., Workers]) -> None:
    assert run(start(), echo, []) == []


def test_even_one_process_is_not_the_callers(start: Callable[..., Workers]) -> None:
    pids = {pid for _, pid in run(start(1), pid_of, range(50))}
    assert len(pids) == 1
    assert os.getpid() not in pids


def test_workers_stay_for_another_run_of_another_function(start: Callable[..., Workers]) -> None:
    workers = start(1)
    assert (
        run(workers, pid_of, [1])[0][1]
        == run(workers, other_pid_of, [1])[0][1]
        == run(workers, pid_of, [2])[0][1]
    )


@pytest.mark.parametrize(
    ("item", "reason", "detail"),
    [
        ("exit", CRASHED, "exit status 3"),
        ("segv", CRASHED, "ended by SIGSEGV"),
        ("raise", CRASHED, "ValueError: first second [31m"),
        ("deep", CRASHED, "RecursionError: maximum recursion depth exceeded"),
        ("leave", CRASHED, "exit status 1"),
        ("surrogate", CRASHED, "UnicodeEncodeError: "),
        ("memory", OUT_OF_MEMORY, "more than 256 MiB of memory"),
        ("many", OUT_OF_MEMORY, "more than 256 MiB of memory"),
        ("spin", TIMED_OUT, "more than 0.3 s of processor time"),
        ("regex", TIMED_OUT, "more than 0.3 s of processor time"),
        ("sleep", TIMED_OUT, "more than 0.5 s"),
    ],
)
def test_an_item_fails_for_its_own_reason_and_no_other_item_notices(
    start: Callable[..., Workers], item: str, reason: UnanalysedReason, detail: str
) -> None:
    fine = [f"fine {number}" for number in range(40)]
    limits = {"sleep": PATIENT, "spin": TIGHT, "regex": TIGHT}.get(item, ROOMY)
    results = dict(run(start(limits=limits), misbehave, [*fine[:20], item, *fine[20:]]))
    failure = results.pop(item)
    assert isinstance(failure, Failure)
    assert failure.reason is reason
    assert failure.detail.startswith(detail)
    assert failure.detail.isprintable()
    assert results == {name: name for name in fine}


def test_many_bad_items_among_good_ones_are_all_found(start: Callable[..., Workers]) -> None:
    items = [f"{kind} {number}" for number in range(5) for kind in ("exit", "fine", "raise")]
    results = run(start(), misbehave_by_first_word, items)
    failed = {item for item, result in results if isinstance(result, Failure)}
    assert len(results) == len(items)
    assert failed == {item for item in items if not item.startswith("fine")}


def misbehave_by_first_word(item: str) -> str:
    return misbehave(item.split(maxsplit=1)[0])


def test_what_an_item_prints_goes_nowhere(
    start: Callable[..., Workers], capfd: pytest.CaptureFixture[str]
) -> None:
    items = ["print", "fine"]
    assert sorted(run(start(), misbehave, items)) == [("fine", "fine"), ("print", "print")]
    assert capfd.readouterr() == ("", "")


def test_an_item_whose_worker_somebody_else_killed_gets_a_second_chance(
    start: Callable[..., Workers], tmp_path: Path
) -> None:
    function = functools.partial(killed_once, tmp_path / "marker")
    assert sorted(run(start(), function, range(20))) == [(n, n) for n in range(20)]


def test_memory_that_others_left_behind_is_not_held_against_an_item(start: Callable[..., Workers]) -> None:
    assert sorted(run(start(1), filled_by_others, range(12))) == [(n, n) for n in range(12)]


def test_a_result_of_another_type_is_the_programs_mistake(start: Callable[..., Workers]) -> None:
    import msgspec

    with pytest.raises(msgspec.ValidationError):
        run(start(), wrongly_typed, [1])
    with pytest.raises(TypeError, match="untyped does not say what it returns"):
        run(start(), untyped, [1])


def test_an_answer_without_end_is_a_crash(
    start: Callable[..., Workers], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(isolation, "FRAME_LIMIT", 1 << 20)
    small, large = b"x", bytes(2 << 20)
    assert sorted(run(start(), echo, [small, large]), key=lambda pair: len(pair[0])) == [
        (small, small),
        (large, Failure(CRASHED, "an answer of more than 1 MiB")),
    ]


def test_a_function_that_workers_cannot_import_is_told_at_once() -> None:
    module = types.ModuleType("nowhere_to_be_found")
    exec("def lost(item: int) -> int: return item", module.__dict__)  # noqa: S102
    sys.modules[module.__name__] = module
    try:
        with (
            Workers(2, fork=False) as workers,
            pytest.raises(WorkerError, match="cannot load its task: ModuleNotF"),
        ):
            run(workers, module.lost, [1, 2, 3])
    finally:
        del sys.modules[module.__name__]


def test_workers_that_do_not_start_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with Workers(2, fork=False) as workers, pytest.raises(WorkerError, match="does not start: exit status 1"):
        run(workers, echo, [b"x"])


def test_a_run_that_is_left_early_leaves_nobody_working_and_can_be_followed_by_another(
    start: Callable[..., Workers],
) -> None:
    workers = start(2, Limits())
    unfinished = workers.run(misbehave, ["fine", *["sleep"] * 20], lambda _: 1)
    assert next(unfinished) == ("fine", "fine")
    with pytest.raises(RuntimeError, match="in the middle of another run"):
        next(workers.run(echo, [b"x"], len))
    unfinished.close()
    assert run(workers, echo, [b"x"]) == [(b"x", b"x")]


def test_a_worker_holds_no_secrets_of_the_environment(
    start: Callable[..., Workers], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CRATEWARDEN_PRIVATE_KEY", "GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "HARMLESS"):
        monkeypatch.setenv(name, "x")
    ((_, names),) = run(start(), environment_names, [1])
    assert isinstance(names, list)
    assert {name for name in names if name in os.environ and os.environ[name] == "x"} == {"HARMLESS"}


def test_a_worker_holds_no_open_file_of_the_caller(start: Callable[..., Workers]) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, Path(__file__).open() as file:
        assert file.fileno() > 3
        ((_, numbers), *_) = run(start(1), open_files, [1])
    # the three standard ones, the channel, and the listing's own
    assert isinstance(numbers, list)
    assert len(numbers) == 5


def test_a_caller_with_threads_gets_fresh_interpreters() -> None:
    results: list[Any] = []

    def work() -> None:
        with Workers(2) as workers:
            results.extend(run(workers, echo, [b"a", b"b", b"c"]))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert sorted(results) == [(item, item) for item in (b"a", b"b", b"c")]


def test_the_weight_shapes_chunks_and_loses_nothing(start: Callable[..., Workers]) -> None:
    items = [bytes(n % 7) + str(n).encode() for n in range(2000)]
    weights = {item: n % 5 * 1000 for n, item in enumerate(items)}
    assert Counter(start().run(echo, items, weights.__getitem__)) == Counter((item, item) for item in items)


CALLER = """
import signal, sys
# Programs that run in the background are born deaf to it.
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.path[:0] = [{root!r}]
from bot.isolation import Limits, Workers
from tests.bot.test_isolation import announce_and_hang
with Workers(2, Limits(60, 60), fork={fork}) as workers:
    for _ in workers.run(announce_and_hang, [({folder!r}, how) for how in ("sleep", "regex")], lambda _: 1):
        pass
"""


def announce_and_hang(item: tuple[str, str]) -> str:
    folder, how = item
    Path(folder, str(os.getpid())).touch()
    return misbehave(how)


@pytest.mark.parametrize(
    "number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name
)
@pytest.mark.parametrize("fork", [True, False])
def test_no_worker_outlives_its_caller_however_that_ends(
    tmp_path: Path, fork: bool, number: signal.Signals
) -> None:
    folder = tmp_path / "pids"
    folder.mkdir()
    root = str(Path(__file__).resolve().parents[2])
    code = CALLER.format(root=root, fork=fork, folder=str(folder))
    with subprocess.Popen(
        [sys.executable, "-c", code], stderr=subprocess.DEVNULL, start_new_session=True
    ) as caller:
        wait_until(lambda: len(list(folder.iterdir())) == 2)
        pids = [int(path.name) for path in folder.iterdir()]
        assert not any(map(is_gone, pids))
        os.killpg(caller.pid, number)
        caller.wait()
        assert caller.returncode == -number
        wait_until(lambda: all(map(is_gone, pids)))


def test_closing_ends_every_worker() -> None:
    with Workers(2) as workers:
        pids = [pid for _, pid in run(workers, pid_of, range(500)) if isinstance(pid, int)]
        assert not any(map(is_gone, pids))
    assert all(map(is_gone, pids))


def test_there_is_at_least_one_process() -> None:
    with pytest.raises(ValueError, match="processes must be at least 1"):
        Workers(0)
