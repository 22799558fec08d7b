"""One sandbox for all tests of a file, and a new organisation in it for each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.github.app import App
from bot.sandbox.world import Sandbox
from tests.bot.stage import Stage, fresh, started


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sandbox, App]]:
    with started(tmp_path_factory.mktemp("github")) as both:
        yield both


@pytest.fixture
def stage(running: tuple[Sandbox, App]) -> Stage:
    return fresh(*running)
