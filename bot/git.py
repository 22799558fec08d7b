"""The only runner of git: revisions, trees, differences and blobs, read as objects and never through the checkout.

Nothing that a repository brings along is executed or believed: no hooks, filters, attributes, pagers, aliases,
replacement objects, lazy fetches or network. Paths are bytes in git; ``printable_path`` makes text of them.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import os
import posixpath
import re
import shlex
import stat
import sys
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, dropwhile, islice
from pathlib import Path
from typing import TYPE_CHECKING

from analyzers.model import FileChange, FileMode, FileSide

if TYPE_CHECKING:
    import subprocess

BLOB_LIMIT = 16 << 20
TOTAL_LIMIT = 512 << 20
RENAME_LIMIT = 1000
SECONDS = 120.0
# Unanswered requests always fit into a pipe (4 KiB at least), so that neither side can wait for the other.
REQUESTS_AHEAD = 48

_CONFIG = (
    "core.fsmonitor=",  # empty is "no" to every version; "false" was a program's name to old ones
    f"core.hooksPath={os.devnull}",
    f"core.attributesFile={os.devnull}",
    "core.quotePath=false",
    "core.untrackedCache=false",
    "core.splitIndex=false",
    f"core.bigFileThreshold={BLOB_LIMIT}",
    "core.useReplaceRefs=false",
    "protocol.allow=never",
    "submodule.recurse=false",
    "gc.auto=0",
    "maintenance.auto=false",
)
_ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_ASKPASS": "",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_PAGER": "cat",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
# What a user may want to tell git all the same; the GIT_CONFIG_* family too.
_KEPT = {
    "GIT_CEILING_DIRECTORIES",
    "GIT_DISCOVERY_ACROSS_FILESYSTEM",
    "GIT_EXEC_PATH",
    "GIT_TEST_ASSUME_DIFFERENT_OWNER",
}
# A hook runs with these: the index of the commit in the making, and the objects of a push not yet accepted.
_OF_A_HOOK = (
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_QUARANTINE_PATH",
)
_OBJECT_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_MODES: dict[str, FileMode] = {"120000": "symlink", "160000": "submodule"}


class GitError(Exception):
    """What stands in the way, in one line that says what to do next."""


class NoRepositoryError(GitError):
    """There is no repository at a path, or no git to read one with."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A path of a tree or an index: raw name, octal mode as git writes it (``100644``) and object id."""

    name: bytes
    mode: str
    blob: str

    @property
    def path(self) -> str:
        """The name as printable text."""
        return printable_path(self.name)

    @property
    def kind(self) -> FileMode:
        """What stands at the path."""
        return _MODES.get(self.mode, "file")


@dataclass(frozen=True, slots=True)
class WorkTree:
    """A work tree against its index.

    ``index`` holds all entries. ``touched`` are the names, tracked or not, whose state on disk differs from
    the index, deleted ones included; ignored files are in neither. ``nested`` are repositories inside that
    are not submodules: git does not look into them.
    """

    index: tuple[Entry, ...]
    touched: frozenset[bytes]
    nested: tuple[bytes, ...]


def printable_path(name: bytes) -> str:
    r"""The path as text that is safe in JSON, terminals and Markdown, different for different names.

    Printable UTF-8 stays as it is. Every other byte, control and format characters included, becomes
    ``\xNN``, and a backslash is doubled.
    """
    text = name.decode("utf-8", "surrogateescape")
    if text.isprintable() and "\\" not in text:
        return text
    return "".join(map(_printable, text))


def _printable(character: str) -> str:
    if character == "\\":
        return "\\\\"
    if character.isprintable():
        return character
    return "".join(f"\\x{byte:02x}" for byte in character.encode("utf-8", "surrogateescape"))


def raw_name(path: str) -> bytes:
    """The name that ``printable_path`` has made this text of."""
    octets = path.encode("utf-8", "surrogateescape")
    return re.sub(
        rb"\\(\\|x[0-9a-f]{2})",
        lambda found: b"\\" if found[1] == b"\\" else bytes.fromhex(found[1][1:].decode("ascii")),
        octets,
    )


def blob_id(data: bytes, algorithm: str = "sha1") -> str:
    """The object id git gives to a blob with these bytes; ``algorithm`` is the repository's object format."""
    return hashlib.new(algorithm, b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def read_regular_file(path: str, limit: int = BLOB_LIMIT) -> bytes | None:
    """Up to ``limit`` + 1 bytes of a regular file; None for anything else (links, devices, gone, unreadable)."""
    flags = (
        os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    )
    try:
        descriptor = os.open(path, flags)
    except OSError:
        return None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return None
        with os.fdopen(descriptor, "rb", buffering=0, closefd=False) as file:
            return file.readall() if status.st_size <= limit else file.read(limit + 1)
    finally:
        os.close(descriptor)


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository and, unless it is bare, its work tree; picklable, so that workers can open it too.

    ``root`` is the work tree's folder, None for a bare repository. ``algorithm`` is the object format.
    ``seconds`` is the time limit of one git process. ``scratch`` is a folder with an index and objects of
    its own that are seen besides those of the repository.
    """

    program: str
    git_dir: str
    root: str | None
    algorithm: str
    seconds: float = SECONDS
    scratch: str | None = None

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
        blank = cls(program=_find_git(), git_dir="", root=None, algorithm="sha1", seconds=seconds)
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

    def tree(self, rev: str) -> list[Entry]:
        """All files, symlinks and submodules of a commit, in git's order.

        Raises:
            GitError: the revision is unknown, or the clone lacks its trees.
        """
        return self._entries(self.resolve(rev))

    def _entries(self, tree: str) -> list[Entry]:
        listed = self._run("ls-tree", "-r", "-z", "--full-tree", tree).split(b"\0")[:-1]
        return [_entry(line, mode=0, blob=2) for line in listed]

    def diff(self, base: str, head: str) -> list[FileChange]:
        """What differs between the trees of two commits and may matter to Rust code, sorted by path.

        All ``*.rs`` files, all submodules, and symlinks unless they lead to a plain file that is not Rust.
        A side of a rename that does not qualify is None. ``data`` is None for submodules, for blobs over
        ``BLOB_LIMIT``, for those that cannot be read, and beyond ``TOTAL_LIMIT`` bytes in all.

        Raises:
            GitError: a revision is unknown, or a partial clone lacks what is needed.
        """
        return self._diff(self.resolve(base), self.resolve(head))

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
        unfiltered = _as_options(self._filters_off())
        status = ("ls-files", "--modified", "--others", "--exclude-standard", "-z", "--", under)
        names = self._run(*status, options=unfiltered, folder=self.root).split(b"\0")[:-1]
        touched = unmerged.union(name for name in names if not name.endswith(b"/"))
        nested = sorted({name[:-1] for name in names if name.endswith(b"/")})
        return WorkTree(tuple(entries), frozenset(touched), tuple(nested))

    def _index(self, *arguments: str, folder: str | None = None) -> tuple[list[Entry], set[bytes]]:
        """The entries of the index, and the names that a merge has left with several."""
        lines = self._run("ls-files", "--stage", "-z", *arguments, folder=folder).split(b"\0")[:-1]
        unmerged = {name for facts, _, name in (x.partition(b"\t") for x in lines) if facts[-2:] != b" 0"}
        return [_entry(line, mode=0, blob=1) for line in lines], unmerged

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
        asked = "".join(f"{blob}\n" for blob in ids).encode("ascii")
        answers = (
            line.split(b" ") for line in self._run("cat-file", "--batch-check", stdin=asked).splitlines()
        )
        sizes = {answer[0].decode("ascii"): int(answer[2]) for answer in answers if answer[1] == b"blob"}
        if len(sizes) < len(set(asked.split())) and self.is_partial():
            raise self.partial_clone_error()
        return sizes

    def is_partial(self) -> bool:
        """Whether the clone may lack objects that its remote has promised to deliver."""
        keys = r"^(extensions\.partialclone|remote\..*\.(promisor|partialclonefilter))$"
        return bool(self._run("config", "--name-only", "--get-regexp", keys, accept=(0, 1)))

    def _diff(self, base: str, head: str) -> list[FileChange]:
        options = ("-r", "-z", "--raw", "--no-abbrev", "-M", f"-l{RENAME_LIMIT}", "--ignore-submodules=none")
        # Without an index git finds no .gitattributes, which could tell it how alike two files are.
        no_index = {"GIT_INDEX_FILE": f"{self.git_dir}/no-index"}
        raw = self._run("diff-tree", *options, "--no-ext-diff", base, head, "--", variables=no_index)
        pairs = list(_raw_changes(raw))
        with contextlib.closing(BlobReader(self)) as reader:
            links = {e.blob for pair in pairs for e in pair if e is not None and e.kind == "symlink"}
            targets = dict(reader.stream(sorted(links), TOTAL_LIMIT))
            before = _Layout(self._entries(base) if links else [])
            after = _Layout(self._entries(head) if links else [])
            kept = [
                (old if old and before.matters(old, targets) else None,
                 new if new and after.matters(new, targets) else None)
                for old, new in pairs
            ]  # fmt: skip
            files = dict.fromkeys(e.blob for pair in kept for e in pair if e is not None and e.kind == "file")
            data = {**targets, **dict(reader.stream(files, TOTAL_LIMIT))}
        changes = [
            FileChange(_side(old, data), _side(new, data))
            for old, new in kept
            if old is not None or new is not None
        ]
        return sorted(changes, key=lambda change: (change.path, change.base is not None))

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
        if not name.endswith(b".rs"):
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

    def _remote(self) -> str:
        """The remote that commands are suggested for: ``origin``, or the only other one."""
        names = os.fsdecode(self._run("remote")).split()
        return names[0] if names and "origin" not in names else "origin"

    def _says_true(self, question: str) -> bool:
        return self._run("rev-parse", question).strip() == b"true"

    def _run(
        self,
        command: str,
        *arguments: str,
        options: Iterable[str] = (),
        folder: str | None = None,
        stdin: bytes = b"",
        accept: tuple[int, ...] = (0,),
        variables: Mapping[str, str] | None = None,
    ) -> bytes:
        """What a git command prints; ``folder`` is where a command that needs the work tree runs."""
        import subprocess

        try:
            done = subprocess.run(
                [*self.command(), *options, command, *arguments],
                input=stdin,
                capture_output=True,
                cwd=folder or self.git_dir,
                env={**self.environment(folder), **(variables or {})},
                timeout=self.seconds,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise GitError(
                f"`git {command}` took more than {self.seconds:g} s: try again, or run `git gc`"
            ) from error
        if done.returncode in accept:
            return done.stdout
        raise self._error(command, done.stderr)

    def command(self) -> list[str]:
        """The beginning of every command line."""
        return [self.program, "--no-pager", *_as_options(_CONFIG)]

    def environment(self, folder: str | None = None) -> dict[str, str]:
        """The variables of every git process; with ``folder`` those of one that looks at the work tree."""
        variables = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("GIT_") or name in _KEPT or name.startswith("GIT_CONFIG_")
        } | _ENVIRONMENT
        if not self.git_dir:
            return variables
        variables |= self._of_a_hook()
        variables["GIT_DIR"] = self.git_dir
        variables |= {"GIT_WORK_TREE": folder} if folder else {"GIT_IMPLICIT_WORK_TREE": "0"}
        if self.scratch:
            real = variables.get("GIT_OBJECT_DIRECTORY", f"{self._common_dir()}/objects")
            quoted = '"' + real.replace("\\", "\\\\").replace('"', '\\"') + '"'
            others = [quoted, *filter(None, [variables.get("GIT_ALTERNATE_OBJECT_DIRECTORIES")])]
            variables["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = os.pathsep.join(others)
            variables["GIT_OBJECT_DIRECTORY"] = f"{self.scratch}/objects"
            variables["GIT_INDEX_FILE"] = f"{self.scratch}/index"
        return variables

    def _of_a_hook(self) -> dict[str, str]:
        """The index and object folders that git gave to a hook we run in, if the hook is this repository's."""
        own = Path(self._common_dir()).resolve()
        given = {name: os.environ[name] for name in _OF_A_HOOK if os.environ.get(name)}
        folders = [given[name] for name in _OF_A_HOOK[:2] if name in given]
        if not all(Path(folder).resolve().is_relative_to(own) for folder in folders):
            return {}
        return {
            name: value if os.pathsep in value else str(Path(value).resolve())
            for name, value in given.items()
        }

    def _common_dir(self) -> str:
        """Where the objects are: for a linked work tree not its own git folder."""
        pointer = Path(self.git_dir, "commondir")
        shared = os.fsdecode(pointer.read_bytes()).removesuffix("\n") if pointer.is_file() else "."
        return str(Path(self.git_dir, shared).resolve())

    def _error(self, command: str, stderr: bytes) -> GitError:
        """What a failed git command means for the user, in one line."""
        said = os.fsdecode(stderr)
        if owned := re.search(r"dubious ownership in repository at '(.*)'", said):
            place = shown(owned[1])
            trust = f"git config --global --add safe.directory {shlex.quote(place)}"
            return GitError(f"{place} belongs to somebody else: if you trust it, run `{trust}`")
        if "not a git repository" in said:
            return NoRepositoryError("not inside a git repository: give the path of a clone")
        if "promisor remote" in said or "lazy fetch" in said:
            return self.partial_clone_error()
        lines = [line for line in said.splitlines() if line.startswith(("fatal: ", "error: "))]
        reason = next(iter(lines or said.splitlines()), "it does not say why")
        return GitError(f"`git {command}` failed: {shown(reason)}")

    def partial_clone_error(self) -> GitError:
        """What to say when a partial clone lacks an object; nothing is ever fetched behind the user's back."""
        fetch = f"git fetch --refetch --no-filter {shlex.quote(self._remote())}"
        return GitError(f"this partial clone lacks files that have to be read: run `{fetch}`")


class BlobReader:
    """Reads blobs through one long-lived `git cat-file`, which starts with the first question.

    Picklable: a copy starts a process of its own. The process ends when its reader is closed or gone.
    """

    def __init__(self, repository: Repository, limit: int = BLOB_LIMIT) -> None:
        self._repository = repository
        self._limit = limit
        self._process: subprocess.Popen[bytes] | None = None
        self._buffer = b""

    def __reduce__(self) -> tuple[type[BlobReader], tuple[Repository, int]]:
        return BlobReader, (self._repository, self._limit)

    def read(self, blob: str) -> bytes | None:
        """The bytes of a blob; None if it is over the limit, missing or broken.

        Raises:
            GitError: a partial clone lacks it, or git takes too long.
        """
        return next(self.stream([blob]))[1]

    def stream(self, ids: Iterable[str], total: int | None = None) -> Iterator[tuple[str, bytes | None]]:
        """The same for many, in the order asked; once ``total`` bytes are exceeded all others are None."""
        rest = iter(ids)
        ahead: deque[str] = deque()
        left = sys.maxsize if total is None else total
        try:
            while left >= 0:
                if len(ahead) <= REQUESTS_AHEAD // 2:
                    more = list(islice(rest, REQUESTS_AHEAD - len(ahead)))
                    self._ask(more)
                    ahead.extend(more)
                if not ahead:
                    return
                data = self._answer(ahead[0])
                blob = ahead.popleft()
                if self._process is None:
                    self._ask(ahead)
                left -= len(data or b"")
                yield blob, data
            yield from ((blob, None) for blob in chain(ahead, rest))
        finally:
            if ahead:  # answers nobody will fetch: the next question would get them
                self.close()

    def close(self) -> None:
        """End the process, if there is one."""
        process, self._process, self._buffer = self._process, None, b""
        if process is not None:
            process.kill()
            process.communicate()

    def _ask(self, ids: Iterable[str]) -> None:
        import subprocess

        request = "".join(f"{blob}\n" for blob in ids).encode("ascii")
        if not request:
            return
        if self._process is None:
            self._process = subprocess.Popen(
                [*self._repository.command(), "cat-file", "--batch"],
                bufsize=0,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=self._repository.git_dir,
                env=self._repository.environment(),
            )
        if self._process.stdin is not None:
            with contextlib.suppress(
                BrokenPipeError
            ):  # it has died over an earlier question: _answer() sees it
                self._process.stdin.write(request)

    def _answer(self, blob: str) -> bytes | None:
        deadline = time.monotonic() + self._repository.seconds
        header = self._take_line(deadline).split()
        if len(header) != 3 or header[0] != blob.encode(
            "ascii"
        ):  # missing; or broken, and git has died over it
            if not header:
                self.close()
            if self._repository.is_partial():
                raise self._repository.partial_clone_error()
            return None
        if int(header[2]) > self._limit:
            self.close()  # a new process costs less than what this one is about to send
            return None
        data = self._take(int(header[2]) + 1, deadline)
        return data[:-1] if data and header[1] == b"blob" else None

    def _take_line(self, deadline: float) -> bytes:
        while b"\n" not in self._buffer:
            more = self._receive(deadline)
            if not more:
                return b""
            self._buffer += more
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line

    def _take(self, size: int, deadline: float) -> bytes:
        """Exactly ``size`` bytes, or nothing if git ends before."""
        parts = [self._buffer]
        have = len(self._buffer)
        while have < size:
            parts.append(self._receive(deadline))
            if not parts[-1]:
                self.close()
                return b""
            have += len(parts[-1])
        joined = b"".join(parts)
        self._buffer = joined[size:]
        return joined[:size]

    def _receive(self, deadline: float) -> bytes:
        """What git has to say next; empty when it has ended."""
        if self._process is None or self._process.stdout is None:
            return b""
        stdout = self._process.stdout.fileno()
        if not _wait_readable(stdout, deadline):
            self.close()
            raise GitError(f"`git cat-file` took more than {self._repository.seconds:g} s: run `git fsck`")
        return os.read(stdout, 1 << 18)


class _Layout:
    """The paths of one side of a difference, to tell where its symlinks lead."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._modes = {entry.name: entry.mode for entry in entries}

    def matters(self, entry: Entry, targets: Mapping[str, bytes | None]) -> bool:
        """Whether an entry may be, or lead to, Rust code: all but plain files that are not Rust, and links to them."""
        if entry.kind == "submodule" or entry.name.endswith(b".rs"):
            return True
        target = targets.get(entry.blob)
        return entry.kind == "symlink" and (
            target is None or not self._leads_to_plain_file(entry.name, target)
        )

    def _leads_to_plain_file(self, link: bytes, target: bytes) -> bool:
        # A ".." behind a name could lead out of another symlink's folder: such a target is not followed.
        down = dropwhile(lambda part: part in {b"", b".", b".."}, target.split(b"/"))
        place = posixpath.normpath(posixpath.join(posixpath.dirname(link), target))
        return (
            b".." not in down and not place.endswith(b".rs") and self._modes.get(place, "").startswith("100")
        )


def _as_options(settings: Iterable[str]) -> list[str]:
    return [word for setting in settings for word in ("-c", setting)]


def _entry(line: bytes, mode: int, blob: int) -> Entry:
    """An entry from a line of ls-tree or ls-files, whose facts stand before a tab at these positions."""
    facts, _, name = line.partition(b"\t")
    fields = facts.decode("ascii").split(" ")
    return Entry(name, fields[mode], fields[blob])


def _raw_changes(raw: bytes) -> Iterator[tuple[Entry | None, Entry | None]]:
    """The two sides of every record of git's raw difference format (``diff-tree -z``)."""
    fields = iter(raw.split(b"\0")[:-1])
    for record in fields:
        old_mode, new_mode, old_blob, new_blob, status = record.decode("ascii").lstrip(":").split(" ")
        old_name = next(fields)
        new_name = next(fields) if status[0] in "RC" else old_name
        old = Entry(old_name, old_mode, old_blob) if old_mode.strip("0") else None
        yield old, Entry(new_name, new_mode, new_blob) if new_mode.strip("0") else None


def _side(entry: Entry | None, data: Mapping[str, bytes | None]) -> FileSide | None:
    if entry is None:
        return None
    readable = entry.kind != "submodule"
    return FileSide(entry.path, entry.kind, entry.blob, data.get(entry.blob) if readable else None)


def shown(path: str | os.PathLike[str]) -> str:
    """A path of this computer as one printable line."""
    return printable_path(os.fsencode(path))


def _find_git() -> str:
    """The git on PATH by its absolute name: Windows would also look into the current folder, a repository's."""
    name = "git.exe" if sys.platform == "win32" else "git"
    for folder in map(Path, os.get_exec_path()):
        if folder.is_absolute() and os.access(folder / name, os.X_OK):
            return str(folder / name)
    raise NoRepositoryError("git is not installed: install git and make sure that it is on PATH")


def _wait_readable(descriptor: int, deadline: float) -> bool:
    """Whether a pipe has something, or its end, before the deadline; Windows cannot tell, and reads at once."""
    if sys.platform == "win32":
        return True
    import select

    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(max(0.0, deadline - time.monotonic()) * 1000))
