"""Whether a path that build-time code writes lies in ``OUT_DIR``, as far as the text shows.

A name of a function lies inside if everything that is ever bound to it there does: an expression that mentions
``OUT_DIR`` or such a name, with no ``..`` and no absolute path in its strings. A parameter lies inside if it does in
every call. Whatever is not shown to lie inside counts as outside.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from itertools import islice

from analyzers.buildtime.directives import literals
from analyzers.rust.source import Source

_BINDING = re.compile(
    rb"\b(?:let\s+(?:mut\s+)?|const\s+|static\s+)([A-Za-z_]\w*)\s*(?::[^=;{}]{0,300})?=(?!=)"
)
_MATCHING = re.compile(rb"\blet\s+(?:Some|Ok)\s*\(\s*(?:mut\s+)?([A-Za-z_]\w*)\s*\)\s*=(?!=)")
_ASSIGNMENT = re.compile(rb"(?<=[;{}])\s*([A-Za-z_]\w*)\s*=(?![=>])")
_FUNCTION = re.compile(rb"\bfn\s+([A-Za-z_]\w*)\s*(?:<[^(){};]{0,500}>)?\s*\(")
_PARAMETER = re.compile(rb"\s*(?:mut\s+)?([A-Za-z_]\w*)\s*:")
_WORD = re.compile(rb"[A-Za-z_]\w*")
_OUTSIDE = re.compile(r"(?:^|[/\\])\.\.(?:$|[/\\])|^(?:[/\\~].|~$|[A-Za-z]:)")
_INTERPOLATED = re.compile(r"\{(\w+)\}")
_CALL = re.compile(rb"(?<![\w.])([A-Za-z_]\w*)\s*\(")
# What has several outcomes may lie elsewhere in one of them.
_BRANCHES = frozenset({b"else", b"match"})
_ROUNDS = 6
_MOST_CALLS = 200
_MOST_BINDINGS = 5000
_REACH = 4000

Span = tuple[int, int]
Name = tuple[int, bytes]
"""A name with the function that binds it, by its number; -1 for what stands in none."""


class Outputs:
    """The names of a source that lie in ``OUT_DIR``; worked out once."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._inside: set[Name] = set()
        self._bound: defaultdict[Name, list[Span]] = defaultdict(list)
        self._functions = list(_FUNCTION.finditer(source.text))
        self._starts = [function.start() for function in self._functions]
        if b"OUT_DIR" not in source.data:
            return
        self._bind()
        for _ in range(_ROUNDS):
            new = {name for name in self._bound if name not in self._inside and self._all_inside(name)}
            if not new:
                break
            self._inside |= new

    def is_inside(self, start: int, end: int, *, assumed: bytes = b"") -> bool:
        """Whether an expression lies in ``OUT_DIR``; one too long to look at does not.

        ``assumed`` is a name that is taken to lie inside.
        """
        if end - start > _REACH:
            return False
        strings = [each.text for each in literals(self._source, start, end)]
        if any(_OUTSIDE.search(text) for text in strings):
            return False
        words = set(_WORD.findall(self._source.text, start, end))
        if not words.isdisjoint(_BRANCHES):
            return False
        if "OUT_DIR" in strings:
            return True
        words |= {found[1].encode() for text in strings if (found := _INTERPOLATED.match(text))}
        function = self._function(start)
        return any(word == assumed or self._is_known(function, word) for word in words)

    def _is_known(self, function: int, word: bytes) -> bool:
        """Whether a name lies inside where a function uses it: its own name, or one that belongs to all."""
        own = (function, word)
        return own in self._inside if own in self._bound else (-1, word) in self._inside

    def _function(self, at: int) -> int:
        return bisect_right(self._starts, at) - 1

    def _all_inside(self, name: Name) -> bool:
        """Whether all that is bound to a name lies inside; what is made of the name itself needs a first one."""
        made = [self._is_made_of(name, span) for span in self._bound[name]]
        return not all(made) and all(
            self.is_inside(*span, assumed=name[1] if of_itself else b"")
            for span, of_itself in zip(self._bound[name], made, strict=True)
        )

    def _is_made_of(self, name: Name, span: Span) -> bool:
        """Whether an expression mentions the name that it is bound to."""
        function, word = name
        return self._function(span[0]) == function and word in _WORD.findall(self._source.text, *span)

    def _bind(self) -> None:
        """Bind every expression to its name: by ``let``, by assignment, as a body, as an argument."""
        text = self._source.text
        for pattern in (_BINDING, _ASSIGNMENT, _MATCHING):
            for found in islice(pattern.finditer(text), _MOST_BINDINGS + 1):
                end = self.expression_end(found.end(), block=pattern is _MATCHING)
                self._bound[self._function(found.start()), found[1]].append((found.end(), end))
        declared = {function.end() for function in self._functions}
        calls = defaultdict[bytes, list[int]](list)
        for call in _CALL.finditer(text):
            if call.end() not in declared:
                calls[call[1]].append(call.end() - 1)
        for number, function in enumerate(self._functions):
            self._bind_function(number, function, calls[function[1]])
            if sum(map(len, self._bound.values())) > _MOST_BINDINGS:
                self._bound.clear()
                return

    def _bind_function(self, number: int, function: re.Match[bytes], calls: list[int]) -> None:
        """Bind what a function returns to its name, and what its calls pass to its parameters."""
        source = self._source
        opener = function.end() - 1
        close = source.close_of(opener)
        body = source.text.find(b"{", close, close + _REACH)
        if body >= 0 and b"->" in source.text[close:body]:
            self._bound[-1, function[1]].append((body, min(source.close_of(body), body + _REACH)))
        names = [_PARAMETER.match(source.text, start) for start, _ in self.arguments(opener)]
        # Where not all calls are looked at, none of the parameters lies inside.
        spans = [self.arguments(call) for call in calls[:_MOST_CALLS]] if any(names) else []
        spans += [[(0, 0)] * len(names)] if len(calls) > _MOST_CALLS else []
        for arguments in spans:
            for name, span in zip(names, arguments, strict=False):
                if name is not None:
                    self._bound[number, name[1]].append(span)

    def arguments(self, opener: int) -> list[tuple[int, int]]:
        """The spans of the arguments of a call whose parenthesis stands at ``opener``."""
        source = self._source
        close = source.close_of(opener) - 1
        spans: list[tuple[int, int]] = []
        start = at = opener + 1
        while at < close and len(spans) < 16:
            byte = source.text[at]
            if byte in b"([{":
                at = source.close_of(at)
                continue
            if byte == 0x2C:
                spans.append((start, at))
                start = at + 1
            at += 1
        if source.skip_space(start) < close:
            spans.append((start, close))
        return spans

    def expression_end(self, start: int, *, block: bool = False) -> int:
        """Where an expression ends: at the semicolon or the end of its group; with ``block`` before any brace."""
        source, at = self._source, start
        limit = min(len(source.text), start + _REACH)
        while at < limit:
            byte = source.text[at]
            if byte in b";)]}" or (block and byte == 0x7B):
                return at
            if byte in b"([{":
                at = source.close_of(at)
                continue
            at += 1
        return limit
