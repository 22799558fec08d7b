"""Writes safe code in one way, so that only edits that can matter to a proof make two token sequences differ.

What goes, because history shows it as noise (17 of 22 ordinary commits that a plain comparison asked about): imports,
attributes that change no code, `cfg` lists, the words of messages, logging, how paths are spelled, visibility of
functions, `mut` of a variable, and what `analyzers.rust.tokens.fold` folds already. `signatures` beside this knows the
spellings of lifetimes and bounds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from analyzers.rust.tokens import fold
from analyzers.soundness.groups import CLOSERS, OPENERS, closing
from analyzers.soundness.signatures import bounded, elided

_WORD = re.compile(rb"[A-Za-z_\x80-\xff]")
_LOWER = re.compile(rb"[a-z_][a-z0-9_]*\Z")
_ROOTS = frozenset((b"std", b"core", b"alloc", b"crate", b"self", b"super"))
_PRIMITIVES = frozenset(b"u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64 str char bool".split())
# Attributes that say something to people, lints, the test harness or the optimiser, and change no code.
_SILENT = frozenset(
    b"""allow automatically_derived bench cfg clippy cold coverage deny deprecated diagnostic doc expect forbid
    ignore inline must_use non_exhaustive optimize rustfmt rustc_on_unimplemented should_panic stable test track_caller
    unstable warn""".split()
)
_CODE_IN_CFG = frozenset((b"derive", b"repr", b"no_mangle", b"export_name", b"target_feature", b"may_dangle"))
# How many tokens the type of an impl may have to be known where it is written out.
_LONGEST_TYPE = 64
# What may stand before a path that two colons begin.
_BEFORE_PATHS = frozenset(
    b"( [ { } < , ; : & && | || = ! + - * ? as dyn else for if impl in let match mut ref return where while".split()
)
_LOGGING = frozenset(
    b"""trace debug info warn error log print println eprint eprintln trace_span debug_span info_span dbg""".split()
)
_SAYING = frozenset(b"panic unreachable todo unimplemented format write writeln format_args bail".split())
_ASSERTIONS = {b"assert": 1, b"debug_assert": 1, b"assert_eq": 2, b"assert_ne": 2} | {
    b"debug_assert_eq": 2,
    b"debug_assert_ne": 2,
}


def canonical(words: Sequence[bytes], own: Sequence[bytes] = (), *, visibility: bool = False) -> list[bytes]:
    """The tokens without what cannot matter.

    ``own`` is the type that `Self` stands for, as the impl's head names it. ``visibility`` keeps `pub`, which matters
    for fields. Every step is one pass over the tokens.
    """
    kept = _without_messages(_plain(elided(_without_attributes(words)), visibility=visibility))
    return list(bounded(fold(_without_closures(_without_self(kept, own)))))


def _without_attributes(words: Sequence[bytes]) -> list[bytes]:
    out: list[bytes] = []
    index = 0
    while index < len(words):
        if words[index] == b"#":
            opener = index + 2 if words[index + 1 : index + 2] == [b"!"] else index + 1
            if words[opener : opener + 1] == [b"["]:
                end = closing(words, opener)
                if not _is_silent(words[opener + 1 : end]):
                    out += words[index : end + 1]
                index = end + 1
                continue
        out.append(words[index])
        index += 1
    return out


def _is_silent(attribute: Sequence[bytes]) -> bool:
    if not attribute:
        return True
    if attribute[0] == b"cfg_attr":
        return _CODE_IN_CFG.isdisjoint(attribute)
    return attribute[0] in _SILENT or attribute[0].startswith(b"rustc_const")


def _plain(words: Sequence[bytes], *, visibility: bool) -> list[bytes]:
    """Without imports, `dyn`, `'_` and paths' beginnings; plain strings say nothing."""
    out: list[bytes] = []
    index = 0
    while index < len(words):
        word = words[index]
        if _WORD.match(word):
            step = _left_out(words, index, out, visibility=visibility) or _path(words, index, out)
        elif word == b":" and _is_global(words, index, out):
            step = 2
        elif word == b"'" and index + 1 < len(words):
            step = _lifetime(words, index, out)
        elif word == b":" and _is_doubled(words, index, out):
            # `name: name` in a literal is the shorthand `name`.
            step = 2
        else:
            out.append(b'""' if word[:1] == b'"' and b"\\0" not in word else word)
            step = 1
        index += step
    return out


def _left_out(words: Sequence[bytes], index: int, out: list[bytes], *, visibility: bool) -> int:
    """How many tokens from ``index`` say nothing, 0 if the word there does."""
    word, after = words[index], words[index + 1 : index + 2]
    if word == b"use" and (not out or out[-1] in (b"{", b"}", b";", b"pub")):
        return _until_semicolon(words, index)
    if word == b"pub" and not visibility:
        return _visibility(words, index)
    silent = (
        word == b"dyn"
        or (word == b"const" and after in ([b"fn"], [b"unsafe"], [b"async"]))
        or (word == b"mut" and _is_of_variable(words, index, out))
    )
    return int(silent)


def _is_of_variable(words: Sequence[bytes], index: int, out: list[bytes]) -> bool:
    """Whether a `mut` is that of a variable or parameter as a whole: it lets code write, and whatever writes shows.

    Inside a pattern it may change how the pattern binds.
    """
    if words[index + 1 : index + 2] == [b"self"]:
        return out[-1:] != [b"&"]
    parameter = words[index + 2 : index + 3] == [b":"] and words[index + 3 : index + 4] != [b":"]
    return out[-1:] == [b"let"] or (parameter and out[-1:] in ([b"("], [b","]))


def _is_global(words: Sequence[bytes], index: int, out: list[bytes]) -> bool:
    """Whether the two colons here begin a path: nothing comes before them that the path could go on from."""
    if words[index + 1 : index + 2] != [b":"] or not _WORD.match(
        words[index + 2] if words[index + 2 :] else b""
    ):
        return False
    before = out[-1:] or [b";"]
    arrow = out[-2:] in ([b"-", b">"], [b"=", b">"])
    return arrow or before[0] in _BEFORE_PATHS


def _lifetime(words: Sequence[bytes], index: int, out: list[bytes]) -> int:
    """Write the lifetime at ``index`` as one token; returns how many it has.

    `'_` goes, with the angle brackets that hold nothing else, or with its comma.
    """
    name, after = words[index + 1], words[index + 2 : index + 3]
    if name != b"_":
        out.append(b"'" + name)
        return 2
    if out[-1:] == [b"<"] and after == [b">"]:
        out.pop()
        return 3
    return 3 if after == [b","] else 2


def _until_semicolon(words: Sequence[bytes], index: int) -> int:
    for end in range(index, len(words)):
        if words[end] == b";":
            return end + 1 - index
    return len(words) - index


def _visibility(words: Sequence[bytes], index: int) -> int:
    scoped = words[index + 1 : index + 2] == [b"("] and words[index + 2 : index + 3] in (
        [b"crate"],
        [b"super"],
        [b"self"],
        [b"in"],
    )
    return closing(words, index + 1) + 1 - index if scoped else 1


def _is_doubled(words: Sequence[bytes], index: int, out: list[bytes]) -> bool:
    return (
        out[-2:-1] in ([b"{"], [b","])
        and out[-1:] == list(words[index + 1 : index + 2])
        and words[index + 2 : index + 3] in ([b","], [b"}"])
    )


def _path(words: Sequence[bytes], index: int, out: list[bytes]) -> int:
    """Write the path that starts here without the modules that lead to it; returns how many tokens it has.

    A function keeps the module right before it (`mem::swap`); a type or variant needs none.
    """
    first = index
    segments = [words[index]]
    # `a::b` are four tokens: a, two colons, b.
    while (
        segments[-1] not in _BEFORE_PATHS
        and words[index + 1 : index + 3] == [b":", b":"]
        and index + 3 < len(words)
        and _WORD.match(words[index + 3])
    ):
        index += 3
        segments.append(words[index])
    if len(segments) > 1 and out[-2:] != [b":", b":"]:
        segments = _shortest(segments)
    out += _joined(segments)
    return index + 1 - first


def _shortest(segments: list[bytes]) -> list[bytes]:
    modules = 0
    while modules < len(segments) - 1 and (
        _LOWER.match(segments[modules]) and segments[modules] not in _PRIMITIVES
    ):
        modules += 1
    if not modules:
        return segments
    # Before a type its modules say nothing; before a function the last one may tell it from its namesakes.
    named_by = segments[modules - 1]
    plain = modules < len(segments) - 1 or not _LOWER.match(segments[-1]) or named_by in _ROOTS
    return segments[modules:] if plain else segments[modules - 1 :]


def _joined(segments: list[bytes]) -> list[bytes]:
    out = segments[:1]
    for segment in segments[1:]:
        out += (b":", b":", segment)
    return out


def _without_self(words: Sequence[bytes], own: Sequence[bytes]) -> Sequence[bytes]:
    """With `Self` written as the type: with its arguments where a type stands, without in paths and literals.

    Its lifetime, if it has one, is marked instead of named: `impl Iter<'_>` and `impl<'a> Iter<'a>` have one `Self`.
    """
    if not own:
        return words
    full = _plain(own, visibility=False)
    marks = own.count(b"'") == 1 and b"static" not in own and len(own) <= _LONGEST_TYPE
    written = [*_plain(_nameless(own), visibility=False), b"'Self"] if marks else full
    # `Iter<'_>` in a signature is not the impl's type, but one with a lifetime of its own.
    named = full if marks and b"_" not in own else []
    out: list[bytes] = []
    index = 0
    while index < len(words):
        step = 1
        if words[index] == b"Self":
            out += own[:1] if _names_value(words, index) else written
        elif named and words[index] == own[0] and list(words[index : index + len(named)]) == named:
            out += written
            step = len(named)
        else:
            out.append(words[index])
        index += step
    return out


def _nameless(words: Sequence[bytes]) -> list[bytes]:
    """With `'_` for every lifetime."""
    return [b"_" if words[at - 1 : at] == [b"'"] else word for at, word in enumerate(words)]


def _names_value(words: Sequence[bytes], index: int) -> bool:
    """Whether `Self` begins a literal or a path; behind an arrow a brace opens the body."""
    after = words[index + 1 : index + 2]
    literal = after == [b"("] or (after == [b"{"] and words[index - 1] != b">")
    return literal or words[index + 1 : index + 3] == [b":", b":"]


def _without_closures(words: Sequence[bytes]) -> list[bytes]:
    """With `|| path()` and `|x| path(x)` as the only or last argument written as `path`."""
    out: list[bytes] = []
    index = 0
    while index < len(words):
        start, passed = _closure(words, index)
        end = start
        while start and end < len(words) and (_WORD.match(words[end]) or words[end] == b":"):
            end += 1
        if end > start and list(words[end : end + len(passed) + 3]) == [b"(", *passed, b")", b")"]:
            out += words[start:end]
            index = end + len(passed) + 2
        else:
            out.append(words[index])
            index += 1
    return out


def _closure(words: Sequence[bytes], index: int) -> tuple[int, list[bytes]]:
    """Where the body of a closure begins that starts at ``index``, and its one parameter; 0 where none starts."""
    if words[index] == b"||":
        return index + 1, []
    if words[index] == b"|" and index and words[index - 1] in (b"(", b","):
        parameter, bar = words[index + 1 : index + 2], words[index + 2 : index + 3]
        if list(bar) == [b"|"] and _WORD.match(parameter[0]):
            return index + 3, list(parameter)
    return 0, []


def _without_messages(words: Sequence[bytes]) -> list[bytes]:
    """Without logging, and without the words that assertions and panics say."""
    out: list[bytes] = []
    index = 0
    while index < len(words):
        word = words[index]
        if words[index + 1 : index + 2] == [b"!"] and words[index + 2 : index + 3] in (
            [b"("],
            [b"["],
            [b"{"],
        ):
            end = closing(words, index + 2)
            if word in _LOGGING:
                index = end + 1
                if words[index : index + 1] == [b";"]:
                    index += 1
                continue
            if word in _SAYING:
                out += (word, b"!")
                index = end + 1
                continue
            if word in _ASSERTIONS:
                out += _arguments(words, index, end, _ASSERTIONS[word])
                index = end + 1
                continue
        out.append(word)
        index += 1
    return out


def _arguments(words: Sequence[bytes], index: int, end: int, count: int) -> list[bytes]:
    """The macro call at ``index`` with its first ``count`` arguments."""
    depth = commas = 0
    for at in range(index + 3, end):
        if words[at] in OPENERS:
            depth += 1
        elif words[at] in CLOSERS:
            depth -= 1
        elif words[at] == b"," and depth == 0:
            commas += 1
            if commas == count:
                return [*words[index:at], words[end]]
    return list(words[index : end + 1])
