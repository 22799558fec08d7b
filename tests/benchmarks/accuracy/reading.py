"""One blob as rustc reads it: its sites with their own tokens, kept on disk by blob id."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.accuracy import rustc, sites
from tests.benchmarks.accuracy.rustc import Parsed
from tests.benchmarks.accuracy.spot import Spot

# A site cannot be written without one of these, in whatever position.
_WORDS = (
    b"unsafe", b"extern", b"static", b"union", b"asm", b"repr", b"link", b"no_mangle", b"export_name", b"naked",
    b"target_feature", b"include", b"safety", b"cxx", b"diplomat", b"py", b"neon", b"napi", b"wasm", b"uniffi",
    b"jni", b"magnus", b"frb",
)  # fmt: skip
NESTED = "<site>"


@dataclass(frozen=True, slots=True)
class Place:
    """A site: kind, keyword position, item path, own tokens with nested sites replaced."""

    kind: str
    line: int
    column: int
    path: str
    own: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """A fn, trait or impl that can say ``unsafe``."""

    sort: str
    path: str
    unsafe: bool
    line: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What rustc says of a blob. ``status``: parsed, tokens (lexer only), refused (not even that), or plain.

    ``code`` identifies all tokens of the file, without comments and layout.
    """

    status: str
    places: tuple[Place, ...] = ()
    items: tuple[Item, ...] = ()
    code: str = ""


class Readings:
    """Reads blobs, each once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def read(self, blob: str, data: bytes, *, always: bool = False) -> Reading:
        """The reading of a blob; files without any word of interest are not given to rustc unless ``always``."""
        if not always and not any(word in data for word in _WORDS):
            return Reading("plain")
        kept = self.folder / f"{blob}.json"
        if not kept.exists():
            kept.write_text(json.dumps(_dump(read(data))))
        return _load(json.loads(kept.read_text()))


def read(data: bytes) -> Reading:
    """Give a source to rustc."""
    parsed = rustc.parse(data)
    if parsed is None:
        return Reading("refused")
    spots, items = sites.find(parsed)
    return Reading(
        "parsed" if parsed.tree is not None else "tokens",
        tuple(
            Place(spot.kind, spot.line, spot.column, "::".join(spot.path), (*own, *spot.extra))
            for spot, own in zip(spots, _own_tokens(parsed, spots), strict=True)
        ),
        tuple(Item(item.sort, "::".join(item.path), item.unsafe, item.line) for item in items),
        hashlib.sha256("\0".join(token.text for token in parsed.tokens).encode()).hexdigest(),
    )


def _own_tokens(parsed: Parsed, spots: list[Spot]) -> list[list[str]]:
    """The tokens of each site, every site nested in it replaced by a placeholder."""
    bounds = sorted({(spot.first, spot.last) for spot in spots}, key=lambda pair: (pair[0], -pair[1]))
    own: dict[tuple[int, int], list[str]] = {}
    for position, (first, last) in enumerate(bounds):
        words, index, following = [], first, position + 1
        while index < last:
            while following < len(bounds) and bounds[following][0] < index:
                following += 1
            if following < len(bounds) and bounds[following][0] == index:
                words.append(NESTED)
                index = min(bounds[following][1], last)
            else:
                words.append(parsed.tokens[index].text)
                index += 1
        own[first, last] = words
    return [own[spot.first, spot.last] for spot in spots]


def _dump(reading: Reading) -> list[object]:
    places = [[place.kind, place.line, place.column, place.path, *place.own] for place in reading.places]
    items = [[item.sort, item.path, item.unsafe, item.line] for item in reading.items]
    return [reading.status, places, items, reading.code]


def _load(kept: list[list[list[str]]]) -> Reading:
    status, places, items, code = kept
    return Reading(
        str(status),
        tuple(Place(row[0], int(row[1]), int(row[2]), row[3], tuple(row[4:])) for row in places),
        tuple(Item(row[0], row[1], bool(row[2]), int(row[3])) for row in items),
        str(code),
    )
