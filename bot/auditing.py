"""Counts the sites of a whole tree: from listed sources to an inventory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from posixpath import commonprefix, dirname
from typing import Any, Protocol

from analyzers.fingerprint import digest_of
from analyzers.inventory import with_findings
from analyzers.model import Finding, Inventory, Scan, Site, Unanalysed, UnanalysedReason
from analyzers.rust.scan import scan
from analyzers.survey import Entry, Kinds, Sites, Tree
from analyzers.surveys import surveys
from bot.assess import Blob, Store, audit, counted
from bot.model import Failure
from bot.ports import Runner
from bot.sources import SourceError, SourceReader, Sources
from bot.surveying import READ_LIMIT, Census, counting, of_folder, take_census


class Cache(Protocol):
    """What was worked out before; what surveys told is kept by a digest of all that they were shown."""

    @property
    def scans(self) -> Store[Scan]:
        """Scans by blob id."""
        ...

    @property
    def findings(self) -> Store[tuple[Finding, ...]]:
        """What surveys found in a portion."""
        ...

    @property
    def sites(self) -> Store[Sites]:
        """What surveys counted."""
        ...

    @property
    def paths(self) -> Store[tuple[str, ...]]:
        """What surveys read to count it."""
        ...


class Nothing:
    """Knows no answer and keeps none."""

    def get_many(self, ids: Iterable[str]) -> Mapping[str, Any]:
        """Nothing."""
        del ids
        return {}

    def put_many(self, values: Mapping[str, Any]) -> None:
        """Forget them."""
        del values


class NoCache:
    """Everything is worked out anew."""

    scans = findings = sites = paths = Nothing()


def take(
    sources: Sources, runner: Runner, cache: Cache, progress: Callable[[int], None] = lambda _: None
) -> Inventory:
    """The inventory of listed sources; ``progress`` is told how many files are newly done."""
    sizes = {ref.path: ref.size for ref in sources.files}
    blobs = [Blob(ref.path, ref.blob) for ref in sources.files]
    scan_one = partial(scan_blob, sources.reader)

    def scan_missing(missing: Sequence[Blob]) -> Iterator[tuple[Blob, Scan | Failure]]:
        for blob, result in runner.run(scan_one, missing, lambda blob: sizes[blob.path]):
            yield blob, _with_count(result, sources.reader, blob) if isinstance(result, Failure) else result

    tree = _tree(sources)
    surveyed, unseen = _census(tree, sources, runner, cache)
    doubts = (*sources.unanalysed, *unseen)
    counted = audit(blobs, sources.manifests, doubts, scan_missing, cache.scans, progress, surveyed)
    return _judged(counted, tree, sources, runner, cache)


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


def _census(
    tree: Tree, sources: Sources, runner: Runner, cache: Cache
) -> tuple[Sites, tuple[Unanalysed, ...]]:
    """The sites that no single source shows, such as build scripts.

    What a survey reads follows from the paths that are there and from what it has read before. So where the paths
    are those of an earlier audit, and what was read then has not changed, it would count the same again.
    """
    named = digest_of(*(text for path, entry in tree.entries.items() for text in (path, entry.mode)))
    asking = {survey: digest_of(survey, named) for survey in counting(tree)}
    read = cache.paths.get_many(asking.values())
    keys = {survey: _of_read(id, tree, read[id]) for survey, id in asking.items() if id in read}
    known = cache.sites.get_many(keys.values())
    found = {survey: Census(known[key]) for survey, key in keys.items() if key in known}
    missing = [survey for survey in asking if survey not in found]
    try:
        fresh = take_census(tree, missing, runner, _Contents(sources)) if missing else {}
    finally:
        sources.reader.close()
    whole = {asking[survey]: census for survey, census in fresh.items() if not census.unanalysed}
    cache.paths.put_many({id: census.read for id, census in whole.items()})
    cache.sites.put_many({_of_read(id, tree, census.read): census.sites for id, census in whole.items()})
    return _together((found | fresh).values())


def _of_read(id: str, tree: Tree, paths: Iterable[str]) -> str:
    """A digest of what is at some paths."""
    return digest_of(id, *(text for path in sorted(paths) for text in (path, tree.entries[path].blob)))


def _together(found: Iterable[Census]) -> tuple[Sites, tuple[Unanalysed, ...]]:
    sites: defaultdict[str, list[Site]] = defaultdict(list)
    doubts: set[Unanalysed] = set()
    for census in found:
        doubts.update(census.unanalysed)
        for path, listed in census.sites.items():
            sites[path] += listed
    # Surveys end in any order.
    for each in sites.values():
        each.sort(key=lambda site: (site.keyword, site.kind, site.item, site.tokens))
    return sites, tuple(sorted(doubts, key=lambda doubt: (doubt.path, doubt.reason, doubt.detail)))


@dataclass(frozen=True, slots=True)
class Portion:
    """Files that one survey judges together; ``size`` is theirs in bytes, ``id`` a digest of what they hold."""

    id: str
    survey: str
    entries: Mapping[str, Entry]
    size: int

    @property
    def folder(self) -> str:
        """The folder that holds all of it."""
        return "/".join(commonprefix([dirname(path).split("/") for path in self.entries])) or "."


def judge(reader: SourceReader, portion: Portion) -> tuple[Finding, ...]:
    """Read a portion and tell what its survey finds in it as it stands; runs in a worker."""
    audit = surveys()[portion.survey].audit
    if audit is None:
        raise ValueError(f"{portion.survey} tells nothing without a change")
    contents = {path: reader.read(path, entry.blob) for path, entry in portion.entries.items()}
    return audit.findings(Tree(portion.entries, contents))


def _judged(counted: Inventory, tree: Tree, sources: Sources, runner: Runner, cache: Cache) -> Inventory:
    """The inventory with the findings that no single source shows, such as declarations that clash."""
    kinds = _kinds(counted)
    fitting: list[Portion] = []
    doubts: set[Unanalysed] = set()
    for portion in _portions(tree, kinds, sources):
        if portion.size <= READ_LIMIT:
            fitting.append(portion)
        else:
            large = Failure(
                UnanalysedReason.TOO_MANY, f"{portion.size} bytes in {len(portion.entries)} files"
            )
            doubts.add(of_folder(portion.survey, large, portion.folder))
    found = dict(cache.findings.get_many(portion.id for portion in fitting))
    missing = [portion for portion in fitting if portion.id not in found]
    fresh: dict[str, tuple[Finding, ...]] = {}
    for portion, result in runner.run(partial(judge, sources.reader), missing, lambda one: one.size):
        if isinstance(result, Failure):
            doubts.add(of_folder(portion.survey, result, portion.folder))
        else:
            fresh[portion.id] = result
    cache.findings.put_many(fresh)
    # Code for tests has no findings, and only who counted the sites knows all of it.
    told = (finding for each in (found | fresh).values() for finding in each if kinds.get(finding.path))
    return with_findings(counted, told, doubts)


def _portions(tree: Tree, kinds: Kinds, sources: Sources) -> Iterator[Portion]:
    sizes = {ref.path: ref.size for ref in (*sources.files, *sources.others)}
    for survey in surveys().values():
        for paths in survey.audit.portions(tree, kinds) if survey.audit else ():
            entries = {path: tree.entries[path] for path in sorted(paths)}
            id = _of_read(survey.id, tree, entries)
            yield Portion(id, survey.id, entries, sum(sizes[path] for path in entries))


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
