"""SARIF results (SARIF 2.1.0, section 3.27) for sites, findings and what was not analysed."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from analyzers.model import Change, Finding, Macro, Severity, Site, Unanalysed
from bot.render import outline, prose
from bot.render.escape import percent, visible

ROOT = "%SRCROOT%"
UNANALYSED = "unanalysed"
FINGERPRINT = "cratewarden/v1"
_LEVELS = {Severity.OFF: "none", Severity.NOTE: "note", Severity.WARN: "warning", Severity.BLOCK: "error"}

Result = dict[str, Any]


def of_change(change: Change, level: str) -> Result:
    """The result for a change; the rule is its kind."""
    before = change.before
    properties: dict[str, Any] = {"change": change.change.value, **_site_properties(change.site)}
    if before is not None:
        properties["before"] = {"path": visible(before.path), "line": before.site.line}
    if change.reasons:
        properties["reasons"] = [reason.value for reason in change.reasons]
    return _result(
        change.site.kind,
        level,
        " ".join([outline.sentence(change), *outline.facts(change)]),
        _site_location(change.path, change.site),
        change.fingerprint,
        properties,
    )


def of_site(path: str, site: Site, fingerprint: str) -> Result:
    """The result for a site of an audit, as a note; the rule is its kind."""
    text = prose.say("sarif.site", kind=site.kind, place=outline.place(site.item))
    location = _site_location(path, site)
    return _result(site.kind, "note", text, location, fingerprint, _site_properties(site))


def of_findings(findings: Iterable[Finding]) -> Iterator[Result]:
    """The results for findings in the order given, which numbers findings that are alike."""
    seen: Counter[tuple[str, ...]] = Counter()
    for found in findings:
        facts = (found.id, found.path, found.kind, found.item)
        seen[facts] += 1
        region = {"startLine": found.line, "startColumn": found.column, "endLine": found.end_line}
        yield _result(
            found.id,
            _LEVELS[found.severity],
            prose.finding(found).message,
            location(found.path, region, found.item),
            _digest(*facts, str(seen[facts])),
            {"kind": found.kind, "severity": found.severity.value},
        )


def of_unanalysed(item: Unanalysed) -> Result:
    """The result for something that could not be judged."""
    where = location(item.path, {"startLine": item.line or 1})
    digest = _digest(UNANALYSED, item.path, item.reason, str(item.line))
    return _result(UNANALYSED, "error", unseen_text(item), where, digest, {"reason": item.reason.value})


def unseen_text(item: Unanalysed) -> str:
    """What could not be judged and what to do, in one paragraph."""
    told = prose.unanalysed(item.reason, visible(item.detail))
    return f"{told.message} {told.help}"


def location(path: str, region: dict[str, int], item: str = "") -> dict[str, Any]:
    """A place in a file of the repository; the address is relative to its root."""
    where: dict[str, Any] = {
        "physicalLocation": {"artifactLocation": {"uri": percent(path), "uriBaseId": ROOT}, "region": region}
    }
    if item:
        where["logicalLocations"] = [{"fullyQualifiedName": visible(item)}]
    return where


def message(text: str) -> dict[str, str]:
    """A plain text message in which hostile text can't form a link (SARIF 2.1.0, section 3.11.6)."""
    return {"text": text.replace("](", "] (")}


def _site_location(path: str, site: Site) -> dict[str, Any]:
    region = {"startLine": site.line, "startColumn": site.column, "endLine": site.end_line}
    return location(path, region, site.item)


def _site_properties(site: Site) -> dict[str, Any]:
    return {"inTest": site.in_test, "inMacro": site.macro is not Macro.NONE}


def _result(
    rule: str, level: str, text: str, where: dict[str, Any], fingerprint: str, properties: dict[str, Any]
) -> Result:
    return {
        "ruleId": rule,
        "level": level,
        "message": message(text),
        "locations": [where],
        "partialFingerprints": {FINGERPRINT: fingerprint},
        "properties": properties,
    }


def _digest(*facts: str) -> str:
    return hashlib.sha256("\0".join(facts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
