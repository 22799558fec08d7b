"""Byte patterns for pieces of Rust syntax that several matchers share; they match masked text."""

from __future__ import annotations

# An identifier, a raw identifier, or in their place a macro's `$name`, a quotation's `#name` or the brackets
# in which `paste!` and its like join one.
IDENT = rb"(?:[$#]?(?:r#)?[A-Za-z_\x80-\xff][A-Za-z0-9_\x80-\xff]*|\[[^\[\]{}();]{1,1000}\])"
# The ABI behind `extern`: a (masked) string, a metavariable in macros or quotations, or nothing, which means "C".
ABI = rb'(?:\s*("[^"]*")|\s+([$#]\w+))?'
# ABIs of Rust's own calling conventions; functions defined with them are no foreign interface.
RUST_ABIS = frozenset(("Rust", "rust-call", "rust-cold", "rust-intrinsic", "rust-preserve-none"))
