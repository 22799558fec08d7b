"""Edits real prototypes and structs, one at a time, and counts those a review tells: `... GIT [COUNT] [REV]`."""

from __future__ import annotations

import random
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from analyzers.ffi.c.headers import Headers, Store
from analyzers.ffi.crate import FOREIGN, Sources
from analyzers.ffi.header_review import reviewed
from analyzers.model import Analysis, FileChange, FileSide, Severity
from analyzers.paths import is_rust, is_test_target
from analyzers.survey import Sides, Tree
from bot.git import Repository
from tests.benchmarks.headers.whole import tree_of

_LAST = re.compile(r",[^,()]*\)\s*;\Z")
_ONLY = re.compile(r"\(\s*void\s*\)\s*;\Z")
_WIDTHS = (
    (r"\bunsigned long long\b", "unsigned short"),
    (r"\b(u?int)64_t\b", r"\g<1>16_t"),
    (r"\b(u?int)32_t\b", r"\g<1>64_t"),
    (r"\b(u?int)(?:8|16)_t\b", r"\g<1>64_t"),
    (r"\bsize_t\b", "uint16_t"),
    (r"\bbool\b", "long long"),
    (r"\b(?<!long )int\b", "long long"),
)
_SIGNS = (
    (r"\buint(32|64)_t\b(?!\s*\*)", r"int\g<1>_t"),
    (r"\bint(32|64)_t\b(?!\s*\*)", r"uint\g<1>_t"),
    (r"\bsize_t\b(?!\s*\*)", "ptrdiff_t"),
    (r"\bunsigned(?: int)?\b(?!\s*\*)", "int"),
    (r"(?<!unsigned )(?<!long )\bint\b(?!\s*\*)", "unsigned int"),
)


@dataclass(frozen=True, slots=True)
class Mutation:
    """One edit of a header: its kind, the path, and the header's bytes afterwards."""

    kind: str
    name: str
    path: str
    data: bytes


def mutations(tree: Tree, name: str, line: int, path: str) -> Iterator[Mutation]:
    """Every edit that applies to the declaration of ``name`` at a line of a header."""
    data = tree.contents[path]
    start = sum(len(each) for each in data.split(b"\n")[: line - 1]) + line - 1
    found = re.compile(rb"[^;{}]*;").match(data, start)
    if found is None or name.encode() not in found[0]:
        return
    old = found[0].decode("utf-8", "replace")
    head, name_part, parameters = old.partition(name)
    for kind, new in _edited(parameters):
        if new != parameters:
            text = f"{head}{name_part}{new}".encode()
            yield Mutation(kind, name, path, data[:start] + text + data[found.end() :])


def _edited(parameters: str) -> Iterator[tuple[str, str]]:
    """A prototype's text behind its name, with one edit each."""
    yield "one parameter less", _LAST.sub(");", parameters)
    one_more = _ONLY.sub("(int one_more);", parameters)
    if one_more == parameters:
        one_more = re.sub(r"\)\s*;\Z", ", int one_more);", parameters)
    yield "one parameter more", one_more
    yield "width", _first(_WIDTHS, parameters)
    yield "sign", _first(_SIGNS, parameters)
    yield "one pointer more", re.sub(r"\*", "**", parameters, count=1)
    yield "one pointer less", re.sub(r"\*\s*(?:const\s*)?\*", "*", parameters, count=1)
    yield (
        "variadic",
        re.sub(r"(?<=\w)\)\s*;\Z", ", ...);", parameters) if "void)" not in parameters else parameters,
    )


def _first(table: tuple[tuple[str, str], ...], text: str) -> str:
    for pattern, new in table:
        edited = re.sub(pattern, new, text, count=1)
        if edited != text:
            return edited
    return text


def swaps(tree: Tree, headers: Headers, name: str) -> Iterator[Mutation]:
    """The first two fields of a struct in each other's place, where both have a line of their own."""
    for typedef in headers.typedefs(name):
        type_ = headers.resolved(typedef.type, typedef.path)
        for record in headers.records(type_) if hasattr(type_, "tag") else ():  # type: ignore[arg-type]
            if len(record.fields) > 1 and record.fields[0].line != record.fields[1].line and record.plain:
                lines = tree.contents[record.path].split(b"\n")
                one, two = record.fields[0].line - 1, record.fields[1].line - 1
                if b";" in lines[one] and b";" in lines[two]:
                    lines[one], lines[two] = lines[two], lines[one]
                    yield Mutation("order of fields", name, record.path, b"\n".join(lines))


def told(tree: Tree, mutation: Mutation) -> tuple[bool, bool]:
    """Whether a pull request with just that edit gets a finding for the name, and whether it is loud."""
    head = replace(tree, contents={**tree.contents, mutation.path: mutation.data})
    sides = (
        FileSide(mutation.path, "file", "a", tree.contents[mutation.path]),
        FileSide(mutation.path, "file", "b", mutation.data),
    )
    found = reviewed(Sides(tree, head, (FileChange(*sides),)), Analysis()).findings
    mine = [each for each in found if each.item.rpartition("::")[2].rpartition(" ")[2] == mutation.name]
    return bool(mine), any(each.severity is Severity.WARN for each in mine)


def candidates(tree: Tree) -> Mapping[str, list[Mutation]]:
    """Every edit of everything that Rust and a header both declare, by kind."""
    headers = Headers({path: data for path, data in tree.contents.items() if path.endswith(".h")}, Store())
    sources = Sources(tree)
    found: dict[str, list[Mutation]] = {}
    for path, data in sorted(tree.contents.items()):
        if not is_rust(path) or is_test_target(path) or not FOREIGN.search(data):
            continue
        for item in sources.items(path):
            declared = (
                headers.prototypes(item.symbol)
                if item.symbol and item.kind == "fn" and not item.in_test
                else ()
            )
            if len(declared) == 1:
                for mutation in mutations(tree, item.symbol, declared[0].line, declared[0].path):
                    found.setdefault(mutation.kind, []).append(mutation)
        for definition in sources.definitions(path):
            if definition.shape == "struct" and "C" in definition.representation:
                for mutation in swaps(tree, headers, definition.name):
                    found.setdefault(mutation.kind, []).append(mutation)
    return found


def main() -> int:
    """Print for each kind of edit how many were made, told, and told loudly."""
    repository = Repository.open(sys.argv[1])
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 100
    tree = tree_of(repository, sys.argv[3] if len(sys.argv) > 3 else "HEAD")
    chosen = random.Random(5)  # noqa: S311 - a seed, so that the figures repeat
    by_kind = candidates(tree)
    made: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    loud: Counter[str] = Counter()
    for kind, all_of_kind in sorted(by_kind.items()):
        for mutation in chosen.sample(all_of_kind, min(len(all_of_kind), max(1, count // len(by_kind)))):
            made[kind] += 1
            any_told, loudly = told(tree, mutation)
            seen[kind] += any_told
            loud[kind] += loudly
            if not any_told:
                sys.stderr.write(f"not told: {kind} of {mutation.name} in {mutation.path}\n")
    for kind in made:
        sys.stdout.write(f"| {kind} | {made[kind]} | {seen[kind]} | {loud[kind]} |\n")
    sys.stdout.write(f"| all | {made.total()} | {seen.total()} | {loud.total()} |\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
