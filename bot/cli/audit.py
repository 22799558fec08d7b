"""``cratewarden audit``: every site of a tree."""

from __future__ import annotations

from argparse import Namespace

from bot.auditing import NoCache, take
from bot.cache import Cache
from bot.cli import NOTHING_TO_ASK
from bot.cli.output import display, notice, write
from bot.cli.progress import progress
from bot.isolation import Workers
from bot.model import AuditReport
from bot.render import audit_parts
from bot.sources import list_sources


def run_audit(options: Namespace) -> int:
    """Audit and print; finding sites is no failure."""
    sources = list_sources(options.path, options.rev)
    cache = None if options.no_cache else Cache()
    with Workers(processes=options.jobs) as workers, progress("scanning", len(sources.files)) as advance:
        inventory = take(sources, workers, cache or NoCache(), advance)
    for text in cache.take_notices() if cache else ():
        notice(text)
    for folder in sources.skipped:
        notice(f"left out the build folder {folder}")
    report = AuditReport(sources.rev, inventory, sources.root)
    write(options, audit_parts(report, options.format, display(options)))
    return NOTHING_TO_ASK
