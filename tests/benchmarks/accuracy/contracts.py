"""Prints sites to judge their contracts by eye: `python -m tests.benchmarks.accuracy.contracts STATE N CLONE ...`."""

from __future__ import annotations

import hashlib
import re
import sys
from pathlib import Path

from analyzers.model import Site
from analyzers.paths import is_test_target
from analyzers.rust.scan import scan
from tests.benchmarks.accuracy.history import Repository, Side

# Vendored and generated code, and test crates that Cargo does not know as such.
_LEFT_OUT = re.compile(r"^test|/vendor/|/output_tests/")
_ABOVE, _BELOW = 10, 5


def main(arguments: list[str]) -> int:
    """Print N sites per clone whose contract is in STATE, chosen by digest, so that everybody gets the same."""
    state, count = arguments[0], int(arguments[1])
    for clone in arguments[2:]:
        repository = Repository(Path(clone))
        found: list[tuple[str, Side, Site, bytes]] = []
        for file in repository.files("HEAD"):
            if is_test_target(file.path) or _LEFT_OUT.search(file.path):
                continue
            data = repository.blob(file.blob)
            found += (
                (
                    hashlib.sha256(f"{file.path}:{site.line}:{site.kind}".encode()).hexdigest(),
                    file,
                    site,
                    data,
                )
                for site in scan(data).sites
                if site.contract.state == state and not site.in_test
            )
        sys.stdout.write(f"===== {repository.name}: {len(found)} sites are {state}\n")
        for _, file, site, data in sorted(found, key=lambda row: row[0])[:count]:
            _show(repository.name, file.path, site, data)
    return 0


def _show(name: str, path: str, site: Site, data: bytes) -> None:
    lines = data.decode("utf-8", "replace").split("\n")
    words = f", words at line {site.contract.line}" if site.contract.line else ""
    sys.stdout.write(f"--- {name}:{path}:{site.line} {site.kind}{words}\n")
    first = max(0, min(site.line - 1 - _ABOVE, (site.contract.line or site.line) - 1))
    for number in range(first, min(site.line + _BELOW, len(lines))):
        sys.stdout.write(f"{number + 1:5}{'>' if number + 1 == site.line else ' '}{lines[number]}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
