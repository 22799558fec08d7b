"""Results for code scanning."""

from __future__ import annotations

import base64
import gzip
import hashlib

from bot.actions import UploadSarif
from bot.github.perform.room import Room

TOOL = "cratewarden"
# Of so many refs it is remembered what was uploaded last.
REMEMBERED = 10_000


def upload(room: Room, action: UploadSarif) -> None:
    """Upload results; a later upload for the same commit, tool and category replaces the earlier one.

    What this process has uploaded last for a ref is not uploaded again. docs: "Upload an analysis as SARIF data".
    """
    key = (room.repository.id, action.ref)
    digest = hashlib.sha256(action.sha.encode() + action.sarif).digest()
    if room.uploads.get(key) == digest:
        return
    packed = base64.b64encode(gzip.compress(action.sarif, mtime=0)).decode("ascii")
    body = {"commit_sha": action.sha, "ref": action.ref, "sarif": packed, "tool_name": TOOL}
    room.api.send("POST", f"{room.path}/code-scanning/sarifs", body, type(None))
    if len(room.uploads) >= REMEMBERED:
        room.uploads.clear()
    room.uploads[key] = digest
