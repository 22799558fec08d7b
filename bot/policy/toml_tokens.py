"""The tokens of a TOML document, as policies use them; they are found in ``analyzers.manifest``."""

from __future__ import annotations

from analyzers.manifest.toml_tokens import END, MAX_KEY_PARTS, MAX_NESTING, MAX_WORD, Token, objection, tokens

__all__ = ["END", "MAX_KEY_PARTS", "MAX_NESTING", "MAX_WORD", "Token", "objection", "tokens"]
