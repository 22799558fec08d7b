"""What the independent parser calls a site, and the names that the kinds turn on."""

from __future__ import annotations

from dataclasses import dataclass

ASSEMBLY = frozenset(("asm", "global_asm", "naked_asm", "llvm_asm"))
RUST_ABIS = frozenset(("Rust", "rust-call", "rust-cold", "rust-intrinsic", "rust-preserve-none"))


@dataclass(frozen=True, slots=True, order=True)
class Spot:
    """A site: kind, keyword position (1-based, characters), its tokens ``first`` to before ``last``, item path."""

    kind: str
    line: int
    column: int
    first: int
    last: int
    path: tuple[str, ...]
    extra: tuple[str, ...] = ()
