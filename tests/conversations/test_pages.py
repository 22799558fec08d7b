"""Typical pull requests as their pages show them, step by step, from the first push to the last word.

``UPDATE_GOLDENS=1 pytest tests/conversations/test_pages.py`` writes the goldens anew; read the difference before
it is committed.
"""

from __future__ import annotations

from tests.conversations.cast import POLICY, POLICY_FILE, UNSAFE, Begin, Conversation, function
from tests.conversations.page import Page
from tests.goldens.reports import compare

NAME = "conversations/{}.md"
REFORMATTED = UNSAFE.replace(
    "    unsafe { *v.get_unchecked(i) }", "    unsafe {\n        *v.get_unchecked(i)\n    }"
)
ELSEWHERE = "1" * 40


def test_unsafe_code_is_approved_reformatted_and_edited(talk: Conversation) -> None:
    pull = talk.opens()
    page = Page(talk, pull)
    page.shows("alice opens a pull request with an unsafe block")
    talk.approves(pull, talk.bob)
    page.shows("bob approves")
    talk.pushes(pull, "// A remark.\n" + REFORMATTED)
    page.shows("alice pushes a commit that only formats")
    talk.pushes(pull, "// A remark.\n" + REFORMATTED + "\n" + function("second"))
    page.shows("alice pushes another unsafe block")
    talk.approves(pull, talk.mallory)
    page.shows("mallory, whom nobody asked, approves")
    talk.approves(pull, talk.carol)
    page.shows("carol approves")
    compare(NAME.format("approval"), page.text())


def test_a_submodule_and_a_missing_comment_are_waived(begin: Begin) -> None:
    talk = begin(POLICY + '\n[findings]\nmissing-safety-comment = "block"\n')
    files = {"src/lib.rs": UNSAFE.replace("    // SAFETY: the caller checked `i`.\n", "")}
    talk.ring.commit("patch", {**files, "vendor/x": ("160000", ELSEWHERE.encode())}, author=talk.alice)
    pull = talk.ring.open_pull(head="patch", by=talk.alice)
    talk.settle()
    page = Page(talk, pull)
    page.shows("alice opens a pull request with an unsafe block without a safety comment, and a submodule")
    talk.approves(pull, talk.bob)
    page.shows("bob approves")
    talk.says_to(pull, talk.bob, "@cratewarden waive all")
    page.shows("bob waives without a reason")
    talk.says_to(pull, talk.bob, "@cratewarden waive all the comment comes with #7")
    page.shows("bob waives with a reason")
    compare(NAME.format("waiver"), page.text())


def test_a_veto_holds_until_it_is_released(talk: Conversation) -> None:
    pull = talk.opens()
    talk.approves(pull, talk.bob)
    page = Page(talk, pull)
    page.shows("alice opens a pull request with an unsafe block, and bob approves")
    talk.says_to(pull, talk.carol, "@cratewarden veto not before the audit")
    page.shows("carol vetoes")
    talk.says_to(pull, talk.alice, "@cratewarden explain")
    page.shows("alice asks for an explanation")
    talk.says_to(pull, talk.alice, "@cratewarden rechek")
    page.shows("alice mistypes a command")
    talk.says_to(pull, talk.carol, "@cratewarden release")
    page.shows("carol releases her veto")
    compare(NAME.format("veto"), page.text())


def test_the_policy_is_edited(talk: Conversation) -> None:
    talk.opens(branch="other", path="src/other.rs", text=function("other"))
    pull = talk.opens(POLICY.replace("require.pool", "require.pol"), path=POLICY_FILE)
    page = Page(talk, pull)
    page.shows("alice mistypes a key of the policy")
    talk.pushes(pull, POLICY.replace('"enforce"', '"advise"'), path=POLICY_FILE)
    page.shows("alice would have the policy advise only")
    talk.approves(pull, talk.carol)
    page.shows("carol approves")
    compare(NAME.format("policy"), page.text())


def test_nobody_is_left_to_ask(begin: Begin) -> None:
    talk = begin(POLICY.replace('users = ["bob", "carol"]', 'users = ["alice", "bob"]'))
    message = "Change\n\nCo-authored-by: Dora <dora@nowhere.example>\n"
    talk.ring.commit("patch", {"src/lib.rs": UNSAFE}, author=talk.alice, message=message)
    pull = talk.ring.open_pull(head="patch", by=talk.alice, draft=True)
    talk.settle()
    page = Page(talk, pull)
    page.shows("alice opens a draft with an author whom GitHub does not know")
    pull.ready()
    talk.settle()
    page.shows("alice says that it is ready")
    talk.approves(pull, talk.bob)
    page.shows("bob approves")
    talk.says_to(pull, talk.bob, "@cratewarden reroll")
    page.shows("bob asks for somebody else")
    compare(NAME.format("shortage"), page.text())
