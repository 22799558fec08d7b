"""Where the symlinks of a tree lead."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from itertools import dropwhile

from analyzers.surveys import is_surveyed
from bot.git.objects import Entry


def is_surveyed_file(entry: Entry) -> bool:
    """Whether an entry is a plain file that concerns a survey, such as a manifest."""
    return entry.kind == "file" and is_surveyed(entry.path)


class Layout:
    """The paths of one side of a difference, to tell where its symlinks lead."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._modes = {entry.name: entry.mode for entry in entries}

    def matters(self, entry: Entry, targets: Mapping[str, bytes | None]) -> bool:
        """Whether an entry may be, or lead to, Rust code, or concerns a survey.

        That is all but links to other plain files, and those files themselves.
        """
        if entry.kind == "submodule" or entry.is_rust or is_surveyed_file(entry):
            return True
        target = targets.get(entry.blob)
        return entry.kind == "symlink" and (
            target is None or not self._leads_to_plain_file(entry.name, target)
        )

    def _leads_to_plain_file(self, link: bytes, target: bytes) -> bool:
        # A ".." behind a name could lead out of another symlink's folder: such a target is not followed.
        down = dropwhile(lambda part: part in {b"", b".", b".."}, target.split(b"/"))
        place = posixpath.normpath(posixpath.join(posixpath.dirname(link), target))
        return (
            b".." not in down and not place.endswith(b".rs") and self._modes.get(place, "").startswith("100")
        )
