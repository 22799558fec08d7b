"""Writes the generated parts of the documentation from the registries: ``python -m tests.docs``.

A generated part stands between ``<!-- generated: NAME -->`` and ``<!-- end -->``; the rest of a page is written by
hand. The examples of kinds are written by hand too and stay where they are.
"""

from __future__ import annotations

import argparse
import ast
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from prometheus_client.core import Metric
from prometheus_client.parser import text_string_to_metric_families

from analyzers import contracts
from analyzers.kinds import KINDS
from analyzers.model import Finding, Group, Reason, Severity, UnanalysedReason
from analyzers.publishing.items import items as checklist_items
from analyzers.surveys import survey_findings
from bot.cli.arguments import parser
from bot.commands.verbs import commands as orders
from bot.config import variables
from bot.events import events
from bot.github.permissions import PERMISSIONS
from bot.ledger import Ledger
from bot.queue import JobReport, Queue
from bot.render import checklist_advice, prose
from bot.web.metrics import Metrics

ROOT = Path(__file__).resolve().parents[1]
# The width that help is wrapped to on the page.
COLUMNS = "100"
# Folders whose files are alike, so that the architecture tells of them as one.
SETS = frozenset(
    (
        "analyzers/kinds",
        "analyzers/publishing/items",
        "bot/cli",
        "bot/commands/verbs",
        "bot/demo",
        "bot/github/perform",
        "bot/ledger/migrations",
        "bot/policy",
        "bot/render",
        "bot/reviewers/strategies",
        "bot/sandbox",
    )
)
_PART = re.compile(r"(<!-- generated: ([a-z]+) -->\n).*?(<!-- end -->)", re.DOTALL)
_EXAMPLE = re.compile(r"^### ([a-z-]+)\n.*?^```rust\n(.*?)^```", re.DOTALL | re.MULTILINE)


def pages() -> list[Path]:
    """Every Markdown page that people read: the documentation, the root's and GitHub's."""
    return sorted([*ROOT.glob("*.md"), *(ROOT / ".github").rglob("*.md"), *(ROOT / "docs").rglob("*.md")])


def refreshed(page: str) -> str:
    """The page with its generated parts made anew; raises KeyError for a part that nothing generates."""
    return _PART.sub(lambda part: f"{part[1]}\n{_GENERATORS[part[2]](page)}\n{part[3]}", page)


def examples(page: str) -> Mapping[str, str]:
    """The example under each kind's heading."""
    return dict(_EXAMPLE.findall(page))


def commands(command: argparse.ArgumentParser | None = None) -> Iterator[str]:
    """Every command of the command line with its own help, such as ``cratewarden policy check``."""
    command = command or parser()
    yield command.prog
    for action in command._actions:
        if isinstance(action, argparse._SubParsersAction):
            for inner in action.choices.values():
                yield from commands(inner)


@cache
def help_of(command: str) -> str:
    """What a command prints for ``--help``."""
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli", *command.split()[1:], "--help"],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": COLUMNS},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def _kinds(page: str) -> str:
    known = examples(page)
    told = []
    for group in Group:
        of_group = [kind for kind in KINDS.values() if kind.group is group]
        if of_group:
            told.append(f"## Group `{group}`\n")
        for kind in of_group:
            summary = kind.summary[:1].upper() + kind.summary[1:]
            example = known.get(kind.id, "")
            told.append(f"### {kind.id}\n\n{summary} ([authority]({kind.docs})).\n\n```rust\n{example}```\n")
    return "\n".join(told)


def _findings(_page: str) -> str:
    told = []
    for id in (*contracts.FINDINGS, *survey_findings()):
        advice = prose.finding(Finding(id, Severity.NOTE, "", 0, 0, 0, kind="site", item=""))
        told.append(f"### {id}\n\n{advice.message.replace('`site`', 'site')}\n\n{advice.help}\n")
    return "\n".join(told)


def _checklist(_page: str) -> str:
    """Every item with what it came to over published packages (``tests/benchmarks/publishing``)."""
    rates, looked = (
        tomllib.loads((ROOT / "tests/benchmarks/publishing" / name).read_text(encoding="utf-8"))
        for name in ("rates.toml", "looked_at.toml")
    )
    rows = []
    for item in checklist_items().values():
        rate, seen = rates["items"].get(item.id, {}), looked.get(item.id, {})
        figures = [str(rate.get(key, 0)) for key in ("packages", "fail", "ask")]
        right = f"{seen['right']} of {seen['looked']}" if seen else ""
        name = f"[`{item.id}`]({item.authority})"
        cells = [name, checklist_advice.title(item.id), item.severity, *figures, right, seen.get("note", "")]
        rows.append(f"| {' | '.join(cells)} |")
    head = "| check | what it looks at | severity | packages | fail | ask | right | remarks |"
    return "\n".join([head, "|---|---|---|--:|--:|--:|---|---|", *rows]) + "\n"


def _unanalysed(_page: str) -> str:
    told = ((reason, prose.unanalysed(reason)) for reason in UnanalysedReason)
    return "\n".join(f"### {reason}\n\n{advice.message} {advice.help}\n" for reason, advice in told)


def _reasons(_page: str) -> str:
    rows = "\n".join(f"| `{reason}` | {prose.reason(reason)} |" for reason in Reason)
    return f"| reason | what it says |\n|---|---|\n{rows}\n"


def _help(_page: str) -> str:
    return "\n".join(f"## {command}\n\n```text\n{help_of(command)}```\n" for command in commands())


def _permissions(_page: str) -> str:
    rows = "\n".join(
        f"| {one.shown} | {one.level} | {one.reason}{'' if one.needed else ' (may be left out)'} |"
        for one in PERMISSIONS
    )
    return f"| permission | access | for |\n|---|---|---|\n{rows}\n"


def _events(_page: str) -> str:
    shown = {permission.name: permission.shown for permission in PERMISSIONS}
    rows = "\n".join(
        f"| `{event.name}` | {_listed(event.actions) or 'all'} | {shown[event.needs] if event.needs else 'none'} "
        f"| {event.why} |"
        for event in events().values()
    )
    return f"| event | actions | permission | why |\n|---|---|---|---|\n{rows}\n"


def _orders(_page: str) -> str:
    """The commands in comments."""
    told = []
    for one in orders().values():
        also = [prose.say(f"commands.who-{one.who}")]
        also += ["several times in a comment"] * one.repeats + [
            "on closed pull requests too"
        ] * one.when_closed
        usage = f"@cratewarden {one.name} {one.usage}".rstrip()
        told.append(f"### {one.name}\n\n```text\n{usage}\n```\n\n{one.summary} Who: {'; '.join(also)}.\n")
    return "\n".join(told)


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _settings(page: str) -> str:
    """Every setting with its default and example; what it means is written by hand below the table's first column."""
    meaning = dict(re.findall(r"^\| `(CRATEWARDEN_[A-Z_]+)` \| .* \| (.+) \|$", page, re.MULTILINE))
    rows = "\n".join(
        f"| `{name}` | `{example}` | {meaning.get(name, '')} |" for name, example in variables().items()
    )
    return f"| variable | for example | meaning |\n|---|---|---|\n{rows}\n"


def _metrics(_page: str) -> str:
    rows = "\n".join(
        f"| `{family.name}{'_total' if family.type == 'counter' else ''}` | {family.type} "
        f"| {_listed(_labels(family)) or 'none'} | {family.documentation} |"
        for family in figures()
    )
    return f"| metric | type | labels | what it is |\n|---|---|---|---|\n{rows}\n"


def _labels(family: Metric) -> list[str]:
    return sorted({label for sample in family.samples for label in sample.labels} - {"le"})


@cache
def figures() -> tuple[Metric, ...]:
    """Every figure of a server that has taken a delivery, refused a request and ended a job."""
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(f"sqlite:///{folder}/ledger.db")
        try:
            ledger.migrate()
            queue = Queue(ledger, lambda _event, _payload: (), lambda _job: ())
            metrics = Metrics(events())
            metrics.watch(queue)
            metrics.delivered("ping", "accepted", 0.0)
            metrics.refused(401)
            metrics.job_ended(JobReport("id", "id:1", "assess-pull", "done", 0.0, 0.0, 1))
            found = tuple(text_string_to_metric_families(metrics.text().decode()))
        finally:
            ledger.close()
    return tuple(family for family in found if not family.name.endswith("_created"))


def _analysis(_page: str) -> str:
    return _modules("analyzers")


def _shell(_page: str) -> str:
    return _modules("bot")


def _modules(package: str) -> str:
    """The modules of a package, folder by folder; a set is told as one row."""
    rows: list[str] = []
    for path in sorted((ROOT / package).rglob("*.py"), key=_place):
        name = path.relative_to(ROOT).as_posix()
        inside = [folder for folder in path.relative_to(ROOT).parents if folder.as_posix() in SETS]
        if inside:
            if path.name == "__init__.py" and inside == [path.parent.relative_to(ROOT)]:
                rows.append(_row(f"{path.parent.relative_to(ROOT).as_posix()}/", path))
        elif path.name == "__init__.py":
            rows.append(_row(f"**{path.parent.relative_to(ROOT).as_posix()}/**", path, plain=True))
        else:
            rows.append(_row(name, path))
    return "| module | what it does |\n|---|---|\n" + "\n".join(rows) + "\n"


def _place(path: Path) -> tuple[tuple[int, str], ...]:
    """Files of a folder before the folders in it, and its own description first."""
    parts = path.relative_to(ROOT).parts
    names = ("" if part == "__init__.py" else part for part in parts)
    return tuple((int(at < len(parts) - 1), name) for at, name in enumerate(names))


def _row(name: str, path: Path, *, plain: bool = False) -> str:
    purpose = (ast.get_docstring(ast.parse(path.read_bytes())) or "").partition("\n\n")[0]
    shown = name if plain else f"`{name}`"
    return f"| {shown} | {' '.join(purpose.split()).replace('``', '`').replace('|', chr(92) + '|')} |"


_GENERATORS: Mapping[str, Callable[[str], str]] = {
    "kinds": _kinds,
    "findings": _findings,
    "unanalysed": _unanalysed,
    "checklist": _checklist,
    "reasons": _reasons,
    "help": _help,
    "permissions": _permissions,
    "events": _events,
    "orders": _orders,
    "settings": _settings,
    "metrics": _metrics,
    "analysis": _analysis,
    "shell": _shell,
}


def main() -> None:
    """Rewrite every page that has generated parts."""
    for path in pages():
        page = path.read_text(encoding="utf-8")
        path.write_text(refreshed(page), encoding="utf-8")


if __name__ == "__main__":
    main()
