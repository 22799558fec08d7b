"""SPDX licence expressions as crates.io accepts them.

crates.io parses with the ``spdx`` crate: ``/`` counts as ``OR``, ``+`` may follow any identifier, names are matched
in their exact case, deprecated ones are fine (``PARSE_MODE`` in its ``src/licenses.rs``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# In SPDX 3.28, which crates.io knows (spdx 0.13.5), and not yet in the 3.27 of packaging 26.3.
_NEWER_WORDS = """
ALGLIB-Documentation Advanced-Cryptics-Dictionary BOLA-1.1 BSD-3-Clause-Tso BSD-Mark-Modifications Buddy
CAPEC-tou ESA-PL-permissive-2.4 ESA-PL-strong-copyleft-2.4 ESA-PL-weak-copyleft-2.4 GFDL-1.1-invariants
GFDL-1.1-no-invariants GFDL-1.2-invariants GFDL-1.2-no-invariants GFDL-1.3-invariants GFDL-1.3-no-invariants
HPND-SMC HPND-sell-variant-critical-systems ISO-permission MIT-STK MMPL-1.0.1 NIST-PD-TNT NOASSERTION
OSC-1.0 OSSP OpenMDW-1.0 ParaType-Free-Font-1.3 SGMLUG-PM TekHVC UnRAR Vixie-Cron WTFNMFPL WordNet
X11-no-permit-persons hyphen-bulgarian
"""
_NEWER = frozenset(_NEWER_WORDS.split())
_NEWER_EXCEPTIONS_WORDS = """
Classpath-exception-2.0-short Simple-Library-Usage-exception kvirc-openssl-exception rsync-linking-exception
sqlitestudio-OpenSSL-exception
"""
_NEWER_EXCEPTIONS = frozenset(_NEWER_EXCEPTIONS_WORDS.split())
_TOKEN = re.compile(r"\s+|(?P<mark>[()+/])|(?P<word>[-A-Za-z0-9.:]+)|(?P<other>.)", re.DOTALL)
_REFERENCE = re.compile(r"(?:DocumentRef-[-A-Za-z0-9.]+:)?LicenseRef-[-A-Za-z0-9.]+")
_ADDITION = re.compile(r"(?:DocumentRef-[-A-Za-z0-9.]+:)?AdditionRef-[-A-Za-z0-9.]+")
_OPERATORS = {"AND": "AND", "and": "AND", "OR": "OR", "or": "OR", "/": "OR", "WITH": "WITH", "with": "WITH"}
_MAX_TOKENS = 512


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong: ``unknown`` or ``case`` name an identifier (and how it is spelt), ``syntax`` the place."""

    problem: str
    word: str = ""
    right: str = ""


def trouble(expression: str) -> Trouble | None:
    """The first thing that keeps crates.io from accepting an expression, or None."""
    words = []
    for found in _TOKEN.finditer(expression):
        if found["other"] or (
            found["mark"] == "+" and expression[found.start() - 1 : found.start()].isspace()
        ):
            return Trouble("syntax", found[0])
        if not found[0].isspace():
            words.append(found[0])
        if len(words) > _MAX_TOKENS:
            return Trouble("syntax", "…")
    return _Reader(words).read()


class _Reader:
    """Checks the order of the words with a count of open parentheses; no recursion."""

    def __init__(self, words: list[str]) -> None:
        self._words = words

    def read(self) -> Trouble | None:
        depth = 0
        expects_name = True
        after = ""
        for word in self._words:
            if expects_name:
                if word == "(" and after != "WITH":
                    depth += 1
                    continue
                problem = _exception(word) if after == "WITH" else _licence(word)
                if problem is not None:
                    return problem
                expects_name, after = False, "addition" if after == "WITH" else "name"
            elif word == "+" and after == "name":
                after = "plus"
            elif word == ")" and depth:
                depth, after = depth - 1, "group"
            elif word in _OPERATORS and not (_OPERATORS[word] == "WITH" and after not in {"name", "plus"}):
                expects_name, after = True, _OPERATORS[word]
            else:
                return Trouble("syntax", word)
        return Trouble("syntax", self._words[-1] if self._words else "") if expects_name or depth else None


def _licence(word: str) -> Trouble | None:
    if word in _NEWER or _REFERENCE.fullmatch(word):
        return None
    if word in _OPERATORS or not word[0].isalnum():
        return Trouble("syntax", word)
    right = _canonical(word)
    if right is None:
        return Trouble("unknown", word)
    return None if right == word else Trouble("case", word, right)


def _exception(word: str) -> Trouble | None:
    if word in _NEWER_EXCEPTIONS or _ADDITION.fullmatch(word):
        return None
    if word in _OPERATORS or not word[0].isalnum():
        return Trouble("syntax", word)
    right = _canonical(f"MIT WITH {word}")
    if right is None:
        return Trouble("unknown", word)
    right = right.removeprefix("MIT WITH ")
    return None if right == word else Trouble("case", word, right)


def _canonical(text: str) -> str | None:
    from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

    try:
        return str(canonicalize_license_expression(text))
    except InvalidLicenseExpression:
        return None
