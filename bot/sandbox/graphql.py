"""The few GraphQL calls for which REST has nothing: the merge queue, minimised comments, ids.

The words are those of GitHub's public schema (docs: "GraphQL reference"), as far as they are served.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bot.sandbox.access import includes
from bot.sandbox.acts.pulls import set_draft
from bot.sandbox.model import Comment, Issue, Json, Pull, QueueEntry, Repository
from bot.sandbox.registry import Caller
from bot.sandbox.shapes.links import html, issue_html
from bot.sandbox.state import State, node_id, node_number

if TYPE_CHECKING:
    from graphql import GraphQLSchema

_SCHEMA = """
scalar DateTime
scalar GitObjectID
scalar URI

interface Node { id: ID! }
interface Actor { login: String! }
type User implements Node & Actor { id: ID! login: String! databaseId: Int }
type PageInfo { hasNextPage: Boolean! endCursor: String hasPreviousPage: Boolean! startCursor: String }
type Commit implements Node { id: ID! oid: GitObjectID! }

type PullRequest implements Node {
  id: ID! number: Int! title: String! state: PullRequestState! isDraft: Boolean! url: URI!
  headRefOid: GitObjectID! headRefName: String! baseRefName: String! baseRefOid: GitObjectID!
  isInMergeQueue: Boolean! reviews(first: Int): PullRequestReviewConnection
}
type PullRequestReviewConnection { totalCount: Int! }
type Issue implements Node { id: ID! number: Int! title: String! url: URI! }
type IssueComment implements Node {
  id: ID! databaseId: Int body: String! isMinimized: Boolean! minimizedReason: String
}
enum PullRequestState { CLOSED MERGED OPEN }

enum MergeQueueEntryState { AWAITING_CHECKS LOCKED MERGEABLE QUEUED UNMERGEABLE }
type MergeQueueEntry implements Node {
  id: ID! position: Int! state: MergeQueueEntryState! enqueuedAt: DateTime! solo: Boolean! jump: Boolean!
  headCommit: Commit baseCommit: Commit pullRequest: PullRequest
}
type MergeQueueEntryConnection { nodes: [MergeQueueEntry] pageInfo: PageInfo! totalCount: Int! }
type MergeQueue implements Node {
  id: ID! url: URI!
  entries(first: Int, after: String): MergeQueueEntryConnection
}
type Repository implements Node {
  id: ID! name: String! nameWithOwner: String! url: URI! isPrivate: Boolean! databaseId: Int
  pullRequest(number: Int!): PullRequest
  issue(number: Int!): Issue
  mergeQueue(branch: String): MergeQueue
}

enum ReportedContentClassifiers { ABUSE DUPLICATE OFF_TOPIC OUTDATED RESOLVED SPAM }
interface Minimizable { isMinimized: Boolean! minimizedReason: String }
type MinimizedComment implements Minimizable {
  id: ID! isMinimized: Boolean! minimizedReason: String viewerCanMinimize: Boolean!
}
input MinimizeCommentInput { subjectId: ID! classifier: ReportedContentClassifiers! clientMutationId: String }
type MinimizeCommentPayload { minimizedComment: MinimizedComment clientMutationId: String }
input UnminimizeCommentInput { subjectId: ID! clientMutationId: String }
type UnminimizeCommentPayload { unminimizedComment: MinimizedComment clientMutationId: String }
input ConvertPullRequestToDraftInput { pullRequestId: ID! clientMutationId: String }
type ConvertPullRequestToDraftPayload { pullRequest: PullRequest clientMutationId: String }
input MarkPullRequestReadyForReviewInput { pullRequestId: ID! clientMutationId: String }
type MarkPullRequestReadyForReviewPayload { pullRequest: PullRequest clientMutationId: String }

type Query {
  viewer: User!
  node(id: ID!): Node
  repository(owner: String!, name: String!, followRenames: Boolean): Repository
}
type Mutation {
  minimizeComment(input: MinimizeCommentInput!): MinimizeCommentPayload
  unminimizeComment(input: UnminimizeCommentInput!): UnminimizeCommentPayload
  convertPullRequestToDraft(input: ConvertPullRequestToDraftInput!): ConvertPullRequestToDraftPayload
  markPullRequestReadyForReview(input: MarkPullRequestReadyForReviewInput!): MarkPullRequestReadyForReviewPayload
}
"""


@functools.cache
def schema() -> GraphQLSchema:
    """The part of GitHub's schema that is served."""
    from graphql import build_schema

    return build_schema(_SCHEMA)


class Graph:
    """Answers queries with the rights of their caller."""

    def __init__(self, state: State) -> None:
        self._state = state

    def answer(self, caller: Caller, body: Json) -> Json:
        """What GitHub says: data and, if anything went wrong, errors with a type."""
        from graphql import graphql_sync

        result = graphql_sync(
            schema(),
            str(body.get("query", "")),
            root_value=_Root(self._state, caller),
            variable_values=body.get("variables") or {},
            operation_name=body.get("operationName"),
        )
        said: Json = {"data": result.data}
        if result.errors:
            said["errors"] = []
            for error in result.errors:
                shown: Json = {**error.formatted}
                if isinstance(error.original_error, _Fault):
                    shown["type"] = error.original_error.kind
                said["errors"].append(shown)
        return said


class _Fault(Exception):  # noqa: N818 - an answer of GitHub's
    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def _missing(node: str) -> _Fault:
    return _Fault("NOT_FOUND", f"Could not resolve to a node with the global id of '{node}'")


class _Root:
    """The fields of Query and Mutation; graphql-core calls what it finds here."""

    def __init__(self, state: State, caller: Caller) -> None:
        self._state = state
        self._caller = caller

    def viewer(self, _info: Any) -> Json:
        account = self._caller.account
        if account is None:
            raise _Fault("FORBIDDEN", "Requires authentication")
        kind = "BOT" if account.kind == "Bot" else "U"
        return {"id": node_id(kind, account.id), "login": account.login, "databaseId": account.id}

    def repository(self, _info: Any, owner: str, name: str, **_rest: Any) -> Json:
        found = self._state.repository(owner, name)
        if found is None or not self._sees(found):
            raise _Fault("NOT_FOUND", f"Could not resolve to a Repository with the name '{owner}/{name}'.")
        return self._repository(found)

    def node(self, _info: Any, id: str) -> Json:
        subject = self._subject(id)
        if isinstance(subject, Pull):
            return self._pull(subject)
        if isinstance(subject, Comment):
            return self._comment(subject)
        return self._repository(subject)

    def minimizeComment(self, _info: Any, input: Json) -> Json:  # noqa: N802 - GitHub's names
        comment = self._writable_comment(input["subjectId"])
        comment.minimized = str(input["classifier"]).lower().replace("_", "-")
        return {"minimizedComment": self._comment(comment), **_echo(input)}

    def unminimizeComment(self, _info: Any, input: Json) -> Json:  # noqa: N802 - GitHub's names
        comment = self._writable_comment(input["subjectId"])
        comment.minimized = None
        return {"unminimizedComment": self._comment(comment), **_echo(input)}

    def convertPullRequestToDraft(self, _info: Any, input: Json) -> Json:  # noqa: N802 - GitHub's names
        return self._draft(input, draft=True)

    def markPullRequestReadyForReview(self, _info: Any, input: Json) -> Json:  # noqa: N802
        return self._draft(input, draft=False)

    def _draft(self, given: Json, *, draft: bool) -> Json:
        pull = self._subject(given["pullRequestId"])
        account = self._caller.account
        if not isinstance(pull, Pull) or account is None:
            raise _missing(given["pullRequestId"])
        self._check_write(pull, "pull_requests")
        set_draft(self._state, pull, account, draft=draft)
        return {"pullRequest": self._pull(pull), **_echo(given)}

    def _sees(self, repository: Repository) -> bool:
        if self._caller.token is not None:
            return not repository.private or includes(self._state, self._caller.token, repository)
        if self._caller.account is None:
            return False
        return self._state.may(repository, self._caller.account, "read")

    def _subject(self, node: str) -> Pull | Comment | Repository:
        try:
            kind, number = node_number(node)
        except ValueError as error:
            raise _missing(node) from error
        for repository in filter(self._sees, self._state.live_repositories()):
            found: Pull | Comment | Repository | None = None
            if kind == "PR":
                found = next((one for one in self._state.pulls(repository) if one.pull_id == number), None)
            elif kind == "IC":
                found = self._state.comment(repository, number)
            elif kind == "R" and repository.id == number:
                found = repository
            if found is not None:
                return found
        raise _missing(node)

    def _writable_comment(self, node: str) -> Comment:
        comment = self._subject(node)
        if not isinstance(comment, Comment):
            raise _missing(node)
        self._check_write(comment.issue, "issues", "pull_requests")
        return comment

    def _check_write(self, issue: Issue, *permissions: str) -> None:
        token, account = self._caller.token, self._caller.account
        if token is not None:
            allowed = includes(self._state, token, issue.repository) and any(
                token.permissions.get(name) == "write" for name in permissions
            )
        else:
            allowed = account is not None and self._state.may(issue.repository, account, "write")
        if not allowed:
            raise _Fault("FORBIDDEN", "Resource not accessible by integration")

    def _repository(self, repository: Repository) -> Json:
        def pull(_info: Any, number: int) -> Json | None:
            found = repository.issues.get(number)
            return self._pull(found) if isinstance(found, Pull) else None

        def issue(_info: Any, number: int) -> Json | None:
            found = repository.issues.get(number)
            if found is None or isinstance(found, Pull):
                return None
            page = issue_html(self._state, found)
            return {"id": node_id("I", found.id), "number": number, "title": found.title, "url": page}

        return {
            "__typename": "Repository",
            "id": node_id("R", repository.id),
            "databaseId": repository.id,
            "name": repository.name,
            "nameWithOwner": repository.full_name,
            "url": html(self._state, f"/{repository.full_name}"),
            "isPrivate": repository.private,
            "pullRequest": pull,
            "issue": issue,
            "mergeQueue": functools.partial(self._queue, repository),
        }

    def _queue(self, repository: Repository, _info: Any, branch: str | None = None) -> Json:
        name = branch or repository.default_branch
        entries = [one for one in repository.queue if one.base_ref == name]

        def page(_info: Any, first: int | None = None, after: str | None = None) -> Json:
            return self._entries(entries, first or 100, int(after or 0))

        me = html(self._state, f"/{repository.full_name}/queue/{name}")
        return {"id": node_id("MQ", repository.id), "url": me, "entries": page}

    def _entries(self, entries: Sequence[QueueEntry], first: int, after: int) -> Json:
        shown = [
            {
                "id": node_id("MQE", entry.pull.pull_id),
                "position": place,
                "state": entry.state,
                "enqueuedAt": entry.enqueued_at.isoformat(),
                "solo": False,
                "jump": False,
                "headCommit": _commit(entry.head_sha),
                "baseCommit": _commit(entry.base_sha),
                "pullRequest": self._pull(entry.pull),
            }
            for place, entry in enumerate(entries, 1)
        ]
        taken = shown[after : after + first]
        page = {
            "hasNextPage": after + first < len(shown),
            "endCursor": str(after + len(taken)),
            "hasPreviousPage": after > 0,
            "startCursor": str(after),
        }
        return {"nodes": taken, "pageInfo": page, "totalCount": len(shown)}

    def _pull(self, pull: Pull) -> Json:
        return {
            "__typename": "PullRequest",
            "id": node_id("PR", pull.pull_id),
            "number": pull.number,
            "title": pull.title,
            "state": "MERGED" if pull.merged_at else pull.state.upper(),
            "isDraft": pull.draft,
            "url": issue_html(self._state, pull),
            "headRefOid": pull.head_sha,
            "headRefName": pull.head_ref,
            "baseRefName": pull.base_ref,
            "baseRefOid": pull.base_sha,
            "isInMergeQueue": any(one.pull is pull for one in pull.repository.queue),
            "reviews": {"totalCount": len(pull.reviews)},
        }

    def _comment(self, comment: Comment) -> Json:
        return {
            "__typename": "IssueComment",
            "id": node_id("IC", comment.id),
            "databaseId": comment.id,
            "body": comment.body,
            "isMinimized": comment.minimized is not None,
            "minimizedReason": comment.minimized,
            "viewerCanMinimize": True,
        }


def _commit(sha: str) -> Json:
    return {"id": node_id("C", int(sha[:12], 16)), "oid": sha}


def _echo(given: Json) -> Json:
    return {"clientMutationId": given.get("clientMutationId")}
