"""GitHub's webhook signatures (docs.github.com, "Validating webhook deliveries")."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

_PREFIX = "sha256="


def sign(body: bytes, secret: str) -> str:
    """What GitHub puts into ``X-Hub-Signature-256``."""
    return _PREFIX + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def is_signed(body: bytes, given: str, secrets: Sequence[str]) -> bool:
    """Whether a signature is right for one of the secrets; takes as long whichever it is, and if none."""
    right = False
    for secret in secrets:
        # Bytes: compare_digest refuses text that is not ASCII, which a stranger may send.
        right |= hmac.compare_digest(sign(body, secret).encode(), given.encode("utf-8", "surrogateescape"))
    return right
