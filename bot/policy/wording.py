"""What is wrong with a policy file, in words for the people who write it."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from bot.policy.file_words import REFUSED, UNKNOWN_POOL, UNKNOWN_WORD
from bot.policy.json_schema import node_at, policy_schema
from bot.policy.nearest import did_you_mean, quoted

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_ENTRY_KEY = "[key]"
"""How pydantic ends the location of an error in a table's key itself."""

_EXPECTED = {
    "string_type": "a string",
    UNKNOWN_WORD: "a string",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "list_type": "an array, as in `[...]`",
    "dict_type": "a table",
    "model_type": "a table",
    "date_type": "a date such as 2027-01-01, without quotes",
}

_WRONG_VALUE = {
    "too_short": "{label} is empty; leave it out, or list something",
    "greater_than_equal": "{label} must be at least {ge}",
    "less_than_equal": "{label} must be at most {le}",
}

# In this order: to Python true is a number too, and a date with a time is a date.
_FOUND = (
    (bool, "true or false"),
    (int, "a whole number"),
    (float, "a number with a point"),
    (str, "a string"),
    (datetime.datetime, "a date with a time"),
    (datetime.date, "a date"),
    (datetime.time, "a time"),
    (list, "an array"),
    (dict, "a table"),
)


def path_of(error: ErrorDetails) -> tuple[int | str, ...]:
    """The path, in the file, of what an error is about; for a missing key of the table that lacks it."""
    location = error["loc"]
    return location[:-1] if error["type"] == "missing" or _is_about_entry_key(error) else location


def is_about_key(error: ErrorDetails) -> bool:
    """Whether an error is about a key rather than the value behind it."""
    return error["type"] in {"extra_forbidden", "missing"} or _is_about_entry_key(error)


def _is_about_entry_key(error: ErrorDetails) -> bool:
    # Tables whose keys are free stand at the top, and one below `build`; elsewhere, or as an unknown key, `[key]`
    # is just a key.
    location = error["loc"]
    depth = 4 if location[:2] == ("build", "allow") else 3
    return len(location) == depth and location[-1] == _ENTRY_KEY and error["type"] != "extra_forbidden"


def message(error: ErrorDetails, pools: tuple[str, ...]) -> str:
    """One sentence: what is wrong, and where it can be told what was probably meant.

    ``pools`` are the names of the pools that the file defines.
    """
    kind, label, limits = error["type"], _label(error["loc"]), error.get("ctx", {})
    if kind == REFUSED:
        return str(limits["problem"])
    if kind == UNKNOWN_POOL:
        return f"there is no pool {quoted(error['input'])}{did_you_mean(error['input'], pools, 'pools')}"
    if kind in _WRONG_VALUE:
        return _WRONG_VALUE[kind].format(label=label, **limits)
    if kind in {"extra_forbidden", "missing"} or _is_word(error):
        return _unknown_or_missing(error, label)
    expected = _EXPECTED.get(kind)
    return (
        f"{label} must be {expected}, not {_found(error['input'])}"
        if expected
        else f"{label}: {error['msg']}"
    )


def _is_word(error: ErrorDetails) -> bool:
    return error["type"] == UNKNOWN_WORD and isinstance(error["input"], str)


def _unknown_or_missing(error: ErrorDetails, label: str) -> str:
    location = error["loc"]
    if error["type"] == "missing":
        description: str = node_at(policy_schema(), location).get("description", "")
        return f"{label} is missing: {description[:1].lower()}{description[1:].rstrip('.')}"
    if error["type"] == "extra_forbidden":
        known = tuple(node_at(policy_schema(), location[:-1]).get("properties", {}))
        return f"unknown key {label}{did_you_mean(str(location[-1]), known, 'the keys here are')}"
    if _is_about_entry_key(error):
        node = node_at(policy_schema(), location[:-2])["propertyNames"]
    else:
        node = node_at(policy_schema(), location)
    near = did_you_mean(error["input"], node["enum"], "known are")
    return f"unknown {error['ctx']['noun']} {quoted(error['input'])}{near}"


def _label(location: tuple[int | str, ...]) -> str:
    last = location[-1] if location else ""
    return f"an entry of {_label(location[:-1])}" if isinstance(last, int) else quoted(last)


def _found(value: object) -> str:
    return next((words for kind, words in _FOUND if isinstance(value, kind)), "something else")
