"""``installation``: the App came to an organisation, or its permissions were accepted."""

from __future__ import annotations

from bot.events.event import Event
from bot.events.payload import assess_installation

EVENT = Event(
    name="installation",
    actions=("created", "unsuspend", "new_permissions_accepted"),
    why="To look at the pull requests that were open before the App came.",
    jobs=assess_installation,
)
