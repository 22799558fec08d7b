"""Signals are noticed, wherever they come, and raise nothing there."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest

from bot.signals import Ended, EndSignals


def test_a_signal_ends_the_next_wait_and_every_later_one() -> None:
    with EndSignals.noticed(signal.SIGUSR1) as signals:
        assert not signals.wait(0)
        signals.sleep(0)
        os.kill(os.getpid(), signal.SIGUSR1)
        assert signals.wait()
        with pytest.raises(Ended):
            signals.sleep(60)


def test_a_signal_ends_a_wait_that_has_begun() -> None:
    with EndSignals.noticed(signal.SIGUSR1) as signals:
        sent = threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGUSR1))
        sent.start()
        began = time.monotonic()
        assert signals.wait(60)
        assert time.monotonic() - began < 30
        sent.join()


def test_more_signals_than_anybody_reads_harm_nothing() -> None:
    with EndSignals.noticed(signal.SIGUSR1) as signals:
        for _ in range(70_000):  # a pipe holds 65,536 bytes
            signal.raise_signal(signal.SIGUSR1)
        assert signals.wait(0)


def test_a_signal_that_another_thread_gets_ends_the_wait_of_the_main_one() -> None:
    done = threading.Event()
    other = threading.Thread(target=done.wait)
    other.start()
    assert other.ident is not None
    try:
        with EndSignals.noticed(signal.SIGUSR1) as signals:
            sent = threading.Timer(0.1, signal.pthread_kill, (other.ident, signal.SIGUSR1))
            sent.start()
            assert signals.wait(30)
            sent.join()
    finally:
        done.set()
        other.join()


def test_a_signal_that_somebody_else_handles_ends_no_wait() -> None:
    heard: list[int] = []
    kept = signal.signal(signal.SIGUSR2, lambda number, _: heard.append(number))
    try:
        with EndSignals.noticed(signal.SIGUSR1) as signals:
            signal.raise_signal(signal.SIGUSR2)
            assert not signals.wait(0.05)
            assert heard == [signal.SIGUSR2]
            signal.raise_signal(signal.SIGUSR1)
            assert signals.wait(0)
    finally:
        signal.signal(signal.SIGUSR2, kept)


def test_a_signal_in_a_finaliser_is_not_lost() -> None:
    class Thing:
        def __del__(self) -> None:
            signal.raise_signal(signal.SIGUSR1)

    with EndSignals.noticed(signal.SIGUSR1) as signals:
        thing = Thing()
        del thing
        assert signals.wait(0)


def test_afterwards_signals_do_what_they_did_before_and_the_pipe_is_closed() -> None:
    heard: list[int] = []
    kept = signal.signal(signal.SIGUSR1, lambda number, _: heard.append(number))
    try:
        with EndSignals.noticed(signal.SIGUSR1) as signals:
            signal.raise_signal(signal.SIGUSR1)
            pipe = signals.fileno()
        signal.raise_signal(signal.SIGUSR1)
    finally:
        signal.signal(signal.SIGUSR1, kept)
    assert heard == [signal.SIGUSR1]
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(pipe)
