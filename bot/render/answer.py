"""The answer to a command, as a comment of its own."""

from __future__ import annotations

from bot.render import prose
from bot.render.escape import code
from bot.render.prose import Markup

TOPIC = "reply-{comment}"
"""The topic of the answer to a comment, so that it is written once."""


def reply(comment: int, author: str, pull_address: str, answer: str) -> str:
    """The comment that answers one, marker first: who is meant, what they wrote, and the answer.

    ``comment`` is the id of the comment that is answered, ``pull_address`` the address of the pull request's
    page, and ``answer`` Markdown of ours in which everything of others is inert already.
    """
    filled = prose.markdown_template("comments/reply.md.j2")(
        topic=Markup(TOPIC.format(comment=comment)),
        who=Markup(code(author)),
        address=Markup(f"{pull_address}#issuecomment-{comment}"),
        answer=Markup(answer.strip("\n")),
    )
    return filled.rstrip("\n") + "\n"
