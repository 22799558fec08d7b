"""GitHub's published description, out of the models that githubkit generates from it, as a validator of the sandbox."""

from __future__ import annotations

import ast
import functools
import importlib
import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pydantic

from bot.sandbox.state import Exchange

_PACKAGE = "githubkit_schemas.v2022_11_28"
_HEAD = re.compile(r'"""\S+\n\n        (GET|POST|PUT|PATCH|DELETE) (/\S*)\n')
# A union that does not fit brings a line for each of its members: the first few tell enough.
SHOWN = 12
_END = re.compile(r"\n    (?:async def|def|@overload)")

# Served though the description has no such path: GitHub redirects to them or answers them all the same.
UNDESCRIBED = frozenset(
    {
        # `url` of a team leads here (docs: "Teams", the examples of every answer).
        ("GET", "/organizations/{}/team/{}"),
        ("GET", "/organizations/{}/team/{}/members"),
        ("GET", "/organizations/{}/team/{}/memberships/{}"),
        ("GET", "/organizations/{}/team/{}/teams"),
        ("GET", "/organizations/{}/team/{}/repos"),
        # The description has one path for contents, with a path that may be empty.
        ("GET", "/repos/{}/{}/contents"),
        ("GET", "/repos/{}/{}/contents/"),
    }
)

# Where GitHub's own answers break the description. Its union for the events of one issue lacks the plain ones
# (docs: "Issue event types" has them); these are held against `IssueEvent`, the shape of events of a repository.
EVENTS = "/repos/{owner}/{repo}/issues/{issue_number}/events"
PLAIN = frozenset(
    {
        "added_to_merge_queue",
        "base_ref_changed",
        "closed",
        "convert_to_draft",
        "head_ref_force_pushed",
        "merged",
        "ready_for_review",
        "removed_from_merge_queue",
        "reopened",
    }
)


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the description: what its body and its answer have to be (None: nothing is said)."""

    body: pydantic.TypeAdapter[Any] | None
    answer: pydantic.TypeAdapter[Any] | None
    errors: Mapping[str, pydantic.TypeAdapter[Any]]


def described() -> frozenset[tuple[str, str]]:
    """Method and path of every operation; a variable is ``{}``."""
    return frozenset(_sources())


@functools.cache
def operation(method: str, template: str) -> Operation | None:
    """One operation by method and path."""
    source = _sources().get((method, anonymous(template)))
    return None if source is None else _operation(source)


def anonymous(template: str) -> str:
    """A path without the names of its variables."""
    return re.sub(r"\{\w+\}", "{}", template)


class Description:
    """The validator; remembers what it has seen, to tell which operations the tests have tried."""

    def __init__(self) -> None:
        self.seen: set[tuple[str, str]] = set()

    def exchange(self, exchange: Exchange) -> list[str]:
        """What differs in a request that was accepted, and in its answer."""
        found = operation(exchange.method, exchange.template)
        self.seen.add((exchange.method, exchange.template))
        if found is None:
            known = (exchange.method, anonymous(exchange.template)) in UNDESCRIBED
            return [] if known else [f"{exchange.method} {exchange.template} is not described"]
        name = f"{exchange.method} {exchange.template} {exchange.status}"
        differences = []
        if exchange.status < 400:
            if found.body is not None and exchange.sent.strip():
                differences += _differences(f"{name}: request", found.body, exchange.sent)
            if found.answer is not None and exchange.answer and "application/json" in exchange.media_type:
                differences += _answered(exchange, found.answer, f"{name}: answer")
        elif model := found.errors.get(str(exchange.status)):
            differences += _differences(f"{name}: error", model, exchange.answer)
        return differences

    def webhook(self, event: str, action: str | None, body: bytes) -> list[str]:
        """What differs in a webhook."""
        model = payload(event, action)
        name = f"webhook {event} {action}"
        return [f"{name} is not described"] if model is None else _differences(name, model, body)


@functools.cache
def payload(event: str, action: str | None) -> pydantic.TypeAdapter[Any] | None:
    """What a webhook has to be."""
    # One module for each event: all of them together take seconds to import.
    try:
        module = importlib.import_module(f"{_PACKAGE}.webhooks.{event}")
    except ModuleNotFoundError:
        return None
    kinds = module.action_types
    model = kinds.get(action) if isinstance(kinds, dict) else kinds
    return None if model is None else pydantic.TypeAdapter(model)


def _answered(exchange: Exchange, model: pydantic.TypeAdapter[Any], name: str) -> list[str]:
    if exchange.template != EVENTS:
        return _differences(name, model, exchange.answer)
    events = json.loads(exchange.answer)
    plain = [one for one in events if one["event"] in PLAIN]
    others = [one for one in events if one["event"] not in PLAIN]
    return [
        *_differences(
            name, _adapter(ast.parse("list[IssueEvent]", mode="eval").body), json.dumps(plain).encode()
        ),
        *_differences(name, model, json.dumps(others).encode()),
    ]


def _differences(name: str, model: pydantic.TypeAdapter[Any], body: bytes) -> list[str]:
    try:
        model.validate_json(body, strict=True)
    except pydantic.ValidationError as error:
        return sorted(
            f"{name}: {_place(one['loc'])}: {one['msg']} ({json.dumps(one['input'], default=str)[:80]})"
            for one in error.errors(include_url=False)
        )[:SHOWN]
    return []


def _place(parts: tuple[int | str, ...]) -> str:
    return ".".join(map(str, parts))


@functools.cache
def _sources() -> dict[tuple[str, str], str]:
    package = importlib.import_module(f"{_PACKAGE}.rest")
    folder = Path(str(package.__file__)).parent
    found: dict[tuple[str, str], str] = {}
    for file in sorted(folder.glob("*.py")):
        text = file.read_text(encoding="utf-8")
        for head in _HEAD.finditer(text):
            end = _END.search(text, head.end())
            source = text[head.end() : end.start() if end else len(text)]
            found.setdefault((head[1], anonymous(head[2])), source.partition('"""')[2])
    return found


def _operation(source: str) -> Operation:
    tree = ast.parse(textwrap.dedent(source))
    body = answer = None
    errors: dict[str, pydantic.TypeAdapter[Any]] = {}
    for call in _calls(tree):
        if isinstance(call.func, ast.Name) and call.func.id == "type_validate_python":
            body = _adapter(call.args[0])
        for keyword in call.keywords:
            if keyword.arg == "response_model":
                answer = _adapter(keyword.value)
            elif keyword.arg == "error_models" and isinstance(keyword.value, ast.Dict):
                for key, value in zip(keyword.value.keys, keyword.value.values, strict=True):
                    if isinstance(key, ast.Constant):
                        errors[str(key.value)] = _adapter(value)
    return Operation(body, answer, errors)


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


class _Names(dict[str, Any]):
    """The names of the generated code: models, and what typing and the standard library have."""

    def __missing__(self, name: str) -> Any:
        for module in (f"{_PACKAGE}.models", "typing", "githubkit.typing", "builtins"):
            found = getattr(importlib.import_module(module), name, None)
            if found is not None:
                return found
        if name == "_dt":
            return importlib.import_module("datetime")
        raise KeyError(name)


def _adapter(expression: ast.expr) -> pydantic.TypeAdapter[Any]:
    code = compile(ast.Expression(expression), "<description>", "eval")
    return pydantic.TypeAdapter(eval(code, {"__builtins__": {}}, _Names()))  # noqa: S307 - our own dependency's code
