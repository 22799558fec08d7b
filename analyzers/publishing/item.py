"""What an item of the checklist is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from analyzers.publishing.crate import Crate
from analyzers.publishing.model import Result, Severity


@dataclass(frozen=True, slots=True)
class Item:
    """One check. ``id`` is a contract and names its template; ``authority`` is the address of the rule it follows.

    ``check`` returns None where the item does not apply to the package.
    """

    id: str
    severity: Severity
    authority: str
    check: Callable[[Crate], Result | None]
