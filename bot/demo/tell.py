"""Tells the story: every act becomes a page as soon as it has been played."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from bot.demo.page import Look, framed, page
from bot.demo.story import Scene
from bot.render.display import Display
from bot.render.prose import markdown_template
from bot.render.terminal.rows import Row, Span, written


@dataclass(frozen=True, slots=True)
class Teller:
    """``is_brief``: only the heading of each act. ``write`` takes text that ends in a line feed."""

    display: Display
    look: Look
    write: Callable[[str], None]
    is_brief: bool = False

    def tell(self, scenes: Iterator[Scene]) -> None:
        """Tell acts as they come."""
        began, edited = time.monotonic(), False
        for scene in scenes:
            rows = self._page(scene.name, scene.facts)
            if self.is_brief:
                rows = [[*rows[0][:1], Span(f"  {time.monotonic() - began:.1f} s", "dim")]]
            elif scene.comment:
                rows += [[], *self._frame(scene.comment, edited=edited)]
            edited = edited or bool(scene.comment)
            self._show(rows)

    def close(self, name: str, facts: Mapping[str, object]) -> None:
        """One page more, in brief too."""
        self._show(self._page(name, facts))

    def _page(self, name: str, facts: Mapping[str, object]) -> list[Row]:
        return page(markdown_template(f"demo/{name}.md.j2")(**facts), self.look)

    def _frame(self, comment: str, *, edited: bool) -> list[Row]:
        heading, left_out = markdown_template("demo/frame.md.j2")(edited=edited).strip().split("\n")
        return framed(comment, heading, left_out, self.look)

    def _show(self, rows: list[Row]) -> None:
        # An empty row after each page; `written` ends the last one itself.
        self.write(written(rows if self.is_brief else [*rows, [], []], self.display))
