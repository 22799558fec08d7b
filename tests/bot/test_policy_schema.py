"""The JSON Schema of the policy accepts and rejects what loading does, as far as a schema can say it."""

from __future__ import annotations

import datetime
import json
import tomllib

import pytest
from jsonschema import Draft202012Validator

from analyzers.kinds import KINDS
from bot.policy import PolicyError, load, schema

POOL = "pools.p.users = ['alice', 'bob']\n"
RULE = "[[rules]]\nname = 'r'\n"

GOOD = {
    "the smallest file": "version = 1",
    "every top key": (
        "version = 1\nmode = 'off'\nenforce_from = 2027-01-01\nfindings.missing-safety-doc = 'block'\n"
        f"{POOL}{RULE}require.pool = 'p'"
    ),
    "a pool of teams": "version = 1\npools.p.teams = ['acme/unsafe']",
    "a pool with somebody away": f"version = 1\n{POOL}pools.p.away = [{{ user = 'bob', until = 2027-01-01 }}]",
    "a rule with a pool": f"version = 1\n{POOL}{RULE}require.pool = 'p'",
    "a rule with any of some pools": f"version = 1\n{POOL}{RULE}require.any_of = ['p']\nrequire.approvals = 2",
    "a rule with every condition": (
        f"version = 1\n{POOL}{RULE}require.pool = 'p'\nwhen.kinds = ['ffi', 'unsafe-block', 'dependency']\n"
        "when.changes = ['moved']\nwhen.paths = ['src/[a-c]*', '*.rs']\nwhen.not_paths = []\nwhen.in_tests = true"
    ),
    "a rule that asks": f"version = 1\n{POOL}{RULE}require.pool = 'p'\nrequest = {{ count = 1, strategy = 'random' }}",
    "a rule about people and places": (
        f"version = 1\n{POOL}{RULE}require.pool = 'p'\nwhen.crates = ['x-y_z', 'größe']\nwhen.branches = ['main']\n"
        "when.authors = ['dependabot[bot]', 'acme/x', 'bob']\nwhen.not_authors = []\nwhen.associations = ['none']"
    ),
    "a rule for all pools": (
        f"version = 1\n{POOL}{RULE}require = {{ all_of = ['p'], expires = '90d' }}\nrequest.escalate_after = '8h'\n"
        "enforce_from = 2027-01-01\nlocked = true"
    ),
    "a pool with a capacity": f"version = 1\n{POOL}pools.p.capacity = 5",
    "locks": "version = 1\nlocked = ['mode', 'findings', 'mentoring', 'github', 'soundness']",
    "soundness": "version = 1\n[soundness]\nfunction = 'note'\nstate = 'off'\ndeclarations = 'ask'",
    "no labels": "version = 1\ngithub.labels = false",
    "one label": "version = 1\ngithub.labels = { unsafe = 'x', needs_review = false }",
    "everything on GitHub": "version = 1\ngithub = { dismiss_stale_approvals = true, code_scanning = true }",
    "mentoring": f"version = 1\n{POOL}mentoring = {{ pool = 'p', checklists = ['publish'], greet = 'always' }}",
    "mentoring by checklists alone": "version = 1\nmentoring.checklists = ['publish']",
    "mentoring by a strategy and a label": (
        f"version = 1\n{POOL}mentoring = {{ pool = 'p', strategy = 'round-robin', label = false }}"
    ),
}

BAD = {
    "no version": "mode = 'off'",
    "another version": "version = 2",
    "a version that is no number": "version = true",
    "an unknown key": "version = 1\nmodes = 'off'",
    "an unknown mode": "version = 1\nmode = 'On'",
    "a day that is no date": "version = 1\nenforce_from = 'soon'",
    "a pool without people": "version = 1\npools.p = {}",
    "a pool with no users": "version = 1\npools.p.users = []",
    "a pool without a name": "version = 1\npools.'' = { users = ['a'] }",
    "a login with an at sign": "version = 1\npools.p.users = ['@alice']",
    "a team among the users": "version = 1\npools.p.users = ['acme/unsafe']",
    "a user among the teams": "version = 1\npools.p.teams = ['alice']",
    "somebody away for ever": f"version = 1\n{POOL}pools.p.away = [{{ user = 'bob' }}]",
    "a rule without a requirement": f"version = 1\n{POOL}{RULE}",
    "a rule without a pool": f"version = 1\n{POOL}{RULE}require.approvals = 1",
    "a rule with pools said twice": f"version = 1\n{POOL}{RULE}require = {{ pool = 'p', any_of = ['p'] }}",
    "a rule without a name": f"version = 1\n{POOL}[[rules]]\nrequire.pool = 'p'",
    "no approvals": f"version = 1\n{POOL}{RULE}require = {{ pool = 'p', approvals = 0 }}",
    "too many approvals": f"version = 1\npools.p.teams = ['a/b']\n{RULE}require = {{ pool = 'p', approvals = 101 }}",
    "an unknown kind": f"version = 1\n{POOL}{RULE}require.pool = 'p'\nwhen.kinds = ['unsafe-bloc']",
    "no kind": f"version = 1\n{POOL}{RULE}require.pool = 'p'\nwhen.kinds = []",
    "an unknown change": f"version = 1\n{POOL}{RULE}require.pool = 'p'\nwhen.changes = ['edited']",
    "a glob with braces": f"version = 1\n{POOL}{RULE}require.pool = 'p'\nwhen.paths = ['{{a,b}}']",
    "a glob that is turned round": f"version = 1\n{POOL}{RULE}require.pool = 'p'\nwhen.paths = ['!a']",
    "a glob with a backslash": f"version = 1\n{POOL}{RULE}require.pool = 'p'\nwhen.not_paths = ['a\\b']",
    "a word for true": f"version = 1\n{POOL}{RULE}require.pool = 'p'\nwhen.in_tests = 'yes'",
    "an unknown strategy": f"version = 1\n{POOL}{RULE}require.pool = 'p'\nrequest.strategy = 'first'",
    "a rule with all and any": f"version = 1\n{POOL}{RULE}require = {{ any_of = ['p'], all_of = ['p'] }}",
    "days that are a number": f"version = 1\n{POOL}{RULE}require = {{ pool = 'p', expires = 90 }}",
    "days in weeks": f"version = 1\n{POOL}{RULE}require = {{ pool = 'p', expires = '2w' }}",
    "no hours": f"version = 1\n{POOL}{RULE}require.pool = 'p'\nrequest.escalate_after = '0h'",
    "a crate with a star": f"version = 1\n{POOL}{RULE}require.pool = 'p'\nwhen.crates = ['a*']",
    "a crate with a space": f"version = 1\n{POOL}{RULE}require.pool = 'p'\nwhen.crates = ['a b']",
    "an author with an at sign": f"version = 1\n{POOL}{RULE}require.pool = 'p'\nwhen.authors = ['@a']",
    "an author in two teams": f"version = 1\n{POOL}{RULE}require.pool = 'p'\nwhen.authors = ['a/b/c']",
    "no branch": f"version = 1\n{POOL}{RULE}require.pool = 'p'\nwhen.branches = []",
    "an unknown association": f"version = 1\n{POOL}{RULE}require.pool = 'p'\nwhen.associations = ['friend']",
    "no capacity": f"version = 1\n{POOL}pools.p.capacity = 0",
    "an unknown lock": "version = 1\nlocked = ['rules']",
    "labels that are true": "version = 1\ngithub.labels = true",
    "an empty label": "version = 1\ngithub.labels.unsafe = ''",
    "a long label": f"version = 1\ngithub.labels.unsafe = '{'x' * 51}'",
    "an unknown label": "version = 1\ngithub.labels.unsound = 'x'",
    "an unknown finding": "version = 1\nfindings.typo = 'off'",
    "an unknown severity": "version = 1\nfindings.missing-safety-doc = 'error'",
    "mentoring by a pool without a name": "version = 1\nmentoring.pool = ''",
    "all mentors at once": f"version = 1\n{POOL}mentoring = {{ pool = 'p', strategy = 'all' }}",
    "an unknown checklist": f"version = 1\n{POOL}mentoring = {{ pool = 'p', checklists = ['release'] }}",
}

ONLY_LOADING_TELLS = {
    "a pool that does not exist": f"version = 1\n{POOL}{RULE}require.pool = 'q'",
    "two rules of one name": f"version = 1\n{POOL}{RULE}require.pool = 'p'\n{RULE}require.pool = 'p'",
    "more approvals than people": f"version = 1\n{POOL}{RULE}require = {{ pool = 'p', approvals = 3 }}",
    "a stranger who is away": f"version = 1\n{POOL}pools.p.away = [{{ user = 'x', until = 2027-01-01 }}]",
    "a glob with a range that runs backwards": f"version = 1\n{POOL}{RULE}require.pool = 'p'\nwhen.paths = ['[b-a]']",
    "two labels of one name": "version = 1\ngithub.labels = { unsafe = 'x', needs_review = 'X' }",
    "a name of spaces": f"version = 1\n{POOL}[[rules]]\nname = ' '\nrequire.pool = 'p'",
    "a date in quotes": "version = 1\nenforce_from = '2027-01-01'",
}


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(schema())
    assert schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_the_schema_is_plain_json() -> None:
    assert json.loads(json.dumps(schema())) == schema()


@pytest.mark.parametrize("sample", GOOD)
def test_both_accept(sample: str) -> None:
    load(GOOD[sample].encode(), "x")
    assert _accepts(GOOD[sample])


@pytest.mark.parametrize("sample", BAD)
def test_both_reject(sample: str) -> None:
    with pytest.raises(PolicyError):
        load(BAD[sample].encode(), "x")
    assert not _accepts(BAD[sample])


@pytest.mark.parametrize("sample", ONLY_LOADING_TELLS)
def test_what_parts_say_about_each_other_only_loading_rejects(sample: str) -> None:
    with pytest.raises(PolicyError):
        load(ONLY_LOADING_TELLS[sample].encode(), "x")
    assert _accepts(ONLY_LOADING_TELLS[sample])


@pytest.mark.parametrize("kind", KINDS)
def test_editors_know_every_kind(kind: str) -> None:
    assert _accepts(f"version = 1\n{POOL}{RULE}require.pool = 'p'\nwhen.kinds = ['{kind}']")


def test_every_key_has_a_description() -> None:
    tables = [schema(), *schema()["$defs"].values()]
    for table in tables:
        for key, node in table["properties"].items():
            resolved = (
                schema()["$defs"][node["$ref"].removeprefix("#/$defs/")] | node if "$ref" in node else node
            )
            assert resolved.get("description"), key


def _accepts(document: str) -> bool:
    # As editors hand TOML to a schema: dates as strings.
    as_json = json.loads(json.dumps(tomllib.loads(document), default=datetime.date.isoformat))
    checker = Draft202012Validator.FORMAT_CHECKER
    return Draft202012Validator(schema(), format_checker=checker).is_valid(as_json)
