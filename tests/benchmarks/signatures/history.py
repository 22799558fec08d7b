"""Replays commits that touch foreign signatures and prints what the review adds to each change.

Use: python -m tests.benchmarks.signatures.history REPOSITORY [git-log options, such as -n500 or -GPATTERN]
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from pathlib import Path

from analyzers.model import Analysis, Change
from analyzers.survey import Sides, Surveyed
from analyzers.surveys.ffi_signatures import SURVEY
from bot.assess import analysis_of
from bot.git import GitError, Repository
from bot.render import prose
from tests.benchmarks.accuracy.history import Repository as History
from tests.benchmarks.replaying import Inline, read_sides

_KINDS = frozenset(
    ("foreign-fn", "foreign-static", "extern-fn", "fn-pointer", "extern-block", "layout", "ffi-bridge")
)


def main(path: str, options: list[str]) -> None:
    """Replay the commits of one repository."""
    history, repository = History(Path(path)), Repository.open(path)
    counts: Counter[str] = Counter()
    slowest = 0.0
    for commit in history.commits(*options):
        try:
            sides, analysis = replayed(repository, commit)
        except GitError:
            counts["unreadable"] += 1
            continue
        started = time.process_time()
        found = SURVEY.compare(sides, analysis)
        slowest = max(slowest, time.process_time() - started)
        counts["commits"] += 1
        tell(history.subject(commit), commit, analysis, found, counts)
    sys.stdout.write(f"== {path}: {dict(counts)}, slowest {slowest:.2f} s\n")


def replayed(repository: Repository, commit: str) -> tuple[Sides, Analysis]:
    """A commit against its parent, with everything that the survey wants to read."""
    base, head = repository.resolve(f"{commit}^1"), repository.resolve(commit)
    changes = repository.diff(base, head)
    return read_sides(SURVEY.id, repository, base, head, changes), analysis_of(changes, Inline())


def tell(subject: str, commit: str, analysis: Analysis, found: Surveyed, counts: Counter[str]) -> None:
    """Print the changes that have words, and the findings."""
    notes = dict(found.notes)
    lines = [_line(change, prose.note(note)) for change in found.changes for note in change.notes]
    counts["alias changes"] += len(found.changes)
    for change in analysis.changes:
        if change.change == "changed" and change.site.kind in _KINDS:
            told = notes.get(change.fingerprint, ())
            counts[f"{change.site.kind} changed"] += 1
            counts[f"{change.site.kind} told"] += bool(told)
            lines += [_line(change, prose.note(note)) for note in told] or [_line(change, "nothing to tell")]
    for finding in found.findings:
        counts[finding.id] += 1
        reasons = " ".join(prose.note(note) for note in finding.notes)
        lines.append(f"  {finding.id} {finding.path}:{finding.line} {finding.item}: {reasons}")
    if lines:
        sys.stdout.write("\n".join((f"{commit[:12]} {subject}", *lines, "")))


def _line(change: Change, text: str) -> str:
    return f"  {change.site.kind} {change.path}:{change.site.line} {change.site.item}: {text}"


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
