"""What is told about dependencies: the findings, and sites in files that are no sources."""

from __future__ import annotations

from functools import lru_cache

from analyzers.model import Change, Finding, Note, Severity, Site

KIND = "dependency"
ADVISORY = "dependency-advisory"
CHECKSUM = "dependency-checksum"
DENIED = "dependency-denied"
LOOSENED = "dependency-policy-loosened"
REVIEW = "dependency-review-negative"
VIOLATION = "dependency-violation"
UNAUDITED = "unaudited-dependency"
VENDORED = "vendored-edit"
FINDINGS = (ADVISORY, CHECKSUM, DENIED, LOOSENED, REVIEW, VIOLATION, UNAUDITED, VENDORED)
_SHOWN = 120


def finding(id: str, severity: Severity, change: Change, *notes: Note) -> Finding:
    """A finding at the site of a change."""
    site = change.site
    return Finding(id, severity, change.path, site.line, 1, site.end_line, site.kind, site.item, notes)


def line_site(data: bytes, item: str, line: int, detail: str, tokens: str, *, in_test: bool = False) -> Site:
    """A site that is one line of a file, 1-based; ``tokens`` is a digest of what it says."""
    starts = _line_starts(data)
    line = min(max(line, 1), len(starts) - 1)
    end = starts[line] - 1
    text = data[starts[line - 1] : end]
    start = end - len(text.lstrip())
    return Site(
        KIND,
        item,
        line,
        len(text) - len(text.lstrip()) + 1,
        line,
        start,
        start,
        end,
        tokens,
        detail if len(detail) <= _SHOWN else f"{detail[: _SHOWN - 1]}…",
        in_test=in_test,
    )


# A file has many sites, and its lines are the same for all.
@lru_cache(maxsize=8)
def _line_starts(data: bytes) -> tuple[int, ...]:
    """Where each line begins, and where one more would."""
    starts = [0]
    for line in data.split(b"\n"):
        starts.append(starts[-1] + len(line) + 1)
    return tuple(starts)
