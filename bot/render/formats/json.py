"""JSON for programs: the schemas ``cratewarden/…/1``, whose keys and their order are a contract."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from analyzers.kinds import KINDS
from analyzers.model import Change, ChangeClass, Crate, Finding, Macro, Place, Site, Unanalysed
from bot.model import AuditReport, Decision, ReviewReport
from bot.render import prose
from bot.render.display import Display
from bot.render.escape import json_text
from bot.render.outline import ordered, sorted_findings, sorted_unanalysed

if TYPE_CHECKING:
    from analyzers.publishing.model import Checked
    from bot.render.checklist import PublishingView

# Json's C encoder does not indent; with these separators it lays a flat object out as indenting would, at once.
_FLAT = json.JSONEncoder(ensure_ascii=False, separators=(",\n      ", ": "))


def review(report: ReviewReport, display: Display) -> str:
    """The review as one document."""
    del display
    analysis = ordered(report.analysis)
    document = {
        "schema": "cratewarden/review/1",
        "base": report.base,
        "head": report.head,
        "changes": [_change(change) for change in analysis.changes],
        "findings": [_finding(found) for found in analysis.findings],
        "unanalysed": [_unanalysed(item) for item in analysis.unanalysed],
        "decision": _decision(report.decision),
    }
    return json_text(json.dumps(document, indent=2, ensure_ascii=False)) + "\n"


def audit(report: AuditReport, display: Display) -> Iterator[str]:
    """The audit as one document, in pieces: a repository can have very many sites."""
    del display
    inventory = report.inventory
    yield '{\n  "schema": "cratewarden/audit/1",\n'
    sites = (_site(place, fingerprint) for place, fingerprint in inventory.places)
    yield from _listing("sites", map(_flat, sites))
    yield ",\n"
    yield from _listing("findings", map(_flat, map(_finding, sorted_findings(inventory.findings))))
    yield ",\n"
    crates = sorted(inventory.crates, key=lambda crate: (crate.path, crate.name))
    yield from _listing("crates", map(_indented, map(_crate, crates)))
    yield ",\n"
    yield from _listing("unanalysed", map(_flat, map(_unanalysed, sorted_unanalysed(inventory.unanalysed))))
    yield "\n}\n"


def checklist(view: PublishingView, display: Display) -> str:
    """The checklists as one document; items stand in the order of the list, packages in that of their folders."""
    del display
    crates = [
        {"name": one.name, "path": one.path, "items": [_checked(item, view.texts) for item in one.items]}
        for one in view.checklists
    ]
    document = {"schema": "cratewarden/checklist/1", "crates": crates}
    return json_text(json.dumps(document, indent=2, ensure_ascii=False)) + "\n"


def _checked(item: Checked, texts: Mapping[str, str]) -> dict[str, Any]:
    from bot.render.checklist_advice import advice, plain

    return {
        "id": item.id,
        "verdict": item.verdict.value,
        "severity": item.severity.value,
        "message": advice(item, texts).message,
        "path": item.place.path,
        "line": item.place.line,
        "fix": plain(item, texts),
        "authority": item.authority,
    }


def _listing(name: str, objects: Iterable[str]) -> Iterator[str]:
    yield f'  "{name}": ['
    before = "\n    "
    for dumped in objects:
        yield before + json_text(dumped)
        before = ",\n    "
    yield "]" if before == "\n    " else "\n  ]"


def _flat(value: dict[str, Any]) -> str:
    """An object without objects or filled lists in it, as an element of a listing."""
    return f"{{\n      {_FLAT.encode(value)[1:-1]}\n    }}"


def _indented(value: dict[str, Any]) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False).replace("\n", "\n    ")


def _change(change: Change) -> dict[str, Any]:
    before = change.before
    if before is None and change.change is ChangeClass.REMOVED:
        before = Place(change.path, change.site)
    told = {"notes": [prose.note(note) for note in change.notes]} if change.notes else {}
    return {
        "change": change.change.value,
        **_where(change.path, change.site),
        "fingerprint": change.fingerprint,
        "before": {"path": before.path, "line": before.site.line} if before else None,
        **_flags(change.site),
        "reasons": [reason.value for reason in change.reasons],
        **told,
    }


def _site(place: Place, fingerprint: str) -> dict[str, Any]:
    return {**_where(place.path, place.site), "fingerprint": fingerprint, **_flags(place.site), "reasons": []}


def _where(path: str, site: Site) -> dict[str, Any]:
    return {
        "kind": site.kind,
        "group": KINDS[site.kind].group.value,
        "path": path,
        "line": site.line,
        "column": site.column,
        "end_line": site.end_line,
        "item": site.item,
    }


def _flags(site: Site) -> dict[str, Any]:
    return {"in_test": site.in_test, "in_macro": site.macro is not Macro.NONE}


def _finding(found: Finding) -> dict[str, Any]:
    advice = prose.finding(found)
    return {
        "id": found.id,
        "severity": found.severity.value,
        "path": found.path,
        "line": found.line,
        "message": advice.message,
        "help": f"{advice.help}\n\n{prose.link('findings', found.id)}",
    }


def _unanalysed(item: Unanalysed) -> dict[str, Any]:
    entry: dict[str, Any] = {"path": item.path, "reason": item.reason.value}
    if item.line:
        entry["line"] = item.line
    if item.detail:
        entry["detail"] = item.detail
    return entry


def _crate(crate: Crate) -> dict[str, Any]:
    return {
        "name": crate.name,
        "path": crate.path,
        "files": crate.files,
        "lines": crate.lines,
        "sites": crate.sites,
        "density": round(crate.density, 2),
        "without_contract": crate.without_contract,
        "kinds": dict(crate.kinds),
    }


def _decision(decision: Decision) -> dict[str, Any]:
    rules = [
        {
            "name": rule.name,
            "state": rule.state.value,
            "fingerprints": list(rule.fingerprints),
            "pools": list(rule.pools),
            "approvals": rule.approvals,
        }
        for rule in decision.rules
    ]
    return {"state": decision.state.value, "mode": decision.mode.value, "rules": rules}
