"""The comment on a pull request that edits the policy: what is wrong with it, or what would change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.actions import Annotation, Level
from bot.policy.direction import Direction
from bot.policy.edit import Fact, Part, PolicyChange, What
from bot.render import line_remarks, prose
from bot.render.escape import code
from bot.render.items import fitting
from bot.render.people import listed
from bot.render.prose import Markup, say
from bot.render.situation import problem
from bot.render.view import EditedPolicy, Effect

_SHARE = 14_000


def policy_comment(edit: EditedPolicy) -> str | None:
    """The comment, marker first, in less than 60,000 bytes; None where no policy file is edited."""
    if not edit.edits:
        return None
    difference = edit.difference
    changed = [effect for effect in edit.effects if effect.before is not effect.after]
    filled = prose.markdown_template("comments/policy.md.j2")(
        title=Markup(say("policy-edit.problems", count=len(difference.errors))),
        branch=Markup(code(edit.base_ref, 60)),
        problems=_lines(problem(one, edit.web, edit.head) for one in sorted(difference.errors)),
        notes=_lines(problem(one, edit.web, edit.head) for one in sorted(difference.notes)),
        repairs=difference.was_unreadable,
        direction=Markup(say(f"policy-edit.whole.{difference.direction}")),
        changes=_lines([*_removed(edit), *map(_change, difference.changes)]),
        effects=_lines(_effect(one) for one in sorted(changed, key=lambda one: one.number)),
        effects_title=Markup(say("policy-edit.effects", count=len(changed))),
        same=Markup(say("policy-edit.same")) if edit.effects and not edit.unjudged else "",
        unjudged=Markup(say("policy-edit.unjudged", count=edit.unjudged)) if edit.unjudged else "",
    )
    return filled.rstrip("\n") + "\n"


def policy_annotations(edit: EditedPolicy) -> tuple[Annotation, ...]:
    """Remarks on the lines of the policy files of the head, sorted: problems, then what is worth a look."""
    edited = {one.path for one in edit.edits}
    problems = tuple(one for one in edit.difference.errors if one.file in edited)
    notes = tuple(one for one in edit.difference.notes if one.file in edited)
    failures = line_remarks.of_problems(problems, Level.FAILURE)
    return tuple(sorted((*failures, *line_remarks.of_problems(notes, Level.NOTICE))))


def _removed(edit: EditedPolicy) -> list[str]:
    gone = sorted(one.path for one in edit.edits if not one.blob)
    return [say("policy-edit.removed", path=code(path)) for path in gone]


def _change(change: PolicyChange) -> str:
    part = say(f"policy-edit.part.{change.part}", name=code(change.name, 60))
    line = say(f"policy-edit.what.{change.what}", part=part)
    if change.what is not What.CHANGED and change.part is not Part.FINDING:
        return line + _direction(change.direction)
    return "\n".join([f"{line}:", *(f"  - {_fact(fact)}" for fact in change.facts)])


def _fact(fact: Fact) -> str:
    before, after = _words(fact.before), _words(fact.after)
    return say("policy-edit.fact", key=code(fact.key), before=before, after=after) + _direction(
        fact.direction
    )


def _words(words: Sequence[str]) -> str:
    return listed(words, lambda word: code(word, 60), 8) if words else say("policy-edit.unset")


def _direction(direction: Direction) -> str:
    return f" {text}" if (text := say(f"policy-edit.direction.{direction}")) else ""


def _effect(effect: Effect) -> str:
    before, after = say(f"verdict.{effect.before}"), say(f"verdict.{effect.after}")
    return say("policy-edit.effect", number=str(effect.number), before=before, after=after)


def _lines(lines: Iterable[str]) -> list[Markup]:
    return [Markup(line) for line in fitting(list(lines), _SHARE)]
