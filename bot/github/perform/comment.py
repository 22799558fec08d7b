"""The App's own comment of a topic: there is one, or there is none."""

from __future__ import annotations

from bot.actions import DropComment, KeepComment
from bot.github.answers import CommentAnswer
from bot.github.perform.limits import COMMENT, cut
from bot.github.perform.room import Room


def settle(room: Room, action: KeepComment | DropComment) -> None:
    """Have the comment say what it should, or have none.

    Only comments that the App wrote count: anybody can write the marker. Of several, which a race may leave,
    the oldest stays.
    """
    start = f"<!-- cratewarden:{action.topic} -->"
    if isinstance(action, DropComment):
        for comment in _ours(room, start):
            _delete(room, comment)
        return
    body = action.body if action.body.startswith(start) else f"{start}\n{action.body}"
    text = cut(body, COMMENT)

    def look() -> CommentAnswer | None:
        ours = _ours(room, start)
        for comment in ours[1:]:
            _delete(room, comment)
        return ours[0] if ours else None

    comment = room.once(
        look, lambda: room.api.send("POST", f"{room.issue}/comments", {"body": text}, CommentAnswer)
    )
    if _plain(comment.body) != _plain(text):
        path = f"{room.path}/issues/comments/{comment.id}"
        room.api.send("PATCH", path, {"body": text}, type(None))


def _ours(room: Room, start: str) -> list[CommentAnswer]:
    """The App's comments with a marker, oldest first."""
    comments = room.api.pages(f"{room.issue}/comments", CommentAnswer)
    return sorted(
        (one for one in comments if _is_ours(room, one) and (one.body or "").startswith(start)),
        key=lambda one: one.id,
    )


def _is_ours(room: Room, comment: CommentAnswer) -> bool:
    """Whether the App wrote it: by the App's id, which stays when it is renamed, and never a person's."""
    if comment.user is None or not comment.user.is_bot:
        return False
    through = comment.performed_via_github_app
    return through.id == room.app.id if through else comment.user.folded == room.login


def _delete(room: Room, comment: CommentAnswer) -> None:
    room.api.send("DELETE", f"{room.path}/issues/comments/{comment.id}", None, type(None))


def _plain(text: str | None) -> str:
    """The text without what GitHub changes when it keeps it: line ends and space at the end."""
    return (text or "").replace("\r\n", "\n").strip()
