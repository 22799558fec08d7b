"""Sites of build-time code: each source that runs while a crate is built, and what it tells the linker."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from posixpath import dirname, join

from analyzers.buildtime.capabilities import Script
from analyzers.buildtime.directives import Directive
from analyzers.buildtime.units import (
    Member,
    Package,
    macro_root_without_cargo,
    named_after,
    package_at,
    script_files,
)
from analyzers.manifest.packages import Packages, packages
from analyzers.manifest.reading import unreadable
from analyzers.manifest.settings import Setting, scan_of
from analyzers.model import Scan, Site, Unanalysed, UnanalysedReason
from analyzers.paths import folders_above, is_test_target
from analyzers.rust.source import Source
from analyzers.rust.tokens import NESTED, digest
from analyzers.survey import Tree

MAX_BYTES = 4 << 20
"""Bytes of one source; the largest build script seen has 80,000."""
_CODE = re.compile(rb"[^\s#]|#(?!!)")
_TEST_MODULE = re.compile(rb"\bmod\s+\w+\s*\{")
_DETAIL = 120


@dataclass(slots=True)
class BuildTime:
    """The build-time code of one side, as far as it was read: members and sources by path, scans with words.

    ``unanalysed`` tells what belongs to it and could not be judged.
    """

    members: dict[str, Member] = field(default_factory=dict)
    scripts: dict[str, Script] = field(default_factory=dict)
    scans: dict[str, Scan] = field(default_factory=dict)
    unanalysed: list[Unanalysed] = field(default_factory=list)

    def of_crate(self, member: Member, path: str) -> list[Script]:
        """The other sources of the crate or script that a source belongs to."""
        return [
            script
            for other, script in self.scripts.items()
            if other != path
            and (self.members[other].kind, self.members[other].root) == (member.kind, member.root)
        ]


def build_time(tree: Tree, paths: Iterable[str]) -> BuildTime:
    """The build-time code of the packages that hold any of these paths."""
    found = BuildTime()
    known = packages(tree.entries)
    named, loose = _packages(tree, paths, known)
    sources: defaultdict[str | None, list[str]] = defaultdict(list)
    for path in tree.contents:
        if path.endswith(".rs"):
            sources[known.declared_root(path)].append(path)
    for package in named:
        _add_package(tree, package, sources.get(package.folder, ()), found)
    for path in loose:
        _add_loose(tree, path, found)
    for path, member in found.members.items():
        data = tree.contents[path]
        if len(data) > MAX_BYTES:
            found.unanalysed.append(_doubt(tree, path, UnanalysedReason.TOO_LARGE, f"{len(data)} bytes"))
            continue
        script = found.scripts[path] = Script(Source(data), dict(member.renamed))
        found.unanalysed += _doubts(tree, path, script.source)
        found.scans[path] = _scan(member, script)
    return found


def _packages(tree: Tree, paths: Iterable[str], known: Packages) -> tuple[list[Package], list[str]]:
    """The packages of paths, and the sources that belong to none; both in order."""
    folders: defaultdict[str | None, list[str]] = defaultdict(list)
    for path in sorted(set(paths)):
        folders[known.declared_root(path)].append(path)
    named: list[Package] = []
    loose = folders.pop(None, [])
    for folder, inside in folders.items():
        package = package_at(tree, folder) if folder is not None else None
        if package is None:
            loose += inside
        else:
            named.append(package)
    return named, [path for path in loose if path in tree.contents and path.endswith(".rs")]


def _add_package(tree: Tree, package: Package, sources: Iterable[str], found: BuildTime) -> None:
    """Add what of a package runs at build time; ``sources`` are all of its own that were read."""
    if package.error is not None:
        found.unanalysed.append(unreadable(tree, package.error))
    elif package.links and package.document is not None:
        line = package.document.line("package", "links")
        setting = Setting(package.name, "links", package.links, line, package.folder)
        told = [(setting, f"links={package.links}")]
        found.scans[package.path] = scan_of(tree.contents[package.path], "native-link", told)
    for root in package.scripts(tree):
        member = Member("build-script", package.name, root, package.renamed)
        files, unread = script_files(tree, root)
        found.members |= dict.fromkeys(files, member)
        found.unanalysed += (
            _doubt(tree, path, UnanalysedReason.TOO_DEEP, f"belongs to {root}")
            for path in unread
            if path in tree.entries and tree.entries[path].mode == "file"
        )
        if not root.endswith(".rs"):
            # Later edits of such a file would concern nobody.
            found.unanalysed.append(
                _doubt(tree, root, UnanalysedReason.UNPARSABLE, "a script not named *.rs")
            )
    if package.is_proc_macro:
        member = Member("proc-macro", package.name, package.folder, package.renamed)
        for path in sources:
            inside = path[len(package.folder) + 1 :] if package.folder else path
            if not is_test_target(inside):
                found.members.setdefault(path, member)


def _add_loose(tree: Tree, path: str, found: BuildTime) -> None:
    root = macro_root_without_cargo(tree, path)
    if root is not None:
        found.members.setdefault(path, Member("proc-macro", named_after(dirname(root)), root))


def wanted_of_loose(path: str) -> Iterator[str]:
    """Where the first file of a crate may stand that no manifest tells of."""
    for folder in folders_above(path):
        yield join(folder, "lib.rs")


def _doubt(tree: Tree, path: str, reason: UnanalysedReason, detail: str) -> Unanalysed:
    return Unanalysed(path, reason, detail=f"build-time code: {detail}", blob=tree.entries[path].blob)


def _doubts(tree: Tree, path: str, source: Source) -> Iterator[Unanalysed]:
    """What keeps a source from being read as rustc reads it."""
    for problem in source.masked.unanalysed:
        yield _doubt(tree, path, problem.reason, f"line {problem.line}")
    if source.delimiters.unbalanced >= 0:
        yield _doubt(
            tree, path, UnanalysedReason.UNBALANCED, f"line {source.line(source.delimiters.unbalanced)}"
        )


def _scan(member: Member, script: Script) -> Scan:
    """The site of a source, and those of its instructions to the linker."""
    source = script.source
    linking = [each for each in script.directives if each.links and not source.scope_at(each.start).in_test]
    linking = linking if member.kind == "build-script" else []
    words = tuple(_words(source, linking))
    first = _CODE.search(source.text)
    start = first.start() if first else 0
    end = len(source.text)
    whole = Site(
        kind=member.kind,
        item=member.crate,
        line=source.line(start),
        column=source.column(start),
        end_line=source.line(max(start, end - 1)),
        keyword=source.place(start),
        start=source.place(start),
        end=source.place(end),
        tokens=digest(words),
        detail=", ".join(script.capabilities),
    )
    found = [(whole, words), *(_linking(member, source, each) for each in linking)]
    found.sort(key=lambda pair: (pair[0].keyword, pair[0].kind, pair[0].detail))
    return Scan(sites=tuple(site for site, _ in found), words=tuple(own for _, own in found))


def _linking(member: Member, source: Source, told: Directive) -> tuple[Site, tuple[bytes, ...]]:
    words = (told.name.encode(), told.value.encode("utf-8", "replace"))
    site = Site(
        kind="native-link",
        item=member.crate,
        line=source.line(told.start),
        column=source.column(told.start),
        end_line=source.line(told.end - 1),
        keyword=source.place(told.start),
        start=source.place(told.start),
        end=source.place(told.end),
        tokens=digest(words),
        detail=f"{told.name}={told.value}"[:_DETAIL],
    )
    return site, words


def _words(source: Source, linking: Iterable[Directive]) -> Iterator[bytes]:
    """The tokens of a source without those of test modules; instructions to the linker are sites of their own."""
    holes = {each.start: (each.end, True) for each in linking}
    for module in _TEST_MODULE.finditer(source.text):
        opener = module.end() - 1
        if source.scope_at(module.end()).in_test:
            holes[opener] = (source.close_of(opener), False)
    at = 0
    for start, (end, is_site) in sorted(holes.items()):
        if start >= at:
            yield from source.token_words(at, start)
            if is_site:
                yield NESTED
            at = end
    yield from source.token_words(at, len(source.text))


def sites_by_path(scans: Mapping[str, Scan]) -> dict[str, tuple[Site, ...]]:
    """The sites of scans, by path."""
    return {path: scan.sites for path, scan in sorted(scans.items())}
