"""Whether a version meets a requirement (the ``semver`` crate, ``VersionReq::matches``)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from analyzers.manifest.semver import Version, is_requirement, is_wildcard, parse_version

_PARTS = re.compile(
    r"(=|>=|<=|>|<|~|\^)?\s*([0-9]+)(?:\.([0-9]+|[*xX]))?(?:\.([0-9]+|[*xX]))?(?:-([^+]*))?(?:\+.*)?"
)


@dataclass(frozen=True, slots=True)
class _Comparator:
    operator: str
    major: int
    minor: int | None
    patch: int | None
    pre: str

    @property
    def lowest(self) -> Version:
        return Version(self.major, self.minor or 0, self.patch or 0, self.pre)

    @property
    def next(self) -> Version:
        """The first version beyond those that share all parts that are written."""
        if self.minor is None:
            return Version(self.major + 1, 0, 0)
        if self.patch is None:
            return Version(self.major, self.minor + 1, 0)
        return Version(self.major, self.minor, self.patch + 1)


def meets(version: Version, requirement: str, *, any_pre_release: bool = False) -> bool | None:
    """Whether a version meets a requirement such as ``^1.2``; None for one that cannot be read.

    A pre-release meets only requirements that name a pre-release of the same version, unless ``any_pre_release``
    orders it like any other version (advisories do so).
    """
    requirement = requirement.strip()
    if is_wildcard(requirement):
        return not version.pre or any_pre_release
    if not is_requirement(requirement):
        return None
    comparators = [_read(part.strip()) for part in requirement.split(",") if part.strip()]
    if not all(_holds(comparator, version) for comparator in comparators):
        return False
    return (
        not version.pre
        or any_pre_release
        or any(_names_it(comparator, version) for comparator in comparators)
    )


def _read(part: str) -> _Comparator:
    found = _PARTS.fullmatch(part)
    if found is None:
        raise ValueError(f"not a comparator: {part}")
    numbers = [None if each is None or not each.isdigit() else int(each) for each in found.group(3, 4)]
    has_star = any(each is not None and not each.isdigit() for each in found.group(3, 4))
    # `1.2.*` is `=1.2`, and a bare version is one with a caret.
    operator = found[1] or ("=" if has_star else "^")
    return _Comparator(operator, int(found[2]), numbers[0], numbers[1], found[5] or "")


def _names_it(comparator: _Comparator, version: Version) -> bool:
    same = (comparator.major, comparator.minor, comparator.patch) == (
        version.major,
        version.minor,
        version.patch,
    )
    return same and bool(comparator.pre)


def _holds(comparator: _Comparator, version: Version) -> bool:
    at, low, beyond = version.precedence, comparator.lowest.precedence, comparator.next.precedence
    is_whole = comparator.patch is not None
    holds = {
        ">": at > low if is_whole else at >= beyond,
        ">=": at >= low,
        "<": at < low,
        "<=": at <= low if is_whole else at < beyond,
        "=": at == low if is_whole else low <= at < beyond,
        "~": low <= at < _after_tilde(comparator).precedence,
        "^": low <= at < _after_caret(comparator).precedence,
    }
    return holds[comparator.operator]


def _after_tilde(comparator: _Comparator) -> Version:
    if comparator.minor is None:
        return Version(comparator.major + 1, 0, 0)
    return Version(comparator.major, comparator.minor + 1, 0)


def _after_caret(comparator: _Comparator) -> Version:
    """Up to the first part that is not 0 may change (Cargo book, "Caret requirements")."""
    if comparator.major or comparator.minor is None:
        return Version(comparator.major + 1, 0, 0)
    if comparator.minor or comparator.patch is None:
        return Version(0, comparator.minor + 1, 0)
    return Version(0, 0, comparator.patch + 1)


def version_of(text: str) -> Version | None:
    """The version without what cargo-vet may add to it (``1.2.3@git:COMMIT``)."""
    return parse_version(text.partition("@")[0].strip())
