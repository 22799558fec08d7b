"""``cratewarden doctor``: compares the settings with what GitHub, the database and this computer say."""

from __future__ import annotations

import datetime
import os
import re
import sys
from argparse import Namespace
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from bot.cli import NOTHING_TO_ASK, REVIEW_NEEDED
from bot.config import ConfigError, Settings, from_process
from bot.github.address import Address
from bot.github.answers import AppAnswer, DeliveryAnswer, HookAnswer, InstallationAnswer
from bot.github.app import App, Credentials
from bot.github.errors import ExpiredError, RefusedError, TransientError
from bot.github.permissions import Permission, beyond, lacking, subscribed
from bot.github.registration import WEBHOOK_PATH
from bot.ports import GoneError
from bot.render.prose import say

# GitHub refuses signatures from further ahead (docs: "Generating a JSON Web Token (JWT) for a GitHub App").
_CLOCK = datetime.timedelta(seconds=30)
_RECENT = datetime.timedelta(days=1)
_GIT = (2, 31)


class Health(StrEnum):
    """How a check came out; ``WRONG`` keeps the App from working."""

    OK = "ok"
    NOTE = "note"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the answer."""

    health: Health
    text: str


def run_doctor(options: Namespace) -> int:
    """Check everything and print a line for each; the status says whether all is well."""
    well = True
    for finding in findings(options.config):
        sys.stdout.write(f"{finding.health.value:<5} {finding.text}\n")
        sys.stdout.flush()
        well = well and finding.health is not Health.WRONG
    return NOTHING_TO_ASK if well else REVIEW_NEEDED


def findings(config: str | None) -> Iterator[Finding]:
    """All checks, in the order in which one depends on the other."""
    yield from _tools()
    try:
        settings = from_process(config)
    except ConfigError as error:
        yield from (Finding(Health.WRONG, line) for line in str(error).splitlines())
        return
    yield from _storage(settings)
    try:
        settings.require("app_id", "private_key", "webhook_secrets")
    except ConfigError as error:
        yield from (Finding(Health.WRONG, line) for line in str(error).splitlines())
    if settings.app_id and settings.private_key:
        yield from _github(settings)


def _github(settings: Settings) -> Iterator[Finding]:
    now = datetime.datetime.now(datetime.UTC)
    app = App(Address.of(settings.github_url), Credentials(settings.app_id, settings.private_key))
    try:
        yield from _clock(app.clock_ahead(now))
        identity = app.read_identity()
        yield _ok("app", name=identity.name, id=str(identity.id))
        yield from _granted(identity)
        yield from _hook(app.hook())
        yield from _deliveries(app.deliveries(now - _RECENT))
        yield from _installations(app.installations())
    except ExpiredError:
        yield _wrong("key", id=str(settings.app_id), url=settings.github_url)
    except (TransientError, RefusedError, GoneError) as error:
        yield _wrong("github", url=settings.github_url, error=str(error))
    finally:
        app.close()


def _clock(ahead: datetime.timedelta | None) -> Iterator[Finding]:
    if ahead is not None and abs(ahead) > _CLOCK:
        yield _wrong("clock", seconds=str(round(ahead.total_seconds())))
    elif ahead is not None:
        yield _ok("clock")


def _granted(identity: AppAnswer) -> Iterator[Finding]:
    page = f"{identity.html_url}" or "GitHub"
    missing = lacking(identity.permissions)
    yield from _permissions("permission", missing, page)
    extra = beyond(identity.permissions)
    if extra:
        yield Finding(Health.NOTE, say("doctor.beyond", names=", ".join(extra), page=page))
    if not any(permission.needed for permission in missing):
        yield _ok("permissions")
    unheard = [event for event in subscribed() if event.name not in identity.events]
    for event in unheard:
        yield _wrong("event", name=event.name, reason=event.why, page=page)
    if not unheard:
        yield _ok("events")


def _permissions(phrase: str, missing: Iterable[Permission], where: str) -> Iterator[Finding]:
    for one in missing:
        health = Health.WRONG if one.needed else Health.NOTE
        words = {"shown": one.shown, "level": one.level, "reason": one.reason, "where": where}
        yield Finding(health, say(f"doctor.{phrase}-wrong", **words))


def _hook(hook: HookAnswer) -> Iterator[Finding]:
    if not hook.url:
        yield _wrong("hook", path=WEBHOOK_PATH)
        return
    if not hook.url.rstrip("/").endswith(WEBHOOK_PATH):
        yield _wrong("hook-path", url=hook.url, path=WEBHOOK_PATH)
    else:
        yield _ok("hook", url=hook.url)
    if hook.content_type not in {None, "json"}:
        yield _wrong("hook-type")
    if not hook.secret:
        yield _wrong("hook-secret")
    if str(hook.insecure_ssl or "0") not in {"0", "0.0"}:
        yield _wrong("hook-tls")


def _deliveries(attempts: tuple[DeliveryAnswer, ...]) -> Iterator[Finding]:
    settled = [attempt for attempt in attempts if attempt.status_code]
    if not settled:
        yield Finding(Health.NOTE, say("doctor.deliveries-none"))
        return
    newest = settled[0]
    if newest.status_code < 300:
        yield _ok("deliveries", event=newest.event)
    elif newest.status_code == 401:
        yield _wrong("deliveries-secret")
    else:
        yield _wrong("deliveries", event=newest.event, status=str(newest.status_code))


def _installations(installations: tuple[InstallationAnswer, ...]) -> Iterator[Finding]:
    if not installations:
        yield _wrong("installations")
    for one in installations:
        name = one.account.login if one.account else str(one.id)
        if one.suspended_at is not None:
            yield Finding(Health.NOTE, say("doctor.suspended", name=name))
            continue
        missing = lacking(one.permissions)
        yield from _permissions("accepted", missing, name)
        if not any(permission.needed for permission in missing):
            yield _ok("installation", name=name, repositories=one.repository_selection or "all")


def _tools() -> Iterator[Finding]:
    from bot.git import GitError, git_version

    try:
        version = git_version()
    except GitError as error:
        yield Finding(Health.WRONG, str(error))
        return
    numbers = tuple(map(int, re.findall(r"\d+", version)[:2]))
    if numbers < _GIT:
        yield _wrong("git", version=version, least=".".join(map(str, _GIT)))
    else:
        yield _ok("git", version=version)


def _storage(settings: Settings) -> Iterator[Finding]:
    folder = next(
        one for one in (settings.data_dir.absolute(), *settings.data_dir.absolute().parents) if one.exists()
    )
    if os.access(folder, os.W_OK | os.X_OK):
        yield _ok("folder", folder=str(settings.data_dir))
    else:
        yield _wrong("folder", folder=str(settings.data_dir))
    yield from _checked("database", lambda: _connect(settings))


def _connect(settings: Settings) -> None:
    """Open the database and close it again; a SQLite file that is not there yet is made by ``serve``."""
    from bot.ledger.engine import open_engine, parse_url

    url = parse_url(settings.database_url)
    if url.drivername == "sqlite" and not os.path.exists(url.database or ""):  # noqa: PTH110  may be relative
        return
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("select 1")
    finally:
        engine.dispose()


def _checked(phrase: str, check: Callable[[], None]) -> Iterator[Finding]:
    from bot.ledger import DatabaseError, LedgerError, words_of

    try:
        check()
    except LedgerError as error:
        yield _wrong(phrase, error=str(error))
    except DatabaseError as error:
        yield _wrong(phrase, error=words_of(error))
    else:
        yield _ok(phrase)


def _ok(phrase: str, **words: str) -> Finding:
    return Finding(Health.OK, say(f"doctor.{phrase}", **words))


def _wrong(phrase: str, **words: str) -> Finding:
    return Finding(Health.WRONG, say(f"doctor.{phrase}-wrong", **words))
