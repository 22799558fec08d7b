"""The cache gives back what was stored or nothing, whatever happened to its files meanwhile."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.model import Contract, ContractState, Macro, Scan, Site, Unanalysed, UnanalysedReason
from bot import cache
from bot.cache import Cache, analyser_version
from bot.decoding import message_decoder

SITE = Site(
    kind="unsafe-block",
    item="mod größe::impl Ring::get",
    line=12,
    column=9,
    end_line=14,
    keyword=100,
    start=90,
    end=160,
    tokens="a" * 32,
    detail="C",
    in_test=True,
    macro=Macro.CALL,
    cfg=("unix", 'feature = "x"'),
    contract=Contract(ContractState.PRESENT, 11, "c" * 16),
)
SCAN = Scan(
    40,
    (SITE, replace(SITE, line=13)),
    (Unanalysed("", UnanalysedReason.UNPARSABLE, 3, "detail"),),
    unsafe_tokens=2,
    test_modules=("tests",),
)


def blob(number: int) -> str:
    return f"{number:040x}"


def scans(numbers: range, sites: int = 1) -> dict[str, Scan]:
    return {
        blob(n): Scan(n, tuple(replace(SITE, line=line) for line in range(sites)), unsafe_tokens=n)
        for n in numbers
    }


def database(folder: Path) -> Path:
    (path,) = folder.glob("cache-*.sqlite")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def test_what_was_put_is_got_by_another_process_and_nothing_else(folder: Path) -> None:
    Cache(folder).scans.put_many({blob(1): SCAN, blob(2): Scan()})
    code = (
        "import sys; from pathlib import Path; from bot.cache import Cache;"
        "from tests.bot.test_cache import SCAN, Scan, blob;"
        "got = Cache(Path(sys.argv[1])).scans.get_many([blob(1), blob(2), blob(3)]);"
        "sys.exit(got != {blob(1): SCAN, blob(2): Scan()})"
    )
    root = Path(__file__).resolve().parents[2]
    subprocess.run([sys.executable, "-c", code, folder], cwd=root, check=True)


def test_words_are_not_kept(folder: Path) -> None:
    store = Cache(folder)
    store.scans.put_many({blob(1): replace(SCAN, words=((b"unsafe",), (b"x",)))})
    assert store.scans.get_many([blob(1)]) == {blob(1): SCAN}


@given(st.builds(Scan, lines=st.integers(0, 2**40), sites=st.just(()) | st.just((SITE,) * 40),
                 test_modules=st.lists(st.text(st.characters(codec="utf-8"))).map(tuple)))  # fmt: skip
def test_any_scan_survives_its_stored_form(scan: Scan) -> None:
    key = b"k" * 16
    plain = msgspec.msgpack.encode(scan)
    assert cache._opened(key, cache._sealed(key, plain)) == plain
    assert message_decoder(Scan)(plain) == scan


@given(st.integers(0, 10**6), st.integers(1, 255))
def test_a_stored_form_with_any_byte_changed_is_no_scan(place: int, change: int) -> None:
    value = bytearray(cache._sealed(b"k" * 16, msgspec.msgpack.encode(SCAN)))
    value[place % len(value)] ^= change
    assert cache._opened(b"k" * 16, bytes(value)) is None


def test_many_scans_come_back_in_one_question(folder: Path) -> None:
    many = scans(range(3000))
    store = Cache(folder)
    store.scans.put_many(many)
    assert store.scans.get_many(iter(many)) == many


@pytest.mark.parametrize("reason", ["timed-out", "out-of-memory", "crashed", "missing"])
def test_a_verdict_that_may_not_repeat_is_not_remembered(folder: Path, reason: str) -> None:
    store = Cache(folder)
    store.scans.put_many({blob(1): Scan(unanalysed=(Unanalysed("", UnanalysedReason(reason)),))})
    assert store.scans.get_many([blob(1)]) == {}


def test_an_upgraded_analyser_gets_nothing_of_the_old_one_and_the_old_one_keeps_its_own(folder: Path) -> None:
    old, new = Cache(folder, version="1"), Cache(folder, version="2")
    old.scans.put_many({blob(1): SCAN})
    assert new.scans.get_many([blob(1)]) == {}
    new.scans.put_many({blob(1): Scan()})
    assert (old.scans.get_many([blob(1)]), new.scans.get_many([blob(1)])) == (
        {blob(1): SCAN},
        {blob(1): Scan()},
    )


def test_the_version_changes_with_any_source_of_the_analysers_and_with_what_they_import(
    tmp_path: Path,
) -> None:
    root = Path(__file__).resolve().parents[2]
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import bot.cache; print(bot.cache.analyser_version())"
    )

    def version() -> str:
        command = [sys.executable, "-B", "-c", code, str(tmp_path)]
        return subprocess.run(command, capture_output=True, check=True, text=True, cwd=tmp_path).stdout

    for package in ("analyzers", "bot"):
        for source in (root / package).rglob("*.py"):
            copy = tmp_path / source.relative_to(root)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(source.read_bytes())
    seen = [version()]
    assert version() == seen[0]
    model, helper = tmp_path / "analyzers" / "model.py", tmp_path / "grown.py"
    os.utime(model, (0, 0))
    assert version() == seen[0]
    model.write_text(model.read_text() + "\n# another word\n")
    seen.append(version())
    helper.write_text("x = 1\n")
    model.write_text(model.read_text() + "\nimport grown\n")
    seen.append(version())
    helper.write_text("x = 2\n")
    seen.append(version())
    (tmp_path / "analyzers" / "kind.py").rename(tmp_path / "analyzers" / "rust" / "kind.py")
    seen.append(version())
    assert len(set(seen)) == len(seen)


def test_the_version_knows_the_grammar_that_is_installed() -> None:
    import tree_sitter_rust

    spec = tree_sitter_rust.__spec__
    assert spec is not None
    assert any(path.suffix in {".so", ".pyd"} for _, path in cache._files_of(spec))
    assert analyser_version() == analyser_version()


def test_the_folder_is_the_users_unless_the_environment_names_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Cache().folder.name == "cratewarden"
    monkeypatch.setenv("CRATEWARDEN_CACHE_DIR", str(tmp_path / "elsewhere"))
    assert Cache().folder == tmp_path / "elsewhere"
    assert Cache(tmp_path / "given").folder == tmp_path / "given"


def test_asking_creates_nothing(folder: Path) -> None:
    store = Cache(folder)
    assert store.scans.get_many([blob(1)]) == {}
    store.clear()
    store.scans.put_many({})
    assert not folder.exists()
    assert store.take_notices() == ()


def test_clearing_forgets_every_version_and_gives_the_space_back(folder: Path) -> None:
    old, new = Cache(folder, version="1"), Cache(folder, version="2")
    old.scans.put_many(scans(range(200), sites=50))
    new.scans.put_many(scans(range(200), sites=50))
    full = database(folder).stat().st_size
    new.clear()
    assert old.scans.get_many(map(blob, range(200))) == new.scans.get_many(map(blob, range(200))) == {}
    assert database(folder).stat().st_size < full / 4


def test_the_least_recently_used_make_room(folder: Path) -> None:
    now = 1_000_000.0
    store = Cache(folder, limit=1_000_000, clock=lambda: now)
    early = {blob(n): incompressible(n) for n in range(400)}
    late = {blob(n): incompressible(n) for n in range(400, 800)}
    used = dict(list(early.items())[:50])
    store.scans.put_many(early)
    now += 2 * cache.USE_SECONDS
    assert store.scans.get_many(used) == used
    now += 2 * cache.USE_SECONDS
    store.scans.put_many(late)
    kept = store.scans.get_many({**early, **late})
    assert set(kept) >= set(used) | set(late)
    assert len(kept) < len(early) + len(late)
    assert all(scan == {**early, **late}[key] for key, scan in kept.items())
    assert database(folder).stat().st_size < 1_100_000


def incompressible(number: int) -> Scan:
    return Scan(test_modules=(random.Random(number).randbytes(1000).hex(),))  # noqa: S311 - any bytes will do


@pytest.mark.parametrize("damage", ["garbage", "truncated", "emptied", "foreign", "noise"])
def test_a_damaged_file_is_built_anew_told_and_never_believed(folder: Path, damage: str) -> None:
    values = scans(range(400), sites=20)
    Cache(folder).scans.put_many(values)
    path = database(folder)
    data = bytearray(path.read_bytes())
    match damage:
        case "garbage":
            path.write_bytes(b"garbage" * 5000)
        case "truncated":
            path.write_bytes(data[: len(data) // 2])
        case "emptied":
            path.write_bytes(b"")
        case "foreign":
            path.unlink()
            with closing(sqlite3.connect(path)) as connection:
                connection.execute("CREATE TABLE entry (other TEXT)")
                connection.commit()
        case _:
            generator = random.Random(7)  # noqa: S311 - any noise will do
            for _ in range(2000):
                data[generator.randrange(100, len(data))] = generator.randrange(256)
            path.write_bytes(data)
    store = Cache(folder)
    got = store.scans.get_many(values)
    assert all(got[key] == values[key] for key in got)
    notices = store.take_notices()
    assert damage == "emptied" or any("damaged" in notice for notice in notices)
    assert all(notice.isprintable() for notice in notices)
    assert store.take_notices() == ()
    store.scans.put_many(values)
    assert Cache(folder).scans.get_many(values) == values


@given(seed=st.integers(0, 2**32), flips=st.integers(1, 200))
def test_no_damage_at_all_gives_a_wrong_scan(
    tmp_path_factory: pytest.TempPathFactory, seed: int, flips: int
) -> None:
    folder = tmp_path_factory.mktemp("cache")
    values = scans(range(60), sites=3)
    Cache(folder, version="1").scans.put_many(values)
    path = database(folder)
    data = bytearray(path.read_bytes())
    generator = random.Random(seed)  # noqa: S311 - any noise will do
    for _ in range(flips):
        data[generator.randrange(len(data))] = generator.randrange(256)
    path.write_bytes(data)
    store = Cache(folder, version="1")
    got = store.scans.get_many(values)
    assert all(got[key] == values[key] for key in got)
    store.scans.put_many(values)
    assert all(scan == values[key] for key, scan in store.scans.get_many(values).items())


def test_one_damaged_value_costs_one_scan(folder: Path) -> None:
    values = scans(range(10))
    store = Cache(folder)
    store.scans.put_many(values)
    with closing(sqlite3.connect(database(folder))) as connection:
        connection.execute("UPDATE entry SET value = zeroblob(100) WHERE rowid = 3")
        connection.execute(
            "UPDATE entry SET value = (SELECT value FROM entry WHERE rowid = 5) WHERE rowid = 4"
        )
        connection.commit()
    assert store.scans.get_many(values) == {
        key: scan for n, (key, scan) in enumerate(values.items()) if n not in (2, 3)
    }
    (notice,) = store.take_notices()
    assert notice.startswith("2 damaged entries in the cache")
    store.scans.put_many(values)
    assert store.scans.get_many(values) == values


@pytest.mark.parametrize("obstacle", ["file in the way", "folder in the way", "device"])
def test_a_folder_that_cannot_be_used_is_done_without_and_told_once(tmp_path: Path, obstacle: str) -> None:
    folder = tmp_path / "cache"
    match obstacle:
        case "file in the way":
            folder.write_text("")
        case "folder in the way":
            (folder / "cache-000001.sqlite").mkdir(parents=True)
        case _:
            folder = Path("/proc/cache")
    store = Cache(folder)
    store.scans.put_many({blob(1): SCAN})
    store.scans.put_many({blob(2): SCAN})
    assert store.scans.get_many([blob(1)]) == {}
    store.clear()
    (notice,) = store.take_notices()
    assert notice.startswith(f"working without the cache {folder}: ")
    assert notice.endswith("set CRATEWARDEN_CACHE_DIR to a folder that can be written")
    assert store.take_notices() == ()


WRITER = """
import sys
from pathlib import Path
from bot.cache import Cache
from tests.bot.test_cache import blob, scans
store = Cache(Path(sys.argv[1]), version="1", limit=300_000)
first = int(sys.argv[2])
for start in range(first, first + 200, 40):
    mine = scans(range(start, start + 40), sites=3)
    store.scans.put_many(mine)
    everything = scans(range(1600), sites=3)
    assert all(scan == everything[key] for key, scan in store.scans.get_many(everything).items())
assert store.take_notices() == (), store.take_notices()
"""


def test_processes_that_write_and_evict_at_once_do_not_disturb_each_other(folder: Path) -> None:
    root = Path(__file__).resolve().parents[2]
    processes = [
        subprocess.Popen([sys.executable, "-c", WRITER, folder, str(first)], cwd=root)
        for first in (0, 400, 800, 1200)
    ]
    assert [process.wait() for process in processes] == [0, 0, 0, 0]


def test_a_writer_that_is_killed_leaves_a_usable_cache(folder: Path) -> None:
    root = Path(__file__).resolve().parents[2]
    code = (
        "import os, sys; from pathlib import Path; from bot import cache; from tests.bot.test_cache import scans;"
        "cache._size = lambda connection: os.kill(os.getpid(), 9);"
        "cache.Cache(Path(sys.argv[1]), version='1').scans.put_many(scans(range(2000)))"
    )
    assert subprocess.run([sys.executable, "-c", code, folder], cwd=root, check=False).returncode == -9
    store = Cache(folder, version="1")
    values = scans(range(2000))
    assert len(store.scans.get_many(values)) == cache.BATCH
    store.scans.put_many(values)
    assert store.scans.get_many(values) == values
    assert store.take_notices() == ()
