"""Flags of rustc in what starts it: workflows of CI, makefiles and the like."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzers.manifest.flags import flags
from analyzers.manifest.paths import is_makefile
from analyzers.manifest.settings import Setting
from analyzers.publishing.workflows import Line, read_workflows

_FLAGS_OF_VARIABLE = re.compile(r"(?:CARGO_(?:\w+_)?)?(?:ENCODED_)?RUST(?:DOC)?FLAGS")
_TELLING = frozenset({"RUSTC_BOOTSTRAP", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER"})
_COMMENT = re.compile(r"^[ \t]*(?:#|//).*$", re.MULTILINE)
_BOOTSTRAP = re.compile(r"\bRUSTC_BOOTSTRAP\s*[:?]?=\s*([^\s;&]+)")
MAX_BYTES = 1 << 20
"""Bytes of one makefile that are looked at."""


def is_unreadable(path: str, data: bytes) -> bool:
    """Whether a file cannot be looked at: too large, or a workflow that is no YAML."""
    if is_makefile(path):
        return len(data) > MAX_BYTES
    return not all(workflow.readable for workflow in read_workflows({path: data}))


def settings(path: str, data: bytes) -> tuple[list[Setting], list[Setting]]:
    """The lint levels and the other flags of a file that can be read."""
    lints: list[Setting] = []
    others: list[Setting] = []
    for scope, text, line in _texts(path, data):
        for flag in flags(text):
            setting = Setting(scope, flag.name, flag.value, line + text.count("\n", 0, flag.at))
            (lints if flag.is_lint else others).append(setting)
        for found in _BOOTSTRAP.finditer(text):
            at = line + text.count("\n", 0, found.start())
            others.append(Setting(scope, "RUSTC_BOOTSTRAP", found[1], at))
    return lints, others


def _texts(path: str, data: bytes) -> Iterator[tuple[str, str, int]]:
    """The parts of a file that may hold flags, each with where it stands and its first line."""
    if is_makefile(path):
        # Comments become blanks, so that lines keep their numbers.
        yield "flags", _COMMENT.sub("", data[:MAX_BYTES].decode("utf-8", "replace")), 1
        return
    for workflow in read_workflows({path: data}):
        for line in workflow.lines:
            yield from _of_workflow(line)


def _of_workflow(line: Line) -> Iterator[tuple[str, str, int]]:
    key, scope = line.keys[-1], ".".join(key for key in line.keys if key)
    # The text of a block begins on the line below its key.
    first = line.line + (1 if "\n" in line.text else 0)
    if key == "run" or _FLAGS_OF_VARIABLE.fullmatch(key):
        yield scope, line.text, first
    elif key in _TELLING:
        yield scope.rpartition(".")[0], f"{key}={line.text}", first
    elif key == "args":
        yield scope, line.text, first
