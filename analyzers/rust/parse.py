"""The second opinion: tree-sitter parses the items that hold sites, and what it cannot read is told.

The lexical reading is complete by construction but believes any balanced text. An item that the grammar
cannot parse, although everything the grammar is known to lag behind on is blanked, is not understood.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

import tree_sitter
import tree_sitter_rust

from analyzers.kind import Match
from analyzers.model import Unanalysed, UnanalysedReason
from analyzers.rust.grammar_lag import without_lag
from analyzers.rust.items import ScopeKind
from analyzers.rust.source import Source
from analyzers.rust.watching import watched_tree

_CONTAINERS = frozenset((ScopeKind.FILE, ScopeKind.MODULE, ScopeKind.IMPL, ScopeKind.TRAIT, ScopeKind.EXTERN))
_LARGEST_ITEM = 1 << 21
# Up to this size a parse is quick whatever the text (100,000 unclosed brackets: 0.03 s) and need not be watched.
_UNWATCHED = 1 << 17


@cache
def _parser() -> tree_sitter.Parser:
    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_rust.language()))


def unparsable(source: Source, matches: Sequence[Match]) -> Iterator[Unanalysed]:
    """The items around the sites that tree-sitter cannot parse, one value per item, at the line of the trouble."""
    done = -1
    for match in matches:
        if match.keyword < done:
            continue
        region = _region(source, match)
        if region is None or region[0] < done:
            continue
        done = region[1]
        if done - region[0] > _LARGEST_ITEM:
            line, size = source.line(region[0]), source.place(done) - source.place(region[0])
            yield Unanalysed("", UnanalysedReason.TOO_LARGE, line=line, detail=f"an item of {size} bytes")
            continue
        trouble = _first_error(source.text[region[0] : region[1]])
        if trouble is not None:
            yield Unanalysed("", UnanalysedReason.UNPARSABLE, line=source.line(region[0] + trouble))


def _region(source: Source, match: Match) -> tuple[int, int] | None:
    """The item that holds a site, below modules, impls, traits and extern blocks; None in macros and attributes."""
    delimiters = source.delimiters
    group = delimiters.enclosing(match.keyword)
    scope = source.scope(group)
    if scope.in_macro or scope.kind is ScopeKind.ATTRIBUTE:
        return None
    item = -1
    while group >= 0:
        if source.scope(group).kind in _CONTAINERS:
            break
        item = group
        group = delimiters.parents[group]
    if item < 0:
        return None
    # An array length or an argument of the item's head is in groups of its own: begin where the item does.
    start = source.climb(delimiters.opens[item])
    end = source.item_end(delimiters.opens[item])
    behind = source.skip_space(end)
    return start, behind + 1 if source.text[behind : behind + 1] == b";" else end


def _first_error(text: bytes) -> int | None:
    """Offset of the first place that does not parse even with the grammar's gaps blanked; None when all does."""
    if _error_in(text) is None:
        return None
    return _error_in(without_lag(text))


def _error_in(text: bytes) -> int | None:
    """Offset of the first error of a bounded parse; 0 when the parse had to be given up."""
    tree = bounded_tree(text)
    if tree is None:
        return 0
    return _locate(tree.walk()) if tree.root_node.has_error else None


def bounded_tree(text: bytes) -> tree_sitter.Tree | None:
    """The tree of any text, or None when the parse would have taken longer than any real source needs."""
    return watched_tree(_parser(), text, _UNWATCHED)


def _locate(cursor: tree_sitter.TreeCursor) -> int:
    """The offset of the first error node, following only subtrees that hold one."""
    offset = 0
    while True:
        node = cursor.node
        if node is None:
            return offset
        offset = node.start_byte
        if node.is_error or node.is_missing or not cursor.goto_first_child():
            return offset
        while cursor.node is not None and not cursor.node.has_error and cursor.goto_next_sibling():
            pass
