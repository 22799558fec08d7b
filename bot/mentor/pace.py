"""How long it usually takes until somebody who was asked has approved."""

from __future__ import annotations

import datetime
import statistics
from collections.abc import Sequence

LEAST = 3
"""Answers without which nothing is said: a single one is chance."""


def usual(times: Sequence[datetime.timedelta]) -> datetime.timedelta | None:
    """The median of the times; None where they are too few to promise anything by."""
    if len(times) < LEAST:
        return None
    return datetime.timedelta(seconds=statistics.median(time.total_seconds() for time in times))
