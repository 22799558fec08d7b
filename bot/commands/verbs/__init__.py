"""The registry of commands: every module of this folder is one, its stem is the command's name."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Mapping

from bot.commands.model import Command


@functools.cache
def commands() -> Mapping[str, Command]:
    """Every command by its name, in alphabetical order."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    found = (importlib.import_module(f"{__name__}.{name}").COMMAND for name in names)
    return {command.name: command for command in found}
