"""What an event file declares."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.jobs import Job


@dataclass(frozen=True, slots=True)
class Event:
    """One webhook event the App listens to.

    ``actions`` are those that are acted on; empty for events without actions. ``needs`` is the permission
    that GitHub asks for the event to be subscribed to, empty for those that every App gets. ``why`` is the
    sentence of the reference page.
    """

    name: str
    actions: tuple[str, ...]
    why: str
    jobs: Callable[[Mapping[str, Any]], tuple[Job, ...]]
    needs: str = ""
