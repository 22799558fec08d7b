"""Who stands behind the commits of a pull request, as far as GitHub can tell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bot.github.answers import CommitAnswer
from bot.pull import Commit

# GitHub's own committer: merges, reverts and edits on the web site.
WEB_FLOW = "web-flow"
WEB_FLOW_EMAIL = "noreply@github.com"
# GitHub reads trailers at the end of a message in any case; one that stands elsewhere names somebody all the same.
_CO_AUTHOR = re.compile(r"^[ \t]*co-authored-by[ \t]*:[^<\n]*<([^<>\n]*)>", re.IGNORECASE | re.MULTILINE)


def commits_of(answers: Iterable[CommitAnswer], noreply: str) -> tuple[Commit, ...]:
    """The commits with everybody behind them, in the order given.

    ``noreply`` is the domain of GitHub's own private addresses (docs: "Setting your commit email address").
    An author or committer whom GitHub does not know stays unmapped even when the address looks like one of
    those: GitHub maps them itself, so nobody has this name. In trailers GitHub maps nothing, and the address
    counts as it stands.
    """
    listed = list(answers)
    known = _known_addresses(listed)
    return tuple(_commit(answer, known, noreply) for answer in listed)


def _known_addresses(answers: Sequence[CommitAnswer]) -> Mapping[str, str]:
    """Addresses that GitHub maps to an account in any of the commits."""
    known: dict[str, str] = {}
    for answer in answers:
        for account, signature in (
            (answer.author, answer.commit.author),
            (answer.committer, answer.commit.committer),
        ):
            if account and account.login and signature and signature.email:
                known[signature.email.lower()] = account.folded
    return known


def _commit(answer: CommitAnswer, known: Mapping[str, str], noreply: str) -> Commit:
    people: set[str] = set()
    unmapped: set[str] = set()
    by_web = (
        answer.committer.folded == WEB_FLOW
        if answer.committer and answer.committer.login
        else _address(answer.commit.committer) == WEB_FLOW_EMAIL
    )
    sides = [(answer.author, answer.commit.author)]
    if not by_web:
        sides.append((answer.committer, answer.commit.committer))
    for account, signature in sides:
        address = _address(signature)
        # Nobody writes code as web-flow: a commit that claims to has an author who hides.
        if account and account.login and account.folded != WEB_FLOW:
            people.add(account.folded)
        else:
            unmapped.add(address or "?")
            people.update(_from_noreply(address, noreply))
    for address in co_authors(answer.commit.message):
        if address == WEB_FLOW_EMAIL:
            continue
        found = {known[address]} if address in known else set(_from_noreply(address, noreply))
        people |= found
        if not found:
            unmapped.add(address)
    return Commit(answer.sha, tuple(sorted(people)), tuple(sorted(unmapped)))


def co_authors(message: str) -> Iterator[str]:
    """The addresses in the ``Co-authored-by`` trailers of a message, in lower case."""
    for found in _CO_AUTHOR.finditer(message.replace("\r", "\n")):
        if address := found[1].strip().lower():
            yield address


def _address(signature: object) -> str:
    return str(getattr(signature, "email", "") or "").strip().lower()


def _from_noreply(address: str, noreply: str) -> Iterator[str]:
    """The login in ``ID+login@users.noreply...`` or ``login@users.noreply...``."""
    local, _, domain = address.rpartition("@")
    login = local.rpartition("+")[2]
    if domain == noreply and login:
        yield login
