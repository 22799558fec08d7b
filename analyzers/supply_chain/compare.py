"""What a pull request does to a lock file: packages that come, change and go."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from analyzers.fingerprint import digest_of
from analyzers.manifest.semver import parse_version
from analyzers.model import Change, ChangeClass, Note, Place, Site
from analyzers.rust.tokens import digest
from analyzers.supply_chain.findings import KIND
from analyzers.supply_chain.lock import Locked


@dataclass(frozen=True, slots=True)
class Move:
    """One package of a lock file on both sides; one of them is None where it comes or goes."""

    base: Locked | None
    head: Locked | None

    @property
    def name(self) -> str:
        """The package's name."""
        package = self.head or self.base
        return package.name if package else ""


def moves(base: Sequence[Locked], head: Sequence[Locked]) -> tuple[Move, ...]:
    """What differs, by name; packages of the repository itself are left out.

    Versions of one name are paired where Cargo takes one for the other, then in their order.
    """
    before, after = _by_name(base), _by_name(head)
    found: list[Move] = []
    for name in sorted(before.keys() | after.keys()):
        gone, come = list(before.get(name, ())), list(after.get(name, ()))
        for package in list(gone):
            same = next((each for each in come if _words(each) == _words(package)), None)
            if same is not None:
                gone.remove(package)
                come.remove(same)
        for alike in (_compatibility, lambda _: ()):
            for package in list(come):
                match = next((each for each in gone if alike(each) == alike(package)), None)
                if match is not None:
                    gone.remove(match)
                    come.remove(package)
                    found.append(Move(match, package))
        found += (Move(None, package) for package in come)
        found += (Move(package, None) for package in gone)
    return tuple(found)


def _by_name(packages: Sequence[Locked]) -> dict[str, list[Locked]]:
    found: defaultdict[str, list[Locked]] = defaultdict(list)
    for package in packages:
        if not package.is_own:
            found[package.name].append(package)
    return found


def _compatibility(package: Locked) -> tuple[int, ...]:
    version = parse_version(package.version)
    return version.compatibility if version else ()


def _words(package: Locked) -> tuple[bytes, ...]:
    parts = (package.name, package.version, package.source, package.checksum)
    return tuple(part.encode("utf-8", "surrogateescape") for part in parts)


def site_of(package: Locked) -> Site:
    """A package of a lock file as a site: its item is the name, its detail the version."""
    return Site(
        KIND,
        package.name,
        package.line,
        1,
        package.end_line,
        package.start,
        package.start,
        package.end,
        digest(_words(package)),
        package.version,
    )


def change_of(path: str, move: Move, notes: tuple[Note, ...] = (), was_at: str = "") -> Change:
    """The change that a move is, in a lock file that stood at ``was_at`` before.

    Raises:
        ValueError: the move has no sides.
    """
    base, head = move.base, move.head
    if head is not None:
        kind = ChangeClass.ADDED if base is None else ChangeClass.CHANGED
        site = site_of(head)
        before = None if base is None else Place(was_at or path, site_of(base))
    elif base is not None:
        kind, site = ChangeClass.REMOVED, site_of(base)
        path = was_at or path
        before = Place(path, site)
    else:
        raise ValueError("a move needs a side")
    was = before.site.tokens if before else ""
    now = "" if kind is ChangeClass.REMOVED else site.tokens
    return Change(kind, path, site, digest_of(KIND, kind, path, move.name, was, now), before, (), notes)


def facts(move: Move) -> Iterator[Note]:
    """What changed, in words: version, origin, checksum; and what the name says of a new package."""
    base, head = move.base, move.head
    if head is None:
        return
    if base is None:
        yield Note("dependency-added", (("version", head.version), ("origin", head.origin)))
        if head.name.endswith("-sys"):
            yield Note("dependency-sys")
    else:
        yield from _differences(base, head)
    if head.source.startswith("git+"):
        yield Note("dependency-git", (("commit", head.revision[:12]),))


def _differences(base: Locked, head: Locked) -> Iterator[Note]:
    if base.version != head.version:
        old, new = parse_version(base.version), parse_version(head.version)
        back = old is not None and new is not None and new.precedence < old.precedence
        id = "dependency-downgraded" if back else "dependency-upgraded"
        yield Note(id, (("before", base.version), ("after", head.version)))
    if base.origin != head.origin:
        yield Note("dependency-source", (("before", base.origin), ("after", head.origin)))
    elif base.revision != head.revision:
        yield Note("dependency-commit", (("before", base.revision[:12]), ("after", head.revision[:12])))


def same_archive_differs(move: Move) -> bool:
    """Whether the version stays where it comes from and its archive is another one: that never happens by itself."""
    base, head = move.base, move.head
    if base is None or head is None or (base.version, base.origin) != (head.version, head.origin):
        return False
    return base.revision == head.revision and base.checksum != head.checksum
