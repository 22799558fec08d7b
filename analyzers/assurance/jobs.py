"""Jobs of a workflow that run unsafe code under a tool: Miri, sanitizers, cargo-careful, valgrind and more."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from analyzers.assurance.harnesses import Harness, Tool
from analyzers.publishing.workflows import Line, Workflow, read_workflows

_TOOLS: tuple[tuple[Tool, re.Pattern[str]], ...] = (
    ("miri", re.compile(r"\bmiri\s+(?:test|nextest|run)\b")),
    ("sanitizer", re.compile(r"-Z\s*sanitizer=")),
    ("careful", re.compile(r"\bcargo\s+(?:\+\S+\s+)?careful\s+(?:test|nextest|run)\b")),
    ("valgrind", re.compile(r"\bvalgrind\b(?!\S)")),
    ("kani", re.compile(r"\bcargo\s+kani\b|\bmodel-checking/kani-github-action@")),
    ("loom", re.compile(r"--cfg[ =]loom\b")),
    ("fuzz", re.compile(r"\bcargo\s+(?:\+\S+\s+)?fuzz\s+run\b|\bclusterfuzzlite/actions/run_fuzzers@")),
)
_SCRIPT = re.compile(r"(?<![\w./-])(?:\./)?((?:[\w-][\w.-]*/)*[\w-][\w.-]*\.(?:sh|bash))\b")
_COMMENT = re.compile(r"^\s*#.*$", re.MULTILINE)
_MOST_OF_SCRIPT = 64 << 10


def jobs(files: Mapping[str, bytes]) -> Iterator[Harness]:
    """What the workflows among the files run, each tool once for a job, in order.

    A shell script that a step calls is looked into where it is among the files. Values of a matrix are not put in:
    what is not written out is not seen.
    """
    for workflow in read_workflows(files):
        seen: set[tuple[Tool, str]] = set()
        for line in _spoken(workflow):
            job = line.keys[1] if len(line.keys) > 1 and line.keys[0] == "jobs" else ""
            called = (tool for path in _called(line) for tool in _tools(files.get(path, b"")))
            for tool, number in (*_found(line), *((tool, line.line) for tool in called)):
                if (tool, job) not in seen:
                    seen.add((tool, job))
                    yield Harness(tool, workflow.path, number, job)


def scripts(files: Mapping[str, bytes]) -> Iterator[str]:
    """The paths of the shell scripts that the workflows among the files call."""
    for workflow in read_workflows(files):
        for line in _spoken(workflow):
            yield from _called(line)


def _called(line: Line) -> list[str]:
    return _SCRIPT.findall(line.text) if line.keys[-1] == "run" else []


def _tools(script: bytes) -> Iterator[Tool]:
    text = _COMMENT.sub("", script[:_MOST_OF_SCRIPT].decode("utf-8", "replace"))
    yield from (tool for tool, pattern in _TOOLS if pattern.search(text))


def _spoken(workflow: Workflow) -> Iterator[Line]:
    """The scalars that make something run: scripts, actions and variables."""
    for line in workflow.lines:
        if line.keys[-1] in {"run", "uses"} or "env" in line.keys:
            yield line


def _found(line: Line) -> Iterator[tuple[Tool, int]]:
    # A block scalar begins behind its `|`.
    first = line.line + ("\n" in line.text)
    for number, text in enumerate(line.text.split("\n"), first):
        if text.lstrip().startswith("#"):
            continue
        yield from ((tool, number) for tool, pattern in _TOOLS if pattern.search(text))
