"""SARIF 2.1.0 for code scanning, within the limits that GitHub documents."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from analyzers.model import ChangeClass, Unanalysed
from bot import __version__
from bot.model import AuditReport, ReviewReport
from bot.render import outline, prose
from bot.render.display import Display
from bot.render.escape import json_text
from bot.render.sarif.results import (
    FINGERPRINT,
    ROOT,
    UNANALYSED,
    Result,
    location,
    message,
    of_change,
    of_findings,
    of_site,
    of_unanalysed,
    unseen_text,
)
from bot.render.sarif.rules import rule

# GitHub rejects a run with more ("SARIF results exceed limits") and shows the 5,000 most severe of them.
MOST_RESULTS = 25_000
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_IMPORTANCE = ("error", "warning", "note", "none")
_LEFT_OUT = "results-left-out"
# What moved is as sound as before, and what was removed has no place in the tree that the results belong to.
_REPORTED = (ChangeClass.ADDED, ChangeClass.CHANGED, ChangeClass.RELAXED, ChangeClass.EXPOSED)


def review(report: ReviewReport, display: Display) -> str:
    """The changes that are there to be read, the findings and what was not analysed, as one run."""
    del display
    analysis = outline.ordered(report.analysis)
    asked = outline.asked_fingerprints(report.decision)
    results = [
        of_change(change, "warning" if change.fingerprint in asked else "note")
        for change in analysis.changes
        if change.change in _REPORTED
    ]
    results.extend(of_findings(analysis.findings))
    properties = {"base": report.base, "head": report.head}
    return _log("review", results, 0, analysis.unanalysed, properties)


def audit(report: AuditReport, display: Display) -> Iterator[str]:
    """The sites as notes, the findings and what was not analysed, as one run."""
    del display
    places = report.inventory.places
    # Sites are the least urgent results and come in order, so that no more of them can ever be needed.
    results = [
        of_site(place.path, place.site, fingerprint) for place, fingerprint in islice(places, MOST_RESULTS)
    ]
    results.extend(of_findings(outline.sorted_findings(report.inventory.findings)))
    unanalysed = outline.sorted_unanalysed(report.inventory.unanalysed)
    more = max(0, len(places) - MOST_RESULTS)
    yield _log("audit", results, more, unanalysed, {"rev": report.rev} if report.rev else {})


def _log(
    kind: str,
    results: list[Result],
    more: int,
    unanalysed: tuple[Unanalysed, ...],
    properties: dict[str, str],
) -> str:
    results.extend(map(of_unanalysed, unanalysed))
    total = len(results) + more
    results.sort(key=lambda result: _IMPORTANCE.index(result["level"]))
    kept = sorted(results[:MOST_RESULTS], key=_reading_order)
    ids = sorted({result["ruleId"] for result in kept})
    index = {id: at for at, id in enumerate(ids)}
    run = {
        "tool": {"driver": _driver(ids)},
        "automationDetails": {"id": f"cratewarden/{kind}/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {ROOT: {"description": {"text": prose.say("sarif.root")}}},
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": _notifications(unanalysed, total - len(kept), total),
            }
        ],
        "results": [
            {"ruleId": result["ruleId"], "ruleIndex": index[result["ruleId"]], **result} for result in kept
        ],
        "properties": properties,
    }
    document = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json_text(json.dumps(document, indent=2, ensure_ascii=False)) + "\n"


def _reading_order(result: Result) -> tuple[Any, ...]:
    where = result["locations"][0]["physicalLocation"]
    region = where["region"]
    return (
        where["artifactLocation"]["uri"],
        region["startLine"],
        result["ruleId"],
        region.get("startColumn", 0),
        result["partialFingerprints"][FINGERPRINT],
    )


def _driver(ids: list[str]) -> dict[str, Any]:
    home = prose.home()
    return {
        "name": "Cratewarden",
        "version": __version__,
        "semanticVersion": __version__,
        **({} if home is None else {"informationUri": home}),
        "rules": [rule(id) for id in ids],
        "notifications": [
            {"id": UNANALYSED, "shortDescription": {"text": prose.say("sarif.unanalysed-name")}},
            {"id": _LEFT_OUT, "shortDescription": {"text": prose.say("sarif.left-out-name")}},
        ],
    }


def _notifications(unanalysed: tuple[Unanalysed, ...], cut: int, total: int) -> list[dict[str, Any]]:
    told = [
        {
            "descriptor": {"id": UNANALYSED, "index": 0},
            "level": "error",
            "message": message(unseen_text(item)),
            "locations": [location(item.path, {"startLine": item.line or 1})],
        }
        for item in unanalysed
    ]
    if cut:
        text = prose.say("left-out.sarif", count=cut, total=total)
        told.append(
            {"descriptor": {"id": _LEFT_OUT, "index": 1}, "level": "warning", "message": {"text": text}}
        )
    return told
