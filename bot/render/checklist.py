"""The publishing checklist as Markdown: the one comment that follows a crate on its way to crates.io."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from textwrap import indent

from analyzers.publishing.model import Checked, Checklist, Severity, Verdict
from bot.render import prose
from bot.render.checklist_advice import advice, place_of, suggestion
from bot.render.escape import code, percent
from bot.render.prose import Markup, say

ROOM = 60_000
"""Bytes of a comment; GitHub refuses more than 65,536 characters."""
# More than fits into a comment; a hostile workspace may have thousands.
_PACKAGES = 32
_ADVICE = 64
_EVIDENCE = 10
_EDITS = 3
_ORDER = tuple(Severity)


@dataclass(frozen=True, slots=True)
class PublishingView:
    """The packages of one commit and what is known around them.

    ``head`` is the full id of the commit that was read, ``web`` the address of the repository's page; both may be
    empty. ``texts`` are the maintainers' own words by the items' ids, from their base branch. ``told`` names what
    an earlier version of the comment listed as open (``open_items``): what is done now is shown as done.
    """

    checklists: tuple[Checklist, ...]
    head: str = ""
    web: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)
    told: frozenset[str] = frozenset()


def open_items(checklists: Iterable[Checklist]) -> frozenset[str]:
    """The names (``folder:item-id``) of what fails or waits for a person; to be kept for the next ``told``."""
    return frozenset(
        _name(one, item) for one in checklists for item in one.items if item.verdict is not Verdict.PASS
    )


def comment(view: PublishingView) -> str | None:
    """The comment (topic ``checklist``), marker first, in at most `ROOM` bytes; None without a package.

    Where there is no room for everything, advice goes first, from the end of the list, and then whole packages.
    """
    if not view.checklists:
        return None
    return f"<!-- cratewarden:checklist -->\n{page(view)}"


def page(view: PublishingView) -> str:
    """The same without the marker, for files and terminals; it ends in a line feed."""
    lists = list(view.checklists[:_PACKAGES])
    limit = _ADVICE
    while True:
        text = _filled(view, lists, limit, len(view.checklists) - len(lists))
        over = len(text.encode()) - (ROOM - 100)
        if over <= 0:
            return text
        if limit:
            limit //= 2
        else:
            lists = lists[: len(lists) // 2]


def _filled(view: PublishingView, lists: list[Checklist], limit: int, left_out: int) -> str:
    """The page with advice for the first ``limit`` open items."""
    filled = prose.markdown_template("comments/checklist.md.j2")(
        packages=list(_packages(view, lists, limit)),
        commit=Markup(say("pull.commit", name=code(view.head[:7]), web=view.web, sha=view.head))
        if view.head and view.web
        else "",
        left_out=Markup(say("checklist.left-out", count=left_out)) if left_out else "",
    )
    return filled.rstrip("\n") + "\n"


@dataclass(frozen=True, slots=True)
class _Line:
    """An item as the template shows it."""

    text: Markup
    details: Markup | str = ""


@dataclass(frozen=True, slots=True)
class _Group:
    """Items that mean the same to the author; ``folded`` where it can wait."""

    title: Markup
    items: tuple[_Line, ...]
    folded: bool


@dataclass(frozen=True, slots=True)
class _Package:
    """A package as the template shows it."""

    headline: Markup
    groups: tuple[_Group, ...]
    done: tuple[_Line, ...]
    done_title: Markup
    passed: tuple[_Line, ...]
    passed_title: Markup


def _packages(view: PublishingView, lists: list[Checklist], limit: int) -> Iterable[_Package]:
    for one in lists:
        groups = []
        for group in grouped(one):
            lines = [_line(view, item, full=at < limit) for at, item in enumerate(group.items)]
            limit = max(0, limit - len(lines))
            title = Markup(say(f"checklist.group.{group.name}", count=len(lines)))
            groups.append(_Group(title, tuple(lines), group.folded))
        fine = [item for item in one.items if item.verdict is Verdict.PASS]
        done = tuple(_line(view, item, full=False) for item in fine if _name(one, item) in view.told)
        passed = tuple(_line(view, item, full=False) for item in fine if _name(one, item) not in view.told)
        yield _Package(
            Markup(headline(one)),
            tuple(groups),
            done,
            Markup(say("checklist.done", count=len(done))),
            passed,
            Markup(say("checklist.passed", count=len(passed))),
        )


@dataclass(frozen=True, slots=True)
class Group:
    """The open items of a package that mean the same to its author: the name of the phrase for it, and the items."""

    name: str
    items: tuple[Checked, ...]

    @property
    def folded(self) -> bool:
        """Whether it can wait: nobody is kept from publishing by it."""
        return self.name in {"advise", "ask"}


def grouped(one: Checklist) -> tuple[Group, ...]:
    """The open items: failures by severity, then what a person has to say; each in the order of the list."""
    groups = [
        Group(severity.value, tuple(i for i in one.items if _fails(i) and i.severity is severity))
        for severity in _ORDER
    ]
    groups.append(Group("ask", tuple(item for item in one.items if item.verdict is Verdict.ASK)))
    return tuple(group for group in groups if group.items)


def headline(one: Checklist) -> str:
    """One sentence in Markdown about where the package stands."""
    name = code(one.name or one.path, 64)
    failing = [item for item in one.items if _fails(item)]
    rejected = sum(item.severity is Severity.REJECT for item in failing)
    if rejected:
        return say("checklist.headline.reject", count=rejected, name=name)
    if failing:
        return say("checklist.headline.fail", count=len(failing), name=name)
    if any(item.id == "publishable" and item.result.problem == "nowhere" for item in one.items):
        return say("checklist.headline.private", name=name)
    asked = sum(item.verdict is Verdict.ASK for item in one.items)
    if asked:
        return say("checklist.headline.ask", count=asked, name=name)
    return say("checklist.headline.pass", count=len(one.items), name=name)


def _fails(item: Checked) -> bool:
    return item.verdict is Verdict.FAIL


def _name(one: Checklist, item: Checked) -> str:
    return f"{one.path}:{item.id}"


def _line(view: PublishingView, item: Checked, *, full: bool) -> _Line:
    told = advice(item, view.texts)
    place = _place(view, item.place.path, item.place.line)
    text = Markup(f"**{told.title}**: {told.message}{f' ({place})' if place else ''}")
    # Two spaces keep the details inside the item of the list.
    return _Line(text, Markup(indent(_details(view, item), "  ")) if full else "")


def _details(view: PublishingView, item: Checked) -> str:
    """What to do, ready to paste where it is mechanical; long evidence is folded away."""
    told = advice(item, view.texts)
    parts = [told.own or told.fix]
    parts += [f"{place_of(edit)}\n\n{suggestion(edit)}" for edit in item.result.edits[:_EDITS]]
    if len(item.result.edits) > _EDITS:
        parts.append(say("checklist.more-edits", count=len(item.result.edits) - _EDITS))
    if not told.own:
        parts.append(told.why)
    places = item.result.places
    if len(places) > 1:
        rows = [f"- {_place(view, p.path, p.line)}{f' {code(p.note)}' if p.note else ''}" for p in places]
        more = len(rows) - _EVIDENCE
        kept = rows[:_EVIDENCE] + ([f"- {say('left-out.listed', count=more)}"] if more > 0 else [])
        title = say("checklist.evidence", count=len(rows))
        parts.append(f"<details><summary>{title}</summary>\n\n" + "\n".join(kept) + "\n\n</details>")
    parts.append(say("checklist.authority", id=item.id, address=item.authority))
    return "\n\n".join(part for part in parts if part)


def _place(view: PublishingView, path: str, line: int) -> str:
    """A path and its line as Markdown, a link where the commit has a page."""
    if not path:
        return ""
    shown = code(f"{path}:{line}" if line else path, 160)
    if not (view.head and view.web):
        return shown
    anchor = f"#L{line}" if line else ""
    return f"[{shown}]({view.web}/blob/{view.head}/{percent(path)}{anchor})"
