"""Where a GitHub lives: github.com, or an Enterprise Server below one URL."""

from __future__ import annotations

import ipaddress
import urllib.parse
from dataclasses import dataclass

PUBLIC = "https://github.com"


class AddressError(ValueError):
    """A URL that no GitHub can have, in one line that says what to write instead."""


@dataclass(frozen=True, slots=True)
class Address:
    """The addresses of one GitHub, without slashes at their ends.

    ``web`` is for people and for git (``web/OWNER/REPO.git``), ``rest`` and ``graphql`` are for programs.
    ``noreply`` is the domain of the addresses that GitHub gives to people who hide their own.
    """

    web: str
    rest: str
    graphql: str
    noreply: str

    @classmethod
    def of(cls, url: str) -> Address:
        """The addresses below a URL.

        github.com has hosts of its own for programs; any other URL is laid out as GitHub Enterprise Server
        (docs: "Getting started with the REST API" of Enterprise Server).

        Raises:
            AddressError: it is no https URL, and no http URL of this computer either.
        """
        web = url.strip().rstrip("/")
        parts = _parts(web)
        host = parts.hostname or ""
        if parts.scheme not in {"https", "http"} or not host:
            raise AddressError(f"{url!r} is no URL of a GitHub: write it like {PUBLIC}")
        if parts.scheme == "http" and not is_loopback(host):
            raise AddressError(
                f"{url!r} would send tokens unencrypted: write https:// (http:// is for loopback only)"
            )
        if parts.username or parts.query or parts.fragment:
            raise AddressError(f"{url!r} holds more than an address: write it like {PUBLIC}")
        if host == "github.com":
            api = "https://api.github.com"
            return cls(PUBLIC, api, f"{api}/graphql", "users.noreply.github.com")
        return cls(web, f"{web}/api/v3", f"{web}/api/graphql", f"users.noreply.{host}")

    @property
    def host(self) -> str:
        """The name of the machine for people."""
        return _parts(self.web).hostname or ""

    def git(self, full_name: str) -> str:
        """Where git reads a repository."""
        return f"{self.web}/{full_name}.git"


def is_loopback(host: str) -> bool:
    """Whether a name or address stands for this computer."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _parts(url: str) -> urllib.parse.SplitResult:
    try:
        parts = urllib.parse.urlsplit(url)
        parts.port  # noqa: B018  reading it is the check
    except ValueError as error:
        raise AddressError(f"{url!r} is no URL: write it like {PUBLIC}") from error
    return parts
