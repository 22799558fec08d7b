"""One self-contained HTML page of an audit, which needs no script and no other file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from typing import Any

from analyzers import contracts
from analyzers.kinds import KINDS
from analyzers.model import ContractState, Finding, Inventory, Place
from bot import __version__
from bot.model import AuditReport
from bot.render import prose
from bot.render.display import Display
from bot.render.inventory import besides, crates_with_total, first_of_each, lacking, lacks, totals
from bot.render.unseen import lines_of_unanalysed

# More rows than these make a page that browsers are slow to open and nobody reads to its end.
_MOST_LACKING = 500
_MOST_BESIDES = 500
_MOST_SITES = 5000


def audit(report: AuditReport, display: Display) -> Iterator[str]:
    """The page; long lists are cut and say so."""
    del display
    inventory, counted = report.inventory, totals(report)
    told = besides(inventory)
    page = prose.html_template("pages/audit.html.j2")
    filled = page(
        title=counted.title,
        summary=prose.inline(counted.summary),
        counted=counted,
        crates=_crates(inventory),
        kinds=_kinds(inventory),
        lacking=[_row(place) for place in islice(lacking(inventory), _MOST_LACKING)],
        lacking_more=_more("left-out.html", counted.without - _MOST_LACKING),
        helps=_helps(found for found in inventory.findings if found.id in contracts.FINDINGS),
        besides=[_told(found) for found in islice(told, _MOST_BESIDES)],
        besides_more=_more("left-out.html", counted.besides - _MOST_BESIDES),
        besides_helps=_helps(told),
        files=_files(inventory),
        sites_more=_more("left-out.html", counted.sites - _MOST_SITES),
        unanalysed=[
            {"where": where, "what": prose.inline(what), "remedy": prose.inline(remedy)}
            for where, what, remedy in lines_of_unanalysed(inventory.unanalysed)
        ],
        version=__version__,
    )
    yield filled.rstrip("\n") + "\n"


def _more(phrase: str, count: int) -> str:
    return prose.say(phrase, count=count) if count > 0 else ""


def _crates(inventory: Inventory) -> list[dict[str, Any]]:
    crates = crates_with_total(inventory)
    densest = max((crate.density for crate in crates), default=0.0) or 1.0
    return [{"crate": crate, "bar": round(100 * crate.density / densest)} for crate in crates]


def _kinds(inventory: Inventory) -> list[dict[str, Any]]:
    counts = Counter(place.site.kind for place, _ in inventory.places)
    most = max(counts.values(), default=1)
    return [
        {
            "kind": KINDS[id],
            "summary": prose.inline(KINDS[id].summary),
            "count": count,
            "bar": round(100 * count / most),
        }
        for id, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    ]


def _row(place: Place) -> dict[str, Any]:
    site = place.site
    documented = site.contract.state is ContractState.PRESENT
    return {"path": place.path, "site": site, "lacks": lacks(site), "documented": documented}


def _files(inventory: Inventory) -> list[dict[str, Any]]:
    rows = (_row(place) for place, _ in islice(inventory.places, _MOST_SITES))
    return [{"path": path, "rows": list(group)} for path, group in groupby(rows, key=lambda row: row["path"])]


def _told(found: Finding) -> dict[str, Any]:
    return {"finding": found, "message": prose.inline(prose.finding(found).message)}


def _helps(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    return [
        {"id": found.id, "blocks": [_help_block(block) for block in prose.blocks(prose.finding(found).help)]}
        for found in first_of_each(findings)
    ]


def _help_block(block: prose.Block) -> dict[str, Any]:
    return {"code": block.text.split("\n") if block.is_code else [], "parts": prose.inline(block.text)}
