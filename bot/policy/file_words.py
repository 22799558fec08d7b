"""The words of a policy file: strings and numbers that only some values may take."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
)
from pydantic_core import PydanticCustomError, core_schema

from bot.policy import globs
from bot.policy.names import FINDING_NAMES
from bot.policy.nearest import quoted

VERSION = 1
MAX_NAME = 100
"""Characters of the name of a rule, a pool, a person, a team or a crate."""
MAX_LABEL = 50
"""Characters of a label; GitHub refuses more."""

REFUSED = "refused"
"""The type of the errors whose message is ours already."""
UNKNOWN_WORD = "unknown_word"
"""The type of the errors of ``OneOf``; their context has its noun."""
UNKNOWN_POOL = "unknown_pool"
"""The type of the error that a rule names a pool which the file does not define."""

_LOGIN = r"^[A-Za-z0-9][A-Za-z0-9_-]*$"
_TEAM = r"^[A-Za-z0-9][A-Za-z0-9_-]*/[A-Za-z0-9_][A-Za-z0-9_.-]*$"
_GLOB = r"^[^!\\{}][^\\{}]*$"
# The hyphen and the underscore, letters and digits of any script, as Cargo has it (cargo::core::PackageIdSpec
# and `cargo new`); a schema cannot name letters, so it names the other ASCII characters.
_CRATE = r"^[^\s!-,./:-@\[-^`{-~]+$"
_AUTHOR = r"^[A-Za-z0-9][A-Za-z0-9_-]*(\[bot\]|/[A-Za-z0-9_][A-Za-z0-9_.-]*)?$"
_DAYS = r"^[1-9][0-9]{0,3}d$"
_HOURS = r"^[1-9][0-9]{0,2}h$"


@dataclass(frozen=True, slots=True)
class OneOf:
    """Restricts a string to some words; ``noun`` is what a word is called in messages."""

    noun: str
    words: tuple[str, ...]

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """The check itself; its errors are worded by ``bot.policy.problems``."""
        return core_schema.custom_error_schema(
            core_schema.literal_schema([str(word) for word in self.words]),
            custom_error_type=UNKNOWN_WORD,
            custom_error_message="not one of the words that go here",
            custom_error_context={"noun": self.noun},
        )

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """The check as editors see it."""
        return {"type": "string", "enum": [str(word) for word in self.words]}


@dataclass(frozen=True, slots=True)
class Pools:
    """The context of a validation: the names of the pools that rules may use; None when nobody knows them."""

    names: frozenset[str] | None


def refuse(problem: str) -> PydanticCustomError:
    """An error with a message for people."""
    return PydanticCustomError(REFUSED, "{problem}", {"problem": problem})


def _version(number: int) -> int:
    if number > VERSION:
        raise refuse(f"this cratewarden reads version {VERSION}; upgrade it, or write {VERSION}")
    if number != VERSION:
        raise refuse(f"there is only version {VERSION}")
    return number


def _name(text: str) -> str:
    if not text.strip() or len(text) > MAX_NAME:
        raise refuse(f"a name needs 1 to {MAX_NAME} characters")
    if not text.isprintable():
        raise refuse("a name can only hold characters that can be seen")
    return text


def _login(text: str) -> str:
    if text.startswith("@"):
        raise refuse(f"write logins without `@`: {quoted(text.lstrip('@'))}")
    if "/" in text:
        raise refuse(f"{quoted(text)} looks like a team; list it under `teams`")
    if text.endswith("[bot]"):
        raise refuse(f"{quoted(text)} is a bot; only people can approve")
    if len(text) > MAX_NAME or not re.fullmatch(_LOGIN, text):
        raise refuse(f"{quoted(text)} is no GitHub login")
    return text


def _team(text: str) -> str:
    if text.startswith("@"):
        raise refuse(f"write teams without `@`: {quoted(text.lstrip('@'))}")
    if len(text) > 2 * MAX_NAME or not re.fullmatch(_TEAM, text):
        raise refuse(f"{quoted(text)} is no team; write organisation/team, as in its address")
    return text


def _glob(text: str) -> str:
    problem = globs.objection(text)
    if problem:
        raise refuse(f"the glob {quoted(text)} {problem}")
    return text


def _branch(text: str) -> str:
    if text.startswith("!"):
        raise refuse(f"the glob {quoted(text)} starts with `!`; list the branches that count")
    return _glob(text)


def _known_pool(text: str, info: ValidationInfo) -> str:
    known = info.context.names if isinstance(info.context, Pools) else None
    if known is not None and text not in known:
        raise PydanticCustomError(UNKNOWN_POOL, "there is no such pool")
    return text


def _author(text: str) -> str:
    if text.startswith("@"):
        raise refuse(f"write logins and teams without `@`: {quoted(text.lstrip('@'))}")
    if "/" in text:
        return _team(text)
    _login(text.removesuffix("[bot]"))
    return text


def _crate(text: str) -> str:
    if len(text) > MAX_NAME or not re.fullmatch(_CRATE, text) or not text.isprintable():
        raise refuse(f"{quoted(text)} is no name of a crate; write it as in its Cargo.toml, without globs")
    return text


def _build_crate(text: str) -> str:
    """A crate, or all of them: the star of ``bot.policy.model.ANY_CRATE``."""
    return text if text == "*" else _crate(text)


def _duration(pattern: str, unit: str, example: str) -> Callable[[object], object]:
    """A validator of a number with a unit, which also says what to do about a bare number."""

    def check(value: object) -> object:
        bare = isinstance(value, int) and not isinstance(value, bool)
        if bare or (isinstance(value, str) and not re.fullmatch(pattern, value)):
            raise refuse(f'write a number of {unit} such as "{example}"')
        return value

    return check


def _label(value: object, handler: ValidatorFunctionWrapHandler) -> object:
    if value is False:
        return ""
    text = handler(value)
    if not text.strip() or text != text.strip() or len(text) > MAX_LABEL or not text.isprintable():
        raise refuse(f"a label needs 1 to {MAX_LABEL} characters that can be seen; write false for no label")
    return text


_NAME_SCHEMA = WithJsonSchema({"type": "string", "minLength": 1, "maxLength": MAX_NAME})

Version = Annotated[int, AfterValidator(_version), WithJsonSchema({"type": "integer", "const": VERSION})]
Name = Annotated[str, AfterValidator(_name), _NAME_SCHEMA]
PoolName = Annotated[str, AfterValidator(_known_pool), _NAME_SCHEMA]
Login = Annotated[
    str,
    AfterValidator(_login),
    WithJsonSchema({"type": "string", "pattern": _LOGIN, "maxLength": MAX_NAME}),
]
Team = Annotated[
    str,
    AfterValidator(_team),
    WithJsonSchema({"type": "string", "pattern": _TEAM, "maxLength": 2 * MAX_NAME}),
]
GlobPattern = Annotated[
    str,
    AfterValidator(_glob),
    WithJsonSchema({"type": "string", "pattern": _GLOB, "maxLength": globs.MAX_LENGTH}),
]
FindingId = Annotated[str, OneOf("finding", FINDING_NAMES)]
BranchPattern = Annotated[
    str,
    AfterValidator(_branch),
    WithJsonSchema({"type": "string", "pattern": _GLOB, "maxLength": globs.MAX_LENGTH}),
]
Author = Annotated[
    str,
    AfterValidator(_author),
    WithJsonSchema({"type": "string", "pattern": _AUTHOR, "maxLength": 2 * MAX_NAME}),
]
CrateName = Annotated[
    str,
    AfterValidator(_crate),
    WithJsonSchema({"type": "string", "pattern": _CRATE, "maxLength": MAX_NAME}),
]
BuildCrate = Annotated[
    str,
    AfterValidator(_build_crate),
    WithJsonSchema({"type": "string", "pattern": rf"^\*$|{_CRATE}", "maxLength": MAX_NAME}),
]
Days = Annotated[
    str,
    BeforeValidator(_duration(_DAYS, "days", "90d")),
    WithJsonSchema({"type": "string", "pattern": _DAYS}),
]
WorkingHours = Annotated[
    str,
    BeforeValidator(_duration(_HOURS, "working hours", "8h")),
    WithJsonSchema({"type": "string", "pattern": _HOURS}),
]
Label = Annotated[
    str,
    WrapValidator(_label),
    WithJsonSchema({"anyOf": [{"type": "string", "minLength": 1, "maxLength": MAX_LABEL}, {"const": False}]}),
]
