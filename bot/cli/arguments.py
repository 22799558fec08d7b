"""What the command line accepts, with its help."""

from __future__ import annotations

import argparse

from bot import __version__
from bot.render import AUDIT_FORMATS, REVIEW_FORMATS

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
    _policy(sub.add_parser("policy", help="check a policy file, or print its schema"))
    cache = sub.add_parser("cache", help="where scans are kept, and how to remove them")
    cache.add_argument("action", choices=("path", "clear"))
    cache.set_defaults(run=("bot.cli.maintenance", "run_cache"))
    return top


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


def _policy(command: argparse.ArgumentParser) -> None:
    actions = command.add_subparsers(dest="action", metavar="ACTION", required=True)
    check = actions.add_parser("check", help="tell every mistake in a policy file")
    check.add_argument("file", metavar="FILE")
    check.set_defaults(run=("bot.cli.maintenance", "run_policy_check"))
    schema = actions.add_parser("schema", help="print the JSON Schema of policy files, for editors")
    schema.set_defaults(run=("bot.cli.maintenance", "run_policy_schema"))


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
