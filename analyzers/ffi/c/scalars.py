"""How wide C's own types are, for each model of the targets that Rust knows.

LP64 is Unix and most else of 64 bits, LLP64 is 64-bit Windows, ILP32 is all of 32 bits (Rust Reference,
"Type layout"; `core::ffi`).
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

MODELS = ("LP64", "LLP64", "ILP32")


@dataclass(frozen=True, slots=True)
class Scalar:
    """A number: its bits in each of `MODELS`, and its sign, None where that is the target's choice.

    ``floating`` is what is no integer; ``truth`` a ``bool``.
    """

    bits: tuple[int, int, int]
    signed: bool | None = True
    floating: bool = False
    truth: bool = False


def _same(bits: int, signed: bool | None = True) -> Scalar:
    return Scalar((bits, bits, bits), signed)


_LONG = (64, 32, 32)
SIZES = (64, 64, 32)
"""How many bits ``size_t`` and pointers have."""
_FIXED = {
    f"{prefix}{'' if signed else 'u'}int{bits}{suffix}": _same(bits, signed)
    for signed in (True, False)
    for bits in (8, 16, 32, 64)
    for prefix, suffix in (("", "_t"), ("__", "_t"))
}

WORDS = MappingProxyType(
    {
        "char": _same(8, None),
        "signed char": _same(8),
        "unsigned char": _same(8, False),
        "short": _same(16),
        "unsigned short": _same(16, False),
        "int": _same(32),
        "unsigned int": _same(32, False),
        "long": Scalar(_LONG),
        "unsigned long": Scalar(_LONG, False),
        "long long": _same(64),
        "unsigned long long": _same(64, False),
        "__int128": _same(128),
        "unsigned __int128": _same(128, False),
        "float": Scalar((32, 32, 32), floating=True),
        "double": Scalar((64, 64, 64), floating=True),
        "bool": Scalar((8, 8, 8), False, truth=True),
    }
)
"""The types of keywords by `analyzers.ffi.c.types.Word`; ``long double`` is another one on each target."""

NAMES = MappingProxyType(
    {
        **_FIXED,
        "size_t": Scalar(SIZES, False),
        "ssize_t": Scalar(SIZES),
        "ptrdiff_t": Scalar(SIZES),
        "intptr_t": Scalar(SIZES),
        "uintptr_t": Scalar(SIZES, False),
        "_Bool": Scalar((8, 8, 8), False, truth=True),
    }
)
"""The types of ``stdint.h``, ``stddef.h`` and ``stdbool.h``, as far as they are the same on all targets."""

_ORDER = ("unsigned", "signed", "short", "long", "__int128", "int", "char", "float", "double", "bool", "void")


def word_of(words: list[str]) -> str:
    """The one spelling of a type of keywords in any order (C17, 6.7.2): ``long unsigned int`` is ``unsigned long``."""
    named = sorted(("bool" if word == "_Bool" else word for word in words), key=_ORDER.index)
    if len(named) > 1 and "int" in named and (len(named) > 2 or named[0] in ("short", "long", "signed")):
        named.remove("int")
    if "signed" in named and "char" not in named:
        named.remove("signed")
    if not named or named == ["unsigned"]:
        named.append("int")
    return " ".join(named)
