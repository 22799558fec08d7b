"""The acts of the demo: what people do on GitHub, and what the App makes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from bot.demo import history
from bot.demo.stage import DemoError, Stage
from bot.render.prose import Markup
from bot.sandbox.pull_requests import PullRequest
from bot.sandbox.registry import Refusal

_BRANCH = "faster"
_TITLE = "Faster indexing, and append to a C array"
_WAITS = "needs-unsafe-review"
"""The label that the App sets last, so that everything else is there when it is."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One screen: ``name`` is that of its template in ``templates/demo``, ``comment`` the App's own, as Markdown."""

    name: str
    facts: Mapping[str, object] = field(default_factory=dict)
    comment: str = ""


def story(stage: Stage) -> Iterator[Scene]:
    """Play, act by act.

    Raises:
        DemoError: the App did not do what it should.
    """
    yield Scene(
        "stage",
        {"github": stage.github.url, "app": stage.server.url, "policy": Markup(history.POLICY.rstrip())},
    )
    pull, asked = _open(stage)
    yield _scene("open", pull, asked=asked, refused=_refused(stage, pull))
    _approve(stage, pull, asked)
    yield _scene("approve", pull, asked=asked)
    pull.push(history.reformatted(), by=stage.alice, message="Run rustfmt\n")
    stage.wait("pass the reformatting", lambda: _says(pull, "success"))
    if pull.requested_reviewers:
        raise DemoError("the App asked somebody about a reformatting")
    yield replace(_scene("format", pull, asked=asked), comment="")
    again = _extend(stage, pull)
    yield _scene("extend", pull, asked=again, refused=_refused(stage, pull))
    _approve(stage, pull, again)
    commit = _merge(stage, pull)
    yield replace(_scene("merge", pull, asked=again, commit=commit[:7]), comment="")


def addresses(stage: Stage) -> dict[str, Markup]:
    """Where the sandbox and the App answer."""
    return {"github": Markup(stage.github.url), "app": Markup(stage.server.url)}


def _open(stage: Stage) -> tuple[PullRequest, str]:
    stage.ring.commit(_BRANCH, history.proposed(), author=stage.alice, message=f"{_TITLE}\n")
    pull = stage.ring.open_pull(head=_BRANCH, by=stage.alice, title=_TITLE)
    return pull, _asked(stage, pull)


def _approve(stage: Stage, pull: PullRequest, reviewer: str) -> None:
    pull.review(by=stage.people[reviewer], state="APPROVED")
    stage.wait(
        "let an approved pull request pass",
        lambda: _says(pull, "success") and _WAITS not in pull.labels,
    )


def _extend(stage: Stage, pull: PullRequest) -> str:
    pull.push(history.extended(), by=stage.alice, message="Share rings between threads\n")
    return _asked(stage, pull)


def _asked(stage: Stage, pull: PullRequest) -> str:
    """Wait until the App waits for somebody; who that is."""
    stage.wait(
        "ask anybody about unsafe code",
        lambda: _says(pull, "in_progress") and bool(pull.requested_reviewers) and _WAITS in pull.labels,
    )
    return pull.requested_reviewers[0]


def _refused(stage: Stage, pull: PullRequest) -> str:
    """What GitHub says to a merge that must not be."""
    try:
        pull.merge(by=stage.alice)
    except Refusal as refusal:
        return refusal.message
    raise DemoError("GitHub merged what nobody had approved")


def _merge(stage: Stage, pull: PullRequest) -> str:
    try:
        return pull.merge(by=stage.alice)
    except Refusal as refusal:
        raise DemoError(f"GitHub did not merge what was approved: {refusal.message}") from refusal


def _says(pull: PullRequest, state: str) -> bool:
    check = pull.check()
    return check is not None and (check.conclusion or check.status) == state


def _scene(name: str, pull: PullRequest, **facts: str) -> Scene:
    check = pull.check()
    comments = [one.body for one in pull.comments if one.app is not None]
    if check is None or len(comments) != 1:
        raise DemoError("the App's check run or its one comment is not there")
    shared = {
        "number": pull.number,
        "title": Markup(_TITLE),
        "head": pull.head[:7],
        "check": Markup(check.title or ""),
        "labels": pull.labels,
    }
    texts = {key: Markup(value) if key == "refused" else value for key, value in facts.items()}
    return Scene(name, shared | texts, comments[0])
