"""Whether a pull request may be green, worked out naively from git and from what people did.

It knows nothing of the analysis, the gate or the ledger: code is cut into its functions by their first lines, the
policy is read as the TOML that it is, and the whole history is gone through anew for each of them.
"""

from __future__ import annotations

import datetime
import itertools
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.model import Review
from bot.sandbox.projects import Project

_FUNCTION = re.compile(r"^pub fn .*?^\}", re.MULTILINE | re.DOTALL)
_COMMENT = re.compile(r"//.*")
_FACTS = "--format=%ae%n%ce%n%(trailers:key=Co-authored-by,valueonly)"
_ADDRESS = re.compile(r"[^\s<>]+@[^\s<>]+")
_NUMBER = re.compile(r"^\d+\+")
KNOWN = ("@example.com", "@users.noreply.127.0.0.1", "@users.noreply.github.com")
"""The ends of addresses that belong to an account, whose name stands before them."""

WEB_FLOW = "noreply@github.com"
"""GitHub's own, as the committer of what people merge on its pages."""

Pools = Mapping[str, Collection[str]]
"""Who is in each of the policy's pools at the moment."""


@dataclass(slots=True)
class Said:
    """Something that somebody said, at a commit and against a branch; ``what`` is a word of ``Oracle``'s.

    ``against`` is where that branch stood.
    """

    person: str
    what: str
    commit: str
    base: str
    against: str
    at: datetime.datetime
    review: Review | None = None
    dismissed: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """What the policy of a base branch asks for: so many people of each group, not longer ago than so many days."""

    groups: tuple[frozenset[str], ...]
    everybody: frozenset[str]
    approvals: int
    days: int

    def are_met_by(self, people: Collection[str], more: int = 0) -> bool:
        """Whether people are enough, each of them in one place only: Hall's condition, tried for all groups."""
        several = (
            some for size in range(len(self.groups)) for some in itertools.combinations(self.groups, size + 1)
        )
        needed = self.approvals + more
        return all(len(frozenset().union(*some) & {*people}) >= needed * len(some) for some in several)


@dataclass(slots=True)
class Oracle:
    """What people said about the pull request of an author, oldest first, and who pushed which head.

    ``pushed`` has nobody (an empty name) for heads of which GitHub does not tell who pushed them.
    """

    project: Project
    author: str
    policy: str
    said: list[Said] = field(default_factory=list)
    pushed: dict[str, str] = field(default_factory=dict)
    _known: dict[str, frozenset[str]] = field(default_factory=dict)

    def allows(self, head: str, base: str, pools: Pools, now: datetime.datetime) -> bool:
        """Whether the check at a head may be green while these people are in the pools."""
        terms = self.terms(base, pools)
        if terms is None or self._breaks_policy(head, base) or self.vetoing(terms.everybody):
            return False
        return all(self._is_enough(piece, head, base, terms, now) for piece in self._new(head, base))

    def can_be_met(self, head: str, base: str, pools: Pools) -> bool:
        """Whether it may be green once everybody has approved it."""
        terms = self.terms(base, pools)
        return (
            terms is not None
            and not self._breaks_policy(head, base)
            and not any(_blocks(piece) for piece in self._new(head, base))
            and terms.are_met_by(terms.everybody - self._barred(head, base), self._unknown(head, base))
        )

    def terms(self, base: str, pools: Pools) -> Terms | None:
        """What the policy of a branch asks for all code; None if it cannot be read."""
        try:
            require: dict[str, Any] = tomllib.loads(self._policy(base))["rules"][0]["require"]
        except tomllib.TOMLDecodeError:
            return None
        return Terms(
            groups=tuple(frozenset(pools[name]) for name in require.get("all_of") or [require["pool"]]),
            everybody=frozenset().union(*pools.values()),
            approvals=require["approvals"],
            days=int(require["expires"].removesuffix("d")),
        )

    def vetoing(self, people: Collection[str]) -> list[str]:
        """Whose last review requests changes, or whose veto was neither released nor followed by an approval."""
        return sorted(person for person in people if self._vetoes(person))

    # --- who is enough ---

    def _is_enough(self, piece: str, head: str, base: str, terms: Terms, now: datetime.datetime) -> bool:
        since = now - datetime.timedelta(days=terms.days)
        passing = {
            person: {each.what for each in self._standing(person, piece, base) if each.at >= since}
            for person in terms.everybody - self._barred(head, base)
        }
        unknown = self._unknown(head, base)
        waiving = frozenset().union(*terms.groups) & {who for who, how in passing.items() if "waives" in how}
        if _blocks(piece) and len(waiving) < 1 + unknown:
            return False
        return terms.are_met_by([who for who, how in passing.items() if how], unknown)

    def _standing(self, person: str, piece: str, base: str) -> Iterator[Said]:
        """What the person said that let the piece pass, and that nothing later took back."""
        mine = [each for each in self.said if each.person == person]
        for at, each in enumerate(mine):
            later = mine[at + 1 :]
            if (
                each.what in {"approves", "waives"}
                and not each.dismissed
                # A waiver names changes, a review goes through what a branch would get.
                and (each.what == "waives" or each.base == base)
                and not any(one.dismissed or one.what in {"requests changes", "vetoes"} for one in later)
                and piece in self._new(each.commit, each.against)
            ):
                yield each

    def _vetoes(self, person: str) -> bool:
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

    # --- who is behind it ---

    def _barred(self, head: str, base: str) -> set[str]:
        behind = {_NUMBER.sub("", address.partition("@")[0]) for address in self._addresses(head, base)}
        return {self.author, self.pushed[head], *behind}

    def _unknown(self, head: str, base: str) -> bool:
        """Whether nobody knows who somebody behind it is: one more has to let it pass."""
        return not self.pushed[head] or any(
            not address.endswith(KNOWN) for address in self._addresses(head, base)
        )

    def _addresses(self, head: str, base: str) -> set[str]:
        found = _ADDRESS.findall(self._git("log", _FACTS, f"{base}..{head}"))
        return {*found} - {WEB_FLOW}

    # --- what there is ---

    def _breaks_policy(self, head: str, base: str) -> bool:
        """Whether it would bring a policy that cannot be read."""
        if not any(piece.startswith(self.policy) for piece in self._new(head, base)):
            return False
        try:
            tomllib.loads(self._policy(head))
        except tomllib.TOMLDecodeError:
            return True
        return False

    def _policy(self, commit: str) -> str:
        return self._git("show", f"{commit}:{self.policy}")

    def _new(self, commit: str, base: str) -> frozenset[str]:
        return self._pieces(commit) - self._pieces(self._git("merge-base", base, commit).strip())

    def _pieces(self, commit: str) -> frozenset[str]:
        """Every unsafe function with its file, every submodule's commit, and the policy, each in one line.

        Functions come without comments, and with a mark where they have none.
        """
        if commit not in self._known:
            self._known[commit] = frozenset(self._read(commit))
        return self._known[commit]

    def _read(self, commit: str) -> set[str]:
        found = set()
        for line in self._git("ls-tree", "-r", commit).splitlines():
            facts, _, path = line.partition("\t")
            mode, _, name = facts.split()
            if mode == "160000" or path == self.policy:
                found.add(f"{path} {name}")
            elif path.endswith(".rs"):
                for each in _FUNCTION.findall(self._git("cat-file", "blob", name)):
                    mark = "" if "SAFETY:" in each else _BARE
                    text = " ".join(_COMMENT.sub("", each).split())
                    found |= {f"{path} {text}{mark}"} if "unsafe" in text else set()
        return found

    def _git(self, *arguments: str) -> str:
        return self.project.repository.git.run(*arguments).decode()


_BARE = " without a word on safety"


def _blocks(piece: str) -> bool:
    return piece.endswith(_BARE)
