"""What a site kind is, and what its matcher returns."""

from __future__ import annotations

from dataclasses import dataclass

from analyzers.model import Group


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of site: its id (a contract), its group, a one-line summary and the rule it follows.

    ``docs`` names the authority: a Rust Reference section, an RFC or a crate's documentation. ``words``
    are the identifiers at which the matcher is tried; a word that ends in ``*`` is a prefix.
    """

    id: str
    group: Group
    summary: str
    docs: str
    words: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """A site as its matcher sees it, in byte offsets.

    ``keyword`` is where the site's line and column are taken from, ``start``/``end`` the whole construct,
    and the bytes whose tokens are the site's own. ``name`` is the item the site declares or belongs to,
    as it ends the item path; None means the enclosing item alone. ``extra`` are tokens that identify
    the site without being its own (the item under an attribute). ``detail`` is a short fact, such as an
    ABI. ``claims`` are the ``unsafe`` keywords that this site accounts for. ``anchor`` is the offset
    from which attributes and comments in front of the site are looked for; -1 means ``start``.
    ``shown`` are tokens that are the site's own though they stand elsewhere, such as the interface behind an attribute.
    ``own_end`` is where the site's own tokens end if that is before ``end``: what follows are other sites.
    """

    keyword: int
    start: int
    end: int
    name: bytes | None = None
    extra: tuple[bytes, ...] = ()
    detail: str = ""
    claims: tuple[int, ...] = ()
    anchor: int = -1
    own_end: int = -1
    shown: tuple[bytes, ...] = ()
