"""``help``: which commands there are."""

from __future__ import annotations

from bot.commands.model import Command, Outcome, Reaction, Room, Who
from bot.commands.parse import Order
from bot.commands.wording import command
from bot.render.prose import Markup, markdown_template, say


def _run(_order: Order, room: Room) -> Outcome:
    # Here, because the registry imports this file.
    from bot.commands.verbs import commands

    rows = [
        (
            Markup(command(room, f"{each.name} {each.usage}").replace("|", "\\|")),
            Markup(each.summary),
            Markup(say(f"commands.who-{each.who}")),
        )
        for each in commands().values()
    ]
    return Outcome(Reaction.DONE, markdown_template("comments/commands-help.md.j2")(rows=rows).rstrip("\n"))


COMMAND = Command(
    name="help",
    usage="",
    summary="List the commands.",
    who=Who.INSIDER,
    run=_run,
    when_closed=True,
)
