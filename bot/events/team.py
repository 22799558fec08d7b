"""``team``: a team was renamed, moved or given a repository."""

from __future__ import annotations

from bot.events.event import Event
from bot.events.payload import assess_installation

EVENT = Event(
    name="team",
    actions=("added_to_repository", "deleted", "edited"),
    why="To judge anew when a team that may approve changes, and to ask who has access now.",
    jobs=assess_installation,
    needs="members",
)
