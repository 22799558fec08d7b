"""What the command line accepts, with its help."""

from __future__ import annotations

import argparse

from bot import __version__
from bot.cli.server_arguments import add_server_commands
from bot.render import AUDIT_FORMATS, CHECKLIST_FORMATS, REVIEW_FORMATS

_EXITS = (
    "exit status: 0 nothing to ask, 1 review needed, 2 usage or policy error, "
    "3 internal error or, while enforcing, something unanalysed"
)


def parser() -> argparse.ArgumentParser:
    """The parser; ``run`` of what it returns names the module and function of the command."""
    top = argparse.ArgumentParser(
        prog="cratewarden",
        description="Finds the Rust changes that a compiler cannot check, and who has to look at them.",
        epilog=_EXITS,
    )
    top.add_argument("-V", "--version", action="version", version=f"cratewarden {__version__}")
    sub = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _review(sub.add_parser("review", help="what changed between two revisions", epilog=_EXITS)).set_defaults(
        run=("bot.cli.review", "run_review")
    )
    _audit(sub.add_parser("audit", help="every site of a whole tree")).set_defaults(
        run=("bot.cli.audit", "run_audit")
    )
    _checklist(sub.add_parser("checklist", help="what stands between a crate and crates.io"))
    _policy(sub.add_parser("policy", help="check or explain a policy, or print the schema of its file"))
    add_server_commands(sub)
    _demo(sub.add_parser("demo", help="watch the App at work on a GitHub of this computer's own"))
    cache = sub.add_parser("cache", help="where scans are kept, and how to remove them")
    cache.add_argument("action", choices=("path", "clear"))
    cache.set_defaults(run=("bot.cli.maintenance", "run_cache"))
    return top


def _demo(command: argparse.ArgumentParser) -> None:
    command.description = (
        "Start a stand-in for GitHub and the App on this computer, and tell what happens to a pull request with "
        "unsafe code. Nothing leaves the computer; no account is needed."
    )
    command.epilog = (
        "exit status: 0 all went as told, 2 something is not installed or a port is taken, 3 it did not"
    )
    command.add_argument("--keep", action="store_true", help="leave both running afterwards, until Ctrl-C")
    command.add_argument("-q", "--quiet", action="store_true", help="only one line for each act")
    command.add_argument("--plain", action="store_true", help="without colours and drawn lines")
    command.add_argument(
        "--port",
        metavar="N",
        type=int,
        default=0,
        help="of the App; GitHub's is the next one (any two that are free)",
    )
    command.set_defaults(run=("bot.cli.demo", "run_demo"))


def _review(command: argparse.ArgumentParser) -> argparse.ArgumentParser:
    command.description = "Compare two revisions and say who has to look."
    command.add_argument(
        "path", nargs="?", default=".", metavar="PATH", help="work tree or bare repository (.)"
    )
    command.add_argument(
        "--base", metavar="REV", help="compare from the merge-base with REV (the default branch)"
    )
    head = command.add_mutually_exclusive_group()
    head.add_argument("--head", metavar="REV", help="compare to REV (HEAD)")
    head.add_argument("--staged", action="store_true", help="compare HEAD, or --base, to what is staged")
    head.add_argument("--worktree", action="store_true", help="compare HEAD, or --base, to the work tree")
    command.add_argument("--policy", metavar="FILE", help="judge by this policy file (the built-in policy)")
    _organisation(command)
    _advisories(command)
    _output(command, REVIEW_FORMATS)
    command.add_argument(
        "-v", "--verbose", action="store_true", help="list what moved or was removed as well"
    )
    return command


def _audit(command: argparse.ArgumentParser) -> argparse.ArgumentParser:
    command.description = "List every site of a tree, by crate and kind."
    command.add_argument("path", nargs="?", default=".", metavar="PATH", help="repository or any folder (.)")
    command.add_argument("--rev", metavar="REV", help="read this revision (the work tree)")
    command.add_argument("--jobs", type=_positive, metavar="N", help="worker processes (one per processor)")
    command.add_argument("--no-cache", action="store_true", help="scan everything anew and keep nothing")
    _output(command, AUDIT_FORMATS)
    return command


def _checklist(command: argparse.ArgumentParser) -> None:
    command.description = (
        "Check what crates.io, cargo and the Rust API guidelines ask of a crate, and say what to do first."
    )
    command.epilog = (
        "exit status: 0 nothing fails that --fail-on names, 1 something does, 2 usage error or no package"
    )
    command.add_argument(
        "path", nargs="?", default=".", metavar="PATH", help="crate, workspace, clone or any folder (.)"
    )
    command.add_argument(
        "--base", metavar="REV", help="compare the version and the public items with those of REV"
    )
    command.add_argument(
        "--fail-on",
        choices=("reject", "warn", "advise", "never"),
        default="reject",
        help="the mildest failure that gives exit status 1 (reject: what crates.io would refuse)",
    )
    command.add_argument("-v", "--verbose", action="store_true", help="every check, with its reason and rule")
    _output(command, CHECKLIST_FORMATS)
    command.set_defaults(run=("bot.cli.checklist", "run_checklist"))


def _policy(command: argparse.ArgumentParser) -> None:
    actions = command.add_subparsers(dest="action", metavar="ACTION", required=True)
    check = actions.add_parser(
        "check",
        help="tell every mistake in a policy file",
        epilog="exit status: 0 the policy is valid, 2 it is not",
    )
    check.add_argument(
        "file", nargs="?", metavar="FILE", help="(.github/cratewarden.toml, else cratewarden.toml)"
    )
    check.add_argument("--format", choices=("text", "json", "github"), default="text", help="(text)")
    check.set_defaults(run=("bot.cli.policy", "run_check"), output=None)
    explain = actions.add_parser("explain", help="tell which rule asks whom about which change, and why")
    _explain(explain).set_defaults(run=("bot.cli.policy", "run_explain"), output=None)
    schema = actions.add_parser("schema", help="print the JSON Schema of policy files, for editors")
    schema.set_defaults(run=("bot.cli.policy", "run_schema"))
    for reading in (check, explain):
        _organisation(reading)


def _explain(command: argparse.ArgumentParser) -> argparse.ArgumentParser:
    command.description = "Tell for every change between two revisions, or for one, which rules ask and why."
    command.add_argument(
        "path", nargs="?", default=".", metavar="PATH", help="work tree or bare repository (.)"
    )
    command.add_argument(
        "--base", metavar="REV", help="compare from the merge-base with REV (the default branch)"
    )
    command.add_argument("--head", metavar="REV", help="compare to REV (HEAD)")
    command.add_argument("--policy", metavar="FILE", help="judge by this policy file (that of --base)")
    _advisories(command)
    command.add_argument(
        "--change",
        metavar="CHANGE",
        help="every condition for one change: its number in the list, its fingerprint, or PATH:LINE",
    )
    command.add_argument("--format", choices=("text", "json"), default="text", help="(text)")
    return command


def _organisation(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--organisation", metavar="FILE", help="the policy file of the organisation, with the defaults"
    )


def _advisories(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--advisories",
        metavar="CLONE",
        action="append",
        default=[],
        help="ask this clone about new dependencies: RustSec's advisory-db, reviews of cargo-crev (repeatable)",
    )


def _output(command: argparse.ArgumentParser, formats: tuple[str, ...]) -> None:
    command.add_argument("--format", choices=formats, default="text", help="(text)")
    command.add_argument("--output", metavar="FILE", help="write to FILE instead of standard output")
    command.add_argument(
        "--color",
        choices=("auto", "always", "never"),
        default="auto",
        help="colours and links in text (auto)",
    )


def _positive(text: str) -> int:
    if text.isdecimal() and int(text) > 0:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
