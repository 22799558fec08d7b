"""From the reviews, waivers and vetoes of a pull request to what still stands of them, and whose word counts."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bot.model import Approval, Barred, Source, Standing, Veto
from bot.pull import PullRequest, Review, ReviewState

if TYPE_CHECKING:
    from bot.ports import Cover


def standing(
    pull: PullRequest, covers: Mapping[int, Cover], waivers: Iterable[Approval], vetoes: Iterable[Veto]
) -> Standing:
    """What stands of all that people said, in the order in which they said it.

    For each person: an approval adds what its cover names and takes back the person's earlier vetoes, those by command
    too. A request for changes is a veto and voids all that the person let pass before; so does a veto by command. A
    dismissed review voids what the person said before by reviews and waivers, and counts for nothing itself: nothing
    older is ever revived. What the App dismissed counts as the approval it was. Comments change nothing.
    A veto by command stays until the person approves or takes it back; then it is not in ``vetoes`` any more.

    A review covers only what is recorded in ``covers`` (by its id), and only against the base branch it was seen
    against. Reviews of bots are passed over. Who is barred is told by the commits that are there today.
    """
    voices: dict[str, _Voice] = {}
    for person, said in _in_order(pull, waivers, vetoes):
        voices.setdefault(person, _Voice(person)).hear(said, _covered(said, pull, covers))
    everybody = voices.values()
    return Standing(
        approvals=_sorted(approval for voice in everybody for approval in voice.approvals),
        vetoes=_sorted_vetoes(veto for voice in everybody for veto in (*voice.reviewed, *voice.commanded)),
        barred=_barred(pull),
        unmapped=tuple(sorted({address for commit in pull.commits for address in commit.unmapped})),
    )


def to_cover(pull: PullRequest, covers: Mapping[int, Cover]) -> tuple[Review, ...]:
    """The approvals whose cover is not recorded yet and can be worked out, oldest first.

    That is what changes at their commit against the base branch. It cannot be told where GitHub names no
    commit any more, nor for a review from before (or in the same second as) the base branch was changed to
    another or moved back: nobody knows then against what it was seen. Those of barred people are worked out too, since
    the next push may take the commits away that bar them.
    """
    return tuple(
        review
        for review in sorted(pull.reviews, key=_place)
        if approves(review)
        and not review.is_bot
        and review.commit
        and review.id not in covers
        and (pull.retargeted is None or review.submitted > pull.retargeted)
        and not pull.was_rewound_since(review.submitted)
    )


def merged(standings: Iterable[Standing]) -> Standing:
    """What stands for a merge group: all that people said to its pull requests.

    Approvals of people who are barred where they gave them are left out, so nobody is barred from the rest.
    Unmapped addresses are left out too: they ask more of the pull request they are in, and each of the group's has to
    be clear by itself as well.
    """
    members = tuple(standings)
    return Standing(
        approvals=_sorted(
            approval
            for member in members
            for approval in member.approvals
            if approval.person not in member.barred
        ),
        vetoes=_sorted_vetoes(
            veto
            for member in members
            for veto in member.vetoes
            if member.barred.get(veto.person) is not Barred.BOT
        ),
    )


@dataclass(slots=True)
class _Voice:
    """What stands of what one person has said so far."""

    person: str
    approvals: list[Approval] = field(default_factory=list)
    reviewed: list[Veto] = field(default_factory=list)
    commanded: list[Veto] = field(default_factory=list)

    def hear(self, said: Review | Approval | Veto, cover: Cover | None) -> None:
        """Take in what the person says next; ``cover`` is what an approving review covers."""
        if isinstance(said, Approval):
            self.approvals.append(replace(said, person=self.person))
        elif isinstance(said, Veto):
            self.approvals.clear()
            self.commanded.append(replace(said, person=self.person))
        elif approves(said):
            self.reviewed.clear()
            self.commanded.clear()
            if cover is not None:
                self.approvals.append(
                    Approval(self.person, Source.REVIEW, cover.fingerprints, said.submitted, said.commit)
                )
        elif said.state is not ReviewState.COMMENTED:
            self.approvals.clear()
            self.reviewed.clear()
            if said.state is ReviewState.CHANGES_REQUESTED:
                self.reviewed.append(Veto(self.person, said.submitted))


def approves(review: Review) -> bool:
    """Whether a review lets pass what it covers."""
    dismissed_by_app = review.state is ReviewState.DISMISSED and review.dismissed_by_app
    return review.state is ReviewState.APPROVED or dismissed_by_app


def _place(review: Review) -> tuple[datetime.datetime, int]:
    return (review.submitted, review.id)


def _in_order(
    pull: PullRequest, waivers: Iterable[Approval], vetoes: Iterable[Veto]
) -> Iterator[tuple[str, Review | Approval | Veto]]:
    """Everything said, with who said it, oldest first.

    Times have a resolution of a second. Of one second, what lets pass comes before what a review or a veto may void.
    """
    said: list[tuple[tuple[datetime.datetime, int, int, str], str, Review | Approval | Veto]] = [
        *(((each.at, 0, 0, _text(each)), each.person, each) for each in waivers),
        *(((each.submitted, 1, each.id, ""), each.person, each) for each in pull.reviews if not each.is_bot),
        *(((each.at, 2, 0, each.reason), each.person, each) for each in vetoes),
    ]
    for _, person, each in sorted(said, key=lambda entry: (entry[1].lower(), entry[0])):
        yield person.lower(), each


def _covered(said: Review | Approval | Veto, pull: PullRequest, covers: Mapping[int, Cover]) -> Cover | None:
    """What is recorded of a review, if it was seen against today's base branch."""
    cover = covers.get(said.id) if isinstance(said, Review) else None
    return cover if cover is not None and cover.base_ref == pull.base_ref else None


def _barred(pull: PullRequest) -> dict[str, Barred]:
    """Whose approvals do not count; who is barred for several reasons has the first of them."""
    committed = (person for commit in pull.commits for person in commit.people)
    reasons = (
        *((review.person, Barred.BOT) for review in pull.reviews if review.is_bot),
        (pull.last_pusher, Barred.PUSHED),
        *((person, Barred.COMMITTED) for person in committed),
        (pull.author, Barred.AUTHOR),
    )
    # The last one said of a person stays.
    return dict(sorted({person.lower(): why for person, why in reasons if person}.items()))


def _text(approval: Approval) -> str:
    return "\n".join((approval.source, approval.commit, approval.reason, *sorted(approval.covers)))


def _sorted(approvals: Iterable[Approval]) -> tuple[Approval, ...]:
    return tuple(sorted(set(approvals), key=lambda each: (each.at, each.person, _text(each))))


def _sorted_vetoes(vetoes: Iterable[Veto]) -> tuple[Veto, ...]:
    return tuple(sorted(set(vetoes), key=lambda veto: (veto.at, veto.person, veto.reason)))
