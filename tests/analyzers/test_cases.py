"""Every kind of site and every trap: what the annotated files in ``cases`` expect is found, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from analyzers.kinds import KINDS
from analyzers.model import Group, Macro, Scan, Site
from analyzers.rust.scan import scan
from tests.analyzers.marks import Mark, Marked, read_marked

CASES = Path(__file__).parent / "cases"
PATHS = sorted(CASES.rglob("*.rs"))
SOURCE_GROUPS = (Group.UNSAFE, Group.MEMORY, Group.FFI, Group.LINT)
MACRO_FLAGS = {Macro.CALL: "macro-call", Macro.DEFINITION: "macro-definition"}

# The words that the keyword position of a kind may point at.
KEYWORDS: Mapping[str, str] = {
    **dict.fromkeys((kind.id for kind in KINDS.values() if kind.group is Group.UNSAFE), "unsafe"),
    "unsafe-attribute": "unsafe|naked",
    "static-mut": "static",
    "union": "union",
    "inline-asm": "asm|global_asm|naked_asm|llvm_asm",
    "target-feature": "target_feature|force_target_feature",
    "extern-block": "extern",
    "extern-fn": "extern",
    "foreign-fn": "fn",
    "foreign-static": "static",
    "foreign-type": "type",
    "export-attribute": "no_mangle|export_name|link_section",
    "link-attribute": "link|link_name|link_ordinal",
    "fn-pointer": "unsafe|extern",
    "layout": "repr",
    "generated-bindings": "include",
    "lint-level": r"[a-z_]*(?:unsafe|safety)[a-z_]*",
    "ffi-bridge": r"fn|[a-z][a-z0-9_]*",
}  # fmt: skip


def sentence(path: Path) -> str:
    return f"{path.parent.name}: {path.stem.replace('_', ' ')}"


def facts_of(site: Site) -> dict[str, str]:
    return {
        "item": site.item,
        "detail": site.detail,
        "cfg": " && ".join(site.cfg),
        "end": f"+{site.end_line - site.line}",
    }


def flags_of(site: Site) -> frozenset[str]:
    flags = {MACRO_FLAGS[site.macro]} if site.macro else set()
    return frozenset(flags | {"test"} if site.in_test else flags)


def told(line: int, word: str, facts: Mapping[str, str], flags: frozenset[str]) -> str:
    return " ".join([f"{line}: {word}", *sorted(flags), *(f"{name}={facts[name]!r}" for name in facts)])


def found(sites: Sequence[Site], marks: Sequence[Mark]) -> list[str]:
    """The sites as the marks would say it: with the facts that the mark at the same place cares about."""
    cared: dict[tuple[int, str, int], Mark] = {}
    for mark in marks:
        number = sum(key[:2] == (mark.line, mark.word) for key in cared)
        cared[mark.line, mark.word, number] = mark
    said: list[str] = []
    seen: list[tuple[int, str]] = []
    for site in sorted(sites, key=lambda site: (site.line, site.column, site.kind)):
        asked = cared.get((site.line, site.kind, seen.count((site.line, site.kind))))
        seen.append((site.line, site.kind))
        facts = {name: facts_of(site)[name] for name in (asked.facts if asked else ())}
        said.append(told(site.line, site.kind, facts, flags_of(site)))
    return said


def expected(marks: Sequence[Mark]) -> list[str]:
    return [told(mark.line, mark.word, mark.facts, mark.flags) for mark in marks]


@pytest.fixture(scope="module", params=PATHS, ids=sentence)
def case(request: pytest.FixtureRequest) -> Marked:
    return read_marked(request.param)


def test_exactly_the_marked_sites_are_found(case: Marked) -> None:
    assert found(scan(case.data).sites, case.marks) == expected(case.marks)


def test_nothing_in_a_case_is_left_unanalysed(case: Marked) -> None:
    assert scan(case.data).unanalysed == ()


def test_every_unsafe_keyword_of_a_case_is_claimed_by_one_site(case: Marked) -> None:
    result = scan(case.data)
    assert len(claimed_keywords(case.data, result)) == result.unsafe_tokens


def test_every_position_is_that_of_the_kinds_own_keyword(case: Marked) -> None:
    for site in scan(case.data).sites:
        before = case.data[: site.keyword].decode()
        assert re.compile(rb"(?:%b)\b" % KEYWORDS[site.kind].encode()).match(case.data, site.keyword), site
        assert (site.line, site.column) == (
            before.count("\n") + 1,
            len(before.rpartition("\n")[2]) + 1,
        ), site
        assert site.end_line == case.data.count(b"\n", 0, max(site.keyword, site.end - 1)) + 1, site
        assert 0 <= site.start < site.end <= len(case.data), site


def claimed_keywords(data: bytes, result: Scan) -> set[int]:
    """The offsets at which a site says ``unsafe`` first, or points at it."""
    word = re.compile(rb"unsafe(?![A-Za-z0-9_])")
    return {
        offset for site in result.sites for offset in (site.start, site.keyword) if word.match(data, offset)
    }


def dressed(data: bytes) -> Iterator[tuple[str, bytes, int]]:
    """The same code in other clothes, with the number of lines that come before it."""
    body = re.sub(rb"\A#!(?!\[)[^\n]*\n|\A---.*?^---\n", b"", data, flags=re.DOTALL | re.MULTILINE)
    gone = data.count(b"\n") - body.count(b"\n")
    yield "with CRLF line ends", data.replace(b"\n", b"\r\n"), 0
    yield "with a byte order mark", b"\xef\xbb\xbf" + data, 0
    yield "behind a shebang", b"#!/usr/bin/env unsafe {\n" + body, 1 - gone
    yield "behind a frontmatter", b"---\n[unsafe]\nextern = { }\n---\n" + body, 4 - gone
    yield "behind a frontmatter with words", b"----cargo\nunsafe { '\"\n---\n----\n" + body, 4 - gone
    yield "behind shebang and frontmatter", b"#!/usr/bin/cargo\n---\nunsafe\n---\n" + body, 4 - gone


CLOTHES = tuple(name for name, _, _ in dressed(b""))


@pytest.mark.parametrize("clothes", CLOTHES)
def test_the_same_sites_are_found(case: Marked, clothes: str) -> None:
    data, moved = next((text, lines) for name, text, lines in dressed(case.data) if name == clothes)
    assert [
        (
            site.kind,
            site.item,
            site.line - moved,
            site.in_test,
            site.macro,
            site.cfg,
            site.detail,
            site.tokens,
        )
        for site in scan(data).sites
    ] == [
        (site.kind, site.item, site.line, site.in_test, site.macro, site.cfg, site.detail, site.tokens)
        for site in scan(case.data).sites
    ]


@pytest.mark.parametrize("kind", [kind.id for kind in KINDS.values() if kind.group in SOURCE_GROUPS], ids=str)
def test_every_kind_has_a_case_of_its_own(kind: str) -> None:
    case = read_marked(CASES / "kinds" / f"{kind.replace('-', '_')}.rs")
    assert kind in {mark.word for mark in case.marks}


def test_every_mark_names_a_kind() -> None:
    named = {mark.word for path in PATHS for mark in read_marked(path).marks}
    assert named <= KINDS.keys()
