"""What GitHub makes of Markdown, with GitHub's own parser: the tags of a page, and its text outside code."""

from __future__ import annotations

from html.parser import HTMLParser

import cmarkgfm  # type: ignore[import-untyped]
from cmarkgfm.cmark import Options  # type: ignore[import-untyped]

_EXTENSIONS = ["table", "strikethrough", "autolink", "tasklist"]
_OPTIONS = Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_GITHUB_PRE_LANG


def to_html(markdown: str) -> str:
    """The page with raw HTML left in, so that any that slipped through shows."""
    html: str = cmarkgfm.markdown_to_html_with_extensions(markdown, _OPTIONS, _EXTENSIONS)
    return html


class Page(HTMLParser):
    """``tags`` with their attributes, comments too; ``text`` is what stands outside code, piece by piece."""

    def __init__(self, markdown: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []
        self.text: list[str] = []
        self._code = 0
        self.feed(to_html(markdown))
        self.close()

    @property
    def links(self) -> list[str]:
        return [dict(attributes).get("href") or "" for tag, attributes in self.tags if tag == "a"]

    @property
    def shape(self) -> list[tuple[str, tuple[tuple[str, str | None], ...]]]:
        """The tags, without where links lead."""
        return [
            (tag, tuple(pair for pair in attributes if pair[0] != "href")) for tag, attributes in self.tags
        ]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(attrs)))
        if tag in {"code", "pre"}:
            self._code += 1
            self.text.append("")

    def handle_endtag(self, tag: str) -> None:
        self.tags.append((f"/{tag}", ()))
        if tag in {"code", "pre"}:
            self._code -= 1

    def handle_comment(self, data: str) -> None:
        self.tags.append(("!", (("comment", data),)))

    def handle_data(self, data: str) -> None:
        if not self._code:
            self.text.append(data)
