"""Reviews, and requests for them."""

from __future__ import annotations

from bot.sandbox.acts.pulls import find_pull
from bot.sandbox.acts.reviews import ask, dismiss, edit, submit, unask
from bot.sandbox.model import Account, Pull, Review, Team
from bot.sandbox.paging import paged
from bot.sandbox.registry import Answer, Call, Refusal, endpoint, not_found
from bot.sandbox.shapes.accounts import account_json, team_json
from bot.sandbox.shapes.pulls import pull_json, review_json

_READ, _WRITE = ("pull_requests", "read"), ("pull_requests", "write")
_VERDICTS = {"APPROVE": "APPROVED", "REQUEST_CHANGES": "CHANGES_REQUESTED", "COMMENT": "COMMENTED"}
_REVIEWS = "/repos/{owner}/{repo}/pulls/{pull_number}/reviews"
_ASKED = "/repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers"


def _pull(call: Call) -> Pull:
    return find_pull(call.repo, call.number("pull_number"))


def _review(call: Call) -> Review:
    number = call.number("review_id")
    for one in _pull(call).reviews:
        if one.id == number:
            return one
    raise not_found()


@endpoint("GET", _REVIEWS, _READ)
def list_reviews(call: Call) -> Answer:
    """Reviews, oldest first."""
    return paged(call, _pull(call).reviews, lambda one: review_json(call.state, one))


@endpoint("POST", _REVIEWS, _WRITE, level="read")
def create_review(call: Call) -> Answer:
    """A new review."""
    event = call.text("event")
    if event not in _VERDICTS:
        raise Refusal(422, "Unprocessable Entity", ["The sandbox keeps no pending reviews"])
    verdict = _VERDICTS[event]
    review = submit(
        call.state, _pull(call), call.actor, verdict, call.text("body"), call.body.get("commit_id")
    )
    return Answer(review_json(call.state, review))


@endpoint("GET", _REVIEWS + "/{review_id}", _READ)
def get_review(call: Call) -> Answer:
    """One review."""
    return Answer(review_json(call.state, _review(call)))


@endpoint("PUT", _REVIEWS + "/{review_id}", _WRITE)
def update_review(call: Call) -> Answer:
    """Change what it says."""
    review = _review(call)
    edit(call.state, review, call.text("body"), call.actor)
    return Answer(review_json(call.state, review))


@endpoint("PUT", _REVIEWS + "/{review_id}/dismissals", _WRITE)
def dismiss_review(call: Call) -> Answer:
    """Dismiss it, with a reason."""
    review = _review(call)
    if not call.text("message"):
        raise Refusal(422, 'Invalid request.\n\n"message" wasn\'t supplied.')
    dismiss(call.state, review, call.text("message"), call.actor)
    return Answer(review_json(call.state, review))


@endpoint("GET", _ASKED, _READ)
def list_asked(call: Call) -> Answer:
    """Who is asked and has not reviewed yet."""
    pull = _pull(call)
    return Answer(
        {
            "users": [account_json(call.state, one) for one in pull.requested_users],
            "teams": [team_json(call.state, one) for one in pull.requested_teams],
        }
    )


@endpoint("POST", _ASKED, _WRITE)
def create_requests(call: Call) -> Answer:
    """Ask people and teams."""
    pull = _pull(call)
    ask(call.state, pull, *_named(call, strict=True), call.actor)
    return Answer(pull_json(call.state, pull), 201)


@endpoint("DELETE", _ASKED, _WRITE)
def delete_requests(call: Call) -> Answer:
    """Withdraw requests."""
    pull = _pull(call)
    unask(call.state, pull, *_named(call, strict=False), call.actor)
    return Answer(pull_json(call.state, pull))


def _named(call: Call, *, strict: bool) -> tuple[list[Account], list[Team]]:
    users = [call.state.account(str(one)) for one in call.body.get("reviewers") or ()]
    teams = [call.state.team(call.repo.owner, str(one)) for one in call.body.get("team_reviewers") or ()]
    if strict and (None in users or None in teams):
        raise Refusal(
            422,
            "Reviews may only be requested from collaborators. One or more of the users or teams you specified is "
            f"not a collaborator of the {call.repo.full_name} repository.",
        )
    return [one for one in users if one], [one for one in teams if one]
