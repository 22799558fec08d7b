"""``cratewarden cache``: where scans are kept."""

from __future__ import annotations

import sys
from argparse import Namespace

from bot.cli import NOTHING_TO_ASK


def run_cache(options: Namespace) -> int:
    """Say where scans are kept, or remove them."""
    from bot.cache import Cache

    cache = Cache()
    if options.action == "clear":
        cache.clear()
    sys.stdout.write(f"{cache.folder}\n")
    return NOTHING_TO_ASK
