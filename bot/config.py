"""The server's settings: from the environment, and from a TOML file for what the environment leaves out."""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

PREFIX = "CRATEWARDEN_"
# Read by other parts of Cratewarden, so not unknown here.
_ELSEWHERE = ("CRATEWARDEN_CACHE_DIR", "CRATEWARDEN_TRACEBACK")
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_SHORTEST_SECRET = 16
"""Characters. GitHub advises a random secret of high entropy; shorter ones can be guessed from one delivery."""


class ConfigError(Exception):
    """Settings that cannot be used: one line for each mistake, saying what to set and where. Holds no secrets."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How the server runs. Secrets never show in ``repr``.

    ``app_id`` is 0 and secrets are empty when not given: the commands that need them say so (``require``).
    ``keep_days`` is how long deliveries that are over stay known; ``shutdown_seconds`` how long running jobs may take
    at the end. ``advisories`` are folders of clones that are asked about new dependencies.
    """

    app_id: int = 0
    private_key: str = field(default="", repr=False)
    webhook_secrets: tuple[str, ...] = field(default=(), repr=False)
    database_url: str = field(default="", repr=False)
    data_dir: Path = Path()
    host: str = "127.0.0.1"
    port: int = 8080
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    github_url: str = "https://github.com"
    reconcile_seconds: int = 300
    workers: int = 4
    keep_days: int = 14
    shutdown_seconds: int = 20
    advisories: tuple[str, ...] = ()

    def require(self, *names: str) -> None:
        """Insist on settings that have no default.

        Raises:
            ConfigError: some are missing.
        """
        missing = [name for name in names if not getattr(self, name)]
        if missing:
            raise ConfigError("\n".join(_missing(name) for name in missing))


@dataclass(frozen=True, slots=True)
class _Setting:
    """A setting: the field, what it is read with, and an example for messages."""

    field: str
    read: Callable[[str], Any]
    example: str


def load(environment: Mapping[str, str], file: str | None = None) -> Settings:
    """Read all settings. The environment counts more than the file.

    In the file a setting has the name of its variable in lower case without the prefix (``app_id = 12345``); the
    variable's own name does as well.

    Raises:
        ConfigError: something is unknown, malformed, or unreadable. All mistakes are told at once.
    """
    mistakes: list[str] = []
    given = _from_file(file, mistakes) if file is not None else {}
    given.update(_from_environment(environment, mistakes))
    values = _read_all(given, mistakes)
    _private_key(values, mistakes)
    if mistakes:
        raise ConfigError("\n".join(mistakes))
    values.setdefault("data_dir", _data_dir())
    path = quote(str(values["data_dir"].absolute() / "cratewarden.db"))
    values.setdefault("database_url", f"sqlite:///{path}")
    return Settings(**values)


def variables() -> Mapping[str, str]:
    """Every variable with an example, in the order of the reference."""
    return {PREFIX + name: setting.example for name, setting in _SETTINGS.items()}


def _data_dir() -> Path:
    from platformdirs import user_data_path

    return user_data_path("cratewarden", appauthor=False)


def _from_environment(environment: Mapping[str, str], mistakes: list[str]) -> dict[str, tuple[str, str]]:
    given = {}
    for variable in sorted(environment):
        if not variable.startswith(PREFIX) or variable in _ELSEWHERE:
            continue
        name = variable.removeprefix(PREFIX)
        if name in _SETTINGS:
            given[name] = (variable, environment[variable])
        else:
            mistakes.append(f"{variable} in the environment is no setting{_nearest(name, PREFIX + '{}')}")
    return given


def _from_file(file: str, mistakes: list[str]) -> dict[str, tuple[str, str]]:
    try:
        parsed = tomllib.loads(Path(file).read_text("utf-8"))
    except OSError as error:
        raise ConfigError(f"cannot read {file}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file} is no valid TOML: {error}") from error
    given = {}
    for key, value in parsed.items():
        name = key.upper().removeprefix(PREFIX)
        place = f"{key} in {file}"
        if name not in _SETTINGS or key not in (name.lower(), PREFIX + name):
            mistakes.append(f"{place} is no setting{_nearest(name, '{}', str.lower)}")
        elif name in given:
            mistakes.append(f"{place} is given twice")
        elif isinstance(value, bool) or not isinstance(value, (str, int, list)):
            mistakes.append(f"{place} must be a text or a number, {_example(name)}")
        else:
            text = ",".join(str(each) for each in value) if isinstance(value, list) else str(value)
            given[name] = (place, text)
    return given


def _read_all(given: Mapping[str, tuple[str, str]], mistakes: list[str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, (place, text) in given.items():
        setting = _SETTINGS[name]
        if not text.strip():
            mistakes.append(f"{place} is empty; leave it out or set it, {_example(name)}")
            continue
        try:
            values[setting.field] = setting.read(text)
        except ValueError as error:
            mistakes.append(f"{place} {error}, {_example(name)}")
    return values


def _private_key(values: dict[str, Any], mistakes: list[str]) -> None:
    path = values.pop("private_key_file", None)
    if path is None:
        return
    if "private_key" in values:
        mistakes.append(f"set {PREFIX}PRIVATE_KEY or {PREFIX}PRIVATE_KEY_FILE, not both")
        return
    try:
        values["private_key"] = _pem(Path(path).read_text("ascii"))
    except OSError as error:
        mistakes.append(f"{PREFIX}PRIVATE_KEY_FILE: cannot read {path}: {error.strerror}")
    except ValueError as error:
        reason = "is no text" if isinstance(error, UnicodeDecodeError) else error
        mistakes.append(
            f"{PREFIX}PRIVATE_KEY_FILE: {path} {reason}; download a key from the App's page on GitHub"
        )


def _nearest(name: str, shape: str, spelled: Callable[[str], str] = str) -> str:
    near = difflib.get_close_matches(name, _SETTINGS, n=1, cutoff=0.5)
    return f"; did you mean {shape.format(spelled(near[0]))}?" if near else ""


def _example(name: str) -> str:
    return f"for example {_SETTINGS[name].example}"


def _missing(attribute: str) -> str:
    name = next(name for name, setting in _SETTINGS.items() if setting.field == attribute)
    also = f" or {PREFIX}PRIVATE_KEY_FILE" if attribute == "private_key" else ""
    return f"{PREFIX}{name}{also} is not set; put it into the environment or as {name.lower()} into --config FILE"


def _text(text: str) -> str:
    return text.strip()


def _number(lowest: int, highest: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        digits = text.strip()
        # Not more digits than the highest has: Python refuses to read thousands of them, in other words.
        is_number = digits.isascii() and digits.isdecimal() and len(digits) <= len(str(highest))
        if not is_number or not lowest <= int(digits) <= highest:
            raise ValueError(f"must be a whole number from {lowest} to {highest}")
        return int(digits)

    return read


def _pem(text: str) -> str:
    # Variables cannot hold line ends everywhere, so \n stands for one.
    pem = text.replace("\\n", "\n").strip() + "\n"
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(pem.encode("ascii"), password=None)
    except (ValueError, TypeError, UnicodeEncodeError, UnsupportedAlgorithm):
        # Not from the cause: it could quote the key.
        raise ValueError("holds no private key in PEM form without a password") from None
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("holds a key that is not RSA, which GitHub's Apps use")  # noqa: TRY004 - a wrong value
    return pem


def _secrets(text: str) -> tuple[str, ...]:
    found = tuple(each.strip() for each in text.split(","))
    if any(len(each) < _SHORTEST_SECRET for each in found):
        raise ValueError(f"must be secrets of {_SHORTEST_SECRET} characters or more, separated by commas")
    return found


def _clones(text: str) -> tuple[str, ...]:
    found = tuple(each.strip() for each in text.split(","))
    if not all(Path(each).is_absolute() and Path(each).is_dir() for each in found):
        raise ValueError("must be folders with their whole paths, separated by commas")
    return found


def _web_address(text: str) -> str:
    url = text.strip().rstrip("/")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host = ""
        parts = urlsplit("")
    if parts.scheme not in ("https", "http") or not host or parts.query or parts.fragment:
        raise ValueError("must be a web address")
    if parts.username is not None or parts.password is not None:
        raise ValueError("must not hold a user or password")
    if parts.scheme == "http" and host not in _LOOPBACK:
        raise ValueError("must start with https://, since http:// is for loopback only")
    return url


def _database(text: str) -> str:
    url = text.strip()
    if not url.startswith(("sqlite:///", "postgresql://", "postgres://", "postgresql+psycopg://")):
        raise ValueError("must start with postgresql:// or sqlite:///")
    return url


_SETTINGS: Mapping[str, _Setting] = {
    "APP_ID": _Setting("app_id", _number(1, 10**12 - 1), "12345"),
    "PRIVATE_KEY": _Setting("private_key", _pem, "the text of the key file with \\n for line ends"),
    "PRIVATE_KEY_FILE": _Setting("private_key_file", _text, "/etc/cratewarden/app.pem"),
    "WEBHOOK_SECRET": _Setting("webhook_secrets", _secrets, "the new one,the old one"),
    "DATABASE_URL": _Setting("database_url", _database, "postgresql://cratewarden@localhost/cratewarden"),
    "DATA_DIR": _Setting("data_dir", lambda text: Path(text.strip()), "/var/lib/cratewarden"),
    "HOST": _Setting("host", _text, "127.0.0.1"),
    "PORT": _Setting("port", _number(0, 65535), "8080"),
    "CLIENT_ID": _Setting("client_id", _text, "Iv1.0123456789abcdef"),
    "CLIENT_SECRET": _Setting("client_secret", _text, "the client secret of the App's page"),
    "GITHUB_URL": _Setting("github_url", _web_address, "https://github.example.com"),
    "RECONCILE_SECONDS": _Setting("reconcile_seconds", _number(1, 86400), "300"),
    "WORKERS": _Setting("workers", _number(1, 64), "4"),
    "KEEP_DAYS": _Setting("keep_days", _number(4, 3650), "14"),
    "SHUTDOWN_SECONDS": _Setting("shutdown_seconds", _number(1, 600), "20"),
    "ADVISORIES": _Setting("advisories", _clones, "/var/lib/advisory-db,/var/lib/crev-proofs"),
}


def from_process(file: str | None = None) -> Settings:
    """The settings of this process."""
    return load(os.environ, file)
