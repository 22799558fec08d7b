"""``organization``: somebody joined or left the organisation."""

from __future__ import annotations

from bot.events.event import Event
from bot.events.payload import assess_installation

EVENT = Event(
    name="organization",
    actions=("member_added", "member_removed"),
    why="To judge anew when somebody who may have approved leaves, and to ask who comes.",
    jobs=assess_installation,
    needs="members",
)
