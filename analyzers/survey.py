"""What a survey is: an analysis that needs more than the changed file, such as its neighbours or a manifest.

A survey says first which changed paths concern it and which files it wants to read, then it works on what was read.
So it stays pure, reads nothing it did not declare, and costs nothing where nothing concerns it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from analyzers.compare import Compared, Comparison, changes
from analyzers.model import (
    Analysis,
    Change,
    FileChange,
    FileMode,
    FileSide,
    Finding,
    Note,
    Scan,
    Site,
    Unanalysed,
)


class Entry(NamedTuple):
    """What stands at a path of a tree: its mode and the id of its content.

    A tuple, since a tree has many thousands and all go to workers: that is several times as fast as a dataclass.
    """

    mode: FileMode
    blob: str


@dataclass(frozen=True, slots=True)
class Tree:
    """One side: everything that is there, and the contents that were asked for and could be read.

    ``problem`` says in words why a library could not be listed; what needs it cannot be judged then.
    """

    entries: Mapping[str, Entry] = field(default_factory=dict)
    contents: Mapping[str, bytes] = field(default_factory=dict)
    problem: str = ""

    def files(self, *endings: str) -> tuple[str, ...]:
        """The paths of plain files that end with one of ``endings``, sorted."""
        return tuple(
            sorted(
                path
                for path, entry in self.entries.items()
                if entry.mode == "file" and path.endswith(endings)
            )
        )


@dataclass(frozen=True, slots=True)
class Sides:
    """Both sides of a comparison, and which files differ (their contents are on both sides already).

    ``library`` is what maintainers keep at hand besides the repository, such as a database of advisories.
    """

    base: Tree
    head: Tree
    changed: tuple[FileChange, ...] = ()
    library: Tree = field(default_factory=Tree)

    @property
    def paths(self) -> frozenset[str]:
        """Every path that differs, of either side."""
        return frozenset(
            side.path for change in self.changed for side in (change.base, change.head) if side is not None
        )

    @property
    def there(self) -> frozenset[str]:
        """Every path that stands on either side."""
        return frozenset(self.base.entries.keys() | self.head.entries.keys())


def sources(sides: Iterable[FileSide | None]) -> Mapping[str, bytes]:
    """The bytes of the sides that have any, by path."""
    return {side.path: side.data for side in sides if side is not None and side.data is not None}


@dataclass(frozen=True, slots=True)
class Surveyed:
    """What a survey found.

    ``changes`` and ``findings`` are its own; ``notes`` adds facts to changes that were found already, by their
    fingerprint. ``bindings`` names content that whoever approves a change has seen as well, by its fingerprint: the
    change gets another fingerprint, which covers that too. ``unanalysed`` holds what it should have judged and could
    not: the gate holds on each.
    """

    changes: tuple[Change, ...] = ()
    findings: tuple[Finding, ...] = ()
    notes: tuple[tuple[str, tuple[Note, ...]], ...] = ()
    bindings: tuple[tuple[str, str], ...] = ()
    unanalysed: tuple[Unanalysed, ...] = ()


Sites = Mapping[str, Sequence[Site]]
"""Sites by path, each in the order of their keywords."""

Kinds = Mapping[str, frozenset[str]]
"""The kinds of the sites that stand in each path, test code left out: none where all of them are for tests."""


@dataclass(frozen=True, slots=True)
class Audit:
    """What a survey tells of a tree as it stands, without a change.

    ``portions`` names the files that have to be judged together, given everything that is there and which sites were
    found where; nothing has been read but manifests. ``findings`` judges one portion: a tree that holds just its
    files, all of them read.
    """

    portions: Callable[[Tree, Kinds], Iterable[Collection[str]]]
    findings: Callable[[Tree], tuple[Finding, ...]]


@dataclass(frozen=True, slots=True)
class Survey:
    """One survey, found by the registry in ``analyzers/surveys``.

    ``concerns`` says of a changed path whether it makes the survey run. ``wants`` names, given what was read so
    far, further paths to read on each side; it is asked again until it names nothing new, a few times at most.
    In an audit everything is new and nothing has been read, so a survey with ``sites`` names every path it needs.
    What ``wants`` and ``sites`` answer follows from the paths of a tree and the contents read, never from the ids of
    contents that were not: audits keep it by these.
    ``compare`` works on the sides and on what the comparison of changed files found. ``sites`` lists what an audit
    shall count on one side; None where the survey has no sites of its own. ``findings`` are the ids it may give.
    ``audit`` tells those of a whole tree; None where the survey has nothing to tell without a change.
    ``reads_library`` says that it looks into what maintainers keep at hand; to others that is empty.
    """

    id: str
    summary: str
    concerns: Callable[[str], bool]
    wants: Callable[[Sides], Iterable[str]]
    compare: Callable[[Sides, Analysis], Surveyed]
    sites: Callable[[Tree], Sites] | None = None
    findings: tuple[str, ...] = ()
    audit: Audit | None = None
    reads_library: bool = False


def compare_sites(base: Mapping[str, Scan], head: Mapping[str, Scan]) -> tuple[Change, ...]:
    """The changes between sites by path; every scan holds its ``words``.

    For sites that no matcher finds; the `tokens` of each are the `analyzers.rust.tokens.digest` of its words.
    """
    files = [Compared(path, base.get(path), path, head.get(path)) for path in sorted({*base, *head})]
    return changes(Comparison(files).run(lambda _file, _site: None))
