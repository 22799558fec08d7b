"""The parts of webhook payloads that are read (GitHub, "Webhook events and payloads"); the rest is not looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from bot.decoding import decoded
from bot.jobs import AssessInstallation, Where

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Identified:
    """Something with a number of its own."""

    id: int


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository."""

    id: int
    full_name: str
    default_branch: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """A person, bot or organisation."""

    login: str
    type: str = "User"


@dataclass(frozen=True, slots=True)
class In:
    """What every delivery about a repository says."""

    repository: Repository
    installation: Identified

    @property
    def where(self) -> Where:
        """The repository and the installation that may act there."""
        return Where(self.installation.id, self.repository.id, self.repository.full_name)


@dataclass(frozen=True, slots=True)
class InOrganisation:
    """What every delivery about an organisation's people and teams says."""

    installation: Identified


def assess_installation(payload: Mapping[str, Any]) -> tuple[AssessInstallation, ...]:
    """Judge everything anew that is open where the App is installed.

    Raises:
        ValueError: the payload names no installation.
    """
    return (AssessInstallation(read(payload, InOrganisation).installation.id),)


def read(payload: Mapping[str, Any], shape: type[T]) -> T:
    """The fields of ``shape`` in a payload.

    Raises:
        ValueError: one is missing or has another type; the message says which.
    """
    return decoded(payload, shape)
