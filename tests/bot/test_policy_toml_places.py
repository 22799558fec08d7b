"""Keys and values of a TOML document are found where they stand, for every document that tomllib accepts."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.policy.toml_places import Lines, Path, Places, places
from bot.policy.toml_tokens import MAX_KEY_PARTS, MAX_NESTING, MAX_WORD, objection, tokens

DOCUMENT = """\
mode = "enforce"   # not [a] = key
'od"d'."k\\u0065y".plain = 1
text = \"\"\"
[no]
quotes "" and \\\""" inside = 3\"\"\"\"\"
raw = '''
no = 4'''
day = 2026-12-24 07:00:00.5

[pools.unsafe]
users = [
  "alice", # [first]
  "bob",
]
away = [{ user = "bob", until.day = 1 }, {}]

[[rules]]
when.kinds = ["a", ["b"]]
[rules.request]
count = 1
[[rules]]
name = ""
[[rules.parts]]
[[rules.parts]]
x = 1.5
"""


def test_keys_are_found_on_their_lines() -> None:
    assert _told(DOCUMENT, _places(DOCUMENT).keys) == {
        (): "1:1",
        ("mode",): "1:1",
        ('od"d',): "2:1",
        ('od"d', "key"): "2:8",
        ('od"d', "key", "plain"): "2:19",
        ("text",): "3:1",
        ("raw",): "6:1",
        ("day",): "8:1",
        ("pools",): "10:2",
        ("pools", "unsafe"): "10:8",
        ("pools", "unsafe", "users"): "11:1",
        ("pools", "unsafe", "away"): "15:1",
        ("pools", "unsafe", "away", 0, "user"): "15:11",
        ("pools", "unsafe", "away", 0, "until"): "15:25",
        ("pools", "unsafe", "away", 0, "until", "day"): "15:31",
        ("rules",): "17:3",
        ("rules", 0): "17:3",
        ("rules", 0, "when"): "18:1",
        ("rules", 0, "when", "kinds"): "18:6",
        ("rules", 0, "request"): "19:8",
        ("rules", 0, "request", "count"): "20:1",
        ("rules", 1): "21:3",
        ("rules", 1, "name"): "22:1",
        ("rules", 1, "parts"): "23:9",
        ("rules", 1, "parts", 0): "23:9",
        ("rules", 1, "parts", 1): "24:9",
        ("rules", 1, "parts", 1, "x"): "25:1",
    } | {(): "1:1"}


def test_values_are_found_where_they_begin() -> None:
    values = _told(DOCUMENT, _places(DOCUMENT).values)
    assert values["mode",] == "1:8"
    assert values["pools", "unsafe", "users", 1] == "13:3"
    assert values["pools", "unsafe", "away", 0, "until", "day"] == "15:37"
    assert values["pools", "unsafe", "away", 1] == "15:42"
    assert values["rules", 0, "when", "kinds", 1, 0] == "18:21"
    assert values["rules", 1, "parts", 1, "x"] == "25:5"


def test_what_is_not_written_is_looked_for_in_the_table_around_it() -> None:
    found = _places(DOCUMENT)
    assert found.key(("pools", "unsafe", "teams", 3)) == DOCUMENT.index("unsafe]")
    assert found.value(("rules", 1, "require", "pool")) == DOCUMENT.index("rules]]\nname")
    assert found.value(("nothing",)) == 0


@pytest.mark.parametrize(
    ("document", "key"),
    [
        pytest.param("a = 1\nb = 2\na = 3", "a", id="a key"),
        pytest.param("[a]\n[b]\n[a]", "a", id="a table"),
        pytest.param("a.b = 1\n[a]\n[c]\nx = {y = 1, y = 2}", "y", id="a key of an inline table"),
        pytest.param("a = 1\n[b]\n[a]", "a", id="a table over a key"),
    ],
)
def test_a_key_that_is_written_again_is_told(document: str, key: str) -> None:
    twice = _places(document).twice
    assert twice is not None
    assert twice[0] == key
    assert document[twice[1] :].startswith(key)
    assert document[twice[2] :].startswith(key)
    assert twice[1] < twice[2]


def test_elements_of_an_array_of_tables_may_share_keys() -> None:
    assert _places("[[a]]\nx = 1\n[a.b]\n[[a]]\nx = 1\n[a.b]\n").twice is None


@pytest.mark.parametrize(
    ("document", "refused"),
    [
        ("a = " + "[" * MAX_NESTING + "]" * MAX_NESTING, False),
        ("a = " + "[" * (MAX_NESTING + 1), True),
        ("a = [" + "{}, " * 1_000 + "]", False),
        ("a = " + "{a = " * 40, True),
        (".".join("a" * MAX_KEY_PARTS) + " = 1", False),
        (".".join("a" * (MAX_KEY_PARTS + 1)) + " = 1", True),
        ("\n".join(["a.b = 1.5"] * 40), False),
        ('a = "' + "[" * 1_000 + '"', False),
        ("# " + "[" * 1_000, False),
        ("a = " + "1" * (MAX_WORD + 1), True),
        ("a = '" + "1" * (MAX_WORD + 1) + "'", False),
    ],
)
def test_nesting_is_measured_before_anything_is_parsed(document: str, refused: bool) -> None:
    assert (objection(tokens(document)) is not None) is refused


@given(st.text("[]{}=,.#\"'\\\n ab1é\t", max_size=60))
def test_any_text_has_tokens_in_order_that_do_not_overlap(text: str) -> None:
    end = 0
    for token in tokens(text):
        assert token.offset >= end
        assert text[token.offset :].startswith(token.text)
        end = token.offset + len(token.text)


_KEYS = st.sampled_from(["a", "b", "c-d", '"e f"', "'g\"h'", '"\\u0061\\n"', '""', "1", "true"])
_DOTTED = st.lists(_KEYS, min_size=1, max_size=3).map(" . ".join)
_SCALARS = st.sampled_from(
    [
        "1",
        "-1.5e3",
        "true",
        '"x = [1] # "',
        "'\\'",
        "2026-12-24 07:00:00.25",
        "0x1f",
        '"""\nk = 1 ""\\""""""',
        "''''''",
        "inf",
    ]
)


def _compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    entries = st.lists(st.tuples(_DOTTED, inner).map(" = ".join), max_size=3)
    return (
        st.lists(inner, max_size=3).map(lambda each: "[\n" + ", # ]\n".join(each) + "\n]")
        | st.lists(inner, max_size=3).map(lambda each: "[" + "".join(f"{one}," for one in each) + "]")
        | entries.map(lambda each: "{ " + ", ".join(each) + " }")
    )


_VALUES = st.recursive(_SCALARS, _compound, max_leaves=6)
_STATEMENTS = (
    st.tuples(_DOTTED, _VALUES).map(lambda pair: f"{pair[0]} = {pair[1]} # note")
    | _DOTTED.map("[{}]".format)
    | _DOTTED.map("[[ {} ]]".format)
    | st.just("")
)


@given(st.lists(_STATEMENTS, max_size=8).map("\n".join))
@settings(max_examples=300, deadline=None)
def test_every_key_and_element_that_tomllib_reads_has_a_place(document: str) -> None:
    try:
        read = tomllib.loads(document)
    except tomllib.TOMLDecodeError:
        # Only to find a key's first place; what comes of it is no matter, but it has to end.
        _places(document)
        return
    found = _places(document)
    written = {path for path in found.keys.keys() | found.values.keys() if path}
    assert written == set(_paths(read, ()))
    for path, offset in found.values.items():
        assert path == () or document[offset] not in " \t\n,=#"


def _paths(value: object, path: Path) -> Iterator[Path]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*path, key)
        yield from _paths(inner, (*path, key))


def _places(document: str) -> Places:
    return places(tokens(document))


def _told(document: str, offsets: dict[Path, int]) -> dict[Path, str]:
    lines = Lines.of(document)
    return {path: "{}:{}".format(*lines.place(offset)) for path, offset in ({(): 0} | offsets).items()}
