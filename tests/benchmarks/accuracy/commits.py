"""Compares the changes of sampled commits with rustc's: `python -m tests.benchmarks.accuracy.commits N CLONE ...`."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from analyzers.model import Analysis, ChangeClass, Reason
from tests.benchmarks.accuracy.history import Pair, Repository, Side
from tests.benchmarks.accuracy.oracle import File, Located, Verdict, judge
from tests.benchmarks.accuracy.reading import Reading, Readings
from tests.benchmarks.accuracy.review import review
from tests.benchmarks.accuracy.table import per_kind
from tests.benchmarks.accuracy.trees import CACHE

# Larger commits are left out: they are imports of whole libraries, and rustc's dump takes minutes on them.
MAX_FILES = 30
_ASKS = (ChangeClass.ADDED, ChangeClass.CHANGED)


class Tally:
    """The figures of all commits."""

    def __init__(self) -> None:
        self.commits: Counter[str] = Counter()
        self.true: Counter[str] = Counter()
        self.missed: Counter[str] = Counter()
        self.wrong: Counter[str] = Counter()
        self.classes: Counter[str] = Counter()
        self.edits: Counter[str] = Counter()

    def compare(self, name: str, analysis: Analysis, verdict: Verdict) -> None:
        """Count and print the disagreements of one commit."""
        flagged = {
            (change.path, change.site.kind, change.site.line, change.site.column): change
            for change in analysis.changes
            if change.change in _ASKS and Reason.LEFT_TESTS not in change.reasons
        }
        for (kind, _), (expected, sites) in sorted(
            verdict.asks.items(), key=lambda pair: _place(pair[1][1][0])
        ):
            found = [site for site in sites if flagged.pop(_place(site), None)]
            self._count(name, kind, expected, found, sites)
            if any(site in verdict.edited for site in sites):
                self.edits["found"] += min(expected, len(found))
                self.edits["missed"] += max(0, expected - len(found))
            if expected == len(sites) == len(found):
                self._classes(analysis, found, verdict)
        for change in flagged.values():
            self.wrong[change.site.kind] += 1
            _say(
                "wrong",
                name,
                change.site.kind,
                f"{change.path}:{change.site.line}",
                change.change,
                *change.reasons,
            )
        self._relaxed(name, analysis, verdict)

    def _count(self, name: str, kind: str, expected: int, found: list[Located], sites: list[Located]) -> None:
        self.true[kind] += min(expected, len(found))
        self.missed[kind] += max(0, expected - len(found))
        self.wrong[kind] += max(0, len(found) - expected)
        if expected != len(found):
            lines = " ".join(f"{site.path}:{site.place.line}" for site in sites)
            _say(
                "missed" if expected > len(found) else "wrong", name, kind, lines, f"{expected}/{len(found)}"
            )

    def _classes(self, analysis: Analysis, found: list[Located], verdict: Verdict) -> None:
        engine = {
            (change.path, change.site.kind, change.site.line, change.site.column): change.change
            for change in analysis.changes
        }
        for site in found:
            expected = ChangeClass.CHANGED if site in verdict.edited else ChangeClass.ADDED
            self.classes[f"rustc {expected}, engine {engine[_place(site)]}"] += 1

    def _relaxed(self, name: str, analysis: Analysis, verdict: Verdict) -> None:
        expected = Counter((kind, path) for kind, path, _ in verdict.relaxed)
        found = Counter(
            (change.site.kind, change.path)
            for change in analysis.changes
            if change.change is ChangeClass.RELAXED
        )
        for counter, word, rest in (
            (self.missed, "missed", expected - found),
            (self.wrong, "wrong", found - expected),
        ):
            for (kind, path), count in sorted(rest.items()):
                counter[f"{kind} relaxed"] += count
                _say(word, name, kind, path, "relaxed", str(count))
        for (kind, _), count in (expected & found).items():
            self.true[f"{kind} relaxed"] += count


def _place(site: Located) -> tuple[str, str, int, int]:
    return site.path, site.place.kind, site.place.line, site.place.column


def _say(*words: str) -> None:
    sys.stdout.write(" ".join(words) + "\n")


def sample(repository: Repository, count: int) -> list[str]:
    """Commits spread evenly over history: half of all, half of those whose diff has an unsafe or foreign word."""
    every = repository.commits()
    risky = repository.commits("-G", r"\b(unsafe|extern|static mut|no_mangle|repr)\b")
    chosen = {*_spread(every, count - count // 2), *_spread(risky, count // 2)}
    return [commit for commit in every if commit in chosen]


def _spread(commits: list[str], count: int) -> list[str]:
    return [commits[(2 * i + 1) * len(commits) // (2 * count)] for i in range(min(count, len(commits)))]


def pair_files(readings: Readings, repository: Repository, pairs: list[Pair]) -> list[File]:
    """What rustc reads on both sides of every changed file."""

    def read(side: Side | None) -> Reading:
        return readings.read(side.blob, repository.blob(side.blob)) if side else Reading("plain")

    return [
        File(
            pair.base.path if pair.base else "",
            read(pair.base),
            pair.head.path if pair.head else "",
            read(pair.head),
        )
        for pair in pairs
    ]


def main(arguments: list[str]) -> int:
    """Measure N sampled commits of every clone."""
    tally, readings = Tally(), Readings(CACHE)
    for clone in arguments[1:]:
        repository = Repository(Path(clone))
        for commit in sample(repository, int(arguments[0])):
            pairs = repository.changes(f"{commit}^", commit)
            if len(pairs) > MAX_FILES:
                tally.commits["larger"] += 1
                continue
            files = pair_files(readings, repository, pairs)
            if any("refused" in (file.base.status, file.head.status) for file in files):
                tally.commits["refused by rustc"] += 1
                continue
            tally.commits[repository.name] += 1
            tally.compare(f"{repository.name}@{commit[:10]}", review(repository, pairs), judge(files))
    _say(f"commits: {dict(tally.commits)}\nclasses: {dict(sorted(tally.classes.items()))}")
    _say(f"edits of sites that the base has: {dict(sorted(tally.edits.items()))}")
    sys.stdout.write(per_kind(tally.true, tally.missed, tally.wrong))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
