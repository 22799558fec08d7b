"""Findings that block, and what a waiver of each has to name."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from analyzers.fingerprint import digest_of
from analyzers.model import Analysis, ChangeClass, Finding, Severity
from bot.policy.model import Policy
from bot.policy.severities import apply_severities

_Site = tuple[str, str, int, int, str]


def blocking(policy: Policy, analysis: Analysis) -> tuple[Finding, ...]:
    """The findings that the policy says block, in their order."""
    told = apply_severities(policy, analysis.findings)
    return tuple(finding for finding in told if finding.severity is Severity.BLOCK)


def fingerprints_of_blocking(policy: Policy, analysis: Analysis) -> tuple[tuple[Finding, str], ...]:
    """Every blocking finding with the fingerprint that a waiver of it covers, sorted by place.

    That is the fingerprint of the change at its site (of each, if there are several). Where the site did not
    change (its safety comment went), it is one of the finding's own: its id, path, kind and item, and which
    of its like it is, so that who waives one does not waive a second one that comes later.
    """
    changed: defaultdict[_Site, list[str]] = defaultdict(list)
    for change in analysis.changes:
        # A removed site's line is the base's, where no finding is.
        if change.change is not ChangeClass.REMOVED:
            site = change.site
            changed[change.path, site.kind, site.line, site.column, site.item].append(change.fingerprint)
    found = sorted(set(blocking(policy, analysis)), key=_place)
    return tuple(_named(found, changed))


def _named(found: list[Finding], changed: dict[_Site, list[str]]) -> Iterator[tuple[Finding, str]]:
    like: Counter[tuple[str, str, str, str]] = Counter()
    for finding in found:
        site = (finding.path, finding.kind, finding.line, finding.column, finding.item)
        if site in changed:
            yield from ((finding, fingerprint) for fingerprint in sorted(set(changed[site])))
            continue
        name = (finding.id, finding.path, finding.kind, finding.item)
        yield finding, digest_of("finding", *name, str(like[name]))
        like[name] += 1


def _place(finding: Finding) -> tuple[str, int, int, str, str, str, int]:
    return (
        finding.path, finding.line, finding.column, finding.id, finding.kind, finding.item, finding.end_line
    )  # fmt: skip
