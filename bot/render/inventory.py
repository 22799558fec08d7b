"""Adds an inventory up for the formats that people read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from analyzers import contracts
from analyzers.model import ContractState, Crate, Finding, Inventory, Place, Site
from bot.model import AuditReport
from bot.render.prose import say

_LACKING = (ContractState.MISSING_COMMENT, ContractState.MISSING_DOC)


@dataclass(frozen=True, slots=True)
class Totals:
    """The figures of a whole audit, and the sentences that tell them."""

    sites: int
    crates: int
    without: int
    besides: int
    title: str
    summary: str


def totals(report: AuditReport) -> Totals:
    """The figures: ``without`` counts sites that lack safety words that they need, ``besides`` the other findings."""
    inventory = report.inventory
    sites, without = len(inventory.places), sum(1 for _ in lacking(inventory))
    tree = report.rev[:12] or say("audit.worktree")
    if not sites:
        clean = say("audit.clean-as-seen" if inventory.unanalysed else "audit.clean", tree=tree)
        return Totals(0, 0, 0, 0, say("audit.title", tree=tree), clean)
    crates = sum(bool(crate.name) for crate in inventory.crates)
    told = {"sites": say("sites", count=sites), "crates": say("crates", count=crates)}
    summary = say("audit.summary", **told, without=without)
    if others := len(besides(inventory)):
        summary += " " + say("audit.besides", count=others)
    return Totals(sites, crates, without, others, say("audit.title", tree=tree), summary)


def besides(inventory: Inventory) -> tuple[Finding, ...]:
    """The findings about more than missing safety words, which have a list of their own; in order."""
    return tuple(found for found in inventory.findings if found.id not in contracts.FINDINGS)


def first_of_each(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """One finding of each id, sorted by it: what is told once about all of them."""
    found = {finding.id: finding for finding in findings}
    return tuple(found[id] for id in sorted(found))


def lacking(inventory: Inventory) -> Iterator[Place]:
    """The sites of production code that lack the safety words they need, in order."""
    return (place for place, _ in inventory.places if lacks(place.site))


def lacks(site: Site) -> bool:
    """Whether the site lacks safety words that it needs; test code is not asked for them."""
    return site.contract.state in _LACKING and not site.in_test


def crates_with_total(inventory: Inventory) -> list[Crate]:
    """The crates by path, nameless ones called so, then their sum when there are several."""
    crates = [
        crate if crate.name else replace(crate, name=say("audit.no-crate"))
        for crate in sorted(inventory.crates, key=lambda crate: (crate.path, crate.name))
    ]
    if len(crates) < 2:
        return crates
    total = Crate(
        say("audit.total"),
        "",
        files=sum(crate.files for crate in crates),
        lines=sum(crate.lines for crate in crates),
        sites=sum(crate.sites for crate in crates),
        without_contract=sum(crate.without_contract for crate in crates),
        kinds=(),
        outside=sum(crate.outside for crate in crates),
    )
    return [*crates, total]
