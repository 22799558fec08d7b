"""The server is killed while people talk on pull requests, and nobody can tell afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bot import databases
from tests.server.kills import quiet_trace, torture


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> str:
    return quiet_trace(tmp_path_factory.mktemp("quiet"))


@pytest.mark.parametrize("kind", databases.KINDS)
def test_conversations_during_which_the_server_is_killed_look_like_a_quiet_one(
    kind: str, quiet: str, tmp_path: Path
) -> None:
    outcome = torture(
        tmp_path, kills=3, seed=20261121, expected=quiet, database=databases.new(kind, tmp_path)
    )
    assert (outcome.lost, outcome.repeated) == ((), ())
    assert outcome.log_is_whole
    assert outcome.talks >= 1
    # Otherwise no kill was ever in the way of a webhook.
    assert outcome.webhooks > 20
    assert outcome.exit_status == 0


def test_a_quiet_conversation_is_a_whole_one(quiet: str) -> None:
    """What the others are compared with has everything in it that could be lost."""
    for line in ("merged alice", "comment cratewarden[bot] 0", "3 x check-runs", "2 x requested_reviewers"):
        assert line in quiet
