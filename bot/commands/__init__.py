"""Commands in comments: found by a Markdown parser, carried out on what was judged, answered once."""

from __future__ import annotations

from bot.commands.model import Command, Outcome, Reaction, Room
from bot.commands.obey import obey
from bot.commands.parse import LIMIT, Order, parse

__all__ = ["LIMIT", "Command", "Order", "Outcome", "Reaction", "Room", "obey", "parse"]
