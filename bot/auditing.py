"""Counts the sites of a whole tree: from listed sources to an inventory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from analyzers.inventory import with_findings
from analyzers.model import Finding, Inventory, Scan, Unanalysed, UnanalysedReason
from analyzers.rust.scan import scan
from analyzers.survey import Entry, Kinds, Sites, Tree
from analyzers.surveys import surveys
from bot.assess import Blob, ScanStore, audit, counted
from bot.model import Failure
from bot.ports import Runner
from bot.sources import SourceError, SourceReader, Sources
from bot.surveying import READ_LIMIT, of_whole_tree, take_census


class NoStore:
    """Knows no scan and keeps none."""

    def get_many(self, ids: Iterable[str]) -> Mapping[str, Scan]:
        """Nothing."""
        del ids
        return {}

    def put_many(self, scans: Mapping[str, Scan]) -> None:
        """Forget them."""
        del scans


def take(
    sources: Sources, runner: Runner, store: ScanStore, progress: Callable[[int], None] = lambda _: None
) -> Inventory:
    """The inventory of listed sources; ``progress`` is told how many files are newly done."""
    sizes = {ref.path: ref.size for ref in sources.files}
    blobs = [Blob(ref.path, ref.blob) for ref in sources.files]
    scan_one = partial(scan_blob, sources.reader)

    def scan_missing(missing: Sequence[Blob]) -> Iterator[tuple[Blob, Scan | Failure]]:
        for blob, result in runner.run(scan_one, missing, lambda blob: sizes[blob.path]):
            yield blob, _with_count(result, sources.reader, blob) if isinstance(result, Failure) else result

    tree = _tree(sources)
    surveyed, unseen = _census(tree, sources, runner)
    doubts = (*sources.unanalysed, *unseen)
    counted = audit(blobs, sources.manifests, doubts, scan_missing, store, progress, surveyed)
    return _judged(counted, tree, sources, runner)


class _Contents:
    """Reads listed files by the ids of their contents."""

    def __init__(self, sources: Sources) -> None:
        self._reader = sources.reader
        self._refs = {ref.blob: ref for ref in (*sources.files, *sources.others)}

    def read(self, blobs: Iterable[str], total: int) -> Mapping[str, bytes]:
        """Contents by id; those beyond ``total`` bytes are left out.

        Raises:
            SourceError: a file has changed after it was listed.
        """
        found: dict[str, bytes] = {}
        for blob in blobs:
            total -= self._refs[blob].size
            if total >= 0:
                found[blob] = self._reader.read(self._refs[blob].path, blob)
        return found


def _tree(sources: Sources) -> Tree:
    entries = {ref.path: Entry("file", ref.blob) for ref in (*sources.files, *sources.others)}
    return Tree(entries, sources.manifests)


def _census(tree: Tree, sources: Sources, runner: Runner) -> tuple[Sites, tuple[Unanalysed, ...]]:
    """The sites that no single source shows, such as build scripts."""
    try:
        return take_census(tree, runner, _Contents(sources))
    finally:
        sources.reader.close()


@dataclass(frozen=True, slots=True)
class Portion:
    """Files that one survey judges together; ``size`` is theirs in bytes."""

    survey: str
    entries: Mapping[str, Entry]
    size: int


def judge(reader: SourceReader, portion: Portion) -> tuple[Finding, ...]:
    """Read a portion and tell what its survey finds in it as it stands; runs in a worker."""
    audit = surveys()[portion.survey].audit
    if audit is None:
        raise ValueError(f"{portion.survey} tells nothing without a change")
    contents = {path: reader.read(path, entry.blob) for path, entry in portion.entries.items()}
    return audit.findings(Tree(portion.entries, contents))


def _judged(counted: Inventory, tree: Tree, sources: Sources, runner: Runner) -> Inventory:
    """The inventory with the findings that no single source shows, such as declarations that clash."""
    kinds = _kinds(counted)
    fitting: list[Portion] = []
    doubts: set[Unanalysed] = set()
    for portion in _portions(tree, kinds, sources):
        if portion.size <= READ_LIMIT:
            fitting.append(portion)
        else:
            detail = f"{portion.survey}: {portion.size} bytes in {len(portion.entries)} files"
            doubts.add(Unanalysed(".", UnanalysedReason.TOO_MANY, detail=detail))
    found: list[Finding] = []
    for portion, result in runner.run(partial(judge, sources.reader), fitting, lambda one: one.size):
        if isinstance(result, Failure):
            doubts.add(of_whole_tree(portion.survey, result))
        else:
            # Code for tests has no findings, and only who counted the sites knows all of it.
            found += (finding for finding in result if kinds.get(finding.path))
    return with_findings(counted, found, doubts)


def _portions(tree: Tree, kinds: Kinds, sources: Sources) -> Iterator[Portion]:
    sizes = {ref.path: ref.size for ref in (*sources.files, *sources.others)}
    for survey in surveys().values():
        for paths in survey.audit.portions(tree, kinds) if survey.audit else ():
            entries = {path: tree.entries[path] for path in sorted(paths)}
            yield Portion(survey.id, entries, sum(sizes[path] for path in entries))


def _kinds(counted: Inventory) -> Kinds:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for place, _ in counted.places:
        found[place.path].update(() if place.site.in_test else (place.site.kind,))
    return {path: frozenset(kinds) for path, kinds in found.items()}


def scan_blob(reader: SourceReader, blob: Blob) -> Scan:
    """Read one file and scan it; runs in a worker."""
    return scan(reader.read(blob.path, blob.id))


def _with_count(failure: Failure, reader: SourceReader, blob: Blob) -> Failure:
    try:
        data = reader.read(blob.path, blob.id)
    except SourceError:
        # The file changed while it was read; the failure says so already.
        return failure
    return Failure(failure.reason, counted(failure, data))
