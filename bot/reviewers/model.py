"""Who is asked, who need not look any more, and why: as values that can be kept and told."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.ports import Assignment

MENTORING = "(mentoring)"
"""The rule under which mentors are asked, written as the gate writes the rules that are in no policy file."""


ASSIGNED = "why.assigned"
"""The reason of those who were asked on somebody's word: the App lets them go only when nothing is left to do."""

REFUSED = "why.refused"
"""What keeps somebody from being asked whom GitHub does not take as a reviewer."""


@dataclass(frozen=True, slots=True)
class Why:
    """A reason as the id of a phrase in ``phrases.toml`` and its words; ``also`` are further things to know.

    Words may be text of strangers: whoever tells them escapes them.
    """

    id: str
    words: tuple[tuple[str, str | int], ...] = ()
    also: tuple[Why, ...] = ()

    def written(self) -> str:
        """The reason as one line of JSON, as the ledger keeps it."""
        return json.dumps(_plain(self), ensure_ascii=True, separators=(",", ":"))

    @classmethod
    def read(cls, text: str) -> Why:
        """The reason that was written; text that is none is taken for the id of a phrase without words."""
        try:
            return _reason(json.loads(text))
        except (ValueError, TypeError, RecursionError):
            # Who asks somebody by other means may give a mere id.
            return cls(text)

    def word(self, name: str) -> str:
        """One of the words as text; empty where there is none of that name."""
        return str(dict(self.words).get(name, ""))


def _plain(why: Why) -> list[object]:
    return [why.id, dict(why.words), [_plain(each) for each in why.also]]


def _reason(value: object) -> Why:
    match value:
        case [str(id), dict(words), list(also)]:
            pairs = tuple(
                (str(name), word if isinstance(word, int) else str(word)) for name, word in words.items()
            )
            return Why(id, pairs, tuple(_reason(each) for each in also))
    raise ValueError("not a reason")


@dataclass(frozen=True, slots=True)
class Pick:
    """Somebody to ask: a login (or a team, ``organisation/slug``), for which rule, and why this one.

    ``others`` are further rules that the person can answer for at the same time.
    """

    person: str
    rule: str
    why: Why
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What has to be done about the people of a pull request.

    ``ask`` and ``ask_teams`` are to be requested and recorded. ``withdraw`` are people whom the App asked and who need
    not look any more. ``over`` are people who answered, or whose request somebody took back: their assignments
    are closed, and nothing is withdrawn on GitHub. ``shortage`` says what cannot be met by anybody. ``refused`` are
    people and teams who could let something pass that waits, and whom GitHub does not let be asked at this head.
    """

    ask: tuple[Pick, ...] = ()
    ask_teams: tuple[Pick, ...] = ()
    withdraw: tuple[str, ...] = ()
    over: tuple[str, ...] = ()
    shortage: tuple[Why, ...] = ()
    refused: tuple[str, ...] = ()


def in_given_order(_rule: str, people: Sequence[str]) -> Sequence[str]:
    """A rotation that nobody has had a turn in yet."""
    return people


@dataclass(frozen=True, slots=True)
class History:
    """What the ledger knows about people (``bot.ports.Book``).

    ``assignments`` are those of the pull request, ``load`` counts everybody's open ones, ``turns`` puts people in the
    order of a rule's rotation, ``experts`` weighs who knows the files. ``skip`` are people who are passed over
    this time, since somebody asked for another.
    """

    assignments: tuple[Assignment, ...] = ()
    load: Mapping[str, int] = field(default_factory=dict)
    turns: Callable[[str, Sequence[str]], Sequence[str]] = in_given_order
    experts: Mapping[str, int] = field(default_factory=dict)
    skip: frozenset[str] = frozenset()
