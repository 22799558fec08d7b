"""The maintainers' policy: who has to look at which changes.

Reading a file needs pydantic, which is slow to import, so it is imported by the call that reads one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.policy.built_in import BUILT_IN
from bot.policy.layers import layer
from bot.policy.model import Policy, PolicyError, PolicyProblem
from bot.policy.severities import apply_severities
from bot.policy.soundness import apply_policy, scope_of

__all__ = [
    "BUILT_IN",
    "ORGANISATION_HOME",
    "POLICY_PATHS",
    "Policy",
    "PolicyError",
    "PolicyProblem",
    "apply_policy",
    "apply_severities",
    "choose_file",
    "layer",
    "load",
    "read_layers",
    "schema",
    "scope_of",
]

POLICY_PATHS = (".github/cratewarden.toml", "cratewarden.toml")
"""Where a repository keeps its policy, and the organisation's own repository the defaults; the first counts."""

ORGANISATION_HOME = ".github"
"""The organisation's own repository: it holds the defaults of all the others."""


def load(data: bytes, name: str) -> Policy:
    """The policy in the bytes of a TOML file that stands alone; ``name`` is what problems call the file.

    Raises PolicyError with every problem and its place.
    """
    from bot.policy.loading import read_policy

    return read_policy(data, name)


def read_layers(
    repository: tuple[str, bytes] | None,
    organisation: tuple[str, bytes] | None,
    ignored: Sequence[str] = (),
) -> Policy:
    """The policy in force, from a repository's file and its organisation's, each as a name and bytes.

    The built-in policy where both are None. ``ignored`` are files at the other places, which are not read; a
    note tells so. Raises PolicyError with the problems of both files.
    """
    if repository is None and organisation is None:
        return BUILT_IN
    from bot.policy.loading import read_both

    return read_both(repository, organisation, ignored)


def choose_file(files: Mapping[str, bytes]) -> tuple[tuple[str, bytes] | None, tuple[str, ...]]:
    """Of the files of a tree by path, the one that is the policy, and the paths of those that are ignored for it."""
    there = [path for path in POLICY_PATHS if path in files]
    return ((there[0], files[there[0]]) if there else None), tuple(there[1:])


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a policy file, for editors and validators.

    It cannot say what parts of a file mean for each other (a rule's pool has to exist); ``load`` checks that.
    """
    from bot.policy.json_schema import policy_schema

    return policy_schema()
