"""The mentor's own step: the welcome, the checklist, and who helps. The gate never waits for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from analyzers.publishing.model import Checklist
from bot.actions import Action, DropComment, KeepComment
from bot.commands.wording import phrase_of
from bot.guard.look import Look, look
from bot.guard.own_texts import edits_texts, texts_at
from bot.guard.publishing import Published, changes_manifests, published
from bot.guard.world import World
from bot.jobs import MentorPull, Where
from bot.mentor.briefing import first_changes, first_items
from bot.mentor.choice import present
from bot.mentor.newcomers import may_be_welcomed
from bot.mentor.pace import usual
from bot.mentor.repetition import without_repetition
from bot.mentor.texts import ITEM_WORDS, Texts, filled
from bot.mentor.texts import WELCOME as WELCOME_FILE
from bot.mentor.topics import ASKED, AT_HOME, CHECKLIST, EARLIER, MENTOR, SPOKEN, TEXTS, WELCOME
from bot.model import Mode, ReviewReport
from bot.policy.model import Checklist as Offer
from bot.policy.model import Greet, Mentoring
from bot.ports import Book, Forge, Runner, Tip
from bot.render import mentor, mentor_checklist, mentor_texts, welcome
from bot.render.checklist import PublishingView, open_items
from bot.render.mentor import MentorView
from bot.render.mentor_checklist import ChecklistView
from bot.render.mentor_texts import TextMistake
from bot.render.outline import asked_fingerprints
from bot.render.welcome import WelcomeView, words
from bot.reviewers import MENTORING, History
from bot.reviewers.scene import Scene


@dataclass(frozen=True, slots=True)
class _Visit:
    """What the mentor found: the pull request as it was judged, and its checklists, None where they are not wanted."""

    world: World
    forge: Forge
    book: Book
    seen: Look
    texts: Texts
    found: Published | None

    @property
    def web(self) -> str:
        return self.world.web(self.forge.repository)

    @property
    def checklists(self) -> tuple[Checklist, ...]:
        return self.found.checklists if self.found else ()

    @property
    def open_packages(self) -> tuple[str, ...]:
        """The names of the packages with anything open."""
        return tuple(one.name or one.path for one in self.checklists if open_items((one,)))


def follow_up(book: Book, where: Where, seen: Look) -> tuple[MentorPull, ...]:
    """The mentor's job after an assessment, where there may be something for it to do; GitHub is not asked for it."""
    mentoring = seen.policy.mentoring
    if seen.problems:
        return ()
    sure = (
        _is_asked(book, seen)
        or bool(book.remarks(CHECKLIST) or book.remarks(TEXTS))
        or any(each.rule == MENTORING for each in book.assignments())
        or (bool(_waiting(seen)) and _may_welcome(book, seen))
    )
    if not sure and (mentoring == Mentoring() or seen.decision.mode is Mode.OFF):
        return ()
    return (MentorPull(where, seen.pull.number, if_touched=not sure),)


def mentor_pull(world: World, job: MentorPull) -> None:
    """Tell what the mentor has to tell about a pull request as it is now.

    Raises:
        GoneError: it is not there any more.
        GitError: its code cannot be read.
    """
    forge = world.forge(job.where)
    tip = forge.tip(job.number)
    if not tip.is_open or (job.if_touched and not _is_touched(world, forge, tip)):
        return
    book = world.book(forge.repository, job.number)
    with world.runner() as runner:
        seen = look(world, forge, book, tip, runner)
        if seen.problems:
            return
        found = _checked(book, seen, runner)
    visit = _Visit(world, forge, book, seen, texts_at(seen.repository, tip.base_sha), found)
    _welcome(visit)
    forge.perform(job.number, [*_checklist(visit), *_mentor(visit), *_edited_texts(visit)])


def _is_touched(world: World, forge: Forge, tip: Tip) -> bool:
    """Whether the pull request changes anything that the mentor reads."""
    refs = (f"refs/pull/{tip.number}/head",)
    repository = world.code.fetch(forge.clone_access(), forge.repository, (tip.base_sha, tip.head_sha), refs)
    base = repository.merge_base(tip.base_sha, tip.head_sha) or tip.base_sha
    return changes_manifests(repository, base, tip.head_sha) or edits_texts(repository, base, tip.head_sha)


# --- the welcome --------------------------------------------------------------------------------------


def _may_welcome(book: Book, seen: Look) -> bool:
    greet = seen.policy.mentoring.greet
    needless = (WELCOME, AT_HOME, *((EARLIER,) if greet is Greet.FIRST_CONTRIBUTION else ()))
    return may_be_welcomed(greet, seen.pull) and not any(
        book.has_remark(topic, seen.pull.author) for topic in needless
    )


def _waiting(seen: Look) -> frozenset[str]:
    """What the App's comment says that a person has to read."""
    off = seen.decision.mode is Mode.OFF
    held = {hold.fingerprint for hold in seen.decision.holds if hold.fingerprint}
    return frozenset() if off else asked_fingerprints(seen.decision) | held


def _welcome(visit: _Visit) -> None:
    """Welcome the author, once in this repository, if there is anything to explain."""
    forge, book, author = visit.forge, visit.book, visit.seen.pull.author
    if not (_waiting(visit.seen) or visit.open_packages) or not _may_welcome(book, visit.seen):
        return
    if forge.is_member(author):
        book.remember_remarks(AT_HOME, (author,))
        return
    if visit.seen.policy.mentoring.greet is Greet.FIRST_CONTRIBUTION and forge.has_merged(author):
        book.remember_remarks(EARLIER, (author,))
        return
    # Two pull requests of one person may be looked at at once.
    with visit.world.exclusive(forge.repository, f"welcome:{author}"):
        if not book.has_remark(WELCOME, author):
            forge.perform(visit.seen.pull.number, [KeepComment(WELCOME, _welcome_body(visit))])
            book.remember_remarks(WELCOME, (author,))


def _welcome_body(visit: _Visit) -> str:
    pull = visit.seen.pull
    asked = (each.person for each in visit.book.assignments() if each.is_open and each.rule != MENTORING)
    view = WelcomeView(
        author=pull.author,
        repository=pull.repository.full_name,
        app=visit.world.slug,
        waiting=len(_waiting(visit.seen)),
        holds=visit.seen.decision.mode is Mode.ENFORCE,
        people=tuple(dict.fromkeys((*asked, *pull.requested_users, *pull.requested_teams))),
        packages=visit.open_packages,
        time=usual(visit.book.answer_times()),
        has_mentors=bool(visit.seen.policy.mentoring.pool),
    )
    own = filled(visit.texts.welcome, words(view))
    mistakes = [each for each in visit.texts.mistakes if each.path == WELCOME_FILE]
    return welcome.comment(view, own, _remark(visit, mistakes))


def _remark(visit: _Visit, mistakes: list[TextMistake]) -> str:
    return mentor_texts.remark(mistakes, visit.web, visit.seen.pull.base_sha)


# --- the checklist ------------------------------------------------------------------------------------


def _is_asked(book: Book, seen: Look) -> bool:
    """Whether somebody asked for the checklist, by a command or by the policy's label."""
    mentoring = seen.policy.mentoring
    label = mentoring.label.casefold() if Offer.PUBLISH in mentoring.checklists else ""
    labels = {name.casefold() for name in seen.pull.labels}
    return (bool(label) and label in labels) or SPOKEN in book.remarks(ASKED)


def _checked(book: Book, seen: Look, runner: Runner) -> Published | None:
    """What the checklists say, unless nobody wants to know: a draft is not ready to be checked."""
    asked = _is_asked(book, seen)
    offered = Offer.PUBLISH in seen.policy.mentoring.checklists and seen.decision.mode is not Mode.OFF
    if not asked and not (offered and (not seen.pull.is_draft or book.remarks(CHECKLIST))):
        return None
    found = published(seen.repository, seen.study.base, seen.pull.head_sha, runner, asked=asked)
    return replace(found, checklists=without_repetition(found.checklists, seen.analysis.findings))


def _checklist(visit: _Visit) -> Iterator[Action]:
    """The sticky comment: it comes with the first open item, stays until nothing is published, and goes then."""
    found, asked = visit.found, _is_asked(visit.book, visit.seen)
    told = visit.book.remarks(CHECKLIST)
    if found is None or (found.is_empty and not asked):
        if told:
            yield DropComment(CHECKLIST)
        return
    if not (asked or told or visit.open_packages or found.unread):
        return
    # What is going to be told is written down first: after a crash it is told again, and in the same words.
    visit.book.remember_remarks(CHECKLIST, (SPOKEN, *open_items(found.checklists)))
    values = words(
        WelcomeView(visit.seen.pull.author, visit.seen.pull.repository.full_name, visit.world.slug)
    )
    own = {name: values[name] for name in ITEM_WORDS}
    view = PublishingView(
        found.checklists,
        visit.seen.pull.head_sha,
        visit.web,
        {id: filled(text, own) for id, text in sorted(visit.texts.items.items())},
        told,
    )
    mistakes = [each for each in visit.texts.mistakes if each.path != WELCOME_FILE]
    whole = ChecklistView(view, found.unread, found.left_out, _remark(visit, mistakes))
    yield KeepComment(CHECKLIST, mentor_checklist.comment(whole))


# --- who helps ----------------------------------------------------------------------------------------


def _mentor(visit: _Visit) -> Iterator[Action]:
    """The comment about the mentor, while there is one who was asked; it stays as it is once they answered."""
    seen, book = visit.seen, visit.book
    history = History(book.assignments(), book.load(), book.turn)
    scene = Scene(seen.policy, seen.pull, seen.people, seen.standing, history, seen.now)
    pick = present(scene)
    if pick is None:
        gone = {each.person for each in history.assignments if each.rule == MENTORING}
        if gone and gone <= seen.pull.removed_by_hand:
            yield DropComment(MENTOR)
        return
    view = MentorView(
        person=pick.person,
        why=phrase_of(pick.why),
        author=seen.pull.author,
        report=ReviewReport(seen.study.base, seen.pull.head_sha, seen.analysis, seen.decision),
        web=visit.web,
        first_items=first_items(visit.checklists),
        first_changes=first_changes(seen.analysis, seen.decision),
    )
    yield KeepComment(MENTOR, mentor.comment(view))


# --- the maintainers' own words -----------------------------------------------------------------------


def _edited_texts(visit: _Visit) -> Iterator[Action]:
    """What is wrong with the texts that the pull request edits, before it is merged."""
    seen = visit.seen
    mistakes: tuple[TextMistake, ...] = ()
    if edits_texts(seen.repository, seen.study.base, seen.pull.head_sha):
        mistakes = texts_at(seen.repository, seen.pull.head_sha).mistakes
    if mistakes:
        visit.book.remember_remarks(TEXTS, (SPOKEN,))
        yield KeepComment(TEXTS, mentor_texts.comment(mistakes, visit.web, seen.pull.head_sha))
    elif visit.book.remarks(TEXTS):
        yield DropComment(TEXTS)
