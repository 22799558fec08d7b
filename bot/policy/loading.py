"""Reads a policy file: bytes in, a policy or every problem with its place out."""

from __future__ import annotations

import codecs
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from operator import itemgetter
from typing import Any, NoReturn, TypeAlias

from pydantic import ValidationError

from bot.policy import checks, toml_tokens, wording
from bot.policy.checks import Role, Setting
from bot.policy.convert import policy_of
from bot.policy.file import PolicyFile
from bot.policy.file_words import Pools
from bot.policy.layers import Clashes, clashes, layer
from bot.policy.model import Policy, PolicyError, PolicyProblem
from bot.policy.nearest import quoted
from bot.policy.oddities import oddities, overruled
from bot.policy.toml_places import Lines, Places, places

MAX_BYTES = 256 * 1024
MAX_PROBLEMS = 50
"""How many problems are told; the last one then says how many more there are."""

Problems: TypeAlias = tuple[PolicyProblem, ...]
_Fault: TypeAlias = tuple[int, Callable[[], str]]
"""An offset, and the words for what is wrong there; finding the words takes a while."""

_TOML_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_TWICE = ("Cannot ", "Duplicate ")


@dataclass(frozen=True, slots=True)
class _Text:
    """A policy file's text with single line breaks, and what is needed to point into it."""

    name: str
    text: str
    lines: Lines

    def problem(self, offset: int, message: str) -> PolicyProblem:
        return PolicyProblem(self.name, *self.lines.place(offset), message)

    def refuse(self, offset: int, message: str) -> NoReturn:
        raise PolicyError((self.problem(offset, message),))


@dataclass(frozen=True, slots=True)
class _Read:
    """A file that is a policy, with its places."""

    file: PolicyFile
    policy: Policy
    found: Places
    text: _Text


def read_policy(data: bytes, name: str) -> Policy:
    """The policy in a file's bytes; ``name`` is what problems call the file. Raises PolicyError."""
    return _read(data, name, Setting()).policy


def read_both(
    repository: tuple[str, bytes] | None, organisation: tuple[str, bytes] | None, ignored: Sequence[str]
) -> Policy:
    """The policy of a repository's file over its organisation's; what ``bot.policy.read_layers`` says."""
    if repository and organisation and repository[1] == organisation[1]:
        # The repository is the one that holds the organisation's file.
        organisation = None
    above, errors = _attempt(organisation, Setting(Role.ORGANISATION))
    setting = Setting()
    if organisation:
        setting = Setting(Role.REPOSITORY, above.policy if above else None)
    own, own_errors = _attempt(repository, setting)
    if errors or own_errors:
        raise PolicyError((*own_errors, *errors))
    merged = layer(above.policy if above else None, _with_notes(own, above, ignored) if own else None)
    if own and above:
        # A pool that an organisation's lock set apart is used by the repository's own rules only.
        anew = own.file.pools.keys() - clashes(above.policy, own.policy).pools.keys()
        unmet = _remarks(checks.rules_out_of_reach(merged, anew), own.found)
        if unmet:
            raise PolicyError(_told(unmet, own.text))
    return merged


def _attempt(file: tuple[str, bytes] | None, setting: Setting) -> tuple[_Read | None, Problems]:
    if file is None:
        return None, ()
    name, data = file
    try:
        return _read(data, name, setting), ()
    except PolicyError as error:
        # Both files' mistakes are told at once.
        return None, error.errors


def _with_notes(own: _Read, above: _Read | None, ignored: Sequence[str]) -> Policy:
    """The repository's policy with what there is to note about it beside other files."""
    found = clashes(above.policy, own.policy) if above else Clashes()
    told = (*own.policy.notes, *_told(_remarks(overruled(own.policy, found), own.found), own.text))
    unread = tuple(
        PolicyProblem(path, 1, 1, f"this file is not read, since there is {quoted(own.text.name)}")
        for path in ignored
    )
    in_order = sorted(told, key=lambda note: (note.line, note.column))
    return replace(own.policy, notes=(*in_order, *unread))


def _read(data: bytes, name: str, setting: Setting) -> _Read:
    text = _decoded(data, name)
    document, found = _parsed(text)
    file = _validated(document, found, text, setting)
    wrong = _remarks(checks.contradictions(file, setting), found)
    if wrong:
        raise PolicyError(_told(wrong, text))
    notes = _told(_remarks(oddities(file, setting), found), text)
    return _Read(file, policy_of(file, notes), found, text)


def _decoded(data: bytes, name: str) -> _Text:
    if len(data) > MAX_BYTES:
        message = f"the file has {len(data):,} bytes; a policy may have {MAX_BYTES:,}"
        raise PolicyError((PolicyProblem(name, 1, 1, message),))
    plain = data.removeprefix(codecs.BOM_UTF8)
    try:
        text = plain.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        before = plain[: error.start].decode("utf-8").replace("\r\n", "\n")
        line, column = Lines.of(before).place(len(before))
        raise PolicyError(
            (PolicyProblem(name, line, column, "not UTF-8; save the file as UTF-8"),)
        ) from error
    return _Text(name, text, Lines.of(text))


def _parsed(text: _Text) -> tuple[dict[str, Any], Places]:
    nul = text.text.find("\0")
    if nul >= 0:
        text.refuse(nul, "a NUL character; a policy is plain text")
    stream = toml_tokens.tokens(text.text)
    objection = toml_tokens.objection(stream)
    if objection:
        text.refuse(objection[0].offset, objection[1])
    try:
        document = tomllib.loads(text.text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError((_toml_problem(str(error), stream, text),)) from error
    return document, places(stream)


def _toml_problem(message: str, stream: list[toml_tokens.Token], text: _Text) -> PolicyProblem:
    """A problem from tomllib's message, which is the only place where it tells the position."""
    found = _TOML_PLACE.search(message)
    offset = len(text.text)
    if found and found[1]:
        offset = text.lines.starts[int(found[1]) - 1] + int(found[2]) - 1
    if message.startswith(_TWICE):
        twice = places([token for token in stream if token.offset < offset]).twice
        if twice:
            key, first, again = twice
            line = text.lines.place(first)[0]
            return text.problem(again, f"{quoted(key)} is there already, on line {line}; keep one of the two")
    words = _TOML_PLACE.sub("", message)
    return text.problem(offset, f"not valid TOML: {words[:100]}")


def _validated(document: Mapping[str, Any], found: Places, text: _Text, setting: Setting) -> PolicyFile:
    pools = document.get("pools")
    own = tuple(pools) if isinstance(pools, dict) else ()
    above = setting.above.pools if setting.above else ()
    names = tuple(dict.fromkeys((*own, *(pool.name for pool in above))))
    known = None if setting.above is None else frozenset(names)
    repeated = _remarks(checks.repeated_names(document), found)
    try:
        file = PolicyFile.model_validate(document, context=Pools(known))
    except ValidationError as error:
        raise PolicyError(_told((*_worded(error, names, found), *repeated), text)) from error
    if repeated:
        raise PolicyError(_told(repeated, text))
    return file


def _worded(error: ValidationError, pools: tuple[str, ...], found: Places) -> Iterator[_Fault]:
    """Our own words for pydantic's errors."""
    for each in error.errors(include_url=False):
        path = wording.path_of(each)
        offset = found.key(path) if wording.is_about_key(each) else found.value(path)
        yield offset, partial(wording.message, each, pools)


def _remarks(remarks: Iterable[checks.Remark], found: Places) -> tuple[_Fault, ...]:
    return tuple(
        (found.key(each.path) if each.at_key else found.value(each.path), each.sentence) for each in remarks
    )


def _told(faults: Iterable[_Fault], text: _Text) -> tuple[PolicyProblem, ...]:
    """The first faults by place; how many more there are stands where the first of those is."""
    every = sorted(faults, key=itemgetter(0))
    told = [text.problem(offset, words()) for offset, words in every[:MAX_PROBLEMS]]
    if len(every) > MAX_PROBLEMS:
        more = f"and {len(every) - MAX_PROBLEMS:,} more problems from here on"
        told.append(text.problem(every[MAX_PROBLEMS][0], more))
    return tuple(told)
