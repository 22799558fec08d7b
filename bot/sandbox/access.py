"""Who asks, and what they may: signatures of Apps, tokens of installations and users, permissions of endpoints."""

from __future__ import annotations

import base64
import binascii
from datetime import timedelta

from bot.sandbox.clock import Clock
from bot.sandbox.model import LEVELS, Account, App, Repository, Token
from bot.sandbox.registry import Call, Caller, Endpoint, Refusal, forbidden, not_found
from bot.sandbox.state import State

# The longest an App's signature may hold (docs: "Generating a JSON Web Token (JWT) for a GitHub App").
SIGNATURE = timedelta(minutes=10)
# How far an App's clock may be off.
DRIFT = timedelta(seconds=60)
_RANK = {"none": 0, "read": 1, "write": 2, "admin": 3}


def identify(state: State, authorization: str | None) -> Caller:
    """The caller behind an Authorization header (bearer, token or basic).

    Raises:
        Refusal: 401 for a token or signature that is wrong or has expired.
    """
    if not authorization:
        return Caller()
    scheme, _, secret = authorization.partition(" ")
    if scheme.lower() == "basic":
        secret = _password(secret)
    elif scheme.lower() not in {"bearer", "token"}:
        raise Refusal(401, "Bad credentials")
    if secret.count(".") == 2:
        return Caller(app=_signed_by(state, secret))
    if token := state.tokens.get(secret):
        return _by_token(state, token)
    account = state.account_by_token(secret)
    if account is None:
        raise Refusal(401, "Bad credentials")
    return Caller(account=account)


def authorise(call: Call, endpoint: Endpoint) -> None:
    """Let a call through, with the repository of its path, or not.

    Raises:
        Refusal: 401, 403 or 404 as GitHub gives them.
    """
    caller = call.caller
    if endpoint.by == "app":
        if caller.app is None or caller.token is not None:
            raise Refusal(401, "A JSON web token could not be decoded")
        return
    if caller.app is not None and caller.token is None:
        raise forbidden()
    if endpoint.by == "installation" and caller.token is None:
        raise Refusal(403, "Resource not accessible by personal access token")
    if "repo" in call.path and "owner" in call.path:
        call.repository = _repository(call, endpoint)
    elif caller.token is not None and not _allowed(caller.token, endpoint.needs):
        raise forbidden(endpoint.needs)


def may_git(state: State, caller: Caller, repository: Repository, *, write: bool) -> bool:
    """Whether somebody may fetch from a repository, or push to it."""
    if caller.token is not None:
        needs = (("contents", "write" if write else "read"),)
        if includes(state, caller.token, repository):
            return _allowed(caller.token, needs)
        return not write and not repository.private
    if caller.account is None:
        return not write and not repository.private
    return state.may(repository, caller.account, "write" if write else "read")


def includes(state: State, token: Token, repository: Repository) -> bool:
    """Whether a token is for a repository."""
    return repository in state.installed_repositories(token.installation) and (
        token.repositories is None or repository.id in token.repositories
    )


def _repository(call: Call, endpoint: Endpoint) -> Repository:
    repository = call.state.repository(call.path["owner"], call.path["repo"])
    if repository is None:
        raise not_found()
    if call.caller.token is not None:
        _check_installation(call, endpoint, repository, call.caller.token)
    else:
        _check_person(call, endpoint, repository, call.caller.account)
    return repository


def _check_installation(call: Call, endpoint: Endpoint, repository: Repository, token: Token) -> None:
    if not includes(call.state, token, repository):
        if repository.private:
            raise not_found()
        if endpoint.method != "GET":
            raise forbidden()
    elif not _allowed(token, endpoint.needs):
        raise forbidden(endpoint.needs)


def _check_person(call: Call, endpoint: Endpoint, repository: Repository, account: Account | None) -> None:
    if account is None:
        if repository.private:
            raise not_found()
        if endpoint.method != "GET":
            raise Refusal(401, "Requires authentication")
        return
    level = call.state.level(repository, account)
    if level == "none":
        raise not_found()
    if LEVELS.index(level) < [str(one) for one in LEVELS].index(endpoint.level):
        raise Refusal(403, "Must have write access to the repository.")


def _allowed(token: Token, needs: tuple[tuple[str, str], ...]) -> bool:
    return not needs or any(
        _RANK[token.permissions.get(name, "none")] >= _RANK[level] for name, level in needs
    )


def _by_token(state: State, token: Token) -> Caller:
    if state.now() >= token.expires_at:
        raise Refusal(401, "Bad credentials")
    if token.installation.suspended_at is not None:
        raise Refusal(403, "This installation has been suspended")
    return Caller(app=token.installation.app, token=token, account=token.installation.app.bot)


def _password(encoded: str) -> str:
    try:
        plain = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise Refusal(401, "Bad credentials") from error
    return plain.partition(":")[2] or plain.partition(":")[0]


def _signed_by(state: State, text: str) -> App:
    """The App that signed a JSON web token: RS256, issued not after now, for ten minutes at most."""
    import jwt

    options = {"verify_signature": False, "verify_exp": False, "verify_iat": False}
    try:
        issuer = str(jwt.decode(text, options=options).get("iss"))  # type: ignore[arg-type]
        app = next((one for one in state.apps.values() if issuer in {str(one.id), one.client_id}), None)
        if app is None:
            raise Refusal(404, "Integration not found")
        claims = jwt.decode(
            text,
            app.public_key,
            algorithms=["RS256"],
            options={"verify_exp": False, "verify_iat": False, "verify_nbf": False},
        )
    except jwt.PyJWTError as error:
        raise Refusal(401, "A JSON web token could not be decoded") from error
    now = Clock.machine().timestamp()
    issued, expires = claims.get("iat"), claims.get("exp")
    if not isinstance(issued, int) or issued > now + DRIFT.total_seconds():
        raise Refusal(
            401,
            "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
        )
    if not isinstance(expires, int) or expires <= now:
        raise Refusal(
            401,
            "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the "
            "assertion expires",
        )
    if expires > now + SIGNATURE.total_seconds():
        raise Refusal(401, "'Expiration time' claim ('exp') is too far in the future")
    return app
