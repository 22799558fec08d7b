"""Git's own objects and refs."""

from __future__ import annotations

import base64

from bot.sandbox.acts.pushes import move
from bot.sandbox.model import Json
from bot.sandbox.paging import paged
from bot.sandbox.registry import Answer, Call, Refusal, endpoint, not_found
from bot.sandbox.shapes.commits import git_commit_json
from bot.sandbox.shapes.links import repo_api
from bot.sandbox.state import node_id

_READ, _WRITE = ("contents", "read"), ("contents", "write")
# GitHub's limits for one tree: entries, and what stands in for its 7 MB.
ENTRIES = 100_000


def _ref_json(call: Call, name: str, sha: str) -> Json:
    return {
        "ref": name,
        "node_id": node_id("REF", int(sha[:12], 16)),
        "url": repo_api(call.state, call.repo, f"/git/{name}"),
        "object": {
            "sha": sha,
            "type": call.repo.git.kind(sha),
            "url": repo_api(call.state, call.repo, f"/git/commits/{sha}"),
        },
    }


@endpoint("GET", "/repos/{owner}/{repo}/git/ref/{ref}", _READ)
def get_ref(call: Call) -> Answer:
    """A ref; ``heads/main`` is how its name is given."""
    name = f"refs/{call.path['ref']}"
    sha = call.repo.git.refs(name).get(name)
    if sha is None:
        raise not_found()
    return Answer(_ref_json(call, name, sha))


@endpoint("GET", "/repos/{owner}/{repo}/git/matching-refs/{ref}", _READ)
def list_refs(call: Call) -> Answer:
    """All refs whose names begin so."""
    wanted = f"refs/{call.path['ref']}"
    found = [one for one in sorted(call.repo.git.refs().items()) if one[0].startswith(wanted)]
    return paged(call, found, lambda one: _ref_json(call, *one))


@endpoint("POST", "/repos/{owner}/{repo}/git/refs", _WRITE)
def create_ref(call: Call) -> Answer:
    """A new branch or tag."""
    name, sha = call.text("ref"), call.text("sha")
    if name.count("/") < 2 or not name.startswith("refs/"):
        raise Refusal(422, "Reference name must start with 'refs/' and contain at least two slashes.")
    if call.repo.git.kind(sha) is None:
        raise Refusal(422, "Object does not exist")
    if call.repo.git.refs(name):
        raise Refusal(422, "Reference already exists")
    move(call.state, call.repo, name, sha, call.actor)
    return Answer(_ref_json(call, name, sha), 201)


@endpoint("PATCH", "/repos/{owner}/{repo}/git/refs/{ref}", _WRITE)
def update_ref(call: Call) -> Answer:
    """Move a branch; backwards or aside only by force."""
    name, sha = f"refs/{call.path['ref']}", call.text("sha")
    before = call.repo.git.refs(name).get(name)
    if before is None:
        raise Refusal(422, "Reference does not exist")
    if call.repo.git.kind(sha) is None:
        raise Refusal(422, "Object does not exist")
    if not call.body.get("force") and not call.repo.git.contains(before, sha):
        raise Refusal(422, "Update is not a fast forward")
    move(call.state, call.repo, name, sha, call.actor)
    return Answer(_ref_json(call, name, sha))


@endpoint("DELETE", "/repos/{owner}/{repo}/git/refs/{ref}", _WRITE)
def delete_ref(call: Call) -> Answer:
    """Delete a branch or tag."""
    name = f"refs/{call.path['ref']}"
    if not call.repo.git.refs(name):
        raise Refusal(422, "Reference does not exist")
    move(call.state, call.repo, name, None, call.actor)
    return Answer(status=204)


@endpoint("GET", "/repos/{owner}/{repo}/git/commits/{commit_sha}", _READ)
def get_git_commit(call: Call) -> Answer:
    """A commit as an object."""
    sha = call.path["commit_sha"]
    if call.repo.git.kind(sha) != "commit":
        raise not_found()
    return Answer(git_commit_json(call.state, call.repo, call.repo.git.read_commit(sha)))


@endpoint("GET", "/repos/{owner}/{repo}/git/trees/{tree_sha}", _READ)
def get_tree(call: Call) -> Answer:
    """A tree, with those below it on request; cut off, and said so, past GitHub's limit."""
    name, git = call.path["tree_sha"], call.repo.git
    sha = git.branch(name) or name
    if git.kind(sha) not in {"tree", "commit"}:
        raise not_found()
    if git.kind(sha) == "commit":
        sha = git.read_commit(git.resolve(sha) or sha).tree
    entries = git.tree(sha, recursive="recursive" in call.query)
    return Answer(
        {
            "sha": sha,
            "url": repo_api(call.state, call.repo, f"/git/trees/{sha}"),
            "tree": [
                {
                    "path": one.path,
                    "mode": one.mode,
                    "type": one.kind,
                    "sha": one.sha,
                    **({"size": one.size} if one.size is not None else {}),
                    **({"url": repo_api(call.state, call.repo, f"/git/{one.kind}s/{one.sha}")}
                       if one.kind != "commit" else {}),
                }
                for one in entries[:ENTRIES]
            ],
            "truncated": len(entries) > ENTRIES,
        }
    )  # fmt: skip


@endpoint("GET", "/repos/{owner}/{repo}/git/blobs/{file_sha}", _READ)
def get_blob(call: Call) -> Answer:
    """A blob in base64, or itself when its raw media type is asked for."""
    sha, git = call.path["file_sha"], call.repo.git
    if git.kind(sha) != "blob":
        raise not_found()
    data = git.blob(sha)
    if "raw" in call.headers.get("accept", ""):
        return Answer(raw=data, media_type="application/vnd.github.raw+json; charset=utf-8")
    return Answer(
        {
            "sha": sha,
            "node_id": node_id("B", int(sha[:12], 16)),
            "size": len(data),
            "url": repo_api(call.state, call.repo, f"/git/blobs/{sha}"),
            "content": base64.encodebytes(data).decode(),
            "encoding": "base64",
        }
    )


@endpoint("POST", "/repos/{owner}/{repo}/git/blobs", _WRITE)
def create_blob(call: Call) -> Answer:
    """A new blob."""
    text = call.text("content")
    data = base64.b64decode(text) if call.body.get("encoding") == "base64" else text.encode()
    sha = call.repo.git.run("hash-object", "-w", "--stdin", stdin=data).decode().strip()
    return Answer({"sha": sha, "url": repo_api(call.state, call.repo, f"/git/blobs/{sha}")}, 201)
