"""Writes and reads the git repositories of the sandbox. They are its own, so that hostile settings are no concern here.

``bot.git`` reads other people's repositories with every precaution and never writes. This module makes commits, moves
refs and answers as GitHub's servers do about repositories that it has made itself.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

# A file to commit: text or bytes of a plain file, (octal mode, bytes) for others, None to delete it.
Content = str | bytes | tuple[str, bytes] | None

NOTHING = "0" * 40
_EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
_ENVIRONMENT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
_CONFIG = """[core]
\trepositoryformatversion = 0
\tfilemode = true
\tbare = true
\tlogAllRefUpdates = false
[http]
\treceivepack = true
[uploadpack]
\tallowFilter = true
\tallowAnySHA1InWant = true
\thideRefs = refs/sandbox
[receive]
\thideRefs = refs/pull
\thideRefs = refs/sandbox
[gc]
\tauto = 0
[maintenance]
\tauto = false
[safe]
\tdirectory = *
"""


class GitFailedError(Exception):
    """A git command of the sandbox failed; the text is what git said."""


@dataclass(frozen=True, slots=True)
class Person:
    """A name and an e-mail address as a commit records them."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit as git knows it; times in UTC."""

    sha: str
    tree: str
    parents: tuple[str, ...]
    author: Person
    authored_at: datetime
    committer: Person
    committed_at: datetime
    message: str


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """A file of a difference, in the words of GitHub's API; ``patch`` is None for binary and unchanged contents."""

    path: str
    previous: str | None
    status: str
    blob: str
    additions: int
    deletions: int
    patch: str | None


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """An entry of a tree; ``size`` in bytes, None for folders and submodules."""

    mode: str
    kind: str
    sha: str
    size: int | None
    path: str


class Git:
    """A bare repository."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._files: dict[tuple[str, str], tuple[ChangedFile, ...]] = {}
        self._commits: dict[str, Commit] = {}
        self._answers: dict[tuple[str, ...], bytes] = {}

    @classmethod
    def create(cls, folder: Path, branch: str) -> Git:
        """An empty repository whose HEAD names ``branch``."""
        for part in ("objects/info", "objects/pack", "refs/heads", "refs/tags"):
            (folder / part).mkdir(parents=True)
        (folder / "config").write_text(_CONFIG, encoding="utf-8")
        (folder / "HEAD").write_text(f"ref: refs/heads/{branch}\n", encoding="utf-8")
        return cls(folder)

    def take_over(self, source: Path, refspec: str = "+refs/heads/*:refs/heads/*") -> None:
        """Fetch from another repository on this computer."""
        self.run("fetch", "--quiet", "--no-tags", str(source.resolve()), refspec)

    def remove(self) -> None:
        """Delete the folder."""
        shutil.rmtree(self.folder)

    def run(
        self,
        *arguments: str,
        stdin: bytes = b"",
        accept: tuple[int, ...] = (0,),
        variables: Mapping[str, str] | None = None,
    ) -> bytes:
        """What a git command prints.

        Raises:
            GitFailedError: it ended with a status that is not in ``accept``.
        """
        return self._done(arguments, stdin, accept, variables).stdout

    def _pure(self, *arguments: str, accept: tuple[int, ...] = (0,)) -> bytes:
        """The same for a question about objects only, whose answer never changes."""
        if arguments not in self._answers:
            self._answers[arguments] = self.run(*arguments, accept=accept)
        return self._answers[arguments]

    def _done(
        self,
        arguments: Sequence[str],
        stdin: bytes,
        accept: tuple[int, ...],
        variables: Mapping[str, str] | None,
    ) -> subprocess.CompletedProcess[bytes]:
        program = shutil.which("git") or "git"
        done = subprocess.run(
            [program, "--git-dir", str(self.folder), *arguments],
            input=stdin,
            capture_output=True,
            check=False,
            process_group=0,  # Ctrl-C is for whoever runs the sandbox, who ends it in order
            env=plain_environment() | dict(variables or {}),
        )
        if done.returncode not in accept:
            raise GitFailedError(f"git {' '.join(arguments)}: {done.stderr.decode(errors='replace').strip()}")
        return done

    # --- refs ---

    def resolve(self, name: str) -> str | None:
        """The commit that a ref, branch or (abbreviated) object id names."""
        if name.startswith("-"):
            return None
        said = self.run("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}", accept=(0, 1, 128))
        return said.decode().strip() or None

    def branch(self, name: str) -> str | None:
        """The commit of a branch."""
        return self.refs(f"refs/heads/{name}").get(f"refs/heads/{name}")

    def refs(self, prefix: str = "refs/") -> dict[str, str]:
        """All refs at or below a prefix that ends at a slash, or the one of exactly this name."""
        said = self.run("for-each-ref", "--format=%(refname) %(objectname)", prefix.rstrip("/")).decode()
        return dict(line.split(" ", 1) for line in said.splitlines())

    def move(self, ref: str, sha: str | None) -> None:
        """Point a full ref name at a commit; None deletes it."""
        self.run(*(("update-ref", ref, sha) if sha else ("update-ref", "-d", ref)))

    # --- commits ---

    def commit(
        self,
        files: Mapping[str, Content],
        *,
        parents: Sequence[str],
        author: Person,
        committer: Person,
        message: str,
        when: datetime,
    ) -> str:
        """A new commit on top of the first parent's tree; no ref of a branch moves.

        Args:
            files: changes by path.
            parents: commits; none makes a root commit.
            author: who wrote it.
            committer: who committed it.
            message: the whole message.
            when: both dates.

        Returns:
            Its object id.
        """
        lines = [b"commit refs/sandbox/new", b"mark :1"]
        second = int(when.timestamp())
        for role, person in (("author", author), ("committer", committer)):
            lines.append(f"{role} {person.name} <{person.email}> {second} +0000".encode())
        text = message.encode()
        lines.append(b"data %d\n%s" % (len(text), text))
        lines += [f"{'merge' if n else 'from'} {parent}".encode() for n, parent in enumerate(parents)]
        lines += [_file_command(path, content) for path, content in files.items()]
        lines.append(b"\nget-mark :1\ndone\n")
        if self.refs("refs/sandbox/new"):  # else fast-import takes it for the parent of a root commit
            self.move("refs/sandbox/new", None)
        said = self.run("fast-import", "--quiet", "--force", "--done", stdin=b"\n".join(lines))
        return said.decode().strip()

    def commit_tree(
        self, tree: str, parents: Sequence[str], *, author: Person, message: str, when: datetime
    ) -> str:
        """A commit of a tree that exists."""
        date = f"{int(when.timestamp())} +0000"
        identity = {
            "GIT_AUTHOR_NAME": author.name,
            "GIT_AUTHOR_EMAIL": author.email,
            "GIT_AUTHOR_DATE": date,
            "GIT_COMMITTER_NAME": "GitHub",
            "GIT_COMMITTER_EMAIL": "noreply@github.com",
            "GIT_COMMITTER_DATE": date,
        }
        options = [word for parent in parents for word in ("-p", parent)]
        said = self.run("commit-tree", tree, *options, stdin=message.encode(), variables=identity)
        return said.decode().strip()

    def merged_tree(self, ours: str, theirs: str) -> str | None:
        """The tree of a merge without conflicts; None with conflicts, or without a common ancestor."""
        said = self._pure("merge-tree", "--write-tree", ours, theirs, accept=(0, 1, 128)).decode()
        tree, _, rest = said.partition("\n")
        return tree if re.fullmatch("[0-9a-f]{40}", tree) and not rest.strip() else None

    def merge_base(self, one: str, other: str) -> str | None:
        """The best common ancestor."""
        return self._pure("merge-base", one, other, accept=(0, 1)).decode().strip() or None

    def contains(self, ancestor: str, descendant: str) -> bool:
        """Whether a commit is another one's ancestor, or the same."""
        return self._pure("merge-base", ancestor, descendant, accept=(0, 1)).decode().strip() == ancestor

    def between(self, base: str | None, head: str, limit: int | None = None) -> list[str]:
        """Commits that are reachable from ``head`` and not from ``base``, oldest first."""
        span = [head] if base is None else [f"{base}..{head}"]
        said = self._pure("rev-list", "--topo-order", "--reverse", *span, "--").decode().split()
        return said if limit is None else said[:limit]

    def log(self, head: str, path: str | None = None) -> list[str]:
        """Commits reachable from ``head``, newest first, or those of them that touch a path."""
        return self.run("rev-list", head, "--", *([path] if path else [])).decode().split()

    def read_commits(self, ids: Iterable[str]) -> list[Commit]:
        """What is known of commits, in the order asked."""
        wanted = list(ids)
        missing = sorted({sha for sha in wanted if sha not in self._commits})
        if missing:
            form = "%x01%H%x00%T%x00%P%x00%an%x00%ae%x00%at%x00%cn%x00%ce%x00%ct%x00%B"
            said = self.run(
                "log", "--no-walk=unsorted", "--stdin", f"--format={form}", stdin="\n".join(missing).encode()
            )
            for record in said.decode("utf-8", "replace").split("\x01")[1:]:
                commit = _commit(record.split("\x00"))
                self._commits[commit.sha] = commit
        return [self._commits[sha] for sha in wanted]

    def read_commit(self, sha: str) -> Commit:
        """What is known of one commit."""
        return self.read_commits([sha])[0]

    # --- contents ---

    def changed_files(self, base: str | None, head: str) -> tuple[ChangedFile, ...]:
        """What differs between two trees, renames found, sorted by path as git sorts; no base stands for nothing."""
        key = (base or _EMPTY_TREE, head)
        if key not in self._files:
            options = ("--no-color", "--no-ext-diff", "--no-textconv", "-M", "-l0", *key, "--")
            said = self.run("diff", "--raw", "--numstat", "-p", "--abbrev=40", "-z", *options)
            self._files[key] = tuple(_changed_files(said.decode("utf-8", "replace")))
        return self._files[key]

    def touched(self, ids: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
        """What each commit changed against its first parent: letters A, D, M, T with paths, renames as A and D."""
        if not ids:
            return {}
        options = (
            "--no-walk=unsorted",
            "--stdin",
            "--first-parent",
            "-m",
            "--no-renames",
            "--name-status",
            "-z",
        )
        said = self.run("log", *options, "--format=%x01%H%n", stdin="\n".join(ids).encode())
        return dict(map(_touched, said.decode("utf-8", "replace").split("\x01")[1:]))

    def tree(self, tree: str, *, recursive: bool = False) -> list[TreeEntry]:
        """The entries of a tree (or a commit's, or ``COMMIT:path``), folders among them."""
        options = ("-r", "-t") if recursive else ()
        said = self.run("ls-tree", "-l", "-z", *options, tree).decode("utf-8", "replace")
        return [_tree_entry(line) for line in said.split("\0") if line]

    def entry(self, commit: str, path: str) -> TreeEntry | None:
        """What stands at a path of a commit."""
        said = self.run("ls-tree", "-l", "-z", "--full-tree", commit, "--", path.rstrip("/"))
        entries = [_tree_entry(line) for line in said.decode("utf-8", "replace").split("\0") if line]
        return next((entry for entry in entries if entry.path == path.rstrip("/")), None)

    def submodule_url(self, commit: str, path: str) -> str | None:
        """The address that ``.gitmodules`` gives for a submodule; None if it does not say."""
        if self.entry(commit, ".gitmodules") is None:
            return None
        said = self.run("config", "--blob", f"{commit}:.gitmodules", "-z", "--list", accept=(0, 1, 128))
        pairs = dict(one.split("\n", 1) for one in said.decode("utf-8", "replace").split("\0") if "\n" in one)
        names = [
            key.removesuffix(".path")
            for key, value in pairs.items()
            if key.endswith(".path") and value == path
        ]
        return pairs.get(f"{names[0]}.url") if names else None

    def kind(self, sha: str) -> str | None:
        """``commit``, ``tree``, ``blob`` or ``tag``; None if there is no such object."""
        return self.run("cat-file", "-t", sha, accept=(0, 1, 128)).decode().strip() or None

    def blob(self, sha: str) -> bytes:
        """The bytes of a blob."""
        return self.run("cat-file", "blob", sha)


def plain_environment() -> dict[str, str]:
    """The variables of every git process of the sandbox: none of the user's own settings."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return inherited | _ENVIRONMENT


def _file_command(path: str, content: Content) -> bytes:
    quoted = '"' + path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    name = quoted.encode("utf-8", "surrogateescape")
    if content is None:
        return b"D " + name
    mode, data = content if isinstance(content, tuple) else ("100644", content)
    if mode == "160000":
        return b"M 160000 " + _octets(data) + b" " + name
    octets = _octets(data)
    return b"M %s inline %s\ndata %d\n%s" % (mode.encode(), name, len(octets), octets)


def _octets(data: str | bytes) -> bytes:
    return data.encode() if isinstance(data, str) else data


def _commit(fields: Sequence[str]) -> Commit:
    sha, tree, parents, name, email, authored, committer, committer_email, committed, message = fields
    return Commit(
        sha,
        tree,
        tuple(parents.split()),
        Person(name, email),
        datetime.fromtimestamp(int(authored), UTC),
        Person(committer, committer_email),
        datetime.fromtimestamp(int(committed), UTC),
        message.rstrip("\n"),
    )


def _tree_entry(line: str) -> TreeEntry:
    facts, _, path = line.partition("\t")
    mode, kind, sha, size = facts.split()
    return TreeEntry(mode, kind, sha, None if size == "-" else int(size), path)


_STATUS = {"A": "added", "D": "removed", "M": "modified", "T": "changed", "R": "renamed", "C": "copied"}


def _changed_files(said: str) -> Iterable[ChangedFile]:
    """The files of `git diff --raw --numstat -p -z`: raw records, counts, then (after an empty one) patches."""
    records, _, patch = said.partition("\0\0")
    fields = records.removesuffix("\0").split("\0") if records else []
    raw: list[tuple[str, str, str]] = []
    place = 0
    while place < len(fields) and fields[place].startswith(":"):
        renamed = fields[place].rpartition(" ")[2][0] in "RC"
        raw.append((fields[place], fields[place + 1], fields[place + 1 + renamed]))
        place += 2 + renamed
    numbers = iter(fields[place:])
    patches = iter(re.split(r"^diff --git ", patch, flags=re.MULTILINE)[1:])
    for facts, old, new in raw:
        _, _, old_blob, new_blob, status = facts.lstrip(":").split(" ")
        added, removed, name = next(numbers).split("\t", 2)
        if not name:  # a rename: its two names follow as fields of their own
            next(numbers)
            next(numbers)
        if status[0] == "T":  # git writes such a change as a deletion and a creation
            next(patches)
        _, hunk, text = next(patches).partition("\n@@ ")
        yield ChangedFile(
            path=new,
            previous=old if status[0] in "RC" else None,
            status=_STATUS[status[0]],
            blob=old_blob if status[0] == "D" else new_blob,
            additions=0 if added == "-" else int(added),
            deletions=0 if removed == "-" else int(removed),
            patch=f"@@ {text}".rstrip("\n") if hunk else None,
        )


def _touched(record: str) -> tuple[str, list[tuple[str, str]]]:
    """A commit of `git log -z --name-status`, and its files with one letter each (A, D, M, T)."""
    fields = record[40:].lstrip("\0\n").rstrip("\0\n").split("\0")
    pairs = zip(
        fields[::2], fields[1::2], strict=False
    )  # one empty field stands for a commit without changes
    return record[:40], [(letter[0], name) for letter, name in pairs]
