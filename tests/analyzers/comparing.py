"""Two states of a few files through the analysis, as git would hand them over."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from analyzers.analyze import ScannedChange, analyze
from analyzers.inventory import test_only_paths
from analyzers.model import Analysis, FileChange, FileSide
from analyzers.rust.scan import scan
from tests.analyzers.marks import Mark, read_marked

_RENAMED = re.compile(rb"^// renamed from: (\S+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class ChangeCase:
    """The files before and after by path, with the marks of either side."""

    before: Mapping[str, bytes]
    after: Mapping[str, bytes]
    marks_before: tuple[tuple[str, Mark], ...]
    marks_after: tuple[tuple[str, Mark], ...]

    def analysis(self) -> Analysis:
        """What changed from ``before`` to ``after``; the first line of a renamed file says what it was called."""
        renames = {
            path: found[1].decode() for path, data in self.after.items() if (found := _RENAMED.search(data))
        }
        return compared(self.before, self.after, renames)


def read_change(folder: Path) -> ChangeCase:
    """Read ``before.rs`` and ``after.rs`` as two states of ``file.rs``, or else the folders of those names."""
    sides = []
    for name in ("before", "after"):
        single = folder / f"{name}.rs"
        root = folder / name
        files = (
            {"file.rs": single}
            if single.exists()
            else {_path(path, root): path for path in root.rglob("*.rs")}
        )
        marked = {path: read_marked(file) for path, file in sorted(files.items())}
        marks = tuple((path, mark) for path, file in marked.items() for mark in file.marks)
        sides.append(({path: file.data for path, file in marked.items()}, marks))
    (before, marks_before), (after, marks_after) = sides
    return ChangeCase(before, after, marks_before, marks_after)


def _path(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


def compared(
    before: Mapping[str, bytes], after: Mapping[str, bytes], renames: Mapping[str, str] | None = None
) -> Analysis:
    """Analyse the paths that differ; ``renames`` maps paths of the head to those of the base."""
    old_names = renames or {}
    pairs = [(old_names.get(path, path), path) for path in after]
    renamed = set(old_names.values())
    pairs += [(path, "") for path in before if path not in after and path not in renamed]
    changes = []
    for base, head in pairs:
        old, new = before.get(base), after.get(head)
        if base == head and old == new:
            continue
        change = FileChange(_side(base, old), _side(head, new))
        changes.append(ScannedChange(
            change,
            None if old is None else scan(old, words=True),
            None if new is None else scan(new, words=True),
        ))  # fmt: skip
    tests = {
        path: True
        for files in (before, after)
        for path in test_only_paths((path, scan(data)) for path, data in files.items())
    }
    return analyze(changes, tests)


def _side(path: str, data: bytes | None) -> FileSide | None:
    if data is None:
        return None
    return FileSide(path, "file", hashlib.sha1(data, usedforsecurity=False).hexdigest(), data)
