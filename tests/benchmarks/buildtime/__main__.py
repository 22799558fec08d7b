"""Measures what is seen of build-time code and lint levels in real crates and real history.

``python -m tests.benchmarks.buildtime scripts PLACE...`` counts the capabilities of all build scripts and crates of
procedural macros: a place is a clone, or a folder of unpacked crates. ``... history CLONE...`` replays every commit
that touches such code or settings, and counts how often something new is told. ``... by-hand PLACE`` compares with
what people found in some scripts of a folder of unpacked crates.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from analyzers.buildtime.sites import build_time
from analyzers.model import Change, ChangeClass, Unanalysed
from analyzers.survey import Entry, Tree
from bot.comparison import Around
from bot.git import GitError, Repository
from bot.surveying import Ground, bare_sides, inspect, with_wanted
from tests.benchmarks.replaying import Inline

PATHS = (
    "*build.rs", "*build/*.rs", "*Cargo.toml", "*.cargo/config*", ".github/workflows/*", "*clippy.toml",
    "*rust-toolchain*", "*Makefile*", "*meson.build",
)  # fmt: skip
BY_HAND = Path(__file__).with_name("by_hand.toml")
SURVEYS = ("build-time", "lint-levels", "toolchain")


def main() -> int:
    """Run one of the measurements."""
    parser = argparse.ArgumentParser(prog="tests.benchmarks.buildtime", description=__doc__)
    parser.add_argument("what", choices=("scripts", "history", "by-hand"))
    parser.add_argument("places", nargs="+", metavar="PLACE")
    parser.add_argument("--most", type=int, default=200, help="commits of each clone, newest first")
    parser.add_argument("--tell", action="store_true", help="print each script or change too")
    options = parser.parse_args()
    if options.what == "scripts":
        _scripts(options.places, tell=options.tell)
    elif options.what == "by-hand":
        _by_hand(options.places)
    else:
        _history(options.places, options.most, tell=options.tell)
    return 0


def _scripts(places: Iterable[str], *, tell: bool) -> None:
    scripts: Counter[str] = Counter()
    capabilities: dict[str, Counter[str]] = {"build-script": Counter(), "proc-macro": Counter()}
    doubts: Counter[str] = Counter()
    for name, tree in _trees(places):
        found = build_time(tree, tree.entries)
        doubts.update(_reasons(found.unanalysed))
        crates: dict[tuple[str, str], set[str]] = {}
        for path, member in found.members.items():
            script = found.scripts.get(path)
            if script is None:
                continue
            crates.setdefault((member.kind, member.root), set()).update(script.capabilities)
            for use in script.uses if tell else ():
                line = script.source.line(use.at)
                sys.stdout.write(f"{name}/{path}:{line} {member.kind} {use.capability} {use.spelt}\n")
        for (kind, _), used in crates.items():
            scripts[kind] += 1
            capabilities[kind].update(used or {"none"})
    for kind, counted in capabilities.items():
        rows = ", ".join(f"{capability} {count}" for capability, count in counted.most_common())
        sys.stdout.write(f"{kind}: {scripts[kind]}: {rows}\n")
    sys.stdout.write(f"unanalysed: {dict(doubts)}\n")


def _by_hand(places: Iterable[str]) -> None:
    known = tomllib.loads(BY_HAND.read_text(encoding="utf-8"))["scripts"]
    right = missed = wrong = 0
    for name, tree in _trees(places):
        if name not in known:
            continue
        found = build_time(tree, tree.entries)
        told = {capability.value for script in found.scripts.values() for capability in script.capabilities}
        there = set(known[name])
        right, missed, wrong = (
            right + len(told & there),
            missed + len(there - told),
            wrong + len(told - there),
        )
        if told != there:
            sys.stdout.write(f"{name}: missed {sorted(there - told)}, wrong {sorted(told - there)}\n")
    sys.stdout.write(f"{len(known)} scripts: {right} right, {missed} missed, {wrong} wrong\n")


def _reasons(doubts: Iterable[Unanalysed]) -> Iterator[str]:
    return (str(doubt.reason) for doubt in doubts)


def _trees(places: Iterable[str]) -> Iterator[tuple[str, Tree]]:
    for place in places:
        if (Path(place) / "HEAD").exists() or (Path(place) / ".git").exists():
            yield place, _tree_of_clone(Repository.open(place))
        else:
            yield from ((f"{folder.name}", _tree_of(folder)) for folder in sorted(Path(place).iterdir()))


def _tree_of(folder: Path) -> Tree:
    files = [path for path in folder.rglob("*") if path.suffix == ".rs" or path.name == "Cargo.toml"]
    contents = {path.relative_to(folder).as_posix(): path.read_bytes() for path in files if path.is_file()}
    return Tree({path: Entry("file", "") for path in contents}, contents)


def _tree_of_clone(repository: Repository) -> Tree:
    entries = {entry.path: entry for entry in repository.tree("HEAD")}
    wanted = {
        path: entry.blob
        for path, entry in entries.items()
        if entry.kind == "file" and path.endswith((".rs", "Cargo.toml"))
    }
    data = dict(repository.read_blobs(sorted(set(wanted.values()))))
    contents = {path: found for path, blob in wanted.items() if (found := data[blob]) is not None}
    return Tree({path: Entry(entry.kind, entry.blob) for path, entry in entries.items()}, contents)


def _history(places: Iterable[str], most: int, *, tell: bool) -> None:
    commits: Counter[str] = Counter()
    classes: Counter[str] = Counter()
    told: Counter[str] = Counter()
    for place in places:
        repository = Repository.open(place)
        for commit in _commits(repository, most):
            try:
                changes = _changes(repository, commit)
            except GitError as error:
                sys.stderr.write(f"{place} {commit}: {error}\n")
                continue
            commits["replayed"] += 1
            commits.update({each.site.kind for each in changes if each.change is not ChangeClass.MOVED})
            classes.update(f"{each.site.kind} {each.change}" for each in changes)
            told.update({note.id for each in changes for note in each.notes})
            for line in _lines(changes) if tell else ():
                sys.stdout.write(f"{place} {commit[:12]} {line}\n")
    for name, counted in (("commits", commits), ("changes", classes), ("commits with a note", told)):
        rows = ", ".join(f"{what} {count}" for what, count in sorted(counted.items()))
        sys.stdout.write(f"{name}: {rows}\n")


def _commits(repository: Repository, most: int) -> Iterator[str]:
    options = ("--no-merges", f"--max-count={most}", "HEAD", "--", *PATHS)
    listed = repository._run("rev-list", *options, variables={"GIT_LITERAL_PATHSPECS": "0"})
    return iter(listed.decode("ascii").split())


def _changes(repository: Repository, commit: str) -> tuple[Change, ...]:
    parents = repository._run("rev-parse", f"{commit}^@").decode("ascii").split()
    base = parents[0] if parents else None
    files = tuple(repository.diff(base, commit))
    around = Around(repository, base or repository._empty_tree(), commit, files)
    ground = Ground(bare_sides(files, around, Tree()))
    ready, _ = with_wanted(ground, SURVEYS, Inline(), around)
    return tuple(change for inspection in ready for change in inspect(ground, inspection).changes)


def _lines(changes: Iterable[Change]) -> Iterator[str]:
    for each in changes:
        notes = "; ".join(f"{note.id} {' '.join(value for _, value in note.values)}" for note in each.notes)
        yield f"{each.change} {each.site.kind} {each.path}:{each.site.line} {each.site.detail} | {notes}"


if __name__ == "__main__":
    raise SystemExit(main())
