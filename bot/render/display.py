"""What is known of the place where the output will be read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Display:
    """What a terminal can show, and where links lead; formats for programs ignore it.

    ``width`` is in terminal cells. ``hyperlinks`` asks for OSC 8 links to the files of the report's root.
    ``verbose`` lists what moved or was removed one by one. ``links`` is the address under which the head
    commit's files are found; without it Markdown links to ``../blob/<commit>``, which is right on a pull
    request's page. ``web`` is the address of the repository's own page, for readers who are elsewhere.
    ``names`` gives changes the short names by which an answer can call them.
    """

    color: bool = False
    width: int = 100
    hyperlinks: bool = False
    verbose: bool = False
    links: str | None = None
    web: str | None = None
    names: bool = False
