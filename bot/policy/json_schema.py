"""The JSON Schema of the policy file, for editors and for wording what is wrong with a file."""

from __future__ import annotations

from functools import cache
from typing import Any, TypeAlias

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue
from pydantic_core import core_schema

from bot.policy.file import PolicyFile

JsonSchema: TypeAlias = dict[str, Any]


class _Generator(GenerateJsonSchema):
    """TOML has no null, and a field's name needs no second spelling as its title."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002  (pydantic passes it)
        return False

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        described = super().default_schema(schema)
        if described.get("default", ...) in (None, [], {}):
            del described["default"]
        return described

    def generate(
        self, schema: core_schema.CoreSchema, mode: JsonSchemaMode = "validation"
    ) -> JsonSchemaValue:
        return {"$schema": self.schema_dialect, **super().generate(schema, mode)}


@cache
def policy_schema() -> JsonSchema:
    """The schema (draft 2020-12) of a policy file, read as JSON with dates as strings; not to be altered."""
    return PolicyFile.model_json_schema(schema_generator=_Generator)


def node_at(schema: JsonSchema, path: tuple[int | str, ...]) -> JsonSchema:
    """The part of a schema that describes what stands at a path; empty for what it does not know."""
    node = _resolved(schema, schema)
    for part in path:
        if isinstance(part, int):
            inner = node.get("items")
        else:
            free = (*node.get("patternProperties", {}).values(), node.get("additionalProperties"))
            inner = node.get("properties", {}).get(part) or free[0]
        node = _resolved(schema, inner or {})
    return node


def _resolved(schema: JsonSchema, node: JsonSchema) -> JsonSchema:
    # A table that may be `false` as well is one of several alternatives; its keys are those of the table.
    nodes = (node, *node.get("anyOf", ()))
    reference = next((each["$ref"] for each in nodes if "$ref" in each), None)
    return {**schema["$defs"][reference.removeprefix("#/$defs/")], **node} if reference else node
