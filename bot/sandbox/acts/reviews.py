"""Reviews and who is asked for them."""

from __future__ import annotations

from typing import Any

from bot.sandbox.acts.history import record
from bot.sandbox.acts.pulls import tell
from bot.sandbox.events import emit
from bot.sandbox.model import Account, Pull, Review, Team
from bot.sandbox.registry import Refusal
from bot.sandbox.shapes.accounts import account_json, team_json
from bot.sandbox.shapes.pulls import hook_review_json, pull_json
from bot.sandbox.state import State

_ASKED = (
    "Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a "
    "collaborator of the {} repository."
)


def submit(
    state: State, pull: Pull, user: Account, verdict: str, body: str = "", commit: str | None = None
) -> Review:
    """A review: APPROVED, CHANGES_REQUESTED or COMMENTED on a commit, the head if none is named.

    Raises:
        Refusal: authors cannot approve or refuse their own work; the commit is not part of the pull request; a
            review that is no approval needs a body.
    """
    if user is pull.user and verdict != "COMMENTED":
        word = "approve" if verdict == "APPROVED" else "request changes on"
        raise Refusal(422, "Unprocessable Entity", [f"Can not {word} your own pull request"])
    if verdict != "APPROVED" and not body:
        raise Refusal(422, "Unprocessable Entity", ["Body can't be blank"])
    sha = commit or pull.head_sha
    if pull.repository.git.kind(sha) != "commit":
        raise Refusal(422, "Unprocessable Entity", ["The commit_id is not part of the pull request"])
    association = state.association(pull.repository, user, pull)
    review = Review(state.new_id(), pull, user, verdict, body, sha, state.now(), association=association)
    pull.reviews.append(review)
    pull.updated_at = review.submitted_at
    pull.requested_users = [one for one in pull.requested_users if one is not user]
    pull.requested_teams = [one for one in pull.requested_teams if user not in state.team_members(one)]
    _tell(state, review, "submitted", user)
    return review


def edit(state: State, review: Review, body: str, actor: Account) -> None:
    """Change what a review says."""
    before, review.body = review.body, body
    _tell(state, review, "edited", actor, changes={"body": {"from": before}})


def dismiss(state: State, review: Review, message: str, actor: Account) -> None:
    """Take a review's weight away.

    Raises:
        Refusal: it has none (comments, dismissed ones).
    """
    if review.state not in {"APPROVED", "CHANGES_REQUESTED"}:
        raise Refusal(422, "Can not dismiss a commented pull request review")
    review.was, review.state = review.state.lower(), "DISMISSED"
    review.pull.updated_at = state.now()
    facts = {
        "state": review.was,
        "review_id": review.id,
        "dismissal_message": message,
    }
    record(state, review.pull, "review_dismissed", actor, dismissed_review=facts)
    _tell(state, review, "dismissed", actor)


def ask(state: State, pull: Pull, users: list[Account], teams: list[Team], actor: Account) -> None:
    """Request reviews. Whoever is asked already is not asked again.

    Raises:
        Refusal: 422 for the author, and for people and teams without access; then nobody is asked.
    """
    if pull.user in users:
        raise Refusal(422, "Review cannot be requested from pull request author.")
    strangers = [one for one in users if not state.is_collaborator(pull.repository, one)]
    outside = [one for one in teams if pull.repository.id not in one.levels]
    if strangers or outside:
        raise Refusal(422, _ASKED.format(pull.repository.full_name))
    for user in users:
        if user not in pull.requested_users:
            pull.requested_users.append(user)
            _tell_request(state, pull, "review_requested", actor, user)
    for team in teams:
        if team not in pull.requested_teams:
            pull.requested_teams.append(team)
            _tell_request(state, pull, "review_requested", actor, team)


def unask(state: State, pull: Pull, users: list[Account], teams: list[Team], actor: Account) -> None:
    """Withdraw requests; those who were not asked are passed over."""
    for user in users:
        if user in pull.requested_users:
            pull.requested_users.remove(user)
            _tell_request(state, pull, "review_request_removed", actor, user)
    for team in teams:
        if team in pull.requested_teams:
            pull.requested_teams.remove(team)
            _tell_request(state, pull, "review_request_removed", actor, team)


def _tell_request(state: State, pull: Pull, action: str, actor: Account, asked: Account | Team) -> None:
    key = "requested_team" if isinstance(asked, Team) else "requested_reviewer"
    shown: Any = team_json(state, asked) if isinstance(asked, Team) else account_json(state, asked)
    parts: dict[str, Any] = {key: shown}
    record(state, pull, action, actor, review_requester=account_json(state, actor), **parts)
    tell(state, pull, action, actor, **parts)


def _tell(state: State, review: Review, action: str, actor: Account, **parts: Any) -> None:
    emit(
        state,
        "pull_request_review",
        action,
        actor,
        repository=review.pull.repository,
        review=hook_review_json(state, review),
        pull_request=pull_json(state, review.pull),
        **parts,
    )
