"""Counts what a default branch holds, for auditors who ask later how it came to be."""

from __future__ import annotations

from collections import Counter
from typing import Any

from analyzers.model import Inventory
from bot.auditing import take
from bot.cache import Cache
from bot.guard.world import World
from bot.jobs import TakeInventory
from bot.sources import SourceError, list_commit

EVENT = "inventory"


def take_inventory(world: World, job: TakeInventory) -> None:
    """Record the counts of a commit, once; a commit without Rust files is recorded as such.

    Raises:
        GitError: the commit cannot be read.
    """
    forge = world.forge(job.where)
    code = world.code.fetch(forge.clone_access(), forge.repository, [job.sha])
    try:
        sources = list_commit(code, job.sha)
    except SourceError:
        inventory = Inventory()
    else:
        with world.runner() as runner:
            inventory = take(sources, runner, Cache())
    world.book(forge.repository, 0).note(EVENT, job.sha, _counts(inventory))


def _counts(inventory: Inventory) -> dict[str, Any]:
    return {
        "sites": len(inventory.places),
        "kinds": dict(sorted(Counter(place.site.kind for place, _ in inventory.places).items())),
        "findings": dict(sorted(Counter(finding.id for finding in inventory.findings).items())),
        "unanalysed": dict(sorted(Counter(str(doubt.reason) for doubt in inventory.unanalysed).items())),
        "crates": [
            {"name": crate.name, "path": crate.path, "lines": crate.lines, "sites": crate.sites}
            for crate in inventory.crates
        ],
    }
