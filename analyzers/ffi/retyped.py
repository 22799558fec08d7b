"""Type aliases that stand for something else now: what uses them changes without an edit of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from analyzers.ffi.aliases import Meaning
from analyzers.ffi.crate import Definition, Sources
from analyzers.ffi.layout_words import layout_words
from analyzers.ffi.wanted import aliases_differ
from analyzers.ffi.words import same
from analyzers.model import Change, ChangeClass, Macro, Note, Scan, Site
from analyzers.rust.tokens import digest
from analyzers.survey import Sides, compare_sites


@dataclass(frozen=True, slots=True)
class Retyped:
    """An alias with another meaning on each side, and that in words."""

    before: Definition
    after: Definition
    words: tuple[Note, ...]


def retyped_aliases(
    sides: Sides, base: Sources, head: Sources, was: Meaning, now: Meaning
) -> Iterator[Retyped]:
    """The aliases in changed files whose own text changed, and their meaning with it."""
    for change in sides.changed:
        if change.base is None or change.head is None or not aliases_differ(change):
            continue
        old = {each.item: each for each in base.definitions(change.base.path) if each.shape == "alias"}
        for each in head.definitions(change.head.path):
            before = old.get(each.item)
            if before is None or each.shape != "alias" or each.in_test or before.target == each.target:
                continue
            was_path, is_path = change.base.path, change.head.path
            meant = was.of(before.target, was_path, before.modules)
            if meant != now.of(each.target, is_path, each.modules):
                words = tuple(layout_words(before, each, same, same))
                yield Retyped(Definition(was_path, before), Definition(is_path, each), words)


def alias_changes(retyped: Retyped, base: Sources, head: Sources, notes: tuple[Note, ...]) -> list[Change]:
    """The change of kind ``layout`` that stands for a retyped alias, with its words."""
    found = compare_sites(_scan(retyped.before, base), _scan(retyped.after, head))
    return [
        Change(each.change, each.path, each.site, each.fingerprint, each.before, each.reasons, notes)
        for each in found
        if each.change is ChangeClass.CHANGED
    ]


def _scan(definition: Definition, sources: Sources) -> dict[str, Scan]:
    """A scan that holds the alias as its only site."""
    source, of = sources.source(definition.path), definition.of
    if source is None:
        return {}
    start, end = of.keyword, of.end
    words = source.token_words(source.offset(start), source.offset(end))
    site = Site(
        kind="layout",
        item=of.item,
        line=of.line,
        column=of.column,
        end_line=source.line_of(max(start, end - 1)),
        keyword=start,
        start=start,
        end=end,
        tokens=digest(words),
        detail="alias",
        macro=Macro.DEFINITION if of.in_macro else Macro.NONE,
        cfg=of.cfg,
    )
    return {definition.path: Scan(sites=(site,), words=(tuple(words),))}
