"""The registry of webhook events: every module with an ``EVENT`` is one event, its stem is GitHub's name for it."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Mapping
from typing import Any

from bot.events.event import Event
from bot.jobs import Job

_WORDS = frozenset(("event", "payload"))


@functools.cache
def events() -> Mapping[str, Event]:
    """Every event by its name, in alphabetical order."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__) if module.name not in _WORDS)
    found = (importlib.import_module(f"{__name__}.{name}").EVENT for name in names)
    return {event.name: event for event in found}


def route(name: str, payload: Mapping[str, Any]) -> tuple[Job, ...]:
    """The jobs that a delivery asks for; none for events and actions that do not matter.

    Raises:
        ValueError: the payload is not what GitHub describes.
    """
    event = events().get(name)
    if event is None:
        return ()
    if event.actions and payload.get("action") not in event.actions:
        return ()
    return event.jobs(payload)
