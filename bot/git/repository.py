"""Revisions, trees and differences of one repository, and its work tree against them."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import os
import re
import shlex
import stat
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from analyzers.model import FileChange
from analyzers.surveys import is_surveyed
from bot.git.blobs import BlobReader
from bot.git.errors import GitError
from bot.git.layout import Layout, is_surveyed_file
from bot.git.names import printable_path, raw_name, shown
from bot.git.objects import (
    TOTAL_LIMIT,
    Entry,
    WorkTree,
    blob_id,
    raw_changes,
    read_entry,
    read_regular_file,
    side_of,
)
from bot.git.process import SECONDS, Process, as_options, find_git

RENAME_LIMIT = 1000
_OBJECT_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Repository(Process):
    """A repository and, unless it is bare, its work tree; picklable, so that workers can open it too."""

    @classmethod
    def open(cls, path: str | os.PathLike[str], seconds: float = SECONDS) -> Repository:
        """Find the repository that a path lies in.

        Raises:
            NoRepositoryError: the path is in no repository, or git is not installed.
            GitError: there is no such path, or it is somebody else's.
        """
        place = Path(path)
        if not place.exists():
            raise GitError(f"{shown(place)} does not exist: give the path of a clone")
        folder = str((place if place.is_dir() else place.parent).resolve())
        blank = cls(program=find_git(), git_dir="", root=None, algorithm="sha1", seconds=seconds)
        ask = ("rev-parse", "--show-object-format", "--is-inside-work-tree", "--absolute-git-dir")
        algorithm, inside, git_dir = os.fsdecode(blank._run(*ask, folder=folder)).split("\n", 2)
        root = None
        if inside == "true":
            root = os.fsdecode(blank._run("rev-parse", "--show-toplevel", folder=folder)).removesuffix("\n")
            # core.worktree of a repository's own configuration may point anywhere
            if not Path(folder).is_relative_to(Path(root).resolve()):
                raise GitError(
                    f"{shown(place)} is not inside its own work tree {shown(root)}: unset core.worktree"
                )
        if (
            algorithm not in hashlib.algorithms_guaranteed
        ):  # git before 2.29 knows only one, and echoes the question
            algorithm = "sha1"
        return dataclasses.replace(blank, git_dir=git_dir.removesuffix("\n"), root=root, algorithm=algorithm)

    def resolve(self, rev: str) -> str:
        """The full id of the commit that a branch, tag, id or other revision names.

        Raises:
            GitError: it names no commit here; in a shallow clone with the command that fetches it.
        """
        if not rev or rev.startswith("-") or not rev.isprintable():
            raise GitError(f"{rev!r} is not a revision: give a branch, tag or commit id")
        found = (
            self._run("rev-parse", "--verify", "--quiet", f"{rev}^{{commit}}", accept=(0, 1)).decode().strip()
        )
        if _OBJECT_ID.fullmatch(found):
            return found
        if self._says_true("--is-shallow-repository"):
            branches = shlex.quote(f"+refs/heads/*:refs/remotes/{self._remote()}/*")
            fetch = f"git fetch --unshallow {shlex.quote(self._remote())} {branches}"
            raise GitError(f"revision {rev!r} is not in this shallow clone: run `{fetch}`")
        raise GitError(f"unknown revision {rev!r}: give a branch, tag or commit id, or run `git fetch` first")

    def merge_base(self, one: str, other: str) -> str | None:
        """The best common ancestor of two revisions, or None if their histories share nothing.

        Raises:
            GitError: a revision is unknown, or a shallow clone ends before the common ancestor.
        """
        found = (
            self._run("merge-base", self.resolve(one), self.resolve(other), accept=(0, 1)).decode().strip()
        )
        if not found and self._says_true("--is-shallow-repository"):
            fetch = f"git fetch --unshallow {shlex.quote(self._remote())}"
            raise GitError(
                f"{one!r} and {other!r} have no common commit in this shallow clone: run `{fetch}` "
                f"(or `git fetch --deepen=1000` until it is there)"
            )
        return found or None

    def default_branch(self) -> str | None:
        """The full name of the branch that changes are meant for, as far as the clone knows.

        The remote's own default, else a branch with a customary name, remote ones first, else a bare
        repository's HEAD.
        """
        remote = f"refs/remotes/{self._remote()}"
        names = [
            f"{where}/{name}" for where in (remote, "refs/heads") for name in ("main", "master", "trunk")
        ]
        wanted = [f"{remote}/HEAD", *names]
        listed = self._run("for-each-ref", "--format=%(refname)%00%(symref)", "--", *wanted)
        known = dict(line.split("\0") for line in os.fsdecode(listed).splitlines())
        for name in wanted:
            if name in known:
                return known[name] or name
        head = (
            "" if self.root else self._run("symbolic-ref", "--quiet", "HEAD", accept=(0, 1)).decode().strip()
        )
        return head or None

    def tags(self) -> tuple[str, ...]:
        """The names of all tags, sorted."""
        listed = self._run("for-each-ref", "--format=%(refname:strip=2)", "--", "refs/tags")
        return tuple(sorted(os.fsdecode(listed).splitlines()))

    def tree(self, rev: str) -> list[Entry]:
        """All files, symlinks and submodules of a commit, in git's order.

        Raises:
            GitError: the revision is unknown, or the clone lacks its trees.
        """
        return self._entries(self.resolve(rev))

    def _entries(self, tree: str) -> list[Entry]:
        listed = self._run("ls-tree", "-r", "-z", "--full-tree", tree).split(b"\0")[:-1]
        return [read_entry(line, mode=0, blob=2) for line in listed]

    def commits(self, base: str | None, head: str) -> tuple[str, ...]:
        """The ids of the commits that ``head`` brings to ``base``, merges included, oldest first.

        All that lead to ``head`` where ``base`` is None or shares nothing with it.

        Raises:
            GitError: a revision is unknown.
        """
        without = [] if base is None else [f"^{self.resolve(base)}"]
        options = ("--topo-order", "--reverse")
        return tuple(self._run("rev-list", *options, self.resolve(head), *without, "--").decode().split())

    def authors(self, rev: str, paths: Iterable[str], most: int = 1000) -> dict[str, int]:
        """How many of the last ``most`` commits that touch any of the paths each author address has written.

        Merges are left out, addresses are in lower case, and the repository's own list of other names for
        them (``.mailmap``) is not heeded.

        Raises:
            GitError: the revision is unknown.
        """
        names = [os.fsdecode(raw_name(path)) for path in paths]
        if not names:
            return {}
        options = ("--no-merges", f"--max-count={most}", "--format=<%ae>")
        said = self._run("rev-list", *options, self.resolve(rev), "--", *names).decode("utf-8", "replace")
        emails = [line[1:-1].lower() for line in said.split("\n") if line.startswith("<")]
        return dict(sorted(Counter(filter(None, emails)).items()))

    def diff(self, base: str | None, head: str) -> list[FileChange]:
        """What differs between the trees of two commits and may matter to Rust code, sorted by path.

        All ``*.rs`` files, all files that concern a survey, all submodules, and symlinks unless they lead to a
        plain file that is not Rust.
        A side of a rename that does not qualify is None. ``data`` is None for submodules, for blobs over
        ``BLOB_LIMIT``, for those that cannot be read, and beyond ``TOTAL_LIMIT`` bytes in all. Everything is
        new where ``base`` is None, which is how histories that share nothing are compared.

        Raises:
            GitError: a revision is unknown, or a partial clone lacks what is needed.
        """
        start = self._empty_tree() if base is None else self.resolve(base)
        return self._diff(start, self.resolve(head))

    def diff_index(self, base: str) -> list[FileChange]:
        """The same, from a commit to what is staged.

        Raises:
            GitError: as for ``diff``, or a merge is unfinished.
        """
        entries, unmerged = self._index()
        if unmerged:
            path = printable_path(min(unmerged))
            raise GitError(f"{path} has merge conflicts: resolve them and `git add` it")
        with self._with_tree(entries, {}) as (view, tree):
            return view._diff(self.resolve(base), tree)

    def diff_worktree(self, base: str) -> list[FileChange]:
        """The same, from a commit to the work tree, untracked files that git does not ignore included.

        Raises:
            GitError: as for ``diff``, or the repository is bare.
        """
        start = self.resolve(base)
        state = self.worktree()
        entries = {entry.name: entry for entry in state.index}
        contents: dict[str, bytes] = {}
        for name in sorted(state.touched):
            entry, data = self._on_disk(name, entries.pop(name, None))
            if entry is not None:
                entries[name] = entry
            if entry is not None and data is not None:
                contents[entry.blob] = data
        with self._with_tree(entries.values(), contents) as (view, tree):
            return view._diff(start, tree)

    def worktree(self, under: str = ".") -> WorkTree:
        """The state of the work tree, or of a folder or file in it given relative to its root.

        Raises:
            GitError: the repository is bare.
        """
        if self.root is None:
            raise GitError(f"{shown(self.git_dir)} is a bare repository without a work tree: name a revision")
        entries, unmerged = self._index("--", under, folder=self.root)
        # To compare contents, git would run the repository's own filters.
        unfiltered = as_options(self._filters_off())
        status = ("ls-files", "--modified", "--others", "--exclude-standard", "-z", "--", under)
        names = self._run(*status, options=unfiltered, folder=self.root).split(b"\0")[:-1]
        touched = unmerged.union(name for name in names if not name.endswith(b"/"))
        nested = sorted({name[:-1] for name in names if name.endswith(b"/")})
        return WorkTree(tuple(entries), frozenset(touched), tuple(nested))

    def _index(self, *arguments: str, folder: str | None = None) -> tuple[list[Entry], set[bytes]]:
        """The entries of the index, and the names that a merge has left with several."""
        lines = self._run("ls-files", "--stage", "-z", *arguments, folder=folder).split(b"\0")[:-1]
        unmerged = {name for facts, _, name in (x.partition(b"\t") for x in lines) if facts[-2:] != b" 0"}
        return [read_entry(line, mode=0, blob=1) for line in lines], unmerged

    def lstat(self, name: bytes) -> os.stat_result | None:
        """The status of a name in the work tree; None if it is not there, or only behind a symlinked folder."""
        path = Path(self.path_on_disk(name))
        try:
            return path.lstat() if path.parent == path.parent.resolve() else None
        except OSError:
            return None

    def path_on_disk(self, name: bytes) -> str:
        """Where a name of the work tree lies, for the operating system."""
        return f"{self.root}/{os.fsdecode(name)}"

    def read_blobs(self, ids: Iterable[str], total: int | None = None) -> Iterator[tuple[str, bytes | None]]:
        """The bytes of blobs by id, in the order asked, from one git process.

        None stands for a blob over ``BLOB_LIMIT`` bytes, a missing or broken one, and for all that come
        after ``total`` bytes.

        Raises:
            GitError: a partial clone lacks a blob.
        """
        with contextlib.closing(BlobReader(self)) as reader:
            yield from reader.stream(ids, total)

    def blob_sizes(self, ids: Iterable[str]) -> dict[str, int]:
        """The sizes in bytes of those blobs that are there.

        Raises:
            GitError: a partial clone lacks one.
        """
        wanted = list(ids)
        self.bring(wanted)
        asked = "".join(f"{blob}\n" for blob in wanted).encode("ascii")
        answers = (
            line.split(b" ") for line in self._run("cat-file", "--batch-check", stdin=asked).splitlines()
        )
        sizes = {answer[0].decode("ascii"): int(answer[2]) for answer in answers if answer[1] == b"blob"}
        if len(sizes) < len(set(asked.split())) and self.is_partial():
            raise self.partial_clone_error()
        return sizes

    def _diff(self, base: str, head: str) -> list[FileChange]:
        others = [
            (old if old and not old.is_rust else None, new if new and not new.is_rust else None)
            for old, new in self._pairs(base, head, "-M100%")  # equal blobs: needs no contents
        ]
        # Git compares contents to find renames, and stops at a blob that is not there.
        renames = "-M" if self._bring_contents(base, head, others) else "-M100%"
        pairs = [*others, *self._pairs(base, head, renames, "*.rs")]
        links = {e.blob for pair in pairs for e in pair if e is not None and e.kind == "symlink"}
        with contextlib.closing(BlobReader(self)) as reader:
            targets = dict(reader.stream(sorted(links), TOTAL_LIMIT))
            before = Layout(self._entries(base) if links else [])
            after = Layout(self._entries(head) if links else [])
            kept = [
                (old if old and before.matters(old, targets) else None,
                 new if new and after.matters(new, targets) else None)
                for old, new in pairs
            ]  # fmt: skip
            plain = [e for pair in kept for e in pair if e is not None and e.kind == "file"]
            # Where not all can be read, Rust comes first.
            files = dict.fromkeys(e.blob for e in sorted(plain, key=lambda entry: not entry.is_rust))
            data = {**targets, **dict(reader.stream(files, TOTAL_LIMIT))}
        changes = [
            FileChange(side_of(old, data), side_of(new, data))
            for old, new in kept
            if old is not None or new is not None
        ]
        return sorted(changes, key=lambda change: (change.path, change.base is not None))

    def absent(self, names: Iterable[str]) -> frozenset[str]:
        """Those names of objects (ids, or ``COMMIT^{tree}``) behind which nothing is here."""
        asked = sorted(set(names))
        said = self._run("cat-file", "--batch-check", stdin="".join(f"{name}\n" for name in asked).encode())
        answers = zip(asked, said.decode("utf-8", "replace").splitlines(), strict=True)
        return frozenset(name for name, answer in answers if answer.endswith(" missing"))

    def _bring_contents(
        self, base: str, head: str, others: Iterable[tuple[Entry | None, Entry | None]]
    ) -> bool:
        """Have what a difference reads, in one go: files that matter, and where symlinks lead; whether all is here."""
        if self.supply is None:
            return True
        pairs = [*others, *self._pairs(base, head, "--no-renames", "*.rs")]
        entries = [entry for pair in pairs for entry in pair if entry is not None]
        return self.bring(
            e.blob
            for e in entries
            if e.kind == "symlink" or (e.is_rust and e.kind == "file") or is_surveyed_file(e)
        )

    def _pairs(
        self, base: str, head: str, renames: str, *paths: str
    ) -> Iterator[tuple[Entry | None, Entry | None]]:
        """What differs between two trees, as pairs of sides; ``paths`` are patterns where ``*`` matches all."""
        options = (
            "-r",
            "-z",
            "--raw",
            "--no-abbrev",
            renames,
            f"-l{RENAME_LIMIT}",
            "--ignore-submodules=none",
        )
        variables = {
            # Without an index git finds no .gitattributes, which could tell it how alike two files are.
            "GIT_INDEX_FILE": f"{self.git_dir}/no-index",
            "GIT_LITERAL_PATHSPECS": "0",
        }
        raw = self._run("diff-tree", *options, "--no-ext-diff", base, head, "--", *paths, variables=variables)
        return raw_changes(raw)

    def _empty_tree(self) -> str:
        """The id of a tree without entries, which git knows without having it."""
        return hashlib.new(self.algorithm, b"tree 0\0", usedforsecurity=False).hexdigest()

    def _on_disk(self, name: bytes, recorded: Entry | None) -> tuple[Entry | None, bytes | None]:
        """A touched name as it would be recorded, as far as that matters, with its bytes."""
        path = self.path_on_disk(name)
        status = self.lstat(name)
        if status is None:
            return None, None
        kind = status.st_mode
        if stat.S_ISLNK(kind):
            target = os.fsencode(Path(path).readlink())
            return Entry(name, "120000", blob_id(target, self.algorithm)), target
        if stat.S_ISDIR(kind) and recorded is not None and recorded.kind == "submodule":
            return Entry(name, "160000", Repository.open(path, self.seconds).resolve("HEAD")), None
        if not stat.S_ISREG(kind):
            return None, None
        if not name.endswith(b".rs") and not is_surveyed(printable_path(name)):
            return recorded, None
        # Of a file over the limit one byte more than the limit is enough to be found too large.
        content = read_regular_file(path)
        if content is None:
            raise GitError(f"{printable_path(name)} cannot be read: check its permissions")
        return Entry(name, "100644", blob_id(content, self.algorithm)), content

    @contextlib.contextmanager
    def _with_tree(
        self, entries: Iterable[Entry], contents: Mapping[str, bytes]
    ) -> Iterator[tuple[Repository, str]]:
        """A view of the repository that also has a tree of these entries, kept in a folder of its own."""
        import tempfile
        import zlib

        with tempfile.TemporaryDirectory(prefix="cratewarden-") as folder:
            Path(folder, "objects").mkdir()
            for blob, data in contents.items():
                shelf = Path(folder, "objects", blob[:2])
                shelf.mkdir(exist_ok=True)
                (shelf / blob[2:]).write_bytes(zlib.compress(b"blob %d\0" % len(data) + data, 1))
            view = dataclasses.replace(self, scratch=folder)
            lines = [f"{entry.mode} {entry.blob}\t".encode() + entry.name for entry in entries]
            view._run("update-index", "-z", "--index-info", stdin=b"".join(line + b"\0" for line in lines))
            yield view, view._run("write-tree", "--missing-ok").decode().strip()

    def _filters_off(self) -> Iterator[str]:
        """The settings that switch off every configured clean and smudge filter."""
        listed = self._run("config", "--name-only", "-z", "--get-regexp", r"^filter\.", accept=(0, 1))
        for name in sorted({os.fsdecode(key).rpartition(".")[0] for key in listed.split(b"\0")[:-1]}):
            if "=" in name:  # cannot be said on a command line, and nobody's real filter is called so
                raise GitError(
                    f"the git configuration has a filter {shown(name)}: remove it, a name has no '='"
                )
            yield from (f"{name}.clean=", f"{name}.smudge=", f"{name}.process=", f"{name}.required=false")
