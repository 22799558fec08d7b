"""Whatever two policy files say, layering them loses nothing that is locked and never breaks."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.policy import Policy, PolicyError, layer, load, read_layers
from bot.policy.model import Lockable

WORDS = st.sampled_from(["unsafe", "security", "kernel", "ffi", "unsafe (repository)"])
POOLS = st.dictionaries(WORDS, st.sampled_from(["users = ['a']", "users = ['b']", "teams = ['o/t']"]))
SETTINGS = st.lists(
    st.sampled_from(
        [
            'mode = "enforce"',
            'mode = "off"',
            "enforce_from = 2030-01-01",
            "github.labels = false",
            "github.code_scanning = true",
            'findings.missing-safety-doc = "block"',
            'findings.missing-safety-comment = "off"',
            'locked = ["mode", "findings"]',
            'locked = ["github", "mentoring", "mode"]',
        ]
    ),
    unique_by=lambda line: line.partition(" = ")[0],
)


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    pools = draw(POOLS)
    rules = (
        draw(st.dictionaries(WORDS, st.tuples(st.sampled_from(sorted(pools)), st.booleans())))
        if pools
        else {}
    )
    lines = ["version = 1", *draw(SETTINGS)]
    lines += [f'[pools."{name}"]\n{people}' for name, people in pools.items()]
    lines += [
        f'[[rules]]\nname = "{name}"\nrequire.pool = "{pool}"\nlocked = {str(locked).lower()}'
        for name, (pool, locked) in rules.items()
    ]
    return replace(load("\n".join(lines).encode(), "x"), notes=())


@given(policies())
def test_an_empty_layer_changes_nothing(policy: Policy) -> None:
    assert layer(None, policy) == policy
    assert layer(policy, None) == policy
    assert layer(policy, Policy()) == policy
    assert layer(policy, policy) == policy
    above_nothing = layer(Policy(), policy)
    assert above_nothing == policy


@given(policies(), policies())
def test_no_locked_rule_is_ever_lost_and_every_name_stays_one_of_a_kind(
    organisation: Policy, repository: Policy
) -> None:
    merged = layer(organisation, repository)
    pools = {each.name: each for each in merged.pools}
    assert len(pools) == len(merged.pools)
    assert len({rule.name for rule in merged.rules}) == len(merged.rules)
    for rule in organisation.rules:
        if rule.locked:
            assert rule in merged.rules
            assert all(
                pools[each.name] == each for each in organisation.pools if each.name in rule.require.pools
            )
    for rule in merged.rules:
        assert set(rule.require.pools) <= pools.keys()


@given(policies(), policies())
def test_every_rule_and_pool_of_the_repository_counts_under_some_name(
    organisation: Policy, repository: Policy
) -> None:
    merged = layer(organisation, repository)
    people = {each.name: (each.users, each.teams) for each in merged.pools}
    rules = {(rule.when, *(people[name] for name in rule.require.pools)) for rule in merged.rules}
    for each in repository.pools:
        assert (each.users, each.teams) in people.values()
    own = {each.name: (each.users, each.teams) for each in repository.pools}
    for rule in repository.rules:
        assert (rule.when, *(own[name] for name in rule.require.pools)) in rules


@given(policies(), policies())
def test_what_is_locked_says_what_the_organisation_says(organisation: Policy, repository: Policy) -> None:
    merged = layer(organisation, repository)
    if Lockable.MODE in organisation.locked and "mode" in organisation.written:
        assert (merged.mode, merged.enforce_from) == (organisation.mode, organisation.enforce_from)
    if Lockable.FINDINGS in organisation.locked:
        assert set(organisation.findings) <= set(merged.findings)
    if Lockable.GITHUB in organisation.locked and "github.code_scanning" in organisation.written:
        assert merged.github.code_scanning


@given(policies(), policies())
def test_layering_again_changes_nothing_more(organisation: Policy, repository: Policy) -> None:
    once = layer(organisation, repository)
    if not (organisation.locked or any(rule.locked for rule in organisation.rules)):
        assert layer(organisation, once) == once


KEYS = st.sampled_from(
    [
        "mode",
        "enforce_from",
        "locked",
        "pools",
        "pools.x",
        "pools.x.users",
        "pools.x.away",
        "pools.x.capacity",
        "rules",
        "findings.missing-safety-doc",
        "mentoring",
        "mentoring.pool",
        "github",
        "github.labels",
        "github.labels.unsafe",
    ]
)
RULE_KEYS = st.sampled_from(
    [
        "name",
        "locked",
        "enforce_from",
        "when",
        "when.kinds",
        "when.crates",
        "when.branches",
        "when.authors",
        "when.not_authors",
        "when.associations",
        "require",
        "require.pool",
        "require.any_of",
        "require.all_of",
        "require.expires",
        "request.count",
        "request.escalate_after",
    ]
)
VALUES = st.sampled_from(
    [
        *("1", "0", "-1", "1.5", "nan", "true", "false", "''", "'x'", "'[key]'", "'!x'", "'a/b'", "'x[bot]'"),
        *(
            "[]",
            "['x']",
            "['x', 'x']",
            "[['x']]",
            "[1]",
            "{}",
            "{ x = 1 }",
            "[{}]",
            "'90d'",
            "'8h'",
            "'mode'",
        ),
        *("2027-01-01", "07:00:00", "['mode']", "['unsafe']", "{ pool = 'x' }", "[{ user = 'x' }]"),
    ]
)


@st.composite
def documents(draw: st.DrawFn) -> bytes:
    top = draw(st.dictionaries(KEYS, VALUES, max_size=4))
    rules = draw(st.lists(st.dictionaries(RULE_KEYS, VALUES, max_size=4), max_size=2))
    lines = ["version = 1", *(f"{key} = {value}" for key, value in top.items())]
    for rule in rules:
        lines += ["[[rules]]", *(f"{key} = {value}" for key, value in rule.items())]
    return "\n".join(lines).encode()


@given(documents(), documents() | st.binary(max_size=20))
@settings(max_examples=300)
def test_whatever_two_files_hold_they_are_a_policy_or_have_problems_with_places(
    repository: bytes, organisation: bytes
) -> None:
    try:
        policy = read_layers(("repo.toml", repository), ("org.toml", organisation))
    except PolicyError as error:
        told = error.errors
        assert told
    else:
        told = policy.notes
    for problem in told:
        lines = {"repo.toml": repository, "org.toml": organisation}[problem.file].decode("utf-8", "replace")
        assert 1 <= problem.line <= lines.count("\n") + 1
        assert problem.column >= 1
        assert problem.message.isprintable()
