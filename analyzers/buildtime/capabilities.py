"""What a build-time source is able to do, read from the names that stand in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from analyzers.buildtime.directives import Directive, directives, literals
from analyzers.buildtime.names import (
    DOWNLOADERS,
    FETCHERS,
    FETCHING,
    GIVEN_BEGINNINGS,
    METHODS,
    PATHS,
    READS,
    SECOND_ARGUMENT,
    Capability,
    is_given,
    known_part,
)
from analyzers.buildtime.outputs import Outputs
from analyzers.buildtime.paths import Named, Names, Path
from analyzers.rust.source import Source

_METHOD = re.compile(rb"\.\s*(" + b"|".join(METHODS) + rb")\s*\(")
_MACRO = re.compile(rb"(?<![\w:])(?:(?:std|core)\s*::\s*)?(include|env|option_env)\s*!\s*[(\[{]")
_OPENS_TO_WRITE = re.compile(rb"\.\s*(?:write|append|create|create_new|truncate)\s*\(\s*true")
_OPEN = re.compile(rb"\.\s*open\s*(?=\()")
_STATEMENT = 4000
MAX_USES = 400
"""Uses that are told of one source; the first of each capability and name are enough."""


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a capability: its full name, such as ``std::process::Command::new("git")``, and its offset."""

    capability: Capability
    spelt: str
    at: int


@dataclass(frozen=True, slots=True)
class Read:
    """Something that is read: a variable or a path; empty where it is put together when the script runs."""

    name: str
    at: int


class Script:
    """One build-time source with what it is able to do, what it reads and what it tells Cargo.

    ``renamed`` are crates by the names that the manifest gives them. Code for tests does not count.
    """

    def __init__(self, source: Source, renamed: Mapping[str, str] | None = None) -> None:
        self.source = source
        self.names = Names(source, renamed or {})
        self._outputs: Outputs | None = None

    @cached_property
    def uses(self) -> tuple[Use, ...]:
        """What it does, in order, each spelling once."""
        found: dict[tuple[Capability, str], Use] = {}
        for use in sorted(self._uses(), key=lambda use: (use.at, use.capability)):
            if len(found) < MAX_USES and not self._is_test(use.at):
                found.setdefault((use.capability, use.spelt), use)
        return tuple(found.values())

    @property
    def capabilities(self) -> tuple[Capability, ...]:
        """The capabilities of its uses, in the order of their names."""
        return tuple(sorted({use.capability for use in self.uses}))

    @cached_property
    def directives(self) -> tuple[Directive, ...]:
        """Its instructions to Cargo."""
        return directives(self.source)

    @cached_property
    def variables(self) -> tuple[Read, ...]:
        """The environment variables that it reads, in order."""
        called = (named for named in self._used if named.path[:3] in _VARIABLES)
        return tuple(Read(self._first_string(named.end), named.start) for named in called)

    @cached_property
    def files(self) -> tuple[Read, ...]:
        """The files and folders that it reads by the functions of the standard library, in order."""
        called = (named for named in self._used if named.path in READS)
        return tuple(Read(self._first_string(named.end), named.start) for named in called)

    @cached_property
    def _used(self) -> tuple[Named, ...]:
        return tuple(self.names.used())

    def _is_test(self, at: int) -> bool:
        return self.source.scope_at(at).in_test

    def _uses(self) -> Iterator[Use]:
        seen: set[Path] = set()
        for named in self._used:
            known = known_part(named.path)
            # A crate is told once, and only where something of it is named: a variable may be called like it.
            if not known or known in seen or len(named.path) == 1:
                continue
            if len(known) == 1:
                seen.add(known)
            # Told as the table has it, so that other imports, or another function of a crate, are nothing new.
            yield from self._use_of(PATHS[known], replace(named, spelt="::".join(known)))
        for named in self.names.imports:
            # What is brought in is believed to be used, though its use is not seen: by a macro, or as a trait.
            known = known_part(named.path)
            if known and known not in seen:
                yield from self._brought_in(known, named)
        yield from self._by_methods()
        yield from self._by_macros()
        for each in self.directives:
            if each.links:
                yield Use(Capability.LINK, f"cargo::{each.name}", each.start)

    def _use_of(self, capability: Capability, named: Named) -> Iterator[Use]:
        """The uses of one path, by what is passed to it."""
        if capability is Capability.ENV:
            variable = self._first_string(named.end)
            if not (is_given(variable) or self._names_given(named.end)):
                spelt = f'{named.spelt}("{variable}")' if variable else named.spelt
                yield Use(capability, spelt, named.start)
        elif capability is Capability.WRITE:
            if not self._writes_inside(named):
                yield Use(capability, named.spelt, named.start)
        elif capability is Capability.PROCESS:
            program = self._first_string(named.end) if named.path[-1] == "new" else ""
            spelt = f'{named.spelt}::new("{program}")' if program else named.spelt
            yield Use(capability, spelt, named.start)
            called = self._behind(named.end) in (b"(", b"!")
            if called and self._downloads(named.end):
                yield Use(Capability.DOWNLOAD, spelt, named.start)
        else:
            yield Use(capability, named.spelt, named.start)

    def _brought_in(self, known: Path, named: Named) -> Iterator[Use]:
        """An import alone tells nothing of variables and outputs: those who use it are looked at."""
        capability = PATHS[known]
        named_too = any(used.path[: len(known)] == known for used in self._used)
        if capability not in (Capability.ENV, Capability.WRITE) and not named_too:
            yield Use(capability, "::".join(known), named.start)

    def _by_methods(self) -> Iterator[Use]:
        for found in _METHOD.finditer(self.source.text):
            spans = self.outputs.arguments(found.end() - 1)
            if not (spans and self.outputs.is_inside(*spans[0])):
                yield Use(METHODS[found[1]], f".{found[1].decode()}", found.start())

    def _by_macros(self) -> Iterator[Use]:
        for found in _MACRO.finditer(self.source.text):
            word = found[1].decode()
            argument = self.source.text[found.end() : found.end() + 1]
            text = self._first_string(found.end() - 1)
            if word == "include":
                # A literal names a file of the repository, which is read as a part of the script.
                if argument != b'"' or not text:
                    yield Use(Capability.INCLUDE, "include!", found.start())
            elif not is_given(text):
                yield Use(Capability.ENV, f'{word}!("{text}")', found.start())

    def _writes_inside(self, named: Named) -> bool:
        """Whether what a function writes lies in ``OUT_DIR``, or nothing is written after all."""
        opener = self.source.skip_space(named.end)
        if self.source.text[opener : opener + 1] != b"(":
            return named.path[-1] in {"File", "fs"}
        if "OpenOptions" in named.path or named.path[-1] == "options":
            end = self.outputs.expression_end(opener)
            if not _OPENS_TO_WRITE.search(self.source.text, opener, end):
                return True
            opened = _OPEN.search(self.source.text, opener, end)
            if opened is None:
                return False
            opener = opened.end()
        spans = self.outputs.arguments(opener)
        place = 1 if named.path[-1] in SECOND_ARGUMENT else 0
        if len(spans) <= place:
            return False
        moved = named.path[-1] != "rename" or self.outputs.is_inside(*spans[0])
        return moved and self.outputs.is_inside(*spans[place])

    @property
    def outputs(self) -> Outputs:
        """What of the source lies in ``OUT_DIR``; worked out when something is written."""
        if self._outputs is None:
            self._outputs = Outputs(self.source)
        return self._outputs

    def _names_given(self, end: int) -> bool:
        """Whether a variable's name is put together behind one of the beginnings that only Cargo sets."""
        opener = self.source.skip_space(end)
        if self.source.text[opener : opener + 1] != b"(":
            return False
        spans = self.outputs.arguments(opener)
        strings = literals(self.source, *spans[0]) if len(spans) == 1 else iter(())
        return any(each.text.startswith(GIVEN_BEGINNINGS) for each in strings)

    def _behind(self, end: int) -> bytes:
        """The first byte of code behind an offset."""
        at = self.source.skip_space(end)
        return self.source.text[at : at + 1]

    def _first_string(self, end: int) -> str:
        """The string that is the first argument of what ends at an offset; empty if it is none."""
        opener = self.source.skip_space(end)
        if self.source.text[opener : opener + 1] not in (b"(", b"[", b"{"):
            return ""
        quote = self.source.skip_space(opener + 1)
        if self.source.text[quote : quote + 1] == b"&":
            quote = self.source.skip_space(quote + 1)
        if self.source.text[quote : quote + 1] != b'"':
            return ""
        return next((each.text for each in literals(self.source, quote)), "")

    def _downloads(self, at: int) -> bool:
        """Whether the statement of a command names a program that fetches."""
        end = min(self.outputs.expression_end(at), at + _STATEMENT)
        said = b"\n".join(each.text.encode("utf-8", "replace") for each in literals(self.source, at, end))
        if DOWNLOADERS.search(said):
            return True
        return FETCHERS.search(said) is not None and FETCHING.search(said) is not None


_VARIABLES = frozenset({("std", "env", "var"), ("std", "env", "var_os")})
