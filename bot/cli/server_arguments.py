"""What the commands of the server accept, with their help."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # argparse names the type of its sub-parsers nowhere else.
    from argparse import _SubParsersAction

_EXITS = "exit status: 0 ended in good order, 2 wrong settings or arguments, 3 internal error"


def add_server_commands(sub: _SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``serve``, ``worker``, ``replay``, ``setup``, ``doctor`` and ``ledger``."""
    serve = sub.add_parser("serve", help="receive webhooks and act on them", epilog=_EXITS)
    serve.description = "Run the App: receive webhooks, and work on what they ask for, in one process."
    serve.set_defaults(run=("bot.cli.serve", "run_serve"))
    worker = sub.add_parser("worker", help="only work, beside a server on PostgreSQL", epilog=_EXITS)
    worker.description = "Work on what other processes receive. All share one PostgreSQL database."
    worker.set_defaults(run=("bot.cli.worker", "run_worker"))
    replay = sub.add_parser("replay", help="feed a recorded webhook to the server")
    _replay(replay).set_defaults(run=("bot.cli.replay", "run_replay"))
    for command in (serve, worker, replay):
        _config(command)
    _setup(sub.add_parser("setup", help="register the App on GitHub, and write the settings"))
    doctor = sub.add_parser("doctor", help="check the settings against GitHub, and say what is wrong")
    doctor.description = "Check the settings against GitHub, the database and this computer."
    doctor.epilog = "exit status: 0 all is well, 1 something is wrong"
    doctor.set_defaults(run=("bot.cli.doctor", "run_doctor"))
    _config(doctor)
    _ledger(sub.add_parser("ledger", help="check, export, upgrade or move the record of what was decided"))


def _setup(command: argparse.ArgumentParser) -> None:
    command.description = (
        "Register a private GitHub App in the browser, and write the server's settings and key."
    )
    command.epilog = "exit status: 0 the App is registered, 2 wrong arguments, or GitHub refused"
    command.add_argument("--url", metavar="URL", required=True, help="where GitHub will reach the server")
    command.add_argument("--organisation", metavar="NAME", help="the App's owner (you)")
    command.add_argument("--name", metavar="NAME", default="Cratewarden", help="the App's name (Cratewarden)")
    command.add_argument(
        "--github-url", metavar="URL", help="an Enterprise Server (CRATEWARDEN_GITHUB_URL, github.com)"
    )
    command.add_argument(
        "--config",
        metavar="FILE",
        default="cratewarden-server.toml",
        help="write here (cratewarden-server.toml)",
    )
    command.add_argument(
        "--port", metavar="N", type=int, default=0, help="of the local page (any that is free)"
    )
    command.add_argument("--no-browser", action="store_true", help="only print the local page's address")
    command.set_defaults(run=("bot.cli.setup", "run_setup"))


def _replay(command: argparse.ArgumentParser) -> argparse.ArgumentParser:
    command.description = "Sign a recorded webhook and send it, as GitHub would."
    command.epilog = "exit status: 0 it was accepted, 1 the server refused it, 2 wrong settings or arguments"
    command.add_argument("file", metavar="FILE", help="the payload, as JSON")
    command.add_argument("--event", metavar="NAME", help="its event (guessed from the payload)")
    command.add_argument("--delivery", metavar="UUID", help="the delivery's id (a new one)")
    where = command.add_mutually_exclusive_group()
    where.add_argument(
        "--url", metavar="URL", help="where to send it (CRATEWARDEN_HOST and CRATEWARDEN_PORT)"
    )
    where.add_argument(
        "--direct", action="store_true", help="put it into the queue's database, without a server"
    )
    return command


def _ledger(command: argparse.ArgumentParser) -> None:
    actions = command.add_subparsers(dest="action", metavar="ACTION", required=True)
    verify = actions.add_parser(
        "verify",
        help="check that nothing in the audit log was changed or removed",
        epilog="exit status: 0 the log is whole, 1 it is not",
    )
    verify.add_argument(
        "--since",
        metavar="SEQUENCE:HASH",
        help="check too that this entry, which an earlier run printed, is still there",
    )
    verify.set_defaults(run=("bot.cli.ledger", "run_verify"))
    export = actions.add_parser("export", help="print the audit log as lines of JSON")
    export.add_argument(
        "--since", metavar="DATE", help="from this day on (2026-11-21, or a time in ISO 8601)"
    )
    export.add_argument("--repository", metavar="OWNER/NAME", help="only this repository", default="")
    export.set_defaults(run=("bot.cli.ledger", "run_export"))
    migrate = actions.add_parser(
        "migrate", help="create or upgrade the tables, as `serve` does when it starts"
    )
    migrate.add_argument(
        "--to",
        metavar="REVISION",
        default="",
        help="bring them back to what an older version wrote, while nothing runs; that version names its revision",
    )
    migrate.set_defaults(run=("bot.cli.ledger", "run_migrate"))
    copy = actions.add_parser("import", help="copy the record of a SQLite file into an empty database")
    copy.description = "Move from SQLite to PostgreSQL: set the new database first, and stop the server."
    copy.add_argument("file", metavar="FILE", help="the SQLite file, cratewarden.db in the data folder")
    copy.set_defaults(run=("bot.cli.ledger", "run_import"))
    for action in (verify, export, migrate, copy):
        _config(action)


def _config(command: argparse.ArgumentParser) -> None:
    command.add_argument("--config", metavar="FILE", help="settings as TOML; the environment counts more")
