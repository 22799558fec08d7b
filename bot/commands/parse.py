"""Finds commands in a comment: whole lines that address the App, never in what is code, quoted, hidden or struck."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.token import Token

LIMIT = 10
"""How many commands one comment may hold."""

# GitHub takes no longer comments.
_LONGEST = 65_536
# A private-use character: to Markdown it is a letter. What the comment has of it is taken out first.
_MARK = "\uf8ff"
_MARKED = re.compile(f"{_MARK}([0-9]+){_MARK}")
_BREAK = re.compile(r"\r\n?|\n")
# What shows its content as something else than what the author says now: a quotation, code, folded away, struck.
_HIDING = frozenset(
    (
        *("blockquote", "q", "code", "kbd", "pre", "samp", "tt", "del", "s", "strike", "details", "summary"),
        *(
            "iframe",
            "math",
            "noembed",
            "noframes",
            "noscript",
            "plaintext",
            "script",
            "select",
            "style",
            "svg",
        ),
        *("template", "textarea", "title", "xmp"),
    )
)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*)")


@dataclass(frozen=True, slots=True)
class Order:
    """A command as it was written: its name in lower case (empty for a mere mention), and the rest of the line."""

    name: str
    rest: str = ""

    @property
    def words(self) -> tuple[str, str]:
        """The first word of the rest, without the backticks that copied names come with, and what follows it."""
        first, _, others = self.rest.partition(" ")
        return first.strip("`"), others.strip()


def parse(body: str, names: Collection[str]) -> tuple[Order, ...]:
    """The orders in a comment's Markdown, in their order, to an App that is called by any of the names.

    An order is a line of a paragraph at the top level that begins with ``@name``. Lines in code, quotations, lists,
    tables, headings, HTML comments, ``<details>`` and other HTML that quotes, hides or strikes are none: whoever reads
    the thread has to see what was ordered, and by whom. At most one order more than `LIMIT` is returned. Every text is
    accepted.
    """
    lines = _BREAK.split(body.replace(_MARK, "\ufffd"))
    address = re.compile(
        rf"( {{0,3}})@(?:{'|'.join(map(re.escape, sorted(names)))})(?:[ \t]+(.*))?", re.IGNORECASE
    )
    orders: dict[int, str] = {}
    for at, line in enumerate(lines):
        if (found := address.fullmatch(line)) is not None:
            orders[at] = (found[2] or "").strip()
            lines[at] = f"{found[1]}{_MARK}{at}{_MARK} {orders[at]}"
    if not orders or not names or len(body) > _LONGEST:
        return ()
    shown = [_order(orders[at]) for at in _marks(_tokens("\n".join(lines)))]
    return tuple(shown[: LIMIT + 1])


def _order(text: str) -> Order:
    name, _, rest = " ".join(text.split()).partition(" ")
    return Order(name.lower(), rest)


def _tokens(text: str) -> Sequence[Token]:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)


def _marks(tokens: Sequence[Token]) -> Iterator[int]:
    """The numbers of the marks that stand where an order can stand."""
    hiding: list[str] = []
    is_paragraph = False
    for token in tokens:
        if token.type == "html_block":
            _follow(token.content, hiding)
        elif token.type == "inline":
            for number in _marks_in(token.children or (), hiding):
                if is_paragraph:
                    yield number
        is_paragraph = token.type == "paragraph_open" and token.level == 0


def _marks_in(children: Sequence[Token], hiding: list[str]) -> Iterator[int]:
    is_start = True
    for child in children:
        if child.type in {"softbreak", "hardbreak"}:
            is_start = True
            continue
        if child.type == "html_inline":
            _follow(child.content, hiding)
        elif child.type == "text" and not child.content:
            # The parser leaves these where it looked for emphasis.
            continue
        elif is_start and _is_plain(child) and not hiding and (found := _MARKED.match(child.content)):
            yield int(found[1])
        is_start = False


def _is_plain(child: Token) -> bool:
    return child.type == "text" and child.level == 0


def _follow(html: str, hiding: list[str]) -> None:
    """Keep the list of hiding elements that are open after a piece of HTML."""
    for slash, name in _TAG.findall(_COMMENT.sub("", html)):
        tag = name.lower()
        if not slash and tag in _HIDING:
            hiding.append(tag)
        elif slash and tag in hiding:
            while hiding.pop() != tag:
                pass
