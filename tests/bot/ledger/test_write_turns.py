"""Writers of one process on SQLite: in turn, and those that somebody waits for first."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import sqlalchemy as sa

from bot.ledger.engine import open_engine, parse_url, writing


def test_who_is_in_a_hurry_goes_ahead_of_those_who_wait_and_all_others_in_order(tmp_path: Path) -> None:
    engine = open_engine(parse_url(f"sqlite:///{tmp_path}/turns.db"))
    with writing(engine) as connection:
        connection.execute(sa.text("CREATE TABLE written (name TEXT)"))
    arrived: list[str] = []

    def write(name: str) -> None:
        with writing(engine, ahead=name.startswith("ahead")) as connection:
            connection.execute(sa.text("INSERT INTO written VALUES (:name)"), {"name": name})

    def arrive(*_: object) -> None:
        arrived.append(threading.current_thread().name)

    names = ["first", "second", "ahead-1", "third", "ahead-2"]
    threads = [threading.Thread(target=write, args=(name,), name=name, daemon=True) for name in names]
    with writing(engine) as connection:
        connection.execute(sa.text("INSERT INTO written VALUES ('before')"))
        sa.event.listen(engine.pool, "checkout", arrive)
        for number, thread in enumerate(threads):
            thread.start()
            while len(arrived) <= number:
                time.sleep(0.001)
            time.sleep(0.02)
        assert arrived == names
    for thread in threads:
        thread.join(timeout=60)
    with engine.connect() as connection:
        order = list(connection.scalars(sa.text("SELECT name FROM written ORDER BY rowid")))
    assert order == ["before", "ahead-1", "ahead-2", "first", "second", "third"]
    engine.dispose()


def test_a_hurry_ends_with_its_transaction(tmp_path: Path) -> None:
    engine = open_engine(parse_url(f"sqlite:///{tmp_path}/turns.db"), pool=1)
    for ahead in (True, False):
        with writing(engine, ahead=ahead) as connection:
            connection.execute(sa.text("CREATE TABLE IF NOT EXISTS written (name TEXT)"))
    with engine.connect() as connection:
        assert "cratewarden-turn" not in connection.info
        assert "cratewarden-ahead" not in connection.info
    engine.dispose()
