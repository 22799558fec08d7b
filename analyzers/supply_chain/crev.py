"""Reviews of cargo-crev: signed by whoever wrote them, and kept in files of proofs.

After ``crev-data`` of cargo-crev: ``Proof::parse_from`` for the file, ``proof::review::Package`` for what it says and
``Id::verify_signature`` for Ed25519 over the body. Whom to trust is not decided here: whoever keeps the proofs does.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from analyzers.supply_chain.toml import StoreError

MAX_BYTES = 4 << 20
_MAX_BODY = 32_000
"""Bytes of one proof (``MAX_PROOF_BODY_LENGTH``)."""
_MARK = re.compile(r"-{5} ?(BEGIN|SIGN|END) CREV ([A-Z ]+?)( SIGNATURE)? ?-{5}")
_DEEP = re.compile(r"^ {64}|(?:[-?] +){16}|[\[{]{16}", re.MULTILINE)
_CRATES_IO = "https://crates.io"
# The second one is what the first was called before.
_AGAINST = frozenset({"negative", "dangerous"})


@dataclass(frozen=True, slots=True)
class Review:
    """What somebody found in a version of a package from crates.io.

    ``author`` is the address of their proofs, or their id; ``author_id`` the public key in base64. ``since`` is the
    version that a review of a difference starts from. ``agent`` names the model where a program wrote the review.
    ``signed`` tells whether the signature is the author's.
    """

    package: str
    version: str
    since: str
    author: str
    author_id: str
    date: str
    thoroughness: str
    understanding: str
    rating: str
    agent: str
    path: str
    signed: bool = False

    @property
    def advises_against(self) -> bool:
        """Whether its author advises against the version; whose signature is forged has said nothing."""
        return self.signed and self.rating in _AGAINST


def reviews(contents: Mapping[str, bytes], package: str, version: str) -> tuple[Review, ...]:
    """The reviews of a version in the files of proofs, the last one of each author, sorted by author.

    Raises:
        StoreError: a file is no file of proofs.
    """
    last: dict[tuple[str, bool], Review] = {}
    for path in sorted(contents):
        for review in _of_package(path, contents[path], package):
            key = review.author_id, review.signed
            if review.version == version and (key not in last or last[key].date <= review.date):
                last[key] = review
    return tuple(last[key] for key in sorted(last))


def _of_package(path: str, data: bytes, package: str) -> Iterator[Review]:
    # Most files are about other packages, and reading them as YAML takes a hundred times as long as looking.
    if package.encode() not in data:
        return
    for proof in _proofs(path, data):
        review = _review(path, proof) if package in proof.body else None
        if review is not None and review.package == package:
            yield replace(review, signed=_is_signed(review.author_id, proof))


@dataclass(frozen=True, slots=True)
class _Proof:
    """One proof of a file: what its first line calls it, the bytes that are signed as text, and the signature."""

    kind: str
    body: str
    signature: str


@lru_cache(maxsize=256)
def _proofs(path: str, data: bytes) -> tuple[_Proof, ...]:
    if len(data) > MAX_BYTES:
        raise StoreError(path, f"larger than {MAX_BYTES} bytes")
    try:
        lines = data.decode("utf-8").replace("\r\n", "\n").split("\n")
    except UnicodeDecodeError as error:
        raise StoreError(path, "not UTF-8") from error
    found: list[_Proof] = []
    kind, body, signature = "", list[str](), list[str]()
    part: list[str] | None = None
    for line in lines:
        mark = _MARK.fullmatch(line.strip())
        if mark is None and part is not None:
            part.append(f"{line}\n")
        elif mark is not None and mark[1] == "BEGIN" and not mark[3] and part is None:
            kind, body, signature = mark[2], [], []
            part = body
        elif mark is not None and mark[1] != "END" and part is body:
            part = signature
        elif mark is not None and mark[1] == "END" and part is signature:
            found.append(_Proof(kind, "".join(body), "".join(signature).strip()))
            part = None
        elif line.strip():
            raise StoreError(path, "no file of proofs")
    if part is not None or any(len(proof.body) > _MAX_BODY for proof in found):
        raise StoreError(path, "no file of proofs")
    return tuple(found)


def _review(path: str, proof: _Proof) -> Review | None:
    """The review in a proof; None where it is about something else."""
    table = _yaml(path, proof.body)
    told = _text(table, "kind") or proof.kind.lower()
    package, author, review = (_table(table, key) for key in ("package", "from", "review"))
    if told != "package review" or _text(package, "source").rstrip("/") != _CRATES_IO:
        return None
    id = _text(author, "id")
    return Review(
        package=_text(package, "name"),
        version=_text(package, "version"),
        since=_text(_table(table, "package-diff-base"), "version"),
        author=_text(author, "url").removeprefix("https://") or id,
        author_id=id,
        date=_text(table, "date"),
        thoroughness=_text(review, "thoroughness") or "none",
        understanding=_text(review, "understanding") or "none",
        rating=_text(review, "rating") or "neutral",
        agent=_text(_table(table, "llm-agent"), "model"),
        path=path,
    )


def _yaml(path: str, body: str) -> Mapping[str, Any]:
    import yaml

    if _DEEP.search(body):
        raise StoreError(path, "nested too deeply")
    try:
        # Everything as the text that stands there: a version of 1.0 is no number.
        table = yaml.load(body, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))  # noqa: S506 - makes texts only
    except (yaml.YAMLError, RecursionError) as error:
        raise StoreError(path, "a proof is no YAML") from error
    return table if isinstance(table, Mapping) else {}


def _is_signed(author_id: str, proof: _Proof) -> bool:
    """Whether the signature is that of the key, over the body as it stands."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        key = Ed25519PublicKey.from_public_bytes(_decoded(author_id))
        key.verify(_decoded(proof.signature), proof.body.encode())
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True


def _decoded(text: str) -> bytes:
    """The bytes of base64 for addresses, which crev writes without padding."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _table(table: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = table.get(key)
    return value if isinstance(value, Mapping) else {}


def _text(table: Mapping[str, Any], key: str) -> str:
    value = table.get(key)
    return value if isinstance(value, str) else ""
