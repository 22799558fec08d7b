"""The maintainers' policy: who has to look at which changes.

Reading a file needs pydantic, which is slow to import, so it is imported by the call that reads one.
"""

from __future__ import annotations

from typing import Any

from bot.policy.built_in import BUILT_IN
from bot.policy.model import Policy, PolicyError, PolicyProblem
from bot.policy.severities import apply_severities

__all__ = ["BUILT_IN", "Policy", "PolicyError", "PolicyProblem", "apply_severities", "load", "schema"]


def load(data: bytes, name: str) -> Policy:
    """The policy in the bytes of a TOML file; ``name`` is what problems call the file.

    Raises PolicyError with every problem and its place.
    """
    from bot.policy.loading import read_policy

    return read_policy(data, name)


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a policy file, for editors and validators.

    It cannot say what parts of a file mean for each other (a rule's pool has to exist); ``load`` checks that.
    """
    from bot.policy.json_schema import policy_schema

    return policy_schema()
