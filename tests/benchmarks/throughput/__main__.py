"""Measures throughput, memory, start-up and hostile files: `python -m tests.benchmarks.throughput CORPUS`."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.throughput.cached import cached
from tests.benchmarks.throughput.clones import clones
from tests.benchmarks.throughput.corpus import Corpus, Part
from tests.benchmarks.throughput.hostile import hostile
from tests.benchmarks.throughput.machine import machine
from tests.benchmarks.throughput.memory import memory
from tests.benchmarks.throughput.speed import compare_semgrep, speed, warm_up
from tests.benchmarks.throughput.startup import startup
from tests.benchmarks.throughput.table import note
from tests.benchmarks.throughput.tools import Tools

MEASURES = ("speed", "semgrep", "memory", "startup", "cache", "hostile")


def main() -> int:
    """Lay the corpus out, measure what was asked for and print Markdown."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="throughput-", dir=options.work) as folder:
        # As after an installation: bytecode is kept, and none is left in the work tree.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = str(Path(folder, "bytecode"))
        for text in _measure(options, Tools(options.tools), Path(folder)):
            sys.stdout.write(f"{text}\n")
            sys.stdout.flush()
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.throughput", description=__doc__)
    parser.add_argument(
        "corpus", type=Path, help="a folder of Rust sources, or a list of files in its folder"
    )
    parser.add_argument(
        "--rounds", type=int, default=3, metavar="N", help="repetitions, of which the median (3)"
    )
    parser.add_argument("--tools", type=Path, metavar="DIR", help="where ast-grep and semgrep are (PATH)")
    parser.add_argument(
        "--work", type=Path, metavar="DIR", help="where copies are made (the temporary folder)"
    )
    parser.add_argument(
        "--without", default="stdarch", metavar="NAME", help="measure without this folder as well (stdarch)"
    )
    parser.add_argument("--clones", type=Path, metavar="DIR", nargs="+", help="repositories to audit as well")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="take every n-th file only (1)")
    parser.add_argument("--only", choices=MEASURES, nargs="*", default=MEASURES, help="(all)")
    return parser.parse_args()


def _measure(options: argparse.Namespace, tools: Tools, work: Path) -> Iterator[str]:
    """Yield one section of Markdown after the other."""
    yield f"## Machine\n\n{machine(tools)}"
    note("laying out the corpus")
    corpus = Corpus(options.corpus, work)
    whole = corpus.part("whole", every=options.every)
    warm_up(corpus.part("warm-up", every=50 * options.every), tools)
    if "speed" in options.only:
        without = corpus.part(f"without {options.without}", every=options.every, without=options.without)
        for part in [whole] if without.files in (0, whole.files) else [whole, without]:
            yield speed(part, tools, options.rounds)
    if "semgrep" in options.only:
        yield compare_semgrep(corpus.part("one file in 32", every=32 * options.every), tools, options.rounds)
    if "memory" in options.only:
        yield f"## Memory\n\n{memory(_fractions(corpus, whole, options.every), tools)}"
    if "startup" in options.only:
        yield f"## Start-up\n\n{startup(whole, tools, work, options.rounds)}"
    if "cache" in options.only:
        yield f"## Cache\n\n{cached(whole, tools, work)}"
    if options.clones:
        yield f"## Repositories\n\n{clones(options.clones, tools, work, options.rounds)}"
    if "hostile" in options.only:
        yield f"## Hostile files\n\n{hostile(tools, work)}"


def _fractions(corpus: Corpus, whole: Part, every: int) -> list[Part]:
    return [corpus.part("a quarter", every=4 * every), corpus.part("half", every=2 * every), whole]


if __name__ == "__main__":
    sys.exit(main())
