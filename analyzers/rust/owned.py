"""Own tokens: each site's tokens with the sites nested in it replaced by a placeholder."""

from __future__ import annotations

from collections.abc import Sequence

from analyzers.kind import Match
from analyzers.rust.source import Source
from analyzers.rust.tokens import NESTED


def own_tokens(source: Source, matches: Sequence[Match]) -> list[list[bytes]]:
    """The own tokens of each match, in the order given.

    Every byte is read once, for the innermost site that holds it, so the work is linear in the file.
    Sites with the very same bytes (a union and its layout) share them; where two overlap without
    nesting, the earlier one ends where the later one starts.
    """
    spans = sorted({(match.start, match.end) for match in matches}, key=lambda span: (span[0], -span[1]))
    own: dict[tuple[int, int], list[bytes]] = {span: [] for span in spans}
    open_spans: list[tuple[int, int]] = []
    position = 0

    def read_until(offset: int) -> None:
        nonlocal position
        if open_spans and offset > position:
            own[open_spans[-1]] += source.token_words(position, offset)
        position = max(position, offset)

    def close_until(offset: int) -> None:
        while open_spans and open_spans[-1][1] <= offset:
            read_until(open_spans[-1][1])
            open_spans.pop()

    for span in spans:
        close_until(span[0])
        read_until(span[0])
        if open_spans:
            own[open_spans[-1]].append(NESTED)
        open_spans.append(span)
    close_until(len(source.text))
    return [own[match.start, match.end] for match in matches]
