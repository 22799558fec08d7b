"""Repositories, branches and their protection, contents, commits and comparisons."""

from __future__ import annotations

import base64
import urllib.parse
from typing import Any

from bot.sandbox.clock import stamp
from bot.sandbox.model import Json, Move, Repository
from bot.sandbox.objects import TreeEntry
from bot.sandbox.paging import link_headers, page_numbers, paged
from bot.sandbox.registry import Answer, Call, Refusal, endpoint, not_found
from bot.sandbox.shapes.accounts import account_json
from bot.sandbox.shapes.commits import commit_json, file_json
from bot.sandbox.shapes.links import html, repo_api
from bot.sandbox.shapes.pulls import pull_json
from bot.sandbox.shapes.repositories import full_repository_json, repository_json
from bot.sandbox.state import node_id

_READ = ("contents", "read")
# GitHub's limits: files and commits of a comparison, bytes of a file as JSON and at all.
FILES = 300
COMMITS = 250
INLINE = 1_000_000
LARGEST = 100_000_000


@endpoint("GET", "/repos/{owner}/{repo}", ("metadata", "read"))
def get_repository(call: Call) -> Answer:
    """A repository."""
    return Answer(full_repository_json(call.state, call.repo, call.caller.account))


@endpoint("GET", "/repos/{owner}/{repo}/forks", ("metadata", "read"))
def list_forks(call: Call) -> Answer:
    """Its forks."""
    found = [one for one in call.state.live_repositories() if one.parent is call.repo]
    return paged(call, found, lambda one: repository_json(call.state, one))


@endpoint("GET", "/repos/{owner}/{repo}/activity", _READ)
def list_activity(call: Call) -> Answer:
    """Who moved which branch, newest first; GitHub pages it by cursors, of which the first page needs none."""
    wanted, kind = call.query.get("ref", ""), call.query.get("activity_type", "")
    refs = {wanted, f"refs/heads/{wanted}"}
    found = [
        one
        for one in reversed(call.repo.moves)
        if (not wanted or one.ref in refs) and (not kind or one.kind == kind)
    ]
    _, size = page_numbers(call)
    return Answer([_move_json(call, one) for one in found[:size]])


def _move_json(call: Call, move: Move) -> Json:
    return {
        "id": move.id,
        "node_id": node_id("PSH", move.id),
        "before": move.before,
        "after": move.after,
        "ref": move.ref,
        "timestamp": stamp(move.at),
        "activity_type": move.kind,
        "actor": account_json(call.state, move.actor),
    }


@endpoint("GET", "/orgs/{org}/repos", by="anyone")
def list_org_repositories(call: Call) -> Answer:
    """An organisation's repositories, as far as the caller may see them."""
    account = call.state.account(call.path["org"])
    found = [one for one in call.state.live_repositories() if one.owner is account]
    viewer = call.caller.account
    seen = [one for one in found if not one.private or (viewer and call.state.may(one, viewer, "read"))]
    return paged(call, seen, lambda one: repository_json(call.state, one))


# --- branches ---


def _branch_json(call: Call, name: str, sha: str) -> Json:
    required = call.repo.required.get(name)
    return {
        "name": name,
        "commit": {"sha": sha, "url": repo_api(call.state, call.repo, f"/commits/{sha}")},
        "protected": required is not None,
        "protection": _protection(call.repo, name),
        "protection_url": repo_api(call.state, call.repo, f"/branches/{name}/protection"),
    }


def _protection(repository: Repository, branch: str) -> Json:
    required = repository.required.get(branch, [])
    return {
        "enabled": branch in repository.required,
        "required_status_checks": {
            "enforcement_level": "everyone" if required else "off",
            "contexts": [one.context for one in required],
            "checks": [{"context": one.context, "app_id": one.app_id} for one in required],
        },
    }


def _tip(call: Call, branch: str) -> str:
    sha = call.repo.git.branch(branch)
    if sha is None:
        raise Refusal(404, "Branch not found")
    return sha


@endpoint("GET", "/repos/{owner}/{repo}/branches", _READ)
def list_branches(call: Call) -> Answer:
    """All branches."""
    prefix = "refs/heads/"
    found = [(name.removeprefix(prefix), sha) for name, sha in call.repo.git.refs(prefix).items()]
    return paged(call, found, lambda one: _branch_json(call, *one))


@endpoint("GET", "/repos/{owner}/{repo}/branches/{branch}", _READ)
def get_branch(call: Call) -> Answer:
    """A branch with its newest commit."""
    name = call.path["branch"]
    sha = _tip(call, name)
    me = repo_api(call.state, call.repo, f"/branches/{name}")
    shown = _branch_json(call, name, sha) | {
        "commit": commit_json(call.state, call.repo, call.repo.git.read_commit(sha)),
        "_links": {"self": me, "html": html(call.state, f"/{call.repo.full_name}/tree/{name}")},
    }
    return Answer(shown)


@endpoint("GET", "/repos/{owner}/{repo}/branches/{branch}/protection/required_status_checks",
          ("administration", "read"), level="admin")  # fmt: skip
def get_required_checks(call: Call) -> Answer:
    """The checks that a branch waits for."""
    name = call.path["branch"]
    _tip(call, name)
    if name not in call.repo.required:
        raise Refusal(404, "Branch not protected")
    me = repo_api(call.state, call.repo, f"/branches/{name}/protection/required_status_checks")
    facts = _protection(call.repo, name)["required_status_checks"]
    return Answer({"url": me, "strict": False, "contexts_url": f"{me}/contexts", **facts})


@endpoint("GET", "/repos/{owner}/{repo}/branches/{branch}/protection",
          ("administration", "read"), level="admin")  # fmt: skip
def get_protection(call: Call) -> Answer:
    """The protection of a branch."""
    name = call.path["branch"]
    _tip(call, name)
    if name not in call.repo.required:
        raise Refusal(404, "Branch not protected")
    me = repo_api(call.state, call.repo, f"/branches/{name}/protection")
    facts = _protection(call.repo, name)["required_status_checks"]
    checks = {
        "url": f"{me}/required_status_checks",
        "strict": False,
        "contexts_url": f"{me}/required_status_checks/contexts",
        **facts,
    }
    return Answer({"url": me, "required_status_checks": checks})


@endpoint("GET", "/repos/{owner}/{repo}/rules/branches/{branch}", ("metadata", "read"))
def get_rules(call: Call) -> Answer:
    """The rules for a branch, as rulesets show them."""
    required = call.repo.required.get(call.path["branch"])
    if not required:
        return Answer([])
    checks = [
        {"context": one.context} | ({"integration_id": one.app_id} if one.app_id else {}) for one in required
    ]
    parameters = {"required_status_checks": checks, "strict_required_status_checks_policy": False}
    source = {"ruleset_source_type": "Repository", "ruleset_source": call.repo.full_name, "ruleset_id": 1}
    return Answer([{"type": "required_status_checks", "parameters": parameters, **source}])


# --- contents ---


def _commit_of(call: Call, name: str | None) -> str:
    wanted = name or call.repo.default_branch
    git = call.repo.git
    sha = (
        git.branch(wanted)
        or git.refs(f"refs/tags/{wanted}").get(f"refs/tags/{wanted}")
        or git.resolve(wanted)
    )
    if sha is None:
        raise Refusal(404, f"No commit found for the ref {wanted}")
    return sha


@endpoint("GET", "/repos/{owner}/{repo}/contents/{path}", _READ)
def get_content(call: Call) -> Answer:
    """A file, folder, symbolic link or submodule; the file itself when its raw media type is asked for."""
    commit, path = _commit_of(call, call.query.get("ref")), call.path["path"].strip("/")
    entry = call.repo.git.entry(commit, path)
    if entry is None:
        raise not_found()
    raw = "raw" in call.headers.get("accept", "")
    if entry.kind == "tree":
        return _folder(call, commit, path)
    if entry.size is not None and entry.size > LARGEST:
        raise Refusal(403, "This API returns blobs up to 100 MB in size.")
    if raw and entry.kind == "blob":
        media = "application/vnd.github.raw+json; charset=utf-8"
        return Answer(raw=call.repo.git.blob(entry.sha), media_type=media)
    return Answer(_content_json(call, commit, entry, inline=True))


@endpoint("GET", "/repos/{owner}/{repo}/contents/", _READ)
def get_root(call: Call) -> Answer:
    """The uppermost folder."""
    return _folder(call, _commit_of(call, call.query.get("ref")), "")


@endpoint("GET", "/repos/{owner}/{repo}/contents", _READ)
def get_root_without_slash(call: Call) -> Answer:
    """The same."""
    return get_root(call)


def _folder(call: Call, commit: str, path: str) -> Answer:
    entries = call.repo.git.tree(f"{commit}:{path}")
    prefix = f"{path}/" if path else ""
    named = [TreeEntry(one.mode, one.kind, one.sha, one.size, prefix + one.path) for one in entries]
    return Answer([_content_json(call, commit, one, inline=False) for one in named[:1000]])


def _content_json(call: Call, commit: str, entry: TreeEntry, *, inline: bool) -> Json:
    git, full_name = call.repo.git, call.repo.full_name
    kind = {"tree": "dir", "commit": "submodule"}.get(entry.kind, "file")
    if entry.mode == "120000":
        kind = "symlink"
    quoted = urllib.parse.quote(entry.path)
    me = repo_api(call.state, call.repo, f"/contents/{quoted}?ref={commit}")
    page = html(call.state, f"/{full_name}/blob/{commit}/{quoted}")
    part = "trees" if kind == "dir" else "blobs"
    git_url = None if kind == "submodule" else repo_api(call.state, call.repo, f"/git/{part}/{entry.sha}")
    shown: Json = {
        "name": entry.path.rpartition("/")[2],
        "path": entry.path,
        "sha": entry.sha,
        "size": entry.size or 0,
        "url": me,
        "html_url": page,
        "git_url": git_url,
        "download_url": html(call.state, f"/{full_name}/raw/{commit}/{quoted}") if kind == "file" else None,
        "type": kind,
        "_links": {"self": me, "git": git_url, "html": page},
    }
    if inline and kind == "file":
        large = (entry.size or 0) > INLINE
        shown["encoding"] = "none" if large else "base64"
        shown["content"] = "" if large else base64.encodebytes(git.blob(entry.sha)).decode()
    elif inline and kind == "symlink":
        shown["target"] = git.blob(entry.sha).decode("utf-8", "replace")
    elif inline and kind == "submodule":
        shown["submodule_git_url"] = git.submodule_url(commit, entry.path)
    return shown


# --- commits ---


@endpoint("GET", "/repos/{owner}/{repo}/commits", _READ)
def list_commits(call: Call) -> Answer:
    """Commits from a branch or commit backwards, or those of them that touch a path."""
    head = _commit_of(call, call.query.get("sha"))
    found = call.repo.git.log(head, call.query.get("path"))
    call.repo.git.read_commits(found)  # all at once, so that each is known below
    if author := call.query.get("author"):
        commits = call.repo.git.read_commits(found)
        found = [
            one.sha
            for one in commits
            if one.author.email.lower() == author.lower()
            or getattr(call.state.account_by_email(one.author.email), "login", "").lower() == author.lower()
        ]
    return paged(call, found, lambda one: commit_json(call.state, call.repo, call.repo.git.read_commit(one)))


@endpoint("GET", "/repos/{owner}/{repo}/commits/{ref}", _READ)
def get_commit(call: Call) -> Answer:
    """A commit with its changed files, at most 300 a page and 3,000 at all."""
    git = call.repo.git
    sha = git.branch(call.path["ref"]) or git.resolve(call.path["ref"])
    if sha is None:
        raise Refusal(422, f"No commit found for SHA: {call.path['ref']}")
    if "sha" in call.headers.get("accept", ""):
        return Answer(raw=sha.encode(), media_type="application/vnd.github.sha; charset=utf-8")
    commit = git.read_commit(sha)
    files = git.changed_files(commit.parents[0] if commit.parents else None, sha)[:3000]
    added, removed = sum(one.additions for one in files), sum(one.deletions for one in files)
    shown = commit_json(call.state, call.repo, commit) | {
        "stats": {"total": added + removed, "additions": added, "deletions": removed},
        "files": [file_json(call.state, call.repo, one, sha) for one in files[:FILES]],
    }
    return Answer(shown)


@endpoint("GET", "/repos/{owner}/{repo}/commits/{commit_sha}/pulls", ("pull_requests", "read"))
def list_pulls_of_commit(call: Call) -> Answer:
    """Pull requests that have a commit: open ones, and the merged one that brought it."""
    sha = call.path["commit_sha"]
    git = call.repo.git
    if git.kind(sha) != "commit":
        raise Refusal(422, f"No commit found for SHA: {sha}")
    found = [
        one
        for one in call.state.pulls(call.repo)
        if git.contains(sha, one.head_sha)
        and not git.contains(sha, one.base_sha)
        and (one.state == "open" or one.merged_at)
    ]
    return paged(call, found, lambda one: pull_json(call.state, one))


@endpoint("GET", "/repos/{owner}/{repo}/compare/{basehead}", _READ)
def compare(call: Call) -> Answer:
    """Two commits: 250 commits or a page of them; files on the first page only, and 300 at most."""
    base_name, dots, head_name = call.path["basehead"].partition("...")
    if not dots:
        raise not_found()
    base, head = _compared(call, base_name), _compared(call, head_name)
    git = call.repo.git
    merge_base = git.merge_base(base, head)
    if merge_base is None:
        raise Refusal(404, f"No common ancestor between {base_name} and {head_name}.")
    ahead, behind = git.between(base, head), git.between(head, base)
    paging = "page" in call.query or "per_page" in call.query
    page, size = page_numbers(call) if paging else (1, COMMITS)
    commits = git.read_commits(ahead[(page - 1) * size : page * size])
    files = git.changed_files(merge_base, head)[:FILES] if page == 1 else ()
    word = {(False, False): "identical", (True, False): "ahead", (False, True): "behind"}
    here = html(call.state, f"/{call.repo.full_name}/compare/{base_name}...{head_name}")

    def show(sha: str) -> Any:
        return commit_json(call.state, call.repo, git.read_commit(sha))

    shown = {
        "url": repo_api(call.state, call.repo, f"/compare/{base_name}...{head_name}"),
        "html_url": here,
        "permalink_url": here,
        "diff_url": f"{here}.diff",
        "patch_url": f"{here}.patch",
        "base_commit": show(base),
        "merge_base_commit": show(merge_base),
        "status": word.get((bool(ahead), bool(behind)), "diverged"),
        "ahead_by": len(ahead),
        "behind_by": len(behind),
        "total_commits": len(ahead),
        "commits": [commit_json(call.state, call.repo, one) for one in commits],
        "files": [file_json(call.state, call.repo, one, head) for one in files],
    }
    return Answer(shown, headers=link_headers(call, page, -(-len(ahead) // size)) if paging else {})


def _compared(call: Call, name: str) -> str:
    """A commit named as ``branch``, an object id, ``owner:branch`` or ``owner:repository:branch``."""
    owner, colon, rest = name.rpartition(":")
    if not colon:
        return _commit_of(call, name)
    login, _, repo_name = owner.partition(":")
    other = call.state.repository(login, repo_name or call.repo.name)
    sha = other.git.branch(rest) if other else None
    if other is None or sha is None:
        raise not_found()
    if call.repo.git.kind(sha) is None:
        call.repo.git.take_over(other.git.folder, f"+{sha}:refs/sandbox/compared")
    return sha
