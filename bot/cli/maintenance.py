"""``cratewarden policy`` and ``cratewarden cache``: small commands about files of the user's own."""

from __future__ import annotations

import json
import sys
from argparse import Namespace

from bot.cli import NOTHING_TO_ASK
from bot.cli.review import read_policy


def run_policy_check(options: Namespace) -> int:
    """Load a policy file; its mistakes are raised, its notes printed."""
    policy = read_policy(options.file)
    for note in policy.notes:
        sys.stdout.write(f"{note}\n")
    rules, pools = len(policy.rules), len(policy.pools)
    sys.stdout.write(f"{options.file}: valid, rules: {rules}, pools: {pools}, mode: {policy.mode.value}\n")
    return NOTHING_TO_ASK


def run_policy_schema(_options: Namespace) -> int:
    """Print the JSON Schema of policy files."""
    from bot.policy import schema

    sys.stdout.write(json.dumps(schema(), indent=2, sort_keys=True) + "\n")
    return NOTHING_TO_ASK


def run_cache(options: Namespace) -> int:
    """Say where scans are kept, or remove them."""
    from bot.cache import ScanCache

    cache = ScanCache()
    if options.action == "clear":
        cache.clear()
    sys.stdout.write(f"{cache.folder}\n")
    return NOTHING_TO_ASK
