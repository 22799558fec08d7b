"""SARIF reporting descriptors (SARIF 2.1.0, section 3.49): one per site kind and finding, and one for the unseen."""

from __future__ import annotations

from typing import Any

from analyzers.kinds import KINDS
from analyzers.model import Finding, Severity
from bot.render import prose
from bot.render.sarif.results import UNANALYSED


def rule(id: str) -> dict[str, Any]:
    """The rule of that id with what code scanning shows beside an alert."""
    if id == UNANALYSED:
        return _unanalysed()
    return _kind(id) if id in KINDS else _finding(id)


def _kind(id: str) -> dict[str, Any]:
    kind = KINDS[id]
    summary = kind.summary[:1].upper() + kind.summary[1:]
    title = summary.partition(":")[0]
    help_text = prose.say("sarif.kind-help", summary=f"{summary}.", docs=kind.docs)
    return {**_descriptor(id, title, f"{summary}.", help_text, kind.group.value), "helpUri": kind.docs}


def _finding(id: str) -> dict[str, Any]:
    told = prose.finding(Finding(id, Severity.NOTE, "", 0, 0, 0, kind="site", item=""))
    title = id.replace("-", " ").capitalize()
    return {**_descriptor(id, title, told.fix, told.help, "documentation"), **_linked("findings", id)}


def _unanalysed() -> dict[str, Any]:
    title, text = prose.say("sarif.unanalysed-name"), prose.say("sarif.unanalysed-help")
    described = _descriptor(UNANALYSED, title, text, text, "coverage")
    return {**described, **_linked("unanalysed"), "defaultConfiguration": {"level": "error"}}


def _descriptor(id: str, title: str, summary: str, help_text: str, tag: str) -> dict[str, Any]:
    return {
        "id": id,
        "name": "".join(word.capitalize() for word in id.split("-")),
        "shortDescription": {"text": title},
        "fullDescription": {"text": summary},
        "help": {"text": help_text, "markdown": help_text},
        "defaultConfiguration": {"level": "warning"},
        "properties": {
            "precision": "very-high",
            "problem.severity": "recommendation",
            "tags": ["rust", "security", tag],
        },
    }


def _linked(page: str, anchor: str = "") -> dict[str, str]:
    """The address of a page of ours, where it is known."""
    home = prose.home()
    return {} if home is None else {"helpUri": f"{home}/blob/HEAD/{prose.link(page, anchor)}"}
