"""The vocabulary of the analysis: sites, changes, findings and what could not be judged.

Offsets are 0-based byte offsets into the file, half open. Lines are 1-based. Columns are 1-based and
count characters (Unicode code points), not bytes. Paths are relative to the repository, with ``/``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal


class Group(StrEnum):
    """The families of site kinds that a policy rule can name instead of single kinds."""

    UNSAFE = "unsafe"
    MEMORY = "memory"
    FFI = "ffi"
    LINT = "lint"
    BUILD = "build"
    DEPENDENCY = "dependency"


class Macro(StrEnum):
    """How a site stands to macros: plain code, inside a macro's definition, or inside a macro call."""

    NONE = ""
    DEFINITION = "definition"
    CALL = "call"


class ContractState(StrEnum):
    """Whether a site carries the words its proof needs."""

    NOT_NEEDED = "not-needed"
    PRESENT = "present"
    MISSING_COMMENT = "missing-comment"
    MISSING_DOC = "missing-doc"


class ChangeClass(StrEnum):
    """What became of a site between base and head."""

    ADDED = "added"
    CHANGED = "changed"
    RELAXED = "relaxed"
    EXPOSED = "exposed"
    MOVED = "moved"
    REMOVED = "removed"


class Reason(StrEnum):
    """Why a change got its class; the sentences for people are in ``templates/reasons.toml``."""

    FILE_RENAMED = "file-renamed"
    ITEM_RENAMED = "item-renamed"
    OTHER_ITEM = "other-item"
    OTHER_FILE = "other-file"
    WRAPPED = "wrapped-in-unsafe-block"
    UNWRAPPED = "unwrapped-from-unsafe-block"
    EDITION_SPELLING = "edition-2024-spelling"
    LAYOUT_TOKENS = "braces-or-semicolons"
    LEFT_TESTS = "no-longer-test-only"
    SAFE_NOW = "no-longer-says-unsafe"
    LINT_LOOSENED = "lint-loosened"
    TIGHTENED = "tightened"
    EXPOSED_FUNCTION = "exposed-function"
    EXPOSED_STATE = "exposed-state"
    EXPOSED_DECLARATION = "exposed-declaration"


class Severity(StrEnum):
    """How loud a finding is; ``off`` never leaves the engine."""

    OFF = "off"
    NOTE = "note"
    WARN = "warn"
    BLOCK = "block"


class UnanalysedReason(StrEnum):
    """Why something could not be judged; the gate fails closed on every one of them."""

    UNPARSABLE = "unparsable"
    UNBALANCED = "unbalanced"
    UNTERMINATED = "unterminated"
    AMBIGUOUS_LITERAL = "ambiguous-literal"
    TOO_LARGE = "too-large"
    TOO_DEEP = "too-deep"
    TOO_MANY = "too-many"
    NOT_UTF8 = "not-utf8"
    NUL_BYTE = "nul-byte"
    BIDI_CONTROL = "bidi-control"
    SUBMODULE = "submodule"
    SYMLINK = "symlink"
    MISSING = "missing"
    TIMED_OUT = "timed-out"
    OUT_OF_MEMORY = "out-of-memory"
    CRASHED = "crashed"


@dataclass(frozen=True, slots=True)
class Contract:
    """The safety words that belong to a site, as far as they are there.

    ``line`` is where the words start (0 when there are none); ``digest`` identifies their text with
    layout and comment markers removed (empty when there are none).
    """

    state: ContractState = ContractState.NOT_NEEDED
    line: int = 0
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Site:
    """One place in a file's bytes that carries a proof obligation.

    ``line`` and ``column`` are those of the keyword (``unsafe``, ``extern``, the attribute's
    word, ...), ``start``/``end`` the bytes of the whole construct, ``end_line`` the line of its last
    byte. ``tokens`` is a digest of the site's own tokens (comments and layout gone, nested sites
    replaced by a placeholder).
    ``item`` is the enclosing item path, such as ``mod a::impl Trait for T::f``. ``cfg`` lists the
    predicates in force, outermost first. ``detail`` is what the kind wants to say, such as an ABI.
    """

    kind: str
    item: str
    line: int
    column: int
    end_line: int
    keyword: int
    start: int
    end: int
    tokens: str
    detail: str = ""
    in_test: bool = False
    macro: Macro = Macro.NONE
    cfg: tuple[str, ...] = ()
    contract: Contract = field(default_factory=Contract)


@dataclass(frozen=True, slots=True)
class Unanalysed:
    """A thing we could not judge. ``line`` is 0 when the whole file is meant; ``detail`` adds figures.

    ``blob`` is the id of the content at the head (empty where no content is meant): who lets it pass, lets
    exactly that content pass.
    """

    path: str
    reason: UnanalysedReason
    line: int = 0
    detail: str = ""
    blob: str = ""


@dataclass(frozen=True, slots=True)
class Scan:
    """What one blob's bytes say, whatever its path: the unit that the cache keeps.

    ``sites`` are sorted by keyword offset. ``unanalysed`` have an empty path. ``unsafe_tokens`` counts
    the ``unsafe`` keywords outside comments and literals, whether or not they could be classified.
    ``words`` holds the own tokens of each site, parallel to ``sites``; it is empty unless asked for.
    ``test_modules`` are the names of ``mod x;`` declarations that stand under ``#[cfg(test)]``.
    """

    lines: int = 0
    sites: tuple[Site, ...] = ()
    unanalysed: tuple[Unanalysed, ...] = ()
    unsafe_tokens: int = 0
    words: tuple[tuple[bytes, ...], ...] = ()
    test_modules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A scanned blob at a path; ``test_target`` when Cargo builds the path only for tests, benches, examples."""

    path: str
    scan: Scan
    test_target: bool = False


FileMode = Literal["file", "symlink", "submodule"]


@dataclass(frozen=True, slots=True)
class FileSide:
    """One side of a changed file. ``data`` is the blob (a symlink's target), ``None`` when it could not be read."""

    path: str
    mode: FileMode
    blob: str
    data: bytes | None


@dataclass(frozen=True, slots=True)
class FileChange:
    """A path that differs between the two trees; a rename has both sides with different paths."""

    base: FileSide | None
    head: FileSide | None

    @property
    def path(self) -> str:
        """The head path, or the base path of a deleted file."""
        side = self.head or self.base
        if side is None:
            raise ValueError("a file change needs at least one side")
        return side.path


@dataclass(frozen=True, slots=True)
class Place:
    """A site at a path."""

    path: str
    site: Site


@dataclass(frozen=True, slots=True)
class Note:
    """One fact about a change or finding, for people: the sentence is ``id`` in ``templates/notes.toml``.

    ``values`` are put into the sentence by name; they come from hostile code and are shown as code. ``path`` and
    ``line`` (1-based, head side) are where else to look; empty and 0 when there is no such place.
    """

    id: str
    values: tuple[tuple[str, str], ...] = ()
    path: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """A site compared between base and head.

    ``path`` and ``site`` are of the head side, for ``removed`` of the base side. ``before`` is the base
    side where there is one. An ``exposed`` change stands at the safe code that was edited; its kind is that of
    the site that relies on it, and its notes name the site. ``tightened`` marks an added or changed site that
    only lowers what authors may do (a stricter lint level); rules do not ask anybody about it.
    """

    change: ChangeClass
    path: str
    site: Site
    fingerprint: str
    before: Place | None = None
    reasons: tuple[Reason, ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def tightened(self) -> bool:
        """Whether the change only makes the compiler stricter."""
        return Reason.TIGHTENED in self.reasons

    @property
    def relying(self) -> tuple[str, ...]:
        """The paths of the sites that rely on an exposed edit, each once; none for other changes."""
        if self.change is not ChangeClass.EXPOSED:
            return ()
        return tuple(dict.fromkeys(note.path for note in self.notes if note.path))


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to tell about a site; message and help are rendered from ``templates/findings/<id>.md``."""

    id: str
    severity: Severity
    path: str
    line: int
    column: int
    end_line: int
    kind: str
    item: str
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Analysis:
    """What a pull request changes, sorted by path, line and kind."""

    changes: tuple[Change, ...] = ()
    findings: tuple[Finding, ...] = ()
    unanalysed: tuple[Unanalysed, ...] = ()


@dataclass(frozen=True, slots=True)
class Crate:
    """The sites of one Cargo package (or of the files that belong to none, with an empty name).

    ``path`` is the folder of its manifest, ``.`` for the root. ``lines`` counts all lines of its Rust
    files, comments and blanks included. ``kinds`` pairs a kind with its count, sorted by kind. ``outside`` is how many
    of the sites stand in other files than these, such as dependencies in a lock file.
    """

    name: str
    path: str
    files: int
    lines: int
    sites: int
    without_contract: int
    kinds: tuple[tuple[str, int], ...]
    outside: int = 0

    @property
    def density(self) -> float:
        """Sites in Rust files per 1,000 lines of them."""
        return 1000 * (self.sites - self.outside) / self.lines if self.lines else 0.0


@dataclass(frozen=True, slots=True)
class Inventory:
    """Every site of a tree: the result of an audit, sorted by path, line and kind."""

    places: Sequence[tuple[Place, str]] = ()
    findings: tuple[Finding, ...] = ()
    crates: tuple[Crate, ...] = ()
    unanalysed: tuple[Unanalysed, ...] = ()
