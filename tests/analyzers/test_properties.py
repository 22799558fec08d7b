"""What holds for every program, checked on random ones: nothing lost, nothing asked twice, nothing unseen."""

from __future__ import annotations

from collections import Counter

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from analyzers.model import Change, ChangeClass
from analyzers.rust.scan import scan
from tests.analyzers.comparing import compared
from tests.analyzers.generate import Part, Piece, edit, programs, render, words

ASKS = frozenset((ChangeClass.ADDED, ChangeClass.CHANGED, ChangeClass.RELAXED))
seeds = st.integers(0, 2**32)
thorough = settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])


def asked(changes: tuple[Change, ...]) -> list[Change]:
    return [change for change in changes if change.change is not ChangeClass.MOVED]


@thorough
@given(programs, seeds)
def test_every_site_is_found_at_its_keyword_in_every_layout(program: tuple[Part, ...], seed: int) -> None:
    rendered = render(program, seed)
    result = scan(rendered.data)
    assert sorted((site.kind, site.keyword) for site in result.sites) == sorted(
        (site.kind, site.keyword) for site in rendered.sites
    )
    assert result.unsafe_tokens == rendered.unsafe_keywords
    assert result.unanalysed == ()


@thorough
@given(programs, seeds, seeds)
def test_layout_and_comments_change_nothing(program: tuple[Part, ...], one: int, other: int) -> None:
    before, after = render(program, one).data, render(program, other).data
    assert compared({"a.rs": before}, {"a.rs": after}).changes == ()


@thorough
@given(programs, seeds)
def test_a_renamed_file_only_moves(program: tuple[Part, ...], seed: int) -> None:
    before, after = render(program).data, render(program, seed).data
    changes = compared({"old.rs": before}, {"new.rs": after}, {"new.rs": "old.rs"}).changes
    assert asked(changes) == []
    assert len(changes) == len(scan(after).sites)


@thorough
@given(programs, st.data(), seeds)
def test_an_item_that_goes_elsewhere_only_moves(
    program: tuple[Part, ...], data: st.DataObject, seed: int
) -> None:
    index = data.draw(st.integers(0, len(program) - 1))
    item, rest = program[index], program[:index] + program[index + 1 :]
    module = Piece((*words("mod elsewhere {"), item, *words("}")))
    before = {"a.rs": render(program).data, "b.rs": b"fn nothing ( ) { }"}
    for after in (
        {"a.rs": render((*rest, item), seed).data, "b.rs": before["b.rs"]},
        {"a.rs": render((*rest, module), seed).data, "b.rs": before["b.rs"]},
        {"a.rs": render(rest, seed).data, "b.rs": render((item,), seed).data},
        {"a.rs": render(rest, seed).data, "b.rs": render((module,), seed).data},
    ):
        assert asked(compared(before, after).changes) == []


@thorough
@given(programs, st.data(), seeds)
def test_an_edit_in_a_site_asks_about_the_innermost_one(
    program: tuple[Part, ...], data: st.DataObject, seed: int
) -> None:
    rendered = render(program)
    candidates = [i for i, placed in enumerate(rendered.tokens) if placed.token.editable and placed.around]
    assume(candidates)
    index = data.draw(st.sampled_from(candidates))
    after = render(edit(program, index), seed)
    innermost = after.tokens[index].around[-1]
    changes = asked(compared({"a.rs": rendered.data}, {"a.rs": after.data}).changes)
    assert [(change.site.kind, change.site.keyword) for change in changes] == [
        (innermost.kind, innermost.keyword)
    ]
    assert changes[0].change in ASKS


@thorough
@given(programs, st.data(), seeds, seeds)
def test_fingerprints_follow_the_tokens_and_nothing_else(
    program: tuple[Part, ...], data: st.DataObject, one: int, other: int
) -> None:
    rendered = render(program)
    candidates = [i for i, placed in enumerate(rendered.tokens) if placed.token.editable and placed.around]
    assume(candidates)
    index = data.draw(st.sampled_from(candidates))
    base = {"a.rs": rendered.data}
    edited, differently = edit(program, index), edit(program, index, "different")
    shifted = b"\n\n// a line\n" + render(edited, other).data
    fingerprints = [
        # What is gone or only moved is the same whatever came in its place.
        Counter(
            change.fingerprint for change in compared(base, {"a.rs": head}).changes if change.change in ASKS
        )
        for head in (render(edited, one).data, shifted, render(differently, one).data)
    ]
    assert fingerprints[0] == fingerprints[1]
    assert not fingerprints[0] & fingerprints[2]


@thorough
@given(programs, programs, seeds)
def test_any_two_programs_compare_without_a_contradiction(
    before: tuple[Part, ...], after: tuple[Part, ...], seed: int
) -> None:
    old, new = render(before).data, render(after, seed).data
    once, again = (compared({"a.rs": old}, {"a.rs": new}) for _ in range(2))
    assert once == again
    assert len({change.fingerprint for change in once.changes}) == len(once.changes)
    told = [
        (change.site.kind, change.site.keyword)
        for change in once.changes
        if change.change is not ChangeClass.REMOVED
    ]
    assert len(set(told)) == len(told)
    gone = len(scan(old).sites) - len(scan(new).sites)
    classes = Counter(change.change for change in once.changes)
    assert classes[ChangeClass.REMOVED] + classes[ChangeClass.RELAXED] >= gone
