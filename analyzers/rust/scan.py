"""The scan: one pass that finds every site of one blob."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

import ahocorasick_rs

from analyzers.kind import Match
from analyzers.kinds import MATCHERS, UNCLASSIFIED, unclassified_unsafe
from analyzers.model import Macro, Scan, Site, Unanalysed, UnanalysedReason
from analyzers.rust.cfg import marks_test
from analyzers.rust.contract import Contracts
from analyzers.rust.items import printable
from analyzers.rust.lexer import mask, word_continues, word_follows
from analyzers.rust.owned import own_tokens
from analyzers.rust.parse import unparsable
from analyzers.rust.scopes import MAX_DEPTH, join_path
from analyzers.rust.source import Source
from analyzers.rust.tokens import digest

# Larger sources are not read: the largest real one seen is 8 MB of generated bindings.
MAX_BYTES = 16 * 1024 * 1024
# More sites than this in one file are counted but not told apart.
MAX_SITES = 30_000

_WORDS = tuple(sorted(word.removesuffix(b"*") for word in MATCHERS))
_PREFIXES = tuple(sorted(word.removesuffix(b"*") for word in MATCHERS if word.endswith(b"*")))
# What the prefilter looks for: each word, unless another one that is looked for is part of it.
_NEEDLES = tuple(word for word in _WORDS if not any(other in word for other in _WORDS if other != word))
# Comments may stand between the two words, and white space beyond ASCII.
_STATIC_MUT = re.compile(rb"static\s*+(?:mut\b|[/\xc2\xe2])")
_LONGEST_WORD = max(len(word) for word in _WORDS)
_WORD = re.compile(rb"[A-Za-z0-9_]*+")
_BIDI = re.compile(rb"\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]")
_MAYBE_TEST_MODULE = re.compile(rb"#\s*\[\s*cfg\s*\([^\]]*\btest\b[^\]]*\][^;{}]*\bmod\s+(?:r#)?\w+\s*;")
_MODULE = re.compile(rb"\bmod\s+(?:r#)?([A-Za-z_]\w*)\s*;")


def scan(data: bytes, *, words: bool = False) -> Scan:
    """Find every site of a Rust source, whatever its path.

    ``words`` keeps each site's own tokens, which only a comparison needs. Never raises on any input: what
    cannot be judged is in the result's ``unanalysed``.
    """
    lines = data.count(b"\n") + (0 if data.endswith(b"\n") or not data else 1)
    if len(data) > MAX_BYTES:
        problem = Unanalysed("", UnanalysedReason.TOO_LARGE, detail=f"{len(data)} bytes")
        return Scan(lines, unanalysed=(problem,), unsafe_tokens=data.count(b"unsafe"))
    problems = list(_unreadable(data))
    candidates = _candidates(data)
    if not candidates:
        return Scan(lines, unanalysed=tuple(problems), test_modules=_test_modules(data))
    source = Source(data)
    return _Scanner(source, problems).scan(lines, _occurrences(source.masked.text, candidates), words=words)


def _unreadable(data: bytes) -> Iterator[Unanalysed]:
    """Encodings that rustc refuses or that show people something else than the compiler reads."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        yield Unanalysed("", UnanalysedReason.NOT_UTF8, detail="UTF-16")
        return
    if (nul := data.find(b"\x00")) >= 0:
        yield Unanalysed("", UnanalysedReason.NUL_BYTE, line=data.count(b"\n", 0, nul) + 1)
    if data.isascii():
        return
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        yield Unanalysed("", UnanalysedReason.NOT_UTF8, line=data.count(b"\n", 0, error.start) + 1)
    if bidi := _BIDI.search(data):
        yield Unanalysed("", UnanalysedReason.BIDI_CONTROL, line=data.count(b"\n", 0, bidi.start()) + 1)


@cache
def _searcher() -> ahocorasick_rs.BytesAhoCorasick:
    return ahocorasick_rs.BytesAhoCorasick(list(_NEEDLES))


def _candidates(data: bytes) -> list[tuple[int, bytes]]:
    """Place and text of every needle in the bytes, comments and literals included.

    `static` is in most files and matters only before `mut`; everything else is looked at closer later.
    """
    found = _searcher().find_matches_as_indexes(data)
    return [
        (at, _NEEDLES[number])
        for number, at, _ in found
        if _NEEDLES[number] != b"static" or _STATIC_MUT.match(data, at)
    ]


def _occurrences(text: bytes, candidates: Sequence[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
    """Place and word of every candidate that is a whole word of the registry in masked text, in order."""
    found: dict[int, bytes] = {}
    end = 0
    for at, needle in candidates:
        # Several needles in one word are one word; it is looked at once.
        if at < end or not text.startswith(needle, at):
            continue
        start = _word_start(text, at)
        stop = _WORD.match(text, at)
        end = stop.end() if stop else at
        word = text[start:end]
        if word in MATCHERS:
            if not word_follows(text, end) and not word_continues(text, start):
                found[start] = word
        elif word.startswith(_PREFIXES):
            found[start] = next(prefix for prefix in _PREFIXES if word.startswith(prefix)) + b"*"
    return sorted(found.items())


def _word_start(text: bytes, at: int) -> int:
    """The first byte of the ASCII word that holds ``at``; needles are found inside longer words too."""
    start = at
    while (
        start
        and at - start < _LONGEST_WORD
        and (text[start - 1 : start].isalnum() or text[start - 1] == 0x5F)
    ):
        start -= 1
    return start


def declared_modules(data: bytes) -> dict[str, bool]:
    """The out-of-line modules that a source declares, and whether each exists only in tests.

    A module that is declared twice is test-only when both declarations are.
    """
    return _modules(Source(data)) if b"mod" in data else {}


def _test_modules(data: bytes, source: Source | None = None) -> tuple[str, ...]:
    if not _MAYBE_TEST_MODULE.search(data):
        return ()
    return tuple(sorted(name for name, test_only in _modules(source or Source(data)).items() if test_only))


def _modules(source: Source) -> dict[str, bool]:
    modules: dict[str, bool] = {}
    for found in _MODULE.finditer(source.text):
        start = source.statement_start(found.start())
        test_only = source.scope_at(found.start()).in_test or marks_test(
            source.attributes(start, found.start())
        )
        name = found[1].decode()
        modules[name] = test_only and modules.get(name, True)
    return modules


class _Scanner:
    """Turns the occurrences of one file into its sites."""

    def __init__(self, source: Source, problems: list[Unanalysed]) -> None:
        self._source = source
        self._problems = problems
        self._contracts = Contracts(source)

    def scan(self, lines: int, places: list[tuple[int, bytes]], *, words: bool) -> Scan:
        """All sites, sorted by keyword, and what stays in doubt near them."""
        offset = self._source.offset
        occurrences = [(offset(place), word) for place, word in places] if self._source.is_folded else places
        keywords = [at for at, word in occurrences if word == b"unsafe" and not self._is_raw(at)]
        matches = self._matches(occurrences, keywords)
        source = self._source
        if matches or source.masked.unanalysed:
            self._problems += self._lexical_problems(places)
        if matches:
            self._check_nesting([match.keyword for _, match in matches])
        owned = own_tokens(source, [match for _, match in matches])
        for number, (_, match) in enumerate(matches):
            if match.own_end >= 0:
                owned[number] = source.token_words(match.start, match.own_end)
            owned[number] += match.shown
        sites = tuple(self._site(kind, match, own) for (kind, match), own in zip(matches, owned, strict=True))
        if matches:
            self._problems += unparsable(source, [match for _, match in matches])
        return Scan(
            lines,
            sites,
            tuple(self._problems),
            len(keywords),
            tuple(tuple(own) for own in owned) if words else (),
            _test_modules(source.file, source),
        )

    def _lexical_problems(self, places: list[tuple[int, bytes]]) -> Iterator[Unanalysed]:
        """Literals without an end, and those whose reading in an older edition would bring up other sites."""
        masked = self._source.masked
        ambiguous = [p for p in masked.unanalysed if p.reason is UnanalysedReason.AMBIGUOUS_LITERAL]
        yield from (p for p in masked.unanalysed if p.reason is not UnanalysedReason.AMBIGUOUS_LITERAL)
        if ambiguous:
            older = mask(self._source.file, c_strings=False).text
            if not set(_occurrences(older, _candidates(older))) <= set(places):
                yield ambiguous[0]

    def _is_raw(self, at: int) -> bool:
        text = self._source.text
        return text[max(0, at - 1) : at] == b"$" or text[max(0, at - 2) : at] == b"r#"

    def _matches(self, occurrences: list[tuple[int, bytes]], keywords: list[int]) -> list[tuple[str, Match]]:
        matches: list[tuple[str, Match]] = []
        for at, word in occurrences:
            if len(matches) > MAX_SITES:
                break
            if self._is_raw(at):
                continue
            for kind, match in MATCHERS[word]:
                matches += ((kind, found) for found in match(self._source, at))
        claimed = {claim for _, match in matches for claim in match.claims}
        for at in keywords[: MAX_SITES + 1]:
            if at not in claimed and len(matches) <= MAX_SITES:
                matches += ((UNCLASSIFIED, found) for found in unclassified_unsafe.match(self._source, at))
        matches.sort(key=lambda pair: (pair[1].keyword, pair[0]))
        if len(matches) > MAX_SITES:
            detail = f"more than {MAX_SITES} sites"
            self._problems.append(Unanalysed("", UnanalysedReason.TOO_MANY, detail=detail))
        return matches[:MAX_SITES]

    def _check_nesting(self, keywords: list[int]) -> None:
        delimiters, source = self._source.delimiters, self._source
        if delimiters.unbalanced >= 0:
            self._problems.append(
                Unanalysed("", UnanalysedReason.UNBALANCED, line=source.line(delimiters.unbalanced))
            )
        for at in keywords:
            group = delimiters.enclosing(at)
            if group >= 0 and delimiters.depths[group] > MAX_DEPTH:
                self._problems.append(Unanalysed("", UnanalysedReason.TOO_DEEP, line=source.line(at)))
                return

    def _site(self, kind: str, match: Match, own: list[bytes]) -> Site:
        source = self._source
        scope = source.scope_at(match.keyword if match.anchor < 0 else match.anchor)
        front = source.front(match)
        label = printable(match.name) if match.name else front.label
        macro = Macro.DEFINITION if scope.in_definition else Macro.CALL if scope.in_call else Macro.NONE
        extra = [b"\x01", *match.extra] if match.extra else []
        keyword, end = source.place(match.keyword), source.place(match.end)
        return Site(
            kind=kind,
            item=join_path(scope.path, label),
            line=source.line_of(keyword),
            column=source.column(match.keyword),
            end_line=source.line_of(max(keyword, end - 1)),
            keyword=keyword,
            start=source.place(match.start),
            end=end,
            tokens=digest([*own, *extra] if extra else own),
            detail=match.detail,
            in_test=scope.in_test or front.in_test,
            macro=macro,
            cfg=scope.cfg + front.cfg,
            contract=self._contracts.of(kind, match, scope),
        )
