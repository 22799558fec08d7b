"""The only runner of git: revisions, trees, differences and blobs, read as objects and never through the checkout.

Nothing that a repository brings along is executed or believed: no hooks, filters, attributes, pagers, aliases,
replacement objects, lazy fetches or network. Paths are bytes in git; ``printable_path`` makes text of them.
``transfer`` alone talks to other computers, for mirrors.
"""

from __future__ import annotations

from bot.git.blobs import BlobReader
from bot.git.errors import GitError, NoRepositoryError
from bot.git.names import printable_path, raw_name, shown
from bot.git.objects import BLOB_LIMIT, TOTAL_LIMIT, Entry, WorkTree, blob_id, read_regular_file
from bot.git.process import Supply, git_version
from bot.git.repository import Repository

__all__ = [
    "BLOB_LIMIT",
    "TOTAL_LIMIT",
    "BlobReader",
    "Entry",
    "GitError",
    "NoRepositoryError",
    "Repository",
    "Supply",
    "WorkTree",
    "blob_id",
    "git_version",
    "printable_path",
    "raw_name",
    "read_regular_file",
    "shown",
]
