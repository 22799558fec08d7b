"""Git over HTTP: git's own `http-backend` behind the sandbox's tokens; a push moves refs like any other act."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass

from bot.sandbox.access import identify, may_git
from bot.sandbox.acts.pushes import moved
from bot.sandbox.model import Account, Repository
from bot.sandbox.objects import plain_environment
from bot.sandbox.registry import Refusal
from bot.sandbox.state import State

_PATH = re.compile(
    r"/(?P<owner>[\w.-]+)/(?P<repo>[\w.-]+?)(?:\.git)?/(?P<service>info/refs|git-upload-pack|git-receive-pack)"
)


@dataclass(frozen=True, slots=True)
class GitAnswer:
    """What git said: status, headers and body of HTTP."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def is_git(path: str) -> bool:
    """Whether a path of the server belongs to git."""
    return _PATH.fullmatch(path) is not None


def serve_git(
    state: State, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes
) -> GitAnswer:
    """Answer a request of git."""
    found = _PATH.fullmatch(path)
    if found is None:
        return _refused(404, "Not Found")
    write = found["service"] == "git-receive-pack" or "service=git-receive-pack" in query
    with state.lock:
        try:
            caller = identify(state, headers.get("authorization"))
        except Refusal as refusal:
            return _refused(refusal.status, refusal.message)
        repository = state.repository(found["owner"], found["repo"])
        if repository is None or not may_git(state, caller, repository, write=write):
            if caller.account is None:
                return _refused(401, "Authentication required")
            known = repository is not None and may_git(state, caller, repository, write=False)
            return _refused(403 if known else 404, "Write access to repository not granted.")
        actor = caller.account if write else None
    environment = {
        "GIT_HTTP_EXPORT_ALL": "1",
        "GIT_PROJECT_ROOT": str(repository.git.folder),
        "PATH_INFO": f"/{found['service']}",
        "QUERY_STRING": query,
        "REQUEST_METHOD": method,
        "CONTENT_TYPE": headers.get("content-type", ""),
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_CONTENT_ENCODING": headers.get("content-encoding", ""),
        "GIT_PROTOCOL": headers.get("git-protocol", ""),
        "REMOTE_USER": actor.login if actor else "",
        "REMOTE_ADDR": "127.0.0.1",
    }
    if found["service"] == "git-receive-pack" and actor is not None:
        with state.lock:
            return _push(state, repository, actor, environment, body)
    return _backend(environment, body)


def _push(
    state: State, repository: Repository, actor: Account, environment: Mapping[str, str], body: bytes
) -> GitAnswer:
    before = repository.git.refs()
    answer = _backend(environment, body)
    after = repository.git.refs()
    for ref in sorted(before.keys() | after.keys()):
        if before.get(ref) != after.get(ref):
            moved(state, repository, ref, before.get(ref), after.get(ref), actor)
    return answer


def _backend(environment: Mapping[str, str], body: bytes) -> GitAnswer:
    """Run git's CGI program (RFC 3875: headers, a blank line, the body)."""
    done = subprocess.run(
        [shutil.which("git") or "git", "http-backend"],
        input=body,
        capture_output=True,
        check=False,
        process_group=0,
        env=plain_environment() | {name: value for name, value in environment.items() if value},
    )
    head, separator, rest = done.stdout.partition(b"\r\n\r\n")
    if not separator:
        return _refused(500, done.stderr.decode(errors="replace"))
    lines = [line.split(": ", 1) for line in head.decode("latin-1").split("\r\n")]
    headers = dict(lines)
    status = int(headers.pop("Status", "200").split(" ")[0])
    return GitAnswer(status, tuple(headers.items()), rest)


def _refused(status: int, message: str) -> GitAnswer:
    headers = [("Content-Type", "text/plain")]
    if status == 401:
        headers.append(("WWW-Authenticate", 'Basic realm="GitHub"'))
    return GitAnswer(status, tuple(headers), message.encode())
