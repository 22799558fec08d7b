"""Counts the sites of a whole tree: from listed sources to an inventory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial

from analyzers.model import Inventory, Scan, Unanalysed
from analyzers.rust.scan import scan
from analyzers.survey import Entry, Sites, Tree
from bot.assess import Blob, ScanStore, audit, counted
from bot.model import Failure
from bot.ports import Runner
from bot.sources import SourceError, SourceReader, Sources
from bot.surveying import take_census


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

    surveyed, unseen = _census(sources, runner)
    doubts = (*sources.unanalysed, *unseen)
    return audit(blobs, sources.manifests, doubts, scan_missing, store, progress, surveyed)


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


def _census(sources: Sources, runner: Runner) -> tuple[Sites, tuple[Unanalysed, ...]]:
    """The sites that no single source shows, such as build scripts."""
    entries = {ref.path: Entry("file", ref.blob) for ref in (*sources.files, *sources.others)}
    try:
        return take_census(Tree(entries, sources.manifests), runner, _Contents(sources))
    finally:
        sources.reader.close()


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
