"""The words of a policy file: strings and numbers that only some values may take."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError, core_schema

from bot.policy import globs
from bot.policy.names import FINDING_NAMES
from bot.policy.nearest import quoted

VERSION = 1
MAX_NAME = 100
"""Characters of the name of a rule, a pool, a person or a team."""

REFUSED = "refused"
"""The type of the errors whose message is ours already."""
UNKNOWN_WORD = "unknown_word"
"""The type of the errors of ``OneOf``; their context has its noun."""
UNKNOWN_POOL = "unknown_pool"
"""The type of the error that a rule names a pool which the file does not define."""

_LOGIN = r"^[A-Za-z0-9][A-Za-z0-9_-]*$"
_TEAM = r"^[A-Za-z0-9][A-Za-z0-9_-]*/[A-Za-z0-9_][A-Za-z0-9_.-]*$"
_GLOB = r"^[^!\\{}][^\\{}]*$"


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
    """The context of a validation: the names of the pools that the file defines."""

    names: frozenset[str]


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


def _known_pool(text: str, info: ValidationInfo) -> str:
    if isinstance(info.context, Pools) and text not in info.context.names:
        raise PydanticCustomError(UNKNOWN_POOL, "there is no such pool")
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
