"""Checks commits that only move, format or comment code: `python -m tests.benchmarks.accuracy.quiet N CLONE ...`."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

from analyzers.model import ChangeClass
from tests.benchmarks.accuracy.history import Pair, Repository, Side
from tests.benchmarks.accuracy.reading import Readings
from tests.benchmarks.accuracy.review import review
from tests.benchmarks.accuracy.trees import CACHE

_CANDIDATE = re.compile(
    r"fmt|clean|lint|clippy|warning|format|style|comment|doc|typo|spelling|grammar|whitespace|indent|rename|move|moving|reorgani|readme|wording"
    r"|safety|license|header|link|tidy|wrap|line",
    re.IGNORECASE,
)
_COMMENT = re.compile(rb"//[^\n]*|/\*.*?\*/", re.DOTALL)
_SORTS = ("moved", "comments", "formatted")
_ASKS = (ChangeClass.ADDED, ChangeClass.CHANGED, ChangeClass.RELAXED, ChangeClass.EXPOSED)
_MAX_FILES = 60


class Quiet:
    """Recognises commits after which rustc sees the same code in every file that has sites."""

    def __init__(self, readings: Readings, repository: Repository) -> None:
        self.readings, self.repository = readings, repository

    def why(self, pairs: list[Pair], *, renames_only: bool) -> str:
        """``moved`` (the same files elsewhere), ``comments`` (same tokens), ``formatted`` (same by rustfmt) or ""."""
        if _blobs(pairs, "base") == _blobs(pairs, "head"):
            return "moved"
        if renames_only or self._words(pairs, "base") != self._words(pairs, "head"):
            return ""
        base, head = self._codes(pairs, "base"), self._codes(pairs, "head")
        if base is None or head is None or not base:
            return ""
        if base == head:
            return "comments"
        formatted = self._codes(pairs, "base", formatted=True), self._codes(pairs, "head", formatted=True)
        return "formatted" if formatted[0] is not None and formatted[0] == formatted[1] else ""

    def _words(self, pairs: list[Pair], name: str) -> Counter[bytes]:
        """The words outside comments, read roughly: commits that differ here are not worth a run of rustc."""
        sides: list[Side | None] = [getattr(pair, name) for pair in pairs]
        text = b"\n".join(_COMMENT.sub(b" ", self.repository.blob(side.blob)) for side in sides if side)
        return Counter(re.findall(rb"\w+", text))

    def _codes(self, pairs: list[Pair], name: str, *, formatted: bool = False) -> Counter[str] | None:
        """The tokens of all files of one side, as digests; None when rustc refuses one of them."""
        codes: Counter[str] = Counter()
        for pair in pairs:
            side: Side | None = getattr(pair, name)
            if side is None:
                continue
            data, blob = self.repository.blob(side.blob), side.blob
            if formatted:
                data, blob = _rustfmt(data), f"{blob}.formatted"
            reading = self.readings.read(blob, data)
            if reading.status == "refused":
                return None
            if reading.status != "plain":
                codes[reading.code] += 1
        return codes


def _rustfmt(data: bytes) -> bytes:
    command = [
        "rustfmt",
        "--edition",
        "2021",
        "--quiet",
        "--emit",
        "stdout",
        "--config",
        "reorder_imports=true",
    ]
    done = subprocess.run(command, input=data, capture_output=True, check=False)
    return done.stdout if done.returncode == 0 else data


def _blobs(pairs: list[Pair], name: str) -> Counter[str]:
    sides: list[Side | None] = [getattr(pair, name) for pair in pairs]
    return Counter(side.blob for side in sides if side)


def main(arguments: list[str]) -> int:
    """Find up to N quiet commits of each sort per clone, newest first, and count what the engine asks about in them."""
    readings, kinds, asked = Readings(CACHE), Counter[str](), 0
    limit = int(arguments[0])
    for clone in arguments[1:]:
        repository, found = Repository(Path(clone)), Counter[str]()
        quiet = Quiet(readings, repository)
        for commit in reversed(repository.commits()):
            if not _CANDIDATE.search(repository.subject(commit)):
                continue
            pairs = repository.changes(f"{commit}^", commit)
            full = found["comments"] == found["formatted"] == limit
            why = quiet.why(pairs, renames_only=full) if 0 < len(pairs) <= _MAX_FILES else ""
            if not why or found[why] == limit:
                continue
            found[why] += 1
            asked += _asked(repository, commit, why, pairs)
            if all(found[sort] == limit for sort in _SORTS):
                break
        sys.stdout.write(f"{repository.name}: {dict(sorted(found.items()))}\n")
        kinds.update({f"{repository.name} {why}": count for why, count in found.items()})
    sys.stdout.write(
        f"quiet commits: {dict(sorted(kinds.items()))}, {kinds.total()} in all, asked: {asked}\n"
    )
    return 1 if asked else 0


def _asked(repository: Repository, commit: str, why: str, pairs: list[Pair]) -> int:
    changes = [change for change in review(repository, pairs).changes if change.change in _ASKS]
    for change in changes:
        place = f"{change.path}:{change.site.line}"
        kind = f"{change.change} {change.site.kind}"
        sys.stdout.write(f"asked {repository.name}@{commit[:10]} {why} {kind} {place}\n")
    return len(changes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
