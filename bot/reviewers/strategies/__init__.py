"""The registry of strategies: every module of this folder is one, its stem is the id with underscores."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Mapping

from bot.policy.model import Strategy
from bot.reviewers.strategy import Strategist


@functools.cache
def strategies() -> Mapping[Strategy, Strategist]:
    """Every strategy by its id, in alphabetical order."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    found = (importlib.import_module(f"{__name__}.{name}").STRATEGIST for name in names)
    return {strategist.strategy: strategist for strategist in found}
