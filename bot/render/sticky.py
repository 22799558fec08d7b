"""The one comment that the App keeps on a pull request: quiet unless somebody has to do something."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from analyzers.model import Severity
from bot.model import Decision, HoldReason, Mode
from bot.render import outline, prose
from bot.render.comment import SHORT, Block, blocks, fitted, size
from bot.render.escape import code
from bot.render.items import fitting
from bot.render.prose import Markup, say
from bot.render.situation import Situation, all_items, command, situation
from bot.render.view import Verdicted

ROOM = 60_000
"""Bytes of a comment; GitHub refuses more than 65,536 characters."""
_REMARKS = 1024
_LOUD = 3
_OTHERS = 12_000


def comment(view: Verdicted) -> str | None:
    """The comment, marker first, in at most `ROOM` bytes; None when nothing needs saying.

    Where there is no room for everything, code goes first and then whole changes, which are counted.
    """
    if not needs_saying(view):
        return None
    told = blocks(view.report, view.display)
    seen = situation(view)
    room = ROOM - _REMARKS - size(_filled(view, seen, [], []))
    kept = [(block, text) for block, text in zip(told, fitted(told, room), strict=True) if text]
    remarks = []
    if len(kept) < len(told):
        remarks.append(say("left-out.comment", count=len(told) - len(kept)))
    elif any(text is not block.full for block, text in kept):
        remarks.append(say("left-out.markdown-code"))
    return _filled(view, seen, kept, remarks)


def needs_saying(view: Verdicted) -> bool:
    """Whether there is anything to tell: what moved, went or asks nobody is none of it, unless with a finding."""
    decision, analysis = view.decision, view.analysis
    if decision.mode is Mode.OFF:
        return False
    asked = any(rule.fingerprints for rule in decision.rules)
    return bool(asked or decision.holds or analysis.findings or analysis.unanalysed or view.notes)


def _filled(view: Verdicted, seen: Situation, kept: list[tuple[Block, str]], remarks: list[str]) -> str:
    loud = [(block, text) for block, text in kept if block.path is not None and block.importance == _LOUD]
    calm = [(block, text) for block, text in kept if block.path is not None and block.importance < _LOUD]
    decision, head = view.decision, view.pull.head_sha
    waiting = outline.asked_fingerprints(decision) | {hold.fingerprint for hold in decision.holds}
    others = [item.text for item in all_items(view, waiting) if not item.is_code]
    approved = _approved(view, kept)
    filled = prose.markdown_template("comments/sticky.md.j2")(
        seen=seen,
        commit=Markup(say("pull.commit", name=code(head[:7]), web=view.web, sha=head)),
        files=_by_file(loud),
        calm_files=_by_file(calm),
        findings=Markup(say("folds.findings", count=len(calm))),
        others=_marked(fitting(others, _OTHERS)),
        next=seen.waits and decision.mode is Mode.ENFORCE and _asks_for_action(decision),
        draft=view.pull.is_draft,
        reviewers=bool(outline.asked_fingerprints(decision)),
        fixes=Markup(_fixes(view)),
        waive=_waive(view),
        help=Markup(command(view.app, "help")),
        approved=_marked(approved),
        approved_title=Markup(say("folds.approved", count=len(approved))),
        quiet=[Markup(text) for block, text in kept if block.path is None and not block.approved],
        remarks=_marked(remarks),
    )
    return filled.rstrip("\n") + "\n"


def _marked(lines: Iterable[str]) -> list[Markup]:
    return [Markup(line) for line in lines]


def _approved(view: Verdicted, kept: list[tuple[Block, str]]) -> list[str]:
    """What is approved, one line each: changes as far as they fit, then what is no code."""
    names = outline.approved_fingerprints(view.decision)
    others = [f"- {item.text}" for item in all_items(view, names) if not item.is_code]
    return [*(text for block, text in kept if block.approved), *fitting(others, _OTHERS)]


def _asks_for_action(decision: Decision) -> bool:
    """Whether a reviewer or a command could move it on: not where the policy itself is broken."""
    return not any(hold.reason is HoldReason.POLICY for hold in decision.holds)


def _fixes(view: Verdicted) -> str:
    """What the author could do about findings that are not folded away; empty where there are none."""
    entries, _ = outline.entries(view.report)
    open_ones = [found for entry in entries if entry.asked for found in entry.findings]
    must = sum(found.severity is Severity.BLOCK for found in view.analysis.findings)
    if must:
        return say("must-fix", count=must)
    return say("look-at", count=len(open_ones)) if open_ones else ""


def _by_file(kept: list[tuple[Block, str]]) -> list[dict[str, object]]:
    return [
        {"path": path, "blocks": [Markup(text) for _, text in group]}
        for path, group in groupby(kept, key=lambda pair: pair[0].path)
    ]


def _waive(view: Verdicted) -> Markup | None:
    """The command for the first thing that waits, so that it can be copied; None where nothing can be let pass."""
    decision = view.decision
    waiting = [name for rule in decision.rules for name in outline.waiting(rule)]
    held = [hold.fingerprint for hold in decision.holds if hold.fingerprint]
    names = (*waiting, *held)
    return Markup(command(view.app, f"waive {names[0][:SHORT]} REASON")) if names else None
