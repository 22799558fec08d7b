"""The check run ``cratewarden`` of a commit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.actions import Annotation, CheckState, PublishCheck
from bot.github.answers import AnnotationAnswer, CheckAnswer
from bot.github.perform.limits import OUTPUT, TITLE, cut
from bot.github.perform.room import Room
from bot.render.prose import say

NAME = "cratewarden"
# The identifier of the button on the check run, in webhooks `check_run` with action `requested_action`.
RECHECK = "recheck"
# docs: "Update a check run": each request appends at most 50 annotations.
BATCH = 50
_COMPLETED = "completed"


def publish(room: Room, action: PublishCheck) -> None:
    """Make or change our check run of the commit, and append the annotations that it lacks.

    GitHub does not take a completed check run back ("it's not possible to modify its status"), so another
    state than the completed one is a new run; GitHub shows and requires the newest of a name.
    """
    wanted = _wanted(action)
    annotations = list(dict.fromkeys(action.annotations))
    made: list[int] = []

    def create() -> CheckAnswer:
        body = {
            "name": NAME,
            "head_sha": action.sha,
            **wanted,
            "output": _output(action, annotations[:BATCH]),
        }
        run = room.api.send("POST", f"{room.path}/check-runs", body, CheckAnswer)
        made.append(run.id)
        return run

    run = room.once(lambda: _usable(room, action), create)
    is_new = run.id in made
    missing = annotations[BATCH:] if is_new else _missing(room, run, annotations)
    if not is_new and not _says(run, action, wanted):
        run = _change(room, run, {**wanted, "output": _output(action, missing[:BATCH])})
        missing = missing[BATCH:]
    while missing:
        _change(room, run, {"output": _output(action, missing[:BATCH])})
        missing = missing[BATCH:]


def _usable(room: Room, action: PublishCheck) -> CheckAnswer | None:
    """Our newest run of the commit, unless it is completed with another conclusion."""
    listed = room.api.pages(
        f"{room.path}/commits/{action.sha}/check-runs",
        CheckAnswer,
        {"check_name": NAME, "app_id": room.app.id, "filter": "all"},
        key="check_runs",
    )
    ours = [run for run in listed if run.name == NAME and run.app is not None and run.app.id == room.app.id]
    newest = max(ours, key=lambda run: run.id, default=None)
    if newest is None or (newest.status == _COMPLETED and newest.conclusion != _conclusion(action.state)):
        return None
    return newest


def _change(room: Room, run: CheckAnswer, body: dict[str, Any]) -> CheckAnswer:
    return room.api.send("PATCH", f"{room.path}/check-runs/{run.id}", body, CheckAnswer)


def _wanted(action: PublishCheck) -> dict[str, Any]:
    conclusion = _conclusion(action.state)
    wanted: dict[str, Any] = {
        "status": "in_progress" if conclusion is None else _COMPLETED,
        "actions": [
            {
                "label": say("github.recheck-label"),
                "description": say("github.recheck-description"),
                "identifier": RECHECK,
            }
        ],
    }
    if conclusion is not None:
        wanted["conclusion"] = conclusion
    if action.details_url:
        wanted["details_url"] = action.details_url
    return wanted


def _conclusion(state: CheckState) -> str | None:
    return None if state is CheckState.IN_PROGRESS else state.value


def _output(action: PublishCheck, annotations: Sequence[Annotation]) -> dict[str, Any]:
    output: dict[str, Any] = {
        "title": action.title[:TITLE],
        "summary": cut(action.summary, OUTPUT),
        "text": cut(action.text, OUTPUT),
    }
    if annotations:
        output["annotations"] = [
            {
                "path": one.path,
                "start_line": one.start_line,
                "end_line": one.end_line,
                "annotation_level": one.level.value,
                "title": one.title[:TITLE],
                "message": cut(one.message, OUTPUT),
            }
            for one in annotations
        ]
    return output


def _says(run: CheckAnswer, action: PublishCheck, wanted: dict[str, Any]) -> bool:
    """Whether the run has the state and the text; GitHub trims white space at the ends."""
    output = _output(action, ())
    said = (run.output.title, run.output.summary, run.output.text)
    return (
        run.status == wanted["status"]
        and run.conclusion == wanted.get("conclusion")
        and (not action.details_url or run.details_url == action.details_url)
        and [_trimmed(one) for one in said] == [_trimmed(output[key]) for key in ("title", "summary", "text")]
    )


def _missing(room: Room, run: CheckAnswer, wanted: Sequence[Annotation]) -> list[Annotation]:
    """The annotations that the run lacks, in order."""
    there: set[tuple[str, int, int, str, str]] = set()
    if run.output.annotations_count:
        listed = room.api.pages(f"{room.path}/check-runs/{run.id}/annotations", AnnotationAnswer)
        there = {
            (one.path, one.start_line, one.end_line, _trimmed(one.title), _trimmed(one.message))
            for one in listed
        }
    return [
        one
        for one in wanted
        if (
            one.path,
            one.start_line,
            one.end_line,
            _trimmed(one.title[:TITLE]),
            _trimmed(cut(one.message, OUTPUT)),
        )
        not in there
    ]


def _trimmed(text: str | None) -> str:
    return (text or "").replace("\r\n", "\n").strip()
