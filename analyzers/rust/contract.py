"""Which words each kind of site needs for its proof, and whether they are there."""

from __future__ import annotations

import re

from analyzers.kind import Match
from analyzers.model import Contract, ContractState
from analyzers.rust.comments import Comments, has_safety_heading, joined, says_safety, text_digest
from analyzers.rust.extents import REACH
from analyzers.rust.items import ScopeKind
from analyzers.rust.scopes import Scope
from analyzers.rust.source import Source

_NOT_NEEDED = Contract()
_PUBLIC = re.compile(rb"\bpub\s*(?!\()")
_EXPORTED = re.compile(rb"\b(?:no_mangle|export_name)\b")
# `$(#[$attr])*`: who calls the macro passes the documentation in.
_DOCS_OF_CALLER = re.compile(rb"#\s*\[\s*\$")
_DOC_COMMENT = (b"///", b"/**", b"//!", b"/*!")
_DOC_ATTRIBUTE = re.compile(rb"\bdoc\b")
COMMENTED = frozenset(("unsafe-block", "unsafe-impl", "unsafe-attribute", "export-attribute"))


class Contracts:
    """Judges the sites of one file in the order of their keywords, so that neighbours can share a comment."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._comments = Comments(source)
        self._shared: tuple[int, int, Contract] = (-2, -1, _NOT_NEEDED)

    def of(self, kind: str, match: Match, scope: Scope) -> Contract:
        """The contract of one site; sites that need no words of their own get ``not-needed``."""
        if kind in COMMENTED or (kind == "extern-block" and match.claims):
            return self._commented(kind, match, scope)
        if kind in ("foreign-fn", "foreign-static"):
            if match.detail == "safe":
                return self._commented(kind, match, scope)
            return self._documented(match, scope) if kind == "foreign-fn" else _NOT_NEEDED
        if kind in ("unsafe-fn", "unsafe-trait"):
            return self._documented(match, scope)
        return _NOT_NEEDED

    # --- safety comments ------------------------------------------------------------------------------

    def _commented(self, kind: str, match: Match, scope: Scope) -> Contract:
        if kind == "export-attribute" and not match.claims:
            return _NOT_NEEDED
        source = self._source
        if scope.in_definition and _is_matcher(source, match):
            return _NOT_NEEDED
        anchor = match.anchor if match.anchor >= 0 else match.start
        statement = source.skip_space(source.climb(anchor))
        inner = source.element_start(source.statement_start(anchor), anchor, match.end)
        spans = self._first_safe(
            self._comments.above(self._line_head(anchor)),
            self._comments.above(source.place(statement)),
            self._comments.between(
                source.place(min(source.skip_space(inner), anchor)), source.place(match.keyword)
            ),
            self._inside(match),
            self._comments.on_line_behind(source.place(match.end)),
            self._above_group(anchor),
        )
        if spans:
            text = joined(source, spans)
            contract = Contract(ContractState.PRESENT, source.line_of(spans[0][0]), text_digest(text))
        else:
            contract = self._inherited(statement, anchor)
        if contract.state is ContractState.PRESENT:
            group = source.delimiters.enclosing(statement)
            self._shared = (group, self._statement_end(match), contract)
        return contract

    def _statement_end(self, match: Match) -> int:
        """Where the statement of a site ends: with the site if nothing follows on its line, else at its ``;``."""
        source = self._source
        text, end = source.masked.text, source.place(match.end)
        newline = text.find(b"\n", end, end + REACH)
        rest = text[end : newline if newline >= 0 else end + REACH].strip()
        return match.end if not rest else source.item_end(match.end, braces_end=False)

    def _line_head(self, anchor: int) -> int:
        """The place of the first code on the line of ``anchor``."""
        source = self._source
        start = source.line_start(source.line(anchor))
        head = source.place(source.skip_space(source.offset(start)))
        return head if start <= head <= source.place(anchor) else start

    def _first_safe(self, *candidates: list[tuple[int, int]]) -> list[tuple[int, int]]:
        for spans in candidates:
            if spans and says_safety(joined(self._source, spans)):
                return spans
        return []

    def _inside(self, match: Match) -> list[tuple[int, int]]:
        """The comments at the very start of the site's braces: some put the reason inside."""
        brace = self._source.text.find(b"{", match.keyword, match.end)
        if brace < 0:
            return []
        inside = min(self._source.skip_space(brace + 1), match.end)
        return self._comments.between(self._source.place(brace), self._source.place(inside))

    def _above_group(self, anchor: int) -> list[tuple[int, int]]:
        """The comments above the braces around a site: a struct literal's, or those that open just above it."""
        source = self._source
        group = source.delimiters.enclosing(anchor)
        if group < 0:
            return []
        opener = source.delimiters.opens[group]
        if source.scope(group).kind in _ITEM_SCOPES:
            return []
        head = source.code_end(opener)
        literal = _LITERAL_HEAD.search(source.text, max(0, head - _LONGEST_PATH), head)
        if not literal and source.line(anchor) - source.line(opener) > 1:
            return []
        return self._comments.above(source.place(source.skip_space(source.climb(opener))))

    def _inherited(self, statement: int, anchor: int) -> Contract:
        """One comment may cover several statements that follow each other without a blank line."""
        group, end, contract = self._shared
        source = self._source
        if group != source.delimiters.enclosing(statement) or not 0 <= end <= anchor <= end + REACH:
            return _MISSING_COMMENT
        gap = source.file[source.place(end) : source.place(statement)]
        if gap.count(b"\n") > 1 or source.text[end:statement].strip():
            return _MISSING_COMMENT
        return contract

    # --- documentation --------------------------------------------------------------------------------

    def _documented(self, match: Match, scope: Scope) -> Contract:
        source = self._source
        start = source.statement_start(match.start)
        head = source.skip_attributes(source.skip_space(start), match.keyword)
        text, line = self._documentation(start, head)
        if has_safety_heading(text) or says_safety(text):
            return Contract(ContractState.PRESENT, line, text_digest(text))
        if scope.kind is ScopeKind.IMPL and " for " in scope.path.rpartition("::")[2]:
            return _NOT_NEEDED
        if scope.in_definition and _DOCS_OF_CALLER.search(source.text, start, head):
            return _NOT_NEEDED
        public = _PUBLIC.search(source.text, head, match.keyword) or self._in_public_trait(match, scope)
        exported = _EXPORTED.search(source.text, start, head)
        if public or exported:
            return _MISSING_DOC
        return _NOT_NEEDED

    def _in_public_trait(self, match: Match, scope: Scope) -> bool:
        """Whether a function is declared in a trait that says ``pub``: its functions are as public as it is."""
        source = self._source
        if scope.kind is not ScopeKind.TRAIT:
            return False
        opener = source.delimiters.opens[source.delimiters.enclosing(match.start)]
        start = source.statement_start(opener)
        return _PUBLIC.search(source.text, source.skip_attributes(start, opener), opener) is not None

    def _documentation(self, start: int, head: int) -> tuple[bytes, int]:
        """Doc comments, ``#[doc = ...]`` and plain comments in front of an item, and the line they start at."""
        source = self._source
        top = source.place(source.skip_space(start))
        begin, end = source.place(start), source.place(head)
        spans = self._comments.above(top) + self._comments.between(begin, end)
        text = joined(source, spans)
        if _DOC_ATTRIBUTE.search(source.text, start, head):
            text += b"\n" + source.file[begin:end]
        return text, source.line_of(spans[0][0] if spans else top)


def _is_matcher(source: Source, match: Match) -> bool:
    """Whether a site stands in the pattern of a macro's rule: whoever calls the macro writes the code."""
    group = source.delimiters.enclosing(match.keyword)
    for _ in range(_MATCHER_DEPTH):
        if group < 0:
            break
        behind = source.skip_space(source.close_of(source.delimiters.opens[group]))
        if source.text.startswith(b"=>", behind):
            return source.scope(source.delimiters.parents[group]).kind is ScopeKind.MACRO_DEFINITION
        group = source.delimiters.parents[group]
    return False


# How deep inside a macro rule's pattern a site may stand.
_MATCHER_DEPTH = 16
# A type's path right before a brace makes a struct literal of it.
_LITERAL_HEAD = re.compile(rb"(?<![\w:])[A-Z]\w*(?:::<[^{}()]*>|::\w+)*\Z")
_LONGEST_PATH = 80
_MISSING_COMMENT = Contract(ContractState.MISSING_COMMENT)
_MISSING_DOC = Contract(ContractState.MISSING_DOC)
_ITEM_SCOPES = frozenset(
    (
        ScopeKind.FILE,
        ScopeKind.MODULE,
        ScopeKind.IMPL,
        ScopeKind.TRAIT,
        ScopeKind.EXTERN,
        ScopeKind.TYPE,
        ScopeKind.FN,
    )
)
