"""Pages of lists, with the Link header that GitHub gives (docs: "Using pagination in the REST API")."""

from __future__ import annotations

import urllib.parse
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from bot.sandbox.registry import Answer, Call

T = TypeVar("T")
DEFAULT = 30
MOST = 100


def page_numbers(call: Call, default: int = DEFAULT) -> tuple[int, int]:
    """The page asked for (from 1) and how many things a page has."""
    page, size = call.query.get("page", "1"), call.query.get("per_page", str(default))
    number = int(page) if page.isdecimal() else 1
    count = int(size) if size.isdecimal() else default
    return max(number, 1), min(max(count, 1), MOST)


def paged(call: Call, things: Sequence[T], show: Callable[[T], Any], key: str | None = None) -> Answer:
    """One page of a list; under ``key``, with the total beside it, where GitHub wraps its lists."""
    page, size = page_numbers(call)
    shown = [show(one) for one in things[(page - 1) * size : page * size]]
    headers = link_headers(call, page, -(-len(things) // size))
    return Answer({"total_count": len(things), key: shown} if key else shown, headers=headers)


def link_headers(call: Call, page: int, last: int) -> dict[str, str]:
    """The Link header of a page; nothing if there is only one."""
    links = []
    if page > 1:
        links += [(max(min(page - 1, last), 1), "prev"), (1, "first")]
    if page < last:
        links += [(page + 1, "next"), (last, "last")]
    said = [f'<{_with_page(call, number)}>; rel="{relation}"' for number, relation in links]
    return {"Link": ", ".join(said)} if said else {}


def _with_page(call: Call, number: int) -> str:
    return f"{call.url}?{urllib.parse.urlencode({**call.query, 'page': str(number)})}"
