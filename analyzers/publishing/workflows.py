"""What a repository's GitHub workflows do, as far as publishing and testing a crate is concerned."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from analyzers.manifest.paths import is_workflow
from analyzers.publishing.model import Edit

MAX_BYTES = 128 << 10
"""Bytes of one workflow; a hand-written one has some 10,000."""
_MAX_DEPTH = 32
# Aliases can make a few lines stand for any number of scalars.
_MAX_SCALARS = 20_000
# What the YAML reader follows with its stack: brackets, wide indents, and sequences within sequences on a line.
_MAX_BRACKETS = 2000
_NESTED = re.compile(r"^ {400}|(?:[-?] +){64}", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Line:
    """A scalar of a workflow: the keys that lead to it, its text, and its 1-based line."""

    keys: tuple[str, ...]
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Workflow:
    """A workflow as its scalars in order; ``readable`` is False where it is no YAML, and then there are none."""

    path: str
    lines: tuple[Line, ...]
    readable: bool = True

    @property
    def events(self) -> frozenset[str]:
        """What starts it."""
        found = {
            line.keys[1]
            for line in self.lines
            if line.keys[0] == "on" and len(line.keys) > 1 and line.keys[1]
        }
        return frozenset(found | {line.text for line in self.lines if line.keys in {("on",), ("on", "")}})

    def under(self, *keys: str) -> Iterator[Line]:
        """The scalars whose last keys are these; ``""`` stands for any place in a list."""
        return (line for line in self.lines if line.keys[-len(keys) :] == keys)

    def commands(self) -> Iterator[Line]:
        """The scripts of its steps."""
        return self.under("run")

    def actions(self) -> Iterator[Line]:
        """The actions that its steps use, such as ``actions/checkout@v4``."""
        return self.under("uses")


def read_workflows(files: Mapping[str, bytes]) -> tuple[Workflow, ...]:
    """The workflows among the files of a repository, sorted by path; empty ones are none."""
    return tuple(_workflow(path, data) for path, data in sorted(files.items()) if data and is_workflow(path))


def last_cargo_step(workflows: Iterable[Workflow]) -> tuple[Workflow, Line] | None:
    """The last one-line step that runs cargo, of the first workflow that has one."""
    for workflow in workflows:
        steps = [
            line for line in workflow.commands() if re.match(r"cargo\b", line.text) and "\n" not in line.text
        ]
        if steps:
            return workflow, steps[-1]
    return None


def steps_behind(content: bytes | None, workflow: Workflow, step: Line, text: str) -> tuple[Edit, ...]:
    """Another step (``- run: ...``) behind one that is written in the short form; none where it is not."""
    lines = (content or b"").decode("utf-8", "replace").split("\n")
    head = re.match(r"(\s*)- +run:", lines[step.line - 1]) if step.line <= len(lines) else None
    return () if head is None else (Edit(workflow.path, "behind", step.line, f"{head[1]}{text}"),)


# Both sides of a comparison mostly have the same workflows, and several surveys read them.
@lru_cache(maxsize=64)
def _workflow(path: str, data: bytes) -> Workflow:
    import yaml

    if len(data) > MAX_BYTES or _is_deep(data):
        return Workflow(path, (), readable=False)
    try:
        node = yaml.compose(data.decode("utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (UnicodeDecodeError, yaml.YAMLError, RecursionError):
        # What GitHub would refuse as well is told as unreadable, which no item takes for consent.
        return Workflow(path, (), readable=False)
    lines = tuple(islice(_scalars(node, (), 0), _MAX_SCALARS + 1))
    return Workflow(path, lines) if len(lines) <= _MAX_SCALARS else Workflow(path, (), readable=False)


def _is_deep(data: bytes) -> bool:
    brackets = data.count(b"[") + data.count(b"{")
    return brackets > _MAX_BRACKETS or _NESTED.search(data.decode("utf-8", "replace")) is not None


def _scalars(node: object, keys: tuple[str, ...], depth: int) -> Iterator[Line]:
    import yaml

    if depth > _MAX_DEPTH:
        return
    if isinstance(node, yaml.ScalarNode):
        yield Line(keys, str(node.value), node.start_mark.line + 1)
    elif isinstance(node, yaml.SequenceNode):
        for child in node.value:
            yield from _scalars(child, (*keys, ""), depth + 1)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                yield from _scalars(value, (*keys, str(key.value)), depth + 1)
