"""What could not be judged, as the place, what happened and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from analyzers.model import Unanalysed
from bot.render import prose
from bot.render.outline import sorted_unanalysed


def lines_of_unanalysed(items: Iterable[Unanalysed]) -> Iterator[tuple[str, str, str]]:
    """For each thing, sorted: its path with the line, the sentence with its figures, the advice.

    Path and figures are as they came, not yet made visible.
    """
    for item in sorted_unanalysed(items):
        told = prose.unanalysed(item.reason, item.detail)
        yield f"{item.path}:{item.line}" if item.line else item.path, told.message, told.help
