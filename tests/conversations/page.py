"""A pull request's page as text, the same in every run."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bot.sandbox.model import CheckRun
from bot.sandbox.pull_requests import PullRequest
from tests.conversations.cast import Conversation, requested

GITHUB = "https://github.com"
ORGANISATION = "acme"


@dataclass(slots=True)
class Page:
    """What everybody sees, told step by step; what a step leaves as it was is not told again."""

    talk: Conversation
    pull: PullRequest
    told: list[str] = field(default_factory=list)
    _before: dict[str, str] = field(default_factory=dict)
    _commits: list[str] = field(default_factory=list)

    def shows(self, step: str) -> None:
        """Tell what a step changed."""
        if self.pull.head not in self._commits:
            self._commits.append(self.pull.head)
        now = dict(self._parts())
        new = [text for name, text in now.items() if self._before.get(name) != text]
        gone = [f"*{name}: gone*" for name in self._before if name not in now]
        parts = [*new, *gone] or ["*nothing new*"]
        self.told.append("\n\n".join((f"# {step}", *parts)))
        self._before = now

    def text(self) -> str:
        """All of it, with names in place of what differs from run to run."""
        text = "\n\n\n".join(self.told) + "\n"
        text = text.replace(self.talk.sandbox.url, GITHUB).replace(self.talk.acme.login, ORGANISATION)
        commits = (*self._commits, *(sha for sha in dict.fromkeys(re.findall(r"\b[0-9a-f]{40}\b", text))))
        for at, sha in enumerate(dict.fromkeys(commits), start=1):
            text = re.sub(rf"\b{sha[:7]}[0-9a-f]{{0,33}}\b", f"commit{at}", text)
        return re.sub(r"(cratewarden:reply-)\d+", r"\1N", re.sub(r"(#issuecomment-)\d+", r"\1N", text))

    def _parts(self) -> list[tuple[str, str]]:
        checks = [run for run in self.talk.sandbox.checks(self.pull.head)[:1] if run.name == "cratewarden"]
        parts = [("check", _check(run)) for run in checks]
        for number, comment in enumerate(self.pull.comments, start=1):
            reactions = " ".join(f":{each.content}:" for each in comment.reactions)
            title = f"## Comment {number} by {comment.user.login} {reactions}".rstrip()
            parts.append((f"comment {number}", f"{title}\n\n{_quoted(comment.body)}"))
        sides = {
            "Reviewers": [*sorted(requested(self.pull)), *sorted(self.pull.requested_teams)],
            "Labels": sorted(self.pull.labels),
        }
        sidebar = ", ".join(f"{name}: {' '.join(each) or 'none'}" for name, each in sides.items())
        return [*parts, ("sidebar", f"## Sidebar\n\n{sidebar}")]


def _check(run: CheckRun) -> str:
    state = run.conclusion or run.status
    remarks = [
        f"- {each['path']}:{each['start_line']} {each['annotation_level']}: **{each['title']}** {each['message']}"
        for each in run.annotations
    ]
    parts = [
        f"## Check: {state}: {run.title}", _quoted(run.summary or ""), _quoted(run.text or ""), "\n".join(remarks)
    ]  # fmt: skip
    return "\n\n".join(filter(None, parts))


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.strip().splitlines())
