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
            self._comments.above(source.line_start(source.line(anchor)) + self._indent(anchor)),
            self._comments.above(statement),
            self._comments.between(min(source.skip_space(inner), anchor), match.keyword),
            self._inside(match),
            self._comments.on_line_behind(match.end),
            self._above_group(anchor),
        )
        if spans:
            text = joined(source, spans)
            contract = Contract(ContractState.PRESENT, source.line(spans[0][0]), text_digest(text))
        else:
            contract = self._inherited(statement, anchor)
        if contract.state is ContractState.PRESENT:
            group = source.delimiters.enclosing(statement)
            self._shared = (group, self._statement_end(match), contract)
        return contract

    def _statement_end(self, match: Match) -> int:
        """Where the statement of a site ends: with the site if nothing follows on its line, else at its ``;``."""
        source = self._source
        newline = source.text.find(b"\n", match.end, match.end + REACH)
        rest = source.text[match.end : newline if newline >= 0 else match.end + REACH].strip()
        return match.end if not rest else source.item_end(match.end, braces_end=False)

    def _indent(self, anchor: int) -> int:
        start = self._source.line_start(self._source.line(anchor))
        return self._source.skip_space(start) - start if self._source.skip_space(start) <= anchor else 0

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
        return self._comments.between(brace, min(self._source.skip_space(brace + 1), match.end))

    def _above_group(self, anchor: int) -> list[tuple[int, int]]:
        """The comments above the braces around a site: a struct literal's, or those that open just above it."""
        source = self._source
        group = source.delimiters.enclosing(anchor)
        if group < 0:
            return []
        opener = source.delimiters.opens[group]
        if source.scope(group).kind in _ITEM_SCOPES:
            return []
        literal = _LITERAL_HEAD.search(source.text, max(0, opener - 80), opener)
        if not literal and source.line(anchor) - source.line(opener) > 1:
            return []
        return self._comments.above(source.skip_space(source.climb(opener)))

    def _inherited(self, statement: int, anchor: int) -> Contract:
        """One comment may cover several statements that follow each other without a blank line."""
        group, end, contract = self._shared
        source = self._source
        if group != source.delimiters.enclosing(statement) or not 0 <= end <= anchor <= end + REACH:
            return _MISSING_COMMENT
        gap = source.data[end:statement] if end <= statement else b""
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
        spans = self._comments.above(source.skip_space(start)) + self._comments.between(start, head)
        text = joined(source, spans)
        if _DOC_ATTRIBUTE.search(source.text, start, head):
            text += b"\n" + source.data[start:head]
        return text, source.line(spans[0][0] if spans else source.skip_space(start))


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
_LITERAL_HEAD = re.compile(rb"(?<![\w:])[A-Z]\w*(?:::<[^{}()]*>|::\w+)*\s*\Z")
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
