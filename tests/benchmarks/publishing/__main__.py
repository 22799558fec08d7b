"""Checks unpacked packages that are on crates.io, and counts what each item comes to.

    python -m tests.benchmarks.publishing FOLDER [FOLDER ...] [--write] [--show ITEM] [--strict]

A folder holds unpacked packages, one a folder. ``--write`` keeps the counts in ``rates.toml``, from which the
reference page is made. ``--show`` prints failures of an item (or what it asks, if it never fails), to be looked at.
``--strict`` judges archives like any other tree. The exit status is 1 if a package is told that it would be refused.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from analyzers.publishing.items import items
from analyzers.publishing.model import Checked, Severity, Verdict
from analyzers.publishing.tree import BrokenManifest, CrateTree
from bot.checklist import Packages, read_path
from bot.render.checklist_advice import advice

RATES = Path(__file__).with_name("rates.toml")


def main() -> int:
    options = _options()
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    refused: list[str] = []
    shown: list[tuple[Verdict, str]] = []
    seconds: list[float] = []
    for package in _packages(options.folders):
        start = time.process_time()
        lists = _lenient(read_path(package), options.strict).checklists()
        seconds.append(time.process_time() - start)
        for item in (item for one in lists for item in one.items):
            counts[item.id].update(("packages", item.verdict.value))
            if item.verdict is Verdict.FAIL and item.severity is Severity.REJECT:
                refused.append(f"{package.name}: {_line(item)}")
            if item.id == options.show and item.verdict is not Verdict.PASS:
                shown.append((item.verdict, f"{package.name}: {_line(item)}"))
    _print(counts, seconds, refused)
    worst = min((verdict for verdict, _ in shown), key=[Verdict.FAIL, Verdict.ASK].index, default=None)
    sys.stdout.writelines(f"{text}\n" for verdict, text in shown if verdict is worst)
    if options.write:
        RATES.write_text("".join(_toml(counts, len(seconds))), encoding="utf-8")
    return 1 if refused else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--strict", action="store_true")
    parser.add_argument("--show", choices=tuple(items()))
    return parser.parse_args()


def _packages(folders: list[Path]) -> Iterator[Path]:
    """The folders of packages, each name and version once."""
    known: set[str] = set()
    for folder in folders:
        for package in sorted(folder.iterdir()):
            if (package / "Cargo.toml").is_file() and package.name not in known:
                known.add(package.name)
                yield package


def _lenient(packages: Packages, strict: bool) -> Packages:
    return replace(packages, trees=tuple(map(_unmarked, packages.trees))) if strict else packages


def _unmarked(tree: CrateTree | BrokenManifest) -> CrateTree | BrokenManifest:
    """The package as if its author had written the manifest."""
    if isinstance(tree, BrokenManifest):
        return tree
    document = replace(tree.manifest.document, lines=("", *tree.manifest.document.lines[1:]))
    return replace(tree, manifest=replace(tree.manifest, document=document))


def _line(item: Checked) -> str:
    places = ", ".join(f"{place.path}:{place.line} {place.note}".strip() for place in item.result.places[:5])
    return f"{item.id} {item.verdict} {item.result.problem}: {advice(item, {}).message} [{places}]"


def _print(counts: dict[str, Counter[str]], seconds: list[float], refused: list[str]) -> None:
    middle = sorted(seconds)[len(seconds) // 2]
    share = sum(one < 1 for one in seconds) / len(seconds)
    sys.stdout.write(
        f"{len(seconds)} packages; processor time: median {middle:.3f} s, most {max(seconds):.1f} s, "
        f"{share:.1%} below 1 s\n"
    )
    for id in items():
        found = counts[id]
        sys.stdout.write(f"{id:24} {found['packages']:5} {found['fail']:5} {found['ask']:5}\n")
    sys.stdout.writelines(f"refused: {line}\n" for line in refused)


def _toml(counts: dict[str, Counter[str]], packages: int) -> Iterator[str]:
    yield "# What each item came to over published packages (`python -m tests.benchmarks.publishing --write`).\n"
    yield f"packages = {packages}\n\n[items]\n"
    for id in items():
        found = counts[id]
        yield f"{id} = {{ packages = {found['packages']}, fail = {found['fail']}, ask = {found['ask']} }}\n"


if __name__ == "__main__":
    sys.exit(main())
