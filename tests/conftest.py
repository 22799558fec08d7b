"""What every test starts from: no settings of the person who runs it, and reproducible examples."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

GIT_CONFIGURATION = """\
[user]
    name = Ada
    email = ada@example.org
[init]
    defaultBranch = main
[commit]
    gpgSign = false
[core]
    autocrlf = false
"""

# What changes how programs look or where git works; COVERAGE_* stays, so that started processes are measured.
FOREIGN_PREFIXES = ("CRATEWARDEN_", "GIT_", "GITHUB_", "LC_", "XDG_")
FOREIGN_NAMES = (
    "CI",
    "CLICOLOR",
    "COLUMNS",
    "FORCE_COLOR",
    "LANGUAGE",
    "LINES",
    "NO_COLOR",
    "TERM",
    "TTY_COMPATIBLE",
)

settings.register_profile("reproducible", deadline=None, derandomize=True, database=None, print_blob=True)
settings.load_profile("reproducible")


@pytest.fixture(scope="session", autouse=True)
def clean_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    home = tmp_path_factory.mktemp("home")
    configuration = home / ".gitconfig"
    configuration.write_text(GIT_CONFIGURATION)
    with pytest.MonkeyPatch.context() as patch:
        for name in tuple(os.environ):
            if name.startswith(FOREIGN_PREFIXES) or name in FOREIGN_NAMES:
                patch.delenv(name)
        patch.setenv("HOME", str(home))
        patch.setenv("GIT_CONFIG_GLOBAL", str(configuration))
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        patch.setenv("LANG", "C.UTF-8")
        patch.setenv("TZ", "UTC")
        yield
