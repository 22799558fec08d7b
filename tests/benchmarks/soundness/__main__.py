"""What the soundness scope adds on real history: soundness fixes of public advisories, and ordinary commits.

``python -m tests.benchmarks.soundness FOLDER`` with a folder of bare clones named ``owner+name/repo`` (or
``owner+name``) prints a line for each commit with exposed changes, and the shares.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from analyzers.model import Reason
from bot.git import GitError, Repository
from bot.render.prose import note
from tests.benchmarks.soundness.replay import Replayed, replay

HISTORY = Path(__file__).with_name("history.toml")
TIERS = {"A": Reason.EXPOSED_FUNCTION, "B": Reason.EXPOSED_STATE, "C": Reason.EXPOSED_DECLARATION}


def main() -> int:
    """Replay what history.toml lists, as far as the clones are there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clones", type=Path)
    parser.add_argument("--each", type=int, default=22, help="ordinary commits of each repository")
    parser.add_argument("--more", type=int, default=25, help="those of the development set")
    parser.add_argument("--held", type=int, default=10, help="those of the first holdout")
    parser.add_argument("--held-again", type=int, default=13, help="those of the second holdout")
    options = parser.parse_args()
    history = tomllib.loads(HISTORY.read_text(encoding="utf-8"))
    told("fixes", _fixes(options.clones, history["fixes"]))
    told("fixes found later", _fixes(options.clones, history["later-fixes"]))
    told("ordinary commits", _ordinary(options.clones, history["ordinary"], options.each))
    told("... of the development set", _ordinary(options.clones, history["development"], options.more))
    told("... of the first holdout", _ordinary(options.clones, history["holdout"], options.held))
    told(
        "... of the second holdout", _ordinary(options.clones, history["second-holdout"], options.held_again)
    )
    return 0


def told(title: str, commits: Iterable[tuple[str, Replayed]]) -> None:
    """Print each commit that exposes something, and then how many of them there are."""
    counts: Counter[str] = Counter()
    for name, replayed in commits:
        tiers = {tier for tier, reason in TIERS.items() if _has(replayed, reason)}
        counts["commits"] += 1
        counts["Rust outside tests"] += bool(replayed.looked_at)
        counts["asked by the change classes"] += bool(replayed.asking)
        counts["removal of a site only"] += bool(replayed.removed and not replayed.asking)
        for tier in tiers:
            counts[f"exposed {tier}"] += 1
        if not replayed.asking:
            counts.update(f"added by {tier}" for tier in tiers)
            counts["added by A or B"] += bool(tiers & {"A", "B"})
        if replayed.exposed:
            _say(f"{name} asks {len(replayed.asking)} exposed {''.join(sorted(tiers))}")
            for change in replayed.exposed[:4]:
                _say(f"    {change.path}:{change.site.line} {change.site.item}")
                _say(f"        {note(change.notes[0])}")
    _say(f"\n{title}")
    for what in sorted(counts):
        _say(f"  {what:32} {counts[what]:4}  {100 * counts[what] / counts['commits']:5.1f} %")


def _fixes(clones: Path, listed: Mapping[str, str]) -> Iterator[tuple[str, Replayed]]:
    for advisory, place in listed.items():
        name, commit = place.split()
        if replayed := _replayed(clones, name, commit):
            yield advisory, replayed


def _ordinary(clones: Path, listed: Mapping[str, list[str]], count: int) -> Iterator[tuple[str, Replayed]]:
    for name in listed["repositories"]:
        for commit in _spread(clones, name, count):
            if replayed := _replayed(clones, name, commit):
                yield f"{name} {commit[:9]}", replayed


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _has(replayed: Replayed, reason: Reason) -> bool:
    return any(reason in change.reasons for change in replayed.exposed)


def _clone(clones: Path, name: str) -> Path:
    folder = clones / name.replace("/", "+", 1)
    return folder / "repo" if (folder / "repo").is_dir() else folder


def _replayed(clones: Path, name: str, commit: str) -> Replayed | None:
    try:
        return replay(Repository.open(_clone(clones, name)), commit)
    except GitError as error:
        sys.stderr.write(f"{name} {commit}: {error}\n")
        return None


def _spread(clones: Path, name: str, count: int) -> Iterator[str]:
    """Commits evenly over the last 2,000 with one parent that touch Rust."""
    folder = _clone(clones, name)
    options = ["--no-merges", "--min-parents=1", "--format=%H", "--max-count=2000", "--", "*.rs"]
    run = subprocess.run(
        ["git", "-C", str(folder), "log", *options],
        capture_output=True,
        text=True,
        check=False,
    )
    commits = run.stdout.split()
    yield from commits[:: max(1, len(commits) // count)][:count]


if __name__ == "__main__":
    sys.exit(main())
