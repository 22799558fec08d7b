from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeVar

import pytest

from analyzers import surveys
from analyzers.model import (
    Analysis,
    Change,
    ChangeClass,
    FileChange,
    FileSide,
    Finding,
    Note,
    Severity,
    Site,
    Unanalysed,
    UnanalysedReason,
)
from analyzers.survey import Entry, Sides, Survey, Surveyed, Tree
from bot import surveying
from bot.model import Failure
from bot.surveying import add_surveys

T = TypeVar("T")
R = TypeVar("R")

CHANGED = FileChange(FileSide("a.rs", "file", "old", b"old"), FileSide("a.rs", "file", "new", b"new"))
SITE = Site("unsafe-block", "f", 3, 5, 3, 10, 10, 20, "t")
ASKED = Change(ChangeClass.ADDED, "a.rs", SITE, "print")


@dataclass
class Here:
    """Runs in this process; a survey of ``broken`` fails in the named function."""

    broken: Mapping[str, Callable[..., object]] = field(default_factory=dict)

    def run(
        self, function: Callable[[T], R], items: Sequence[T], weight: Callable[[T], int]
    ) -> Iterator[tuple[T, R | Failure]]:
        del weight
        for item in items:
            assert isinstance(item, surveying.Inspection)
            assert isinstance(function, partial)
            if self.broken.get(item.survey) is function.func:
                yield item, Failure(UnanalysedReason.TIMED_OUT, "5 s")
            else:
                yield item, function(item)


@dataclass
class Forest:
    """Trees of which some contents cannot be read."""

    head: dict[str, bytes | None]
    asked: list[str] = field(default_factory=list)
    test_modules: Mapping[str, bool] = field(default_factory=dict)

    def entries(self) -> tuple[Mapping[str, Entry], Mapping[str, Entry]]:
        paths = {path: Entry("file", path) for path in self.head}
        return paths | {"a.rs": Entry("file", "old")}, paths | {"a.rs": Entry("file", "new")}

    def library(self) -> Tree:
        return Tree({"book": Entry("file", "library:book")})

    def read(self, blobs: Iterable[str], total: int) -> Mapping[str, bytes]:
        wanted = list(blobs)
        self.asked += wanted
        found = {blob: self.head.get(blob, b"pages") for blob in wanted}
        return {blob: data for blob, data in found.items() if data is not None and len(data) <= total}


def survey(
    compare: Callable[[Sides, Analysis], Surveyed],
    wants: Callable[[Sides], Iterable[str]] = lambda _: (),
    concerns: Callable[[str], bool] = lambda _: True,
    id: str = "one",
) -> Survey:
    return Survey(id, "for tests", concerns, wants, compare, reads_library=True)


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def register(*found: Survey) -> None:
        monkeypatch.setattr(surveying, "surveys", lambda: {each.id: each for each in found})

    return register


def looked(forest: Forest, runner: Here | None = None) -> Analysis:
    return add_surveys(Analysis((ASKED,)), [CHANGED], runner or Here(), forest)


def test_a_survey_that_nothing_concerns_costs_nothing(known: Callable[..., None]) -> None:
    def compare(_sides: Sides, _analysis: Analysis) -> Surveyed:
        raise AssertionError("nobody asked")

    known(survey(compare, concerns=lambda path: path.endswith(".toml")))
    forest = Forest({})
    assert looked(forest) == Analysis((ASKED,))
    assert forest.asked == []


def test_a_survey_reads_in_rounds_what_the_last_one_made_it_want(known: Callable[..., None]) -> None:
    seen: list[Mapping[str, bytes]] = []

    def wants(sides: Sides) -> Iterable[str]:
        named = [data.decode() for data in sides.head.contents.values()]
        return ["b", "book", *(name for name in named if name in sides.head.entries)]

    def compare(sides: Sides, _analysis: Analysis) -> Surveyed:
        seen.extend((sides.head.contents, sides.library.contents))
        return Surveyed()

    known(survey(compare, wants))
    forest = Forest({"b": b"c", "c": b"d", "d": b"", "e": b""})
    looked(forest)
    assert seen == [{"a.rs": b"new", "b": b"c", "c": b"d", "d": b""}, {"book": b"pages"}]
    assert forest.asked == ["b", "library:book", "c", "d"], "each once"


def test_a_survey_that_does_not_say_so_sees_nothing_of_the_library(known: Callable[..., None]) -> None:
    seen: list[Tree] = []

    def compare(sides: Sides, _analysis: Analysis) -> Surveyed:
        seen.append(sides.library)
        return Surveyed()

    known(replace(survey(compare, lambda _: ["book"]), reads_library=False))
    forest = Forest({})
    looked(forest)
    assert seen == [Tree()]
    assert forest.asked == []


def test_wishes_without_end_are_cut_off(known: Callable[..., None]) -> None:
    known(survey(lambda _sides, _analysis: Surveyed(), lambda sides: [f"f{len(sides.head.contents)}"]))
    forest = Forest({f"f{number}": b"" for number in range(100)})
    looked(forest)
    assert len(forest.asked) == 4


def test_what_is_found_joins_what_was_found(known: Callable[..., None]) -> None:
    earlier = Change(ChangeClass.EXPOSED, "a.rs", Site("unsafe-fn", "e", 1, 1, 1, 0, 0, 1, "t"), "earlier")
    finding = Finding("x", Severity.WARN, "a.rs", 2, 1, 2, "unsafe-fn", "e")
    note = Note("n")
    known(survey(lambda _sides, _analysis: Surveyed((earlier,), (finding,), (("print", (note,)),))))
    found = looked(Forest({}))
    assert [change.fingerprint for change in found.changes] == ["earlier", "print"]
    assert found.changes[1].notes == (note,)
    assert found.findings == (finding,)


@pytest.mark.parametrize("function", [surveying.want, surveying.inspect])
def test_a_survey_that_fails_leaves_what_concerns_it_to_people(
    known: Callable[..., None], function: Callable[..., object]
) -> None:
    fine = survey(
        lambda _sides, _analysis: Surveyed(unanalysed=(Unanalysed("z", UnanalysedReason.MISSING),)), id="two"
    )
    known(survey(lambda _sides, _analysis: Surveyed()), fine)
    found = looked(Forest({}), runner=Here({"one": function}))
    assert found.unanalysed == (
        Unanalysed("a.rs", UnanalysedReason.TIMED_OUT, detail="one: 5 s", blob="new"),
        Unanalysed("z", UnanalysedReason.MISSING),
    )


def test_a_file_that_is_wanted_and_cannot_be_read_is_left_to_people(known: Callable[..., None]) -> None:
    known(survey(lambda _sides, _analysis: Surveyed(), lambda _: ["b", "not there"]))
    found = looked(Forest({"b": None}))
    assert found.unanalysed == (Unanalysed("b", UnanalysedReason.MISSING, detail="one", blob="b"),)


def test_every_survey_says_what_it_is_and_concerns_some_path() -> None:
    paths = (
        "src/lib.rs",
        "Cargo.toml",
        "Cargo.lock",
        "a.h",
        ".github/workflows/ci.yml",
        "rust-toolchain",
        "Makefile",
        "src/ring.udl",
    )
    for id, each in surveys.surveys().items():
        assert each.id == id
        assert each.summary
        assert any(map(each.concerns, paths)), id
        assert not each.concerns("README"), id
