"""Every mistake in a policy file is told with its line, and with what was probably meant."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.policy import PolicyError, PolicyProblem, load
from bot.policy.loading import MAX_BYTES, MAX_PROBLEMS

POOL = """\
[pools.unsafe]
users = ["alice", "bob"]
"""
RULE = """\
[[rules]]
name = "unsafe code"
require.pool = "unsafe"
"""
SMALL = f"version = 1\n{POOL}{RULE}"

_DATE = "{place} `enforce_from` must be a date such as 2027-01-01, without quotes, not a string"
_NO_TEAM = "is no team; write organisation/team, as in its address"


def test_every_mistake_is_told_in_the_order_of_the_file() -> None:
    document = """\
verson = 1
mode = "enforcee"
enforce_from = "2027-01-01"

[pools.unsafe]
users = ["@alice", "acme/team", 3, "helper[bot]", "a b"]
tems = ["acme/unsafe"]
away = [{ user = "alice", until = 2026-12-24T00:00:00 }]
[pools.empty]

[[rules]]
name = "one"
when.kinds = ["unsafe-blok", "FFI"]
when.changes = []
when.paths = ["src/**", "!vendor"]
when.in_tests = "no"
require.pool = "unsaf"
require.approvals = 0
request.strategy = "least_loaded"
request.count = 1.5

[[rules]]
name = "one"
require = { pool = "unsafe", any_of = ["unsafe"] }

[[rules]]
when = 3

[findings]
missing-safety-coment = "warn"
missing-safety-doc = "error"

[mentoring]
checklists = ["publsh"]
"""
    assert _errors(document.encode()) == [
        "1:1 `version` is missing: always 1, the version of this format",
        "1:1 unknown key `verson`; did you mean `version`?",
        "2:8 unknown mode `enforcee`; did you mean `enforce`?",
        "3:16 `enforce_from` must be a date such as 2027-01-01, without quotes, not a string",
        "6:10 write logins without `@`: `alice`",
        "6:20 `acme/team` looks like a team; list it under `teams`",
        "6:33 an entry of `users` must be a string, not a whole number",
        "6:36 `helper[bot]` is a bot; only people can approve",
        "6:51 `a b` is no GitHub login",
        "7:1 unknown key `tems`; did you mean `teams`?",
        "8:35 `until` must be a date such as 2027-01-01, without quotes, not a date with a time",
        "9:8 nobody is in this pool; list `users` or `teams`",
        "13:15 unknown kind or group `unsafe-blok`; did you mean `unsafe-block`?",
        "13:30 unknown kind or group `FFI`; did you mean `ffi`?",
        "14:16 `changes` is empty; leave it out, or list something",
        "15:25 the glob `!vendor` starts with `!`; list what to leave out in `not_paths`",
        "16:17 `in_tests` must be true or false, not a string",
        "17:16 there is no pool `unsaf`; did you mean `unsafe`?",
        "18:21 `approvals` must be at least 1",
        "19:20 unknown strategy `least_loaded`; did you mean `least-loaded`?",
        "20:17 `count` must be a whole number, not a number with a point",
        "23:8 rule 1 is called `one` too; name this one apart",
        "24:11 say who may approve with one of `pool`, `any_of` and `all_of`",
        "26:3 `name` is missing: what people see; each rule needs its own",
        "26:3 `require` is missing: what satisfies the rule",
        "27:8 `when` must be a table, not a whole number",
        "30:1 unknown finding `missing-safety-coment`; did you mean `missing-safety-comment`?",
        "31:22 unknown severity `error`; known are: `off`, `note`, `warn`, `block`",
        "34:15 unknown checklist `publsh`; did you mean `publish`?",
    ]


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ("", "1:1 `version` is missing: always 1, the version of this format"),
        (f"version = 2\n{POOL}", "1:11 this cratewarden reads version 1; upgrade it, or write 1"),
        ("version = 0", "1:11 there is only version 1"),
        ("version = true", "1:11 `version` must be a whole number, not true or false"),
        ("version = '1'", "1:11 `version` must be a whole number, not a string"),
        ("version = 07:00:00", "1:11 `version` must be a whole number, not a time"),
        ("version = 1\npools = []", "2:9 `pools` must be a table, not an array"),
        ("version = 1\nrules = {}", "2:9 `rules` must be an array, as in `[...]`, not a table"),
        ("version = 1\nmode = 2027-01-01", "2:8 `mode` must be a string, not a date"),
        ("version = 1\nmode = ['off']", "2:8 `mode` must be a string, not an array"),
        (
            "version = 1\n[pools.'[key]']\nx = 1\nusers = ['a']",
            "3:1 unknown key `x`; the keys here are: `users`, `teams`, `away`, `capacity`",
        ),
        ("version = 1\n[pools]\n'' = { users = ['a'] }", "3:1 a name needs 1 to 100 characters"),
        (
            "version = 1\n[pools]\n\"a\\u202e\" = { users = ['a'] }",
            "3:1 a name can only hold characters that can be seen",
        ),
        ("version = 1\n[pools.a]\nteams = ['@acme/a']", "3:10 write teams without `@`: `acme/a`"),
        (
            "version = 1\n[pools.a]\nteams = ['a']",
            "3:10 `a` is no team; write organisation/team, as in its address",
        ),
        (
            f"{SMALL}require.approvals = 3\n",
            "7:21 3 approvals can never come from 2 people; lower `approvals`, or add users or a team to the pool",
        ),
        (
            f"version = 1\npools.unsafe.users = ['X', 'x']\n{RULE}require.approvals = 2",
            "6:21 2 approvals can never come from 1 person; lower `approvals`, or add users or a team to the pool",
        ),
        (
            f"version = 1\n{POOL}away = [{{ user = 'alise', until = 2027-01-01 }}]\n{RULE}",
            "4:18 `alise` is not in this pool; did you mean `alice`?",
        ),
        (f"version = 1\n{RULE}", "4:16 there is no pool `unsafe`; pools: none"),
        (f"{SMALL}require.approvals = 101\n", "7:21 `approvals` must be at most 100"),
        (f"{SMALL}require.any_of = []\n", "7:18 `any_of` is empty; leave it out, or list something"),
        (
            f"{SMALL}require.all_of = ['unsafe']\n",
            "6:1 say who may approve with one of `pool`, `any_of` and `all_of`",
        ),
        (f"{SMALL}require.expires = 90\n", '7:19 write a number of days such as "90d"'),
        (f"{SMALL}require.expires = '0d'\n", '7:19 write a number of days such as "90d"'),
        (f"{SMALL}require.expires = true\n", "7:19 `expires` must be a string, not true or false"),
        (f"{SMALL}require.expired = '90d'\n", "7:9 unknown key `expired`; did you mean `expires`?"),
        (f"{SMALL}request.escalate_after = '1d'\n", '7:26 write a number of working hours such as "8h"'),
        (f"{SMALL}enforce_from = '2027-01-01'\n", _DATE.format(place="7:16")),
        (f"{SMALL}locked = 'yes'\n", "7:10 `locked` must be true or false, not a string"),
        (f"locked = ['modes']\n{SMALL}", "1:11 unknown part `modes`; did you mean `mode`?"),
        (f"{SMALL}when.authors = ['@alice']\n", "7:17 write logins and teams without `@`: `alice`"),
        (f"{SMALL}when.authors = []\n", "7:16 `authors` is empty; leave it out, or list something"),
        (f"{SMALL}when.not_authors = ['a/b/c']\n", f"7:21 `a/b/c` {_NO_TEAM}"),
        (f"{SMALL}when.not_authors = ['a b[bot]']\n", "7:21 `a b` is no GitHub login"),
        (
            f"{SMALL}when.associations = ['first_timer']\n",
            "7:22 unknown association `first_timer`; did you mean `first-timer`?",
        ),
        (
            f"{SMALL}when.branches = ['!main']\n",
            "7:18 the glob `!main` starts with `!`; list the branches that count",
        ),
        (
            f"{SMALL}when.crates = ['ring*']\n",
            "7:16 `ring*` is no name of a crate; write it as in its Cargo.toml, without globs",
        ),
        (
            f"version = 1\n{POOL}capacity = 0\n{RULE}",
            "4:12 `capacity` must be at least 1",
        ),
        (
            f"version = 1\npools.k.users = ['Alice']\n{POOL}{RULE}".replace(
                '"alice", "bob"', '"alice"'
            ).replace('.pool = "unsafe"', ".all_of = ['unsafe', 'k']"),
            "7:18 these pools need 2 approvals together, which can never come from 1 person; add users or a team",
        ),
        (f"{SMALL}[github]\nlabel = false\n", "8:1 unknown key `label`; did you mean `labels`?"),
        (f"{SMALL}[github]\nlabels = true\n", "8:10 `labels` must be a table, not true or false"),
        (
            f"{SMALL}[github.labels]\nunsave = 'x'\n",
            "8:1 unknown key `unsave`; did you mean `unsafe`?",
        ),
        (f"{SMALL}[github.labels]\nunsafe = 3\n", "8:10 `unsafe` must be a string, not a whole number"),
        (
            f"{SMALL}[github.labels]\nunsafe = ' '\n",
            "8:10 a label needs 1 to 50 characters that can be seen; write false for no label",
        ),
        (
            f"{SMALL}[github]\nlabels = {{ unsafe = 'X', needs_review = 'x' }}\n",
            "8:10 `unsafe` and `needs_review` are the same label; name them apart",
        ),
        (
            SMALL.replace("unsafe code", "(policy)"),
            "5:8 names in parentheses are the App's own; leave them out",
        ),
        (
            f"version = 1\npools.k.users = ['carol']\n{POOL}{RULE}".replace(
                '.pool = "unsafe"', " = { all_of = ['unsafe', 'k'], approvals = 2 }"
            ),
            "7:51 2 approvals can never come from 1 person; lower `approvals`, or add users or a team to the pool",
        ),
    ],
)
def test_a_mistake_is_told_where_it_is(document: str, problem: str) -> None:
    assert _errors(document.encode()) == [problem]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"version = 1\nversion = 1\n", "2:1 `version` is there already, on line 1; keep one of the two"),
        (b"version = 1\n[pools.a]\n[pools.a]\n", "3:8 `a` is there already, on line 2; keep one of the two"),
        (
            b"version = 1\npools = { a = {}, a = {} }",
            "2:19 `a` is there already, on line 2; keep one of the two",
        ),
        (b"version = 1\r\nmode = [\r\n", "3:1 not valid TOML: Invalid value"),
        (b"version = 1 # \0", "1:15 a NUL character; a policy is plain text"),
        (b"version = 1\r\n# \xc3\xa4\xff", "2:4 not UTF-8; save the file as UTF-8"),
        ("version = 1".encode("utf-16"), "1:1 not UTF-8; save the file as UTF-8"),
        (b"#" * (MAX_BYTES + 1), "1:1 the file has 262,145 bytes; a policy may have 262,144"),
        (b"a = " + b"[" * 100_000, "1:37 nested too deeply; a policy needs no more than five levels"),
        (
            b".".join([b"a"] * 100_000) + b"=1",
            "1:32 nested too deeply; a policy needs no more than five levels",
        ),
        (b"version = " + b"1" * 5_000, "1:11 a key or number longer than 256 characters"),
        (b"version = 0x" + b"f" * 250, "1:11 this cratewarden reads version 1; upgrade it, or write 1"),
    ],
)
def test_a_file_that_is_no_policy_at_all_gets_one_clear_answer(data: bytes, problem: str) -> None:
    assert _errors(data) == [problem]


def test_a_byte_order_mark_and_windows_line_breaks_are_no_mistakes() -> None:
    windows = b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode()
    assert load(windows, "x") == load(SMALL.encode(), "x")


def test_what_a_stranger_wrote_cannot_drive_a_terminal_or_flood_it() -> None:
    document = f'"\\u001b[31m\\u202e`{"x" * 500}" = 1\nversion = 1\n'
    (problem,) = _errors(document.encode())
    assert problem.startswith("1:1 unknown key `\\u{1b}[31m\\u{202e}'xxx")
    assert problem.isprintable()
    assert len(problem) < 250


def test_of_thousands_of_mistakes_the_first_are_told() -> None:
    document = "version = 1\n" + "".join(f"key{number} = 1\n" for number in range(10_000))
    problems = _errors(document.encode())
    assert len(problems) == MAX_PROBLEMS + 1
    assert problems[0].startswith("2:1 unknown key `key0`")
    assert problems[-1] == "52:1 and 9,950 more problems from here on"


def test_an_error_reads_like_a_compiler() -> None:
    with pytest.raises(PolicyError) as caught:
        load(b"version = 1\nmodes = 1\nrule = 1", ".github/cratewarden.toml")
    assert str(caught.value) == (
        ".github/cratewarden.toml:2:1: unknown key `modes`; did you mean `mode`?\n"
        ".github/cratewarden.toml:3:1: unknown key `rule`; did you mean `rules`?"
    )


_FRAGMENTS = st.sampled_from(
    [
        *SMALL.splitlines(keepends=True),
        "[pools.x]\n",
        "[[rules]]\n",
        "rules = 1\n",
        "a = [\n",
        '"',
        "\x00",
        "\r",
        "{}\n",
    ]
)


@given(st.lists(_FRAGMENTS | st.text(max_size=8), max_size=12).map("".join))
@settings(max_examples=300, deadline=None)
def test_any_text_is_a_policy_or_has_problems_inside_it(text: str) -> None:
    data = text.encode("utf-8", "surrogatepass")
    problems = _problems_or_notes(data)
    assert list(problems) == sorted(problems, key=lambda each: (each.line, each.column))
    lines = data.decode("utf-8", "replace").replace("\r\n", "\n").split("\n")
    for problem in problems:
        assert 1 <= problem.line <= len(lines)
        assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1
        assert problem.message.isprintable()


def _problems_or_notes(data: bytes) -> tuple[PolicyProblem, ...]:
    try:
        return load(data, "x").notes
    except PolicyError as error:
        return error.errors


def _errors(data: bytes) -> list[str]:
    with pytest.raises(PolicyError) as caught:
        load(data, "x")
    assert {problem.file for problem in caught.value.errors} == {"x"}
    return [f"{problem.line}:{problem.column} {problem.message}" for problem in caught.value.errors]
