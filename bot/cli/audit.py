"""``cratewarden audit``: every site of a tree."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

from analyzers.model import Scan
from analyzers.rust.scan import scan
from bot.assess import Blob, audit, counted
from bot.cache import ScanCache
from bot.cli import NOTHING_TO_ASK
from bot.cli.output import display, notice, write
from bot.cli.progress import progress
from bot.isolation import Workers
from bot.model import AuditReport, Failure
from bot.render import audit_parts
from bot.sources import SourceError, SourceReader, list_sources


def run_audit(options: Namespace) -> int:
    """Audit and print; finding sites is no failure."""
    sources = list_sources(options.path, options.rev)
    sizes = {ref.path: ref.size for ref in sources.files}
    blobs = [Blob(ref.path, ref.blob) for ref in sources.files]
    scan_one = partial(scan_blob, sources.reader)
    with Workers(processes=options.jobs) as workers, progress("scanning", len(blobs)) as advance:

        def scan_missing(missing: Sequence[Blob]) -> Iterator[tuple[Blob, Scan | Failure]]:
            for blob, result in workers.run(scan_one, missing, lambda blob: sizes[blob.path]):
                yield (
                    blob,
                    _with_count(result, sources.reader, blob) if isinstance(result, Failure) else result,
                )

        cache = None if options.no_cache else ScanCache()
        inventory = audit(
            blobs, sources.manifests, sources.unanalysed, scan_missing, cache or _NoStore(), advance
        )
    for text in cache.take_notices() if cache else ():
        notice(text)
    for folder in sources.skipped:
        notice(f"left out the build folder {folder}")
    report = AuditReport(sources.rev, inventory, sources.root)
    write(options, audit_parts(report, options.format, display(options)))
    return NOTHING_TO_ASK


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


class _NoStore:
    """Knows nothing and keeps nothing."""

    def get_many(self, ids: Iterable[str]) -> Mapping[str, Scan]:
        del ids
        return {}

    def put_many(self, scans: Mapping[str, Scan]) -> None:
        del scans
