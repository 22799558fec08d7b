"""Compares the sites of base and head: which are the same, moved, changed, relaxed, added or removed."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from analyzers.fingerprint import digest_of
from analyzers.model import Change, ChangeClass, Place, Reason, Scan, Site
from analyzers.rust.tokens import NESTED, fold
from analyzers.similarity import pair_up

# Below these shares of common tokens two sites are an addition and a removal, not a change.
_SAME_FILE_ALIKE = 0.5
_ANYWHERE_ALIKE = 0.7
_LEVELS = {"allow": 0, "expect": 0, "warn": 1, "deny": 2, "forbid": 3}
_EDITION_KINDS = frozenset(("extern-block", "export-attribute", "unsafe-attribute"))
_UNSAFE_KEYWORD_ITEMS = frozenset(("unsafe-fn", "unsafe-impl", "unsafe-trait", "unsafe-field"))


@dataclass(frozen=True, slots=True)
class Compared:
    """One changed file with both scans, which must hold ``words``; a side without a scan does not exist."""

    base_path: str = ""
    base: Scan | None = None
    head_path: str = ""
    head: Scan | None = None


@dataclass(eq=False, slots=True)
class Node:
    """A site on one side, on its way to a partner."""

    file: int
    path: str
    site: Site
    words: tuple[bytes, ...]
    partner: Node | None = None
    change: ChangeClass | None = None
    reasons: list[Reason] = field(default_factory=list)

    @property
    def place(self) -> Place:
        """Where the site is."""
        return Place(self.path, self.site)

    @property
    def identity(self) -> str:
        """The enclosing item, with the lint's name for lint levels: several stand in one place."""
        if self.site.kind == "lint-level":
            return f"{self.site.item} {self.site.detail.partition('(')[2]}"
        return self.site.item


# Finds the item of a removed site in the head of its file, now without `unsafe`: (head path, base site)
# -> site.
FindItem: TypeAlias = Callable[[int, Site], Site | None]


class Comparison:
    """The sites of both sides, paired step by step; every step only touches what the earlier ones left over."""

    def __init__(self, files: Sequence[Compared]) -> None:
        self.files = files
        self.base = [node for i, file in enumerate(files) for node in _nodes(i, file.base_path, file.base)]
        self.head = [node for i, file in enumerate(files) for node in _nodes(i, file.head_path, file.head)]

    def run(self, find_item: FindItem) -> list[Node]:
        """Pair everything and classify it; returns head nodes and leftover base nodes that have a class."""
        self._match_equal()
        self._match_equivalent()
        self._match_wrapped()
        self._match_changed()
        for node in self.head:
            if node.partner is None and node.change is None:
                node.change = ChangeClass.ADDED
                if _level(node.site) > 0:
                    node.reasons.append(Reason.TIGHTENED)
        for node in self.base:
            if node.partner is None:
                self._remove(node, find_item)
        return [node for node in (*self.head, *self.base) if node.change is not None]

    # --- equal tokens ---------------------------------------------------------------------------------

    def _match_equal(self) -> None:
        def tokens(node: Node) -> Hashable:
            return (node.site.kind, node.site.tokens)

        self._pair(lambda node: (node.file, node.identity, tokens(node)), self._same_place)
        self._pair(lambda node: (node.file, _last_name(node), tokens(node)), _moved)
        self._pair(lambda node: (node.identity, tokens(node)), _moved)
        self._pair(lambda node: (node.file, tokens(node)), _moved)
        self._pair(tokens, _moved)

    def _same_place(self, base: Node, head: Node) -> None:
        if base.site.in_test and not head.site.in_test:
            _classify(head, ChangeClass.CHANGED, Reason.LEFT_TESTS)
        elif base.path != head.path:
            _classify(head, ChangeClass.MOVED, Reason.FILE_RENAMED)

    def _match_equivalent(self) -> None:
        """Equal up to spelling that means the same; see ``fold``."""
        folded: dict[int, Hashable] = {}

        def skeleton(node: Node) -> Hashable:
            key = id(node)
            if key not in folded:
                folded[key] = (node.site.kind, node.site.detail, tuple(fold(node.words)))
            return folded[key]

        def classify(base: Node, head: Node) -> None:
            if (
                base.path == head.path
                and base.site.item == head.site.item
                and _no_commas(base) == _no_commas(head)
            ):
                # A trailing comma comes and goes with the line breaks: that is layout.
                self._same_place(base, head)
                return
            edition = head.site.kind in _EDITION_KINDS and (b"unsafe" in head.words) != (
                b"unsafe" in base.words
            )
            _moved(base, head)
            head.reasons.insert(0, Reason.EDITION_SPELLING if edition else Reason.LAYOUT_TOKENS)

        # Without the item's name nothing else tells two attributes apart, so those stay in their item.
        self._pair(lambda node: (node.file, node.identity, skeleton(node)), classify)
        self._pair(lambda node: (node.identity, skeleton(node)), classify)

    # --- unsafe fn bodies wrapped in unsafe blocks ----------------------------------------------------

    def _match_wrapped(self) -> None:
        """The edition-2024 migration: the body of an unsafe fn stays, but stands in ``unsafe { }`` now."""
        waiting = {(node.file, node.identity): node for node in self.base if _is_open(node, "unsafe-fn")}
        if not waiting:
            return
        flat_base, flat_head = _Flattener(self.base), _Flattener(self.head)
        for head in self.head:
            base = waiting.get((head.file, head.identity)) if _is_open(head, "unsafe-fn") else None
            if base is None or base.partner is not None:
                continue
            before, after = flat_base.flat(base), flat_head.flat(head)
            if fold(before) != fold(after):
                continue
            _join(base, head)
            _moved(base, head)
            wrapped = [node for node in flat_head.inside(head) if _is_open(node, "unsafe-block")]
            head.reasons.insert(0, Reason.WRAPPED if wrapped else Reason.UNWRAPPED)
            for block in wrapped:
                block.partner = base
                _classify(block, ChangeClass.MOVED, Reason.WRAPPED)

    # --- changed tokens -------------------------------------------------------------------------------

    def _match_changed(self) -> None:
        # Sites outside any item have nothing in common but the file, so those must be alike as well.
        self._pair_alike(
            lambda node: (node.site.kind, node.file, node.identity) if node.identity else None, 0.0
        )
        self._pair_alike(
            lambda node: (node.site.kind, node.identity) if node.identity else None, _SAME_FILE_ALIKE
        )
        self._pair_alike(lambda node: (node.site.kind, node.file), _SAME_FILE_ALIKE)
        self._pair_alike(lambda node: node.site.kind, _ANYWHERE_ALIKE)
        # All that extern blocks have for themselves is their ABI.
        self._pair_alike(lambda node: node.file if node.site.kind == "extern-block" else None, 0.0)

    def _pair_alike(self, key: Callable[[Node], Hashable | None], threshold: float) -> None:
        """Pair open nodes of one key by their likeness; a key of None leaves the node out."""
        groups: dict[Hashable, tuple[list[Node], list[Node]]] = defaultdict(lambda: ([], []))
        for side, nodes in enumerate((self.base, self.head)):
            for node in nodes:
                if not _is_open(node) or (place := key(node)) is None:
                    continue
                # A lint level elsewhere is another one, however alike.
                if node.site.kind != "lint-level" or threshold == 0.0:
                    groups[place][side].append(node)
        for bases, heads in groups.values():
            for i, j in pair_up([node.words for node in bases], [node.words for node in heads], threshold):
                _join(bases[i], heads[j])
                _changed(bases[i], heads[j])

    # --- leftovers ------------------------------------------------------------------------------------

    def _remove(self, node: Node, find_item: FindItem) -> None:
        node.change = ChangeClass.REMOVED
        if self.files[node.file].head is None:
            return
        if node.site.kind in _UNSAFE_KEYWORD_ITEMS:
            item = find_item(node.file, node.site)
            if item is not None:
                self._relax(node, item, Reason.SAFE_NOW)
        elif _level(node.site) > 0:
            self._relax(node, replace(node.site, line=1, column=1, end_line=1), Reason.LINT_LOOSENED)

    def _relax(self, node: Node, item: Site, reason: Reason) -> None:
        """Report the removed site at its item in the head; the base place stays as ``before``."""
        node.partner = Node(node.file, node.path, node.site, node.words)
        node.path = self.files[node.file].head_path
        node.site = item
        node.words = ()
        _classify(node, ChangeClass.RELAXED, reason)

    # --- pairing --------------------------------------------------------------------------------------

    def _pair(self, key: Callable[[Node], Hashable], found: Callable[[Node, Node], None]) -> None:
        """Pair open nodes with equal keys in order."""
        waiting: dict[Hashable, deque[Node]] = defaultdict(deque)
        for node in self.base:
            if _is_open(node):
                waiting[key(node)].append(node)
        if not waiting:
            return
        for head in self.head:
            if _is_open(head) and (queue := waiting.get(key(head))):
                base = queue.popleft()
                _join(base, head)
                found(base, head)


def _nodes(file: int, path: str, scan: Scan | None) -> Iterable[Node]:
    if scan is not None:
        for site, words in zip(scan.sites, scan.words, strict=True):
            yield Node(file, path, site, words)


def _is_open(node: Node, kind: str = "") -> bool:
    return node.partner is None and (not kind or node.site.kind == kind)


def _no_commas(node: Node) -> list[bytes]:
    return [word for word in node.words if word != b","]


def _last_name(node: Node) -> str:
    return node.identity.rpartition("::")[2]


def _join(base: Node, head: Node) -> None:
    base.partner = head
    head.partner = base


def _classify(node: Node, change: ChangeClass, *reasons: Reason) -> None:
    node.change = change
    node.reasons += reasons


def _moved(base: Node, head: Node) -> None:
    """Classify a site whose meaning stayed: leaving the tests is a change all the same."""
    if base.site.in_test and not head.site.in_test:
        _classify(head, ChangeClass.CHANGED, Reason.LEFT_TESTS)
        return
    _classify(head, ChangeClass.MOVED)
    if base.file != head.file:
        head.reasons.append(Reason.OTHER_FILE)
    elif base.path != head.path:
        head.reasons.append(Reason.FILE_RENAMED)
    if base.site.item != head.site.item:
        head.reasons.append(Reason.OTHER_ITEM)


def _changed(base: Node, head: Node) -> None:
    before, after = _level(base.site), _level(head.site)
    if head.site.kind == "lint-level" and before != after:
        loosened = after < before
        change = ChangeClass.RELAXED if loosened else ChangeClass.CHANGED
        _classify(head, change, Reason.LINT_LOOSENED if loosened else Reason.TIGHTENED)
    elif head.site.detail == "safe" and base.site.detail != "safe":
        _classify(head, ChangeClass.RELAXED, Reason.SAFE_NOW)
    else:
        _classify(head, ChangeClass.CHANGED)
        if base.site.in_test and not head.site.in_test:
            head.reasons.append(Reason.LEFT_TESTS)
        if base.file != head.file:
            head.reasons.append(Reason.OTHER_FILE)
        if base.site.item != head.site.item:
            head.reasons.append(Reason.ITEM_RENAMED)


def _level(site: Site) -> int:
    """How strict a lint level is; 0 for ``allow`` and for every other kind of site."""
    return _LEVELS.get(site.detail.partition("(")[0], 0) if site.kind == "lint-level" else 0


class _Flattener:
    """Writes out the tokens of a site as if the unsafe blocks in it were not there."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        self._by_file: dict[int, list[Node]] = defaultdict(list)
        for node in nodes:
            self._by_file[node.file].append(node)

    def inside(self, outer: Node) -> list[Node]:
        """The sites within another one, in order of their first byte; those with the very same bytes are not."""
        start, end = outer.site.start, outer.site.end
        found = [
            node
            for node in self._by_file[outer.file]
            if start <= node.site.start
            and node.site.end <= end
            and (node.site.start, node.site.end) != (start, end)
        ]
        return sorted(found, key=lambda node: (node.site.start, -node.site.end))

    def flat(self, outer: Node) -> list[bytes]:
        """The tokens of a site with its nested sites written out and the frames of unsafe blocks left away."""
        queue = deque(self.inside(outer))
        return self._write(outer, queue, frame=True)

    def _write(self, node: Node, queue: deque[Node], *, frame: bool) -> list[bytes]:
        words = list(node.words)
        if not frame and words[:2] == [b"unsafe", b"{"]:
            words = words[2:-1]
        out: list[bytes] = []
        for word in words:
            if word != NESTED or not queue:
                out.append(word)
                continue
            child = queue.popleft()
            span = (child.site.start, child.site.end)
            while queue and (queue[0].site.start, queue[0].site.end) == span:
                queue.popleft()
            out += self._write(child, queue, frame=child.site.kind != "unsafe-block")
        return out


def changes(nodes: Sequence[Node]) -> tuple[Change, ...]:
    """The classified nodes as changes with fingerprints, sorted by path, line and kind.

    Equal changes in one item (the same block twice) are numbered, so that approving one does not cover
    a second copy that comes later.
    """
    ordered = sorted(nodes, key=lambda node: (node.path, node.site.line, node.site.kind, node.site.column))
    seen: dict[str, int] = defaultdict(int)
    result = []
    for node in ordered:
        if node.change is None:
            continue
        before = node.partner.place if node.partner is not None else None
        if node.change is ChangeClass.REMOVED:
            before = node.place
        identity = _identity(node, before)
        seen[identity] += 1
        fingerprint = digest_of(identity, str(seen[identity]))
        result.append(Change(node.change, node.path, node.site, fingerprint, before, tuple(node.reasons)))
    return tuple(result)


def _identity(node: Node, before: Place | None) -> str:
    change = node.change.value if node.change else ""
    after = "" if node.change is ChangeClass.REMOVED else node.site.tokens
    was = before.site.tokens if before else ""
    return digest_of(node.site.kind, change, node.path, node.site.item, was, after)
