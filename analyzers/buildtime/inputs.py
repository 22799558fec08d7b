"""What a build script reads without telling Cargo, so that a change of it would not run the script again.

Rules of the Cargo book, "Build Scripts", section "Change Detection": a variable is looked at only if it is declared.
Without any declaration every file of the package counts, with one only the declared files and folders do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from analyzers.buildtime.capabilities import Script
from analyzers.buildtime.names import is_given

_VARIABLE = "rerun-if-env-changed"
_FILE = "rerun-if-changed"


@dataclass(frozen=True, slots=True)
class Undeclared:
    """A variable or file that is read and not declared; ``at`` is the offset in the source of its script."""

    what: Literal["variable", "file"]
    name: str
    at: int


def undeclared(script: Script, others: Sequence[Script] = ()) -> tuple[Undeclared, ...]:
    """What one source of a build script reads undeclared, each once; ``others`` are the script's other sources."""
    return (*_variables(script, others), *_files(script, others))


def _declared(script: Script, others: Sequence[Script], name: str) -> tuple[set[str], bool]:
    """The values of an instruction, and whether any is put together when the script runs."""
    found = [each for one in (script, *others) for each in one.directives if each.name == name]
    return {each.value.strip() for each in found}, any(each.computed for each in found)


def _variables(script: Script, others: Sequence[Script]) -> Iterator[Undeclared]:
    declared, computed = _declared(script, others, _VARIABLE)
    if computed:
        return
    told = set(declared)
    for read in script.variables:
        if read.name and not is_given(read.name) and read.name not in told:
            told.add(read.name)
            yield Undeclared("variable", read.name, read.at)


def _files(script: Script, others: Sequence[Script]) -> Iterator[Undeclared]:
    declared, computed = _declared(script, others, _FILE)
    variables, _ = _declared(script, others, _VARIABLE)
    if computed or not (declared or variables):
        return
    folders = tuple(f"{path.removeprefix('./').rstrip('/')}/" for path in declared)
    told: set[str] = set()
    for read in script.files:
        name = read.name.removeprefix("./")
        # An absolute path is no input of the package.
        if name and name not in told and not name.startswith("/") and not f"{name}/".startswith(folders):
            told.add(name)
            yield Undeclared("file", name, read.at)
