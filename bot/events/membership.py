"""``membership``: somebody joined or left a team."""

from __future__ import annotations

from bot.events.event import Event
from bot.events.payload import assess_installation

EVENT = Event(
    name="membership",
    actions=("added", "removed"),
    why="To judge anew when somebody joins or leaves a team that may approve.",
    jobs=assess_installation,
    needs="members",
)
