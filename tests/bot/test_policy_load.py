"""A policy file becomes a policy, with notes where it probably means something else."""

from __future__ import annotations

import datetime
import subprocess
import sys

import pytest

from analyzers.model import ChangeClass, Group, Severity
from bot.model import Mode
from bot.policy import BUILT_IN, load
from bot.policy.model import (
    Away,
    Checklist,
    Greet,
    Mentoring,
    Policy,
    Pool,
    Request,
    Require,
    Rule,
    Strategy,
    When,
)

CONTRACT = """\
version = 1
mode = "enforce"                      # "advise": tell, never hold. "enforce": hold. "off".
enforce_from = 2027-01-01             # optional: advise until that day

[pools.unsafe]
users = ["alice", "bob"]
teams = ["acme/unsafe-reviewers"]     # nested teams included
away = [{ user = "bob", until = 2026-12-24 }]

[[rules]]
name = "unsafe code"
when.kinds = ["unsafe", "memory", "ffi"]          # groups or kinds
when.changes = ["added", "changed", "relaxed", "exposed"]
when.paths = ["**"]
when.not_paths = ["fuzz/**"]
when.in_tests = false
require.pool = "unsafe"               # or any_of = ["unsafe", "kernel"]
require.approvals = 1
request.count = 1                     # ask this many, not the whole team
request.strategy = "least-loaded"     # all | random | round-robin | least-loaded | expertise

[findings]                            # severity per finding id: "off" | "note" | "warn" | "block"
missing-safety-comment = "warn"

[mentoring]
pool = "mentors"
checklists = ["publish"]
greet = "first-contribution"          # never | first-contribution | always
"""

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


def test_the_whole_format_is_read() -> None:
    policy = load(CONTRACT.encode(), "cratewarden.toml")
    assert policy == Policy(
        mode=Mode.ENFORCE,
        enforce_from=datetime.date(2027, 1, 1),
        pools=(
            Pool(
                "unsafe",
                users=("alice", "bob"),
                teams=("acme/unsafe-reviewers",),
                away=(Away("bob", datetime.date(2026, 12, 24)),),
            ),
        ),
        rules=(
            Rule(
                "unsafe code",
                When(
                    kinds=("unsafe", "memory", "ffi"),
                    changes=(
                        ChangeClass.ADDED,
                        ChangeClass.CHANGED,
                        ChangeClass.RELAXED,
                        ChangeClass.EXPOSED,
                    ),
                    paths=("**",),
                    not_paths=("fuzz/**",),
                    in_tests=False,
                ),
                Require(("unsafe",), 1),
                Request(1, Strategy.LEAST_LOADED),
            ),
        ),
        findings=(("missing-safety-comment", Severity.WARN),),
        mentoring=Mentoring("mentors", (Checklist.PUBLISH,), Greet.FIRST_CONTRIBUTION),
        notes=policy.notes,
    )
    assert _notes(CONTRACT) == ["26:8 there is no pool `mentors`, so nobody mentors; pools: `unsafe`"]


def test_a_small_file_advises_about_every_kind_of_new_proof_outside_tests() -> None:
    policy = load(SMALL.encode(), "cratewarden.toml")
    assert policy.mode is Mode.ADVISE
    assert policy.rules == (Rule("unsafe code", When(), Require(("unsafe",), 1), Request(1)),)
    assert policy.rules[0].when == When(
        tuple(Group),
        (ChangeClass.ADDED, ChangeClass.CHANGED, ChangeClass.RELAXED, ChangeClass.EXPOSED),
        ("**",),
        (),
        in_tests=False,
    )
    assert policy.notes == ()


def test_as_many_people_are_asked_as_have_to_approve() -> None:
    assert load(f"{SMALL}require.approvals = 2\n".encode(), "x").rules[0].request.count == 2


def test_the_built_in_policy_advises_about_what_the_reference_says() -> None:
    (rule,) = BUILT_IN.rules
    assert BUILT_IN.mode is Mode.ADVISE
    assert rule.when.kinds == ("unsafe", "memory", "ffi", "lint")
    assert rule.when.changes == (ChangeClass.ADDED, ChangeClass.CHANGED, ChangeClass.RELAXED)
    assert (rule.require.any_of, rule.require.approvals) == ((), 1)


def test_kinds_and_findings_that_are_only_planned_load_with_a_note() -> None:
    document = f"{SMALL}when.kinds = ['build', 'proc-macro', 'dependency']\n[findings]\nffi-clash = 'block'\n"
    assert _notes(document) == [
        "7:15 `build` is not looked for yet",
        "7:24 `proc-macro` is not looked for yet",
        "7:38 `dependency` is not looked for yet",
        "9:1 `ffi-clash` is not looked for yet",
    ]


@pytest.mark.parametrize(
    ("document", "notes"),
    [
        (
            f"version = 1\n{POOL}",
            ["1:1 there are no rules, so nobody is ever asked", "2:8 no rule names the pool `unsafe`"],
        ),
        (f"enforce_from = 2027-01-01\n{SMALL}", ['1:16 `enforce_from` only counts with `mode = "enforce"`']),
        (f"{SMALL}request.count = 2\n", ["7:17 `count` asks 2 people for 1 approval"]),
        (f"{SMALL}request.count = 3\n", ["7:17 `count` asks 3 people, but only 2 can be asked"]),
        (
            f"{SMALL}request.count = 1\nrequire.approvals = 2\n",
            ["7:17 `count` asks 1 person, though 2 have to approve"],
        ),
        (
            f"{SMALL}request = {{ count = 1, strategy = 'all' }}\n",
            ['7:21 `count` has no effect with `strategy = "all"`, which asks the whole pool'],
        ),
    ],
)
def test_what_is_probably_not_meant_is_noted(document: str, notes: list[str]) -> None:
    assert _notes(document) == notes


def test_judging_by_the_built_in_policy_imports_no_pydantic() -> None:
    program = (
        "import sys, datetime, bot.gate, bot.policy\n"
        "from analyzers.model import Analysis\n"
        "bot.gate.evaluate(bot.policy.BUILT_IN, Analysis(), today=datetime.date.min)\n"
        "sys.exit(any(name.startswith('pydantic') for name in sys.modules))"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def _notes(document: str) -> list[str]:
    return [f"{note.line}:{note.column} {note.message}" for note in load(document.encode(), "x").notes]
