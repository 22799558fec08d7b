"""One sandbox for all conversations; each has an organisation and a ledger of its own."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest

from tests.conversations.cast import Begin, Conversation, Stage, begun, stage


@pytest.fixture(scope="session")
def on(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("stage")) as on:
        yield on


@pytest.fixture
def begin(on: Stage) -> Iterator[Begin]:
    """Begins conversations under policies of a test's own."""
    with contextlib.ExitStack() as stack:
        yield lambda *args, **how: stack.enter_context(begun(on, *args, **how))


@pytest.fixture
def talk(begin: Begin) -> Conversation:
    """A conversation under the usual policy."""
    return begin()
