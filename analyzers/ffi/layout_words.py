"""What became of a type's layout, as facts that people are told in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from analyzers.ffi.layout import Field, TypeDefinition, Variant, discriminants
from analyzers.ffi.types import spelled
from analyzers.ffi.words import Means, told, type_words
from analyzers.model import Note


def layout_words(before: TypeDefinition, after: TypeDefinition, was: Means, now: Means) -> Iterator[Note]:
    """How the layout of a type differs, or what an alias stands for.

    ``was`` and ``now`` tell what the types of either side mean.
    """
    if before.shape != after.shape:
        yield told("ffi-shape", before=before.shape, after=after.shape)
    if before.representation != after.representation:
        yield from _representation(before.representation, after.representation)
    if after.shape == "alias" and before.shape == "alias":
        yield from type_words("ffi-alias", before.target, after.target, was, now, name=after.name)
    elif after.shape == "enum":
        yield from _variants(before, after, was, now)
    else:
        yield from _fields(before.fields, after.fields, was, now)


def _representation(before: Sequence[str], after: Sequence[str]) -> Iterator[Note]:
    old, new = (f"repr({', '.join(each)})" if each else "" for each in (before, after))
    if old and new:
        yield told("ffi-repr", before=old, after=new)
    else:
        yield told("ffi-repr-new", after=new) if new else told("ffi-repr-gone", before=old)


def _fields(before: Sequence[Field], after: Sequence[Field], was: Means, now: Means) -> Iterator[Note]:
    after = _named_alike(before, after)
    old, new = ({field.name: field for field in fields} for fields in (before, after))
    for place, field in enumerate(before, 1):
        if field.name not in new:
            yield told("ffi-field-gone", number=place, name=field.name, type=spelled(field.type))
    for place, field in enumerate(after, 1):
        known = old.get(field.name)
        if known is None:
            yield told("ffi-field-new", number=place, name=field.name, type=spelled(field.type))
            continue
        yield from type_words("ffi-field", known.type, field.type, was, now, name=field.name)
        if known.cfg != field.cfg:
            yield told("ffi-field-cfg", name=field.name)
    orders = [[name for name in names if name in old and name in new] for names in (old, new)]
    if orders[0] != orders[1]:
        yield told("ffi-field-order", before=", ".join(orders[0]), after=", ".join(orders[1]))


def _named_alike(before: Sequence[Field], after: Sequence[Field]) -> Sequence[Field]:
    """The later fields, one that was only renamed under its old name: where a field stands is what counts."""
    if len(before) != len(after):
        return after
    names = {field.name for field in before} & {field.name for field in after}
    return [
        replace(new, name=old.name)
        if old.type == new.type and old.name not in names and new.name not in names
        else new
        for old, new in zip(before, after, strict=True)
    ]


def _variants(before: TypeDefinition, after: TypeDefinition, was: Means, now: Means) -> Iterator[Note]:
    values = [_values(before), _values(after)]
    if before.in_macro or after.in_macro:
        # A macro can give values of its own to variants that state none.
        values = [[each.discriminant for each in side.variants] for side in (before, after)]
    old = {each.name: (each, value) for each, value in zip(before.variants, values[0], strict=True)}
    names = {variant.name for variant in after.variants}
    for name, (_, value) in old.items():
        if name not in names:
            yield _variant("ffi-variant-gone", name, before=value)
    for variant, value in zip(after.variants, values[1], strict=True):
        if variant.name not in old:
            yield _variant("ffi-variant-new", variant.name, after=value)
            continue
        known, was_value = old[variant.name]
        if was_value != value and was_value and value:
            yield told("ffi-variant", name=variant.name, before=was_value, after=value)
        yield from _fields(_inside(known), _inside(variant), was, now)


def _variant(id: str, name: str, **value: str) -> Note:
    """A variant that is new or gone, with its value if that is known."""
    return told(id, name=name, **value) if any(value.values()) else told(f"{id}-unvalued", name=name)


def _values(definition: TypeDefinition) -> list[str]:
    """The discriminants in words, as written where they are no integer literals."""
    values: list[str] = []
    base, steps = "", 0
    for variant, value in zip(definition.variants, discriminants(definition.variants), strict=True):
        if variant.discriminant:
            base, steps = variant.discriminant, 0
        else:
            steps += 1
        values.append(str(value) if value is not None else f"{base} + {steps}" if steps else base)
    return values


def _inside(variant: Variant) -> tuple[Field, ...]:
    return tuple(replace(field, name=f"{variant.name}.{field.name}") for field in variant.fields)
