"""Counts the sites of a whole tree: from listed sources to an inventory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial

from analyzers.model import Inventory, Scan
from analyzers.rust.scan import scan
from bot.assess import Blob, Runner, ScanStore, audit, counted
from bot.model import Failure
from bot.sources import SourceError, SourceReader, Sources


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

    return audit(blobs, sources.manifests, sources.unanalysed, scan_missing, store, progress)


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
