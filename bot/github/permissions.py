"""What the App asks of GitHub, each with its reason: one table for manifest, ``doctor`` and documentation."""

from __future__ import annotations

from dataclasses import dataclass

from bot.events import events
from bot.events.event import Event

_RANK = {"": 0, "read": 1, "write": 2, "admin": 3}


@dataclass(frozen=True, slots=True)
class Permission:
    """A permission by GitHub's name in manifests; ``needed`` is False where only an option of a policy uses it."""

    name: str
    shown: str
    level: str
    reason: str
    needed: bool = True


PERMISSIONS = (
    Permission("checks", "Checks", "write", "the check run that holds the merge"),
    Permission("contents", "Contents", "read", "the code that is analysed, and the policy file"),
    Permission(
        "issues",
        "Issues",
        "write",
        "labels, reactions to commands in comments, and whose work was merged before",
    ),
    Permission(
        "members",
        "Members (organisation)",
        "read",
        "who is in the teams that a policy names, and who needs no welcome",
    ),
    Permission("merge_queues", "Merge queues", "read", "which pull requests a merge group brings in"),
    Permission("metadata", "Metadata", "read", "GitHub asks every App for it"),
    Permission("pull_requests", "Pull requests", "write", "reviews, review requests, and the App's comment"),
    Permission(
        "security_events",
        "Code scanning alerts",
        "write",
        "results in code scanning, where a policy sets github.code_scanning",
        needed=False,
    ),
)


def subscribed() -> tuple[Event, ...]:
    """The events that the App has to subscribe to, by name; GitHub sends those without ``needs`` to every App."""
    return tuple(event for event in events().values() if event.needs)


def lacking(granted: dict[str, str]) -> tuple[Permission, ...]:
    """The permissions that are not granted, or not as far as they are needed, in the order of the table."""
    return tuple(
        permission
        for permission in PERMISSIONS
        if _RANK.get(granted.get(permission.name, ""), 0) < _RANK[permission.level]
    )


def beyond(granted: dict[str, str]) -> tuple[str, ...]:
    """The names of permissions that are granted and not needed, or further than needed, sorted."""
    known = {permission.name: permission.level for permission in PERMISSIONS}
    return tuple(
        sorted(name for name, level in granted.items() if _RANK.get(level, 0) > _RANK[known.get(name, "")])
    )
