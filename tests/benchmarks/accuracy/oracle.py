"""Decides from rustc's tokens alone which sites of a commit are new, edited, respelled or where they were."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.benchmarks.accuracy.reading import NESTED, Item, Place, Reading

_CLOSERS = frozenset(")]}>")
_LEVELS = {"allow": 0, "expect": 0, "warn": 1, "deny": 2, "forbid": 3}


@dataclass(frozen=True, slots=True)
class File:
    """A changed Rust file with what rustc reads on both sides."""

    base_path: str
    base: Reading
    head_path: str
    head: Reading


@dataclass(frozen=True, slots=True)
class Located:
    """A place with its file's number and path."""

    file: int
    path: str
    place: Place


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the tokens say of a commit.

    ``asks`` are head sites whose tokens the base does not have, grouped by kind and tokens, with how many of the
    group are more than the base had; ``edited`` those of them whose kind and item the base had with other tokens.
    ``relaxed`` are base items that no longer say unsafe.
    """

    asks: dict[tuple[str, tuple[str, ...]], tuple[int, list[Located]]]
    edited: frozenset[Located]
    relaxed: frozenset[tuple[str, str, str]]


def judge(files: Sequence[File]) -> Verdict:
    """Compare the token multisets of both sides; spellings that mean the same are folded."""
    base = [Located(i, file.base_path, place) for i, file in enumerate(files) for place in file.base.places]
    head = [Located(i, file.head_path, place) for i, file in enumerate(files) for place in file.head.places]
    base, head = _without_wrapping(base, head)
    known = Counter(_key(site) for site in base)
    groups: dict[tuple[str, tuple[str, ...]], list[Located]] = defaultdict(list)
    for site in head:
        groups[_key(site)].append(site)
    asks = {key: (len(sites) - known[key], sites) for key, sites in groups.items() if len(sites) > known[key]}
    now = Counter(_key(site) for site in head)
    gone = {(site.place.kind, site.place.path) for site in base if known[_key(site)] > now[_key(site)]}
    edited = frozenset(
        site for _, sites in asks.values() for site in sites if (site.place.kind, site.place.path) in gone
    )
    return Verdict(asks, edited, frozenset(_relaxed(files)))


def _key(site: Located) -> tuple[str, tuple[str, ...]]:
    return site.place.kind, tuple(fold(site.place.own))


def fold(words: Iterable[str]) -> list[str]:
    """Tokens without trailing commas, last semicolons and the ``unsafe`` that edition 2024 asks for."""
    listed = list(words)
    if listed[:2] == ["unsafe", "extern"] and "fn" not in listed[:4]:
        del listed[0]
    if listed[:2] == ["unsafe", "("] and ")" in listed:
        del listed[listed.index(")")], listed[:2]
    return [
        word
        for word, following in zip(listed, [*listed[1:], "}"], strict=True)
        if not (word == "," and following in _CLOSERS) and not (word == ";" and following == "}")
    ]


def _without_wrapping(base: list[Located], head: list[Located]) -> tuple[list[Located], list[Located]]:
    """Take out unsafe fns whose code is the same once the ``unsafe`` blocks in it are opened."""
    before, after = _opened(base), _opened(head)
    same = {key for key, code in after.items() if code and before.get(key) == code}

    def kept(sites: list[Located]) -> list[Located]:
        return [
            site
            for site in sites
            if (site.file, site.place.path) not in same
            or site.place.kind not in ("unsafe-fn", "unsafe-block")
        ]

    return kept(base), kept(head)


def _opened(sites: list[Located]) -> dict[tuple[int, str], list[str]]:
    """For each unsafe fn its tokens with the sites in it put back, without braces and the word unsafe."""
    inside: dict[tuple[int, str], list[Located]] = defaultdict(list)
    fns = [site for site in sites if site.place.kind == "unsafe-fn"]
    known = {(fn.file, fn.place.path) for fn in fns}
    for site in sorted(sites, key=lambda site: (site.file, site.place.line, site.place.column)):
        path = site.place.path
        while path and (site.file, path) not in known:
            path = path.rpartition("::")[0]
        # A union with a stated layout is two sites in one place.
        if path and site.place.kind != "union":
            inside[site.file, path].append(site)
    opened: dict[tuple[int, str], list[str]] = defaultdict(list)
    for fn in fns:
        start = (fn.place.line, fn.place.column)
        rest = iter([s for s in inside[fn.file, fn.place.path] if (s.place.line, s.place.column) > start])
        words = _expanded(fn.place.own, rest)
        opened[fn.file, fn.place.path] += [
            word for word in words if word not in ("{", "}", "unsafe", ";", ",")
        ]
    return opened


def _expanded(own: Sequence[str], blocks: Iterable[Located]) -> list[str]:
    words: list[str] = []
    for word in own:
        if word != NESTED:
            words.append(word)
            continue
        block = next(iter(blocks), None)
        words += _expanded(block.place.own, blocks) if block else [NESTED]
    return words


def _relaxed(files: Sequence[File]) -> Iterable[tuple[str, str, str]]:
    """Kind, head path and item of what said unsafe in the base and is there in the head without it."""
    for file in files:
        safe = {(item.sort, item.path) for item in file.head.items if not item.unsafe}
        still = {(item.sort, item.path) for item in file.head.items if item.unsafe}
        for item in file.base.items:
            key = (item.sort, item.path)
            if item.unsafe and key in safe and key not in still and _alone(file.base.items, item):
                yield f"unsafe-{item.sort}", file.head_path, item.path
        held = {(place.path, place.own[0]) for place in file.head.places if place.kind == "lint-level"}
        for place in file.base.places:
            if (
                place.kind == "lint-level"
                and _LEVELS[place.own[1]]
                and (place.path, place.own[0]) not in held
            ):
                yield "lint-level", file.head_path, f"{place.path} {place.own[0]}".strip()


def _alone(items: Sequence[Item], item: Item) -> bool:
    """Whether the base had no safe item of that name, as with two versions under ``cfg``."""
    return not any(
        other.sort == item.sort and other.path == item.path and not other.unsafe for other in items
    )
