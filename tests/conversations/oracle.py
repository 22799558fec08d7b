"""Whether a pull request may be green, worked out naively from git and from what people did.

It knows nothing of the analysis, the gate or the ledger: code is cut into its functions by their first lines, and the
whole history is gone through anew for each of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.sandbox.model import Review
from bot.sandbox.projects import Project

_FUNCTION = re.compile(r"^pub fn .*?^\}", re.MULTILINE | re.DOTALL)
_COMMENT = re.compile(r"//.*")
_FACTS = "--format=%ae%n%ce"
KNOWN = "@example.com"
"""The end of addresses that belong to an account, whose name stands before it."""

WEB_FLOW = "noreply@github.com"
"""GitHub's own, as the committer of what people merge on its pages."""


@dataclass(slots=True)
class Said:
    """Something that somebody said, at a commit and against a branch; ``what`` is a word of ``Oracle``'s."""

    person: str
    what: str
    commit: str
    base: str
    review: Review | None = None
    dismissed: bool = False


@dataclass(slots=True)
class Oracle:
    """What people said about the pull request of an author, oldest first, and who pushed which head."""

    project: Project
    author: str
    approvals: int
    said: list[Said] = field(default_factory=list)
    pushed: dict[str, str] = field(default_factory=dict)

    def allows(self, head: str, base: str, entitled: Iterable[str]) -> bool:
        """Whether the check at a head may be green while these people may approve."""
        people = set(entitled)
        if any(self._vetoes(person) for person in people):
            return False
        return all(self._is_enough(piece, head, base, people) for piece in self._new(head, base))

    def can_be_met(self, head: str, base: str, entitled: Iterable[str]) -> bool:
        """Whether it may be green once everybody has approved it."""
        return len({*entitled} - self._barred(head, base)) >= self._needed(head, base)

    def _is_enough(self, piece: str, head: str, base: str, entitled: set[str]) -> bool:
        approvers = {person for person in entitled if self._lets_pass(person, piece, base)}
        return len(approvers - self._barred(head, base)) >= self._needed(head, base)

    def _needed(self, head: str, base: str) -> int:
        unknown = any(not address.endswith(KNOWN) for address in self._addresses(head, base))
        return self.approvals + unknown

    def _lets_pass(self, person: str, piece: str, base: str) -> bool:
        """Whether something the person let pass held the piece, and nothing later took it back."""
        mine = [each for each in self.said if each.person == person]
        for at, each in enumerate(mine):
            later = mine[at + 1 :]
            if (
                each.what in {"approves", "waives"}
                and not each.dismissed
                # A waiver names changes, a review goes through what a branch would get.
                and (each.what == "waives" or each.base == base)
                and not any(one.dismissed or one.what in {"requests changes", "vetoes"} for one in later)
                and piece in self._new(each.commit, each.base)
            ):
                return True
        return False

    def _vetoes(self, person: str) -> bool:
        """Whether the last review requests changes, or a veto was neither released nor followed by an approval."""
        mine = [each for each in self.said if each.person == person]
        reviews = [each for each in mine if each.review is not None]
        if reviews and reviews[-1].what == "requests changes" and not reviews[-1].dismissed:
            return True
        standing = False
        for each in mine:
            if each.what == "vetoes":
                standing = True
            elif each.what == "releases" or (each.what == "approves" and not each.dismissed):
                standing = False
        return standing

    def _barred(self, head: str, base: str) -> set[str]:
        behind = {address.removesuffix(KNOWN) for address in self._addresses(head, base)}
        return {self.author, self.pushed[head], *behind}

    def _addresses(self, head: str, base: str) -> set[str]:
        return {*self._git("log", _FACTS, f"refs/heads/{base}..{head}").split()} - {WEB_FLOW}

    def _new(self, commit: str, base: str) -> set[str]:
        return self._pieces(commit) - self._pieces(
            self._git("merge-base", f"refs/heads/{base}", commit).strip()
        )

    def _pieces(self, commit: str) -> set[str]:
        """Every unsafe function with its file, in one line and without comments, and every submodule's commit."""
        found = set()
        for line in self._git("ls-tree", "-r", commit).splitlines():
            facts, _, path = line.partition("\t")
            mode, _, name = facts.split()
            if mode == "160000":
                found.add(f"{path} {name}")
            elif path.endswith(".rs"):
                text = _COMMENT.sub("", self._git("cat-file", "blob", name))
                functions = (" ".join(each.split()) for each in _FUNCTION.findall(text))
                found |= {f"{path} {each}" for each in functions if "unsafe" in each}
        return found

    def _git(self, *arguments: str) -> str:
        return self.project.repository.git.run(*arguments).decode()
