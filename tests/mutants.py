"""Breaks the gate on purpose, one line at a time, and tells which tests notice.

``python -m tests.mutants [WORD ...]`` takes an hour for all of them, so it is run by hand after work on the gate. A
breakage that nothing notices is a conversation that is missing. Each one is tried in a copy of this repository, by the
tests named beside it and by what is ``PLAYED`` alone; ``tests/test_mutants.py`` keeps the list true.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
COPIED = ("analyzers", "bot", "templates", "tests", "pyproject.toml")
GATE = "tests/bot/gate"
TALKS = "tests/conversations"
PLAYED = (f"{TALKS}/test_scenes.py", f"{TALKS}/test_never_green.py")
"""Scenes, each of them once, then stories that are drawn."""
STORIES = "40"
"""How many of them are played; everybody's run has time for a few only."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A breakage: what the gate does then, the file, its text and what stands in for it, and who should notice."""

    name: str
    path: str
    old: str
    new: str
    tests: tuple[str, ...]

    def broken(self) -> str:
        """The file's text once it is broken.

        Raises:
            ValueError: the text to break is not there once.
        """
        text = (ROOT / self.path).read_text(encoding="utf-8")
        if text.count(self.old) != 1:
            raise ValueError(f"{self.name}: {self.path} does not hold this once: {self.old}")
        return text.replace(self.old, self.new)


def _talks(*names: str) -> tuple[str, ...]:
    return tuple(f"{TALKS}/test_{name}.py" for name in names)


MUTANTS = (
    Mutant(
        "an approval of an older head covers the new one",
        "bot/guard/look.py",
        "read = studies[review.commit]",
        "read = seen",
        _talks("pushes"),
    ),
    Mutant(
        "what could not be analysed counts as clean",
        "bot/gate/asking.py",
        "for doubt in analysis.unanalysed]",
        "for doubt in ()]",
        (GATE, *_talks("content")),
    ),
    Mutant(
        "an edit of the policy asks nobody",
        "bot/gate/asking.py",
        "for edit in around.policy_edits]",
        "for edit in ()]",
        (GATE, *_talks("policy")),
    ),
    Mutant(
        "a pull request is judged by its own policy",
        "bot/guard/look.py",
        "policy = policy_at(forge, repository, tip.base_sha)",
        "policy = policy_at(forge, repository, tip.head_sha)",
        _talks("policy"),
    ),
    Mutant(
        "an edited policy that cannot be read may be merged",
        "bot/gate/holds.py",
        "for problem in around.mistakes)",
        "for problem in ())",
        (GATE, *_talks("policy_edits")),
    ),
    Mutant(
        "a policy on the base branch that cannot be read holds nothing",
        "bot/guard/look.py",
        "if self.problems\n",
        "if False\n",
        _talks("policy"),
    ),
    Mutant(
        "a waiver covers what is pushed after it",
        "bot/gate/votes.py",
        "in approval.covers & wanted:",
        "in wanted if approval.waives else approval.covers & wanted:",
        (GATE, *_talks("commands")),
    ),
    Mutant(
        "an approval lets a finding pass that blocks",
        "bot/gate/votes.py",
        "if approval.waives or not waiving:",
        "if approval.covers:",
        (GATE, *_talks("content")),
    ),
    Mutant(
        "the author may let it pass",
        "bot/gate/standing.py",
        "(pull.author, Barred.AUTHOR)",
        '("", Barred.AUTHOR)',
        (GATE, *_talks("commands", "people")),
    ),
    Mutant(
        "co-authors and committers may approve",
        "bot/gate/standing.py",
        "for commit in pull.commits for person in commit.people)",
        "for commit in () for person in commit.people)",
        (GATE, *_talks("people")),
    ),
    Mutant(
        "whoever pushed last may approve",
        "bot/gate/standing.py",
        "(pull.last_pusher, Barred.PUSHED)",
        '("", Barred.PUSHED)',
        (GATE, *_talks("people")),
    ),
    Mutant(
        "anybody may approve",
        "bot/gate/votes.py",
        "if each.person in entitled\n",
        "if each.person\n",
        (GATE, *_talks("people")),
    ),
    Mutant(
        "the people of any team are in every pool",
        "bot/gate/circumstances.py",
        "for member in teams.get(team.lower(), ()))",
        "for known in teams.values() for member in known)",
        (GATE, *_talks("people")),
    ),
    Mutant(
        "one person counts twice",
        "bot/gate/quorum.py",
        "return len(self.pools) * self.each - _seated(self.pools, self.each, sorted(set(people)))",
        "return max(0, len(self.pools) * self.each - 2 * _seated(self.pools, self.each, sorted(set(people))))",
        (GATE, *_talks("people")),
    ),
    Mutant(
        "one of several pools is enough where all have to approve",
        "bot/gate/votes.py",
        "if not require.all_of:",
        "if True:",
        (GATE, *_talks("policy")),
    ),
    Mutant(
        "an address that is nobody's asks for nobody more",
        "bot/gate/votes.py",
        "bool(self.standing.unmapped or self.standing.unknown_pusher)",
        "bool(self.standing.unknown_pusher)",
        (GATE, *_talks("content", "people")),
    ),
    Mutant(
        "a pusher whom nobody knows asks for nobody more",
        "bot/guard/look.py",
        "unknown_pusher=not pull.last_pusher)",
        "unknown_pusher=False)",
        _talks("people"),
    ),
    Mutant(
        "a veto is not heard",
        "bot/gate/holds.py",
        "for veto in votes.vetoes())",
        "for veto in ())",
        (GATE, *_talks("people")),
    ),
    Mutant(
        "a dismissed approval counts",
        "bot/gate/standing.py",
        "return review.state is ReviewState.APPROVED or dismissed_by_app",
        "return review.state is not ReviewState.CHANGES_REQUESTED or dismissed_by_app",
        (GATE, *_talks("pushes")),
    ),
    Mutant(
        "what a person dismissed counts as dismissed by the App",
        "bot/guard/look.py",
        "dismissed_by_app=review.dismissed_by_app and review.id in ours)",
        "dismissed_by_app=review.id in ours)",
        _talks("pushes"),
    ),
    Mutant(
        "the review of a bot counts",
        "bot/gate/standing.py",
        "for each in pull.reviews if not each.is_bot)",
        "for each in pull.reviews)",
        (GATE, *_talks("people")),
    ),
    Mutant(
        "an approval counts for every base branch",
        "bot/gate/standing.py",
        "return cover if cover is not None and cover.base_ref == pull.base_ref else None",
        "return cover",
        (GATE, *_talks("pushes")),
    ),
    Mutant(
        "an approval never expires",
        "bot/gate/votes.py",
        "return days > 0 and self.now",
        "return False and self.now",
        (GATE, *_talks("pushes")),
    ),
    Mutant(
        "what GitHub did not list is not missed",
        "bot/gate/holds.py",
        "for sentence in around.incomplete)",
        "for sentence in ())",
        (GATE, *_talks("content")),
    ),
    Mutant(
        "a commit of two pull requests tells the verdict of the last one",
        "bot/guard/pulls.py",
        "published = strictest((seen.verdict, *(sibling.verdict for sibling in siblings)))",
        "published = seen.verdict",
        _talks("people"),
    ),
    Mutant(
        "a pull request with the same head that was never judged passes",
        "bot/guard/pulls.py",
        "known.get(number, CheckState.IN_PROGRESS)",
        "known.get(number, CheckState.SUCCESS)",
        _talks("people", "troubles"),
    ),
    Mutant(
        "it does not matter whether anything moved during a look",
        "bot/guard/pulls.py",
        "if now == tip and (seen.pull.head_sha, seen.pull.base_ref) == (tip.head_sha, tip.base_ref):",
        "if now:",
        _talks("troubles"),
    ),
    Mutant(
        "what only the tree of a merge group holds asks nobody",
        "bot/guard/groups.py",
        "changes=changes,",
        "changes=(),",
        _talks("events"),
    ),
    Mutant(
        "a merge group passes whatever its members wait for",
        "bot/guard/groups.py",
        "strictest((own, *(member.verdict for member in members)))",
        "strictest((own,))",
        _talks("events"),
    ),
    Mutant(
        "what holds is told in a state that a required check lets pass",
        "bot/gate/verdict.py",
        "return CheckState.FAILURE\n",
        "return CheckState.NEUTRAL\n",
        (GATE, *_talks("content")),
    ),
    Mutant(
        "an approval covers what the base branch lost before the App looked",
        "bot/gate/standing.py",
        "        and not pull.was_rewound_since(review.submitted)\n",
        "",
        _talks("pushes"),
    ),
    Mutant(
        "a process that slept tells what it saw",
        "bot/guard/speaking.py",
        "return self.book.is_last_look(self.look, self.head)",
        "return True",
        _talks("sleepers"),
    ),
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The first test that noticed a mutant among those beside it, and among the stories; empty where none did."""

    by_tests: str
    by_stories: str


def tried(mutant: Mutant, folder: Path) -> Verdict:
    """Break a fresh copy in a folder, run the tests on it, and put the file right again.

    Raises:
        ValueError: the text to break is not there once.
    """
    file = folder / mutant.path
    file.write_text(mutant.broken(), encoding="utf-8")
    try:
        return Verdict(_noticed(folder, mutant.tests), _noticed(folder, PLAYED))
    finally:
        shutil.copyfile(ROOT / mutant.path, file)


def _noticed(folder: Path, tests: Sequence[str]) -> str:
    """The name of the first test that fails; empty if none does."""
    command = (sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests)
    environment = os.environ | {
        "PYTHONPATH": str(folder),
        "PYTHONDONTWRITEBYTECODE": "1",
        "CRATEWARDEN_EXAMPLES": STORIES,
    }
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return ""
    failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return (
        failed[0].partition(" - ")[0].rpartition("::")[2]
        if failed
        else done.stdout[-300:] + done.stderr[-300:]
    )


def copied(folder: Path) -> None:
    """Copy what the tests need."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__", "benchmarks"))
        else:
            shutil.copyfile(source, folder / name)


def table(mutants: Sequence[Mutant], folder: Path) -> Iterator[str]:
    """A row of Markdown for each mutant, as soon as it was tried."""
    yield "| breakage | noticed by | stories notice |"
    yield "|---|---|---|"
    for mutant in mutants:
        found = tried(mutant, folder)
        yield f"| {mutant.name} | {found.by_tests or '**nothing**'} | {'yes' if found.by_stories else 'no'} |"


def main(words: Sequence[str]) -> None:
    """Try the mutants whose names hold any of the words, or all of them."""
    chosen = [one for one in MUTANTS if not words or any(word in one.name for word in words)]
    with tempfile.TemporaryDirectory() as folder:
        copied(Path(folder))
        for row in table(chosen, Path(folder)):
            print(row, flush=True)  # noqa: T201 - this is its output


if __name__ == "__main__":
    main(sys.argv[1:])
