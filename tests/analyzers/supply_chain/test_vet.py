from __future__ import annotations

import pytest

from analyzers.supply_chain.toml import StoreError
from analyzers.supply_chain.vet import Store, Vouch, read_store


def store(audits: str = "", config: str = "", imports: str = "") -> Store:
    files = {"audits.toml": audits, "config.toml": config, "imports.lock": imports}
    return read_store("supply-chain", {name: text.encode() for name, text in files.items()})


def criteria(found: Store, version: str, package: str = "a") -> list[str]:
    return [name for name, _ in found.standing(package, version).paths]


def path(found: Store, version: str, package: str = "a") -> tuple[Vouch, ...]:
    ((_, edges),) = found.standing(package, version).paths
    return edges


FULL = '[[audits.a]]\nwho = "Ann <ann@example.org>"\ncriteria = "safe-to-deploy"\nversion = "1.0.0"\n'


def test_an_audit_is_for_its_version_and_implies_weaker_criteria() -> None:
    found = store(FULL)
    assert criteria(found, "1.0.0") == ["safe-to-deploy"]
    assert path(found, "1.0.0")[0].criteria == {"safe-to-deploy", "safe-to-run"}
    assert criteria(found, "1.0.1") == []
    assert criteria(found, "1.0.0", "b") == []


def test_delta_audits_lead_from_an_audited_version_onward_and_back() -> None:
    deltas = '[[audits.a]]\nwho = "Bob"\ncriteria = "safe-to-deploy"\ndelta = "1.0.0 -> 1.2.0"\n'
    back = '[[audits.a]]\nwho = "Bob"\ncriteria = "safe-to-deploy"\ndelta = "1.2.0 -> 1.1.0"\n'
    found = store(FULL + deltas + back)
    assert [edge.version for edge in path(found, "1.1.0")] == ["1.0.0", "1.2.0", "1.1.0"]
    assert criteria(store(deltas), "1.2.0") == [], "a step from nowhere vouches for nothing"


def test_a_chain_is_as_strong_as_its_weakest_step() -> None:
    weak = '[[audits.a]]\nwho = "Bob"\ncriteria = "safe-to-run"\ndelta = "1.0.0 -> 1.1.0"\n'
    assert criteria(store(FULL + weak), "1.1.0") == ["safe-to-run"]


def test_own_criteria_imply_what_they_say_in_a_circle_too() -> None:
    own = (
        '[criteria.crypto]\ndescription = "x"\nimplies = ["fuzzed", "safe-to-run"]\n'
        '[criteria.fuzzed]\ndescription = "x"\nimplies = "crypto"\n'
        '[[audits.a]]\nwho = "Ann"\ncriteria = "crypto"\nversion = "1.0.0"\n'
    )
    assert criteria(store(own), "1.0.0") == ["crypto", "fuzzed"]


def test_criteria_nobody_defined_vouch_for_nothing() -> None:
    assert criteria(store(FULL.replace("safe-to-deploy", "mine")), "1.0.0") == []


WILDCARD = '[[{table}.a]]\nwho = "Ann"\ncriteria = "safe-to-deploy"\nuser-id = 7\nstart = "2025-01-01"\nend = "2026-01-01"\n'
PUBLISHER = '[[publisher.a]]\nversion = "1.0.0"\nwhen = "{day}"\nuser-id = {user}\nuser-login = "ann"\nuser-name = "Ann"\n'


@pytest.mark.parametrize("table", ["wildcard-audits", "trusted"])
@pytest.mark.parametrize(
    ("day", "user", "counts"),
    [
        ("2025-01-01", 7, True),
        ("2025-12-31", 7, True),
        ("2026-01-01", 7, False),
        ("2024-12-31", 7, False),
        ("2025-06-01", 8, False),
    ],
)
def test_a_publisher_counts_between_its_days_only(table: str, day: str, user: int, counts: bool) -> None:
    found = store(WILDCARD.format(table=table), imports=PUBLISHER.format(day=day, user=user))
    assert bool(criteria(found, "1.0.0")) is counts


def test_a_trusted_workflow_is_a_publisher_as_well() -> None:
    trusted = WILDCARD.format(table="trusted").replace("user-id = 7", 'trusted-publisher = "github:a/a"')
    published = '[[publisher.a]]\nversion = "1.0.0"\nwhen = "2025-06-01"\ntrusted-publisher = "github:a/a"\n'
    assert path(store(trusted, imports=published), "1.0.0")[0].how == "trusted"


def test_imports_say_where_they_come_from_and_their_criteria_count_by_name() -> None:
    found = store(imports=FULL.replace("audits.a", "audits.google.audits.a"))
    assert path(found, "1.0.0")[0].source == "google"


def test_an_exemption_comes_last() -> None:
    exempt = '[[exemptions.a]]\nversion = "1.0.0"\ncriteria = "safe-to-deploy"\n'
    assert path(store(config=exempt), "1.0.0")[0].how == "exemption"
    assert path(store(FULL, config=exempt), "1.0.0")[0].how == "audit"
    longer = FULL + '[[audits.a]]\nwho = "B"\ncriteria = "safe-to-deploy"\ndelta = "1.0.0 -> 1.1.0"\n'
    assert [edge.how for edge in path(store(longer, config=exempt.replace("1.0.0", "1.1.0")), "1.1.0")] == [
        "audit"
    ] * 2


def test_an_unpublished_version_stands_for_the_one_it_was_audited_as() -> None:
    found = store(FULL, imports='[[unpublished.a]]\nversion = "1.1.0-dev"\naudited_as = "1.0.0"\n')
    assert criteria(found, "1.1.0-dev") == ["safe-to-deploy"]


def test_a_violation_is_told_for_the_versions_it_names() -> None:
    bad = '[[audits.a]]\nwho = "Eve"\ncriteria = "safe-to-deploy"\nviolation = "<1.5, >=1.0"\n'
    found = store(FULL + bad)
    assert [violation.who for violation in found.standing("a", "1.0.0").violations] == [("Eve",)]
    assert found.standing("a", "1.5.0").violations == ()
    unreadable = store(bad.replace("<1.5, >=1.0", "nonsense"))
    assert unreadable.standing("a", "9.0.0").violations, "what cannot be read is not passed over"


def test_versions_from_git_are_versions_of_their_own() -> None:
    version = "1.0.0@git:" + "a" * 40
    found = store(FULL.replace("1.0.0", version))
    assert criteria(found, version) == ["safe-to-deploy"]
    assert criteria(found, "1.0.0") == []


@pytest.mark.parametrize("text", ["[[audits", "a = 1\na = 2", "x = " + "{ y = " * 100])
def test_a_store_that_cannot_be_read_says_which_file(text: str) -> None:
    with pytest.raises(StoreError, match=r"^supply-chain/audits\.toml: "):
        store(text)


@pytest.mark.parametrize(
    "text",
    ["audits = 3", "audits.a = 3", "[audits.a]\nversion = 3", "[[audits.a]]\nversion = 3\ncriteria = 4"],
)
def test_a_store_of_another_shape_vouches_for_nothing(text: str) -> None:
    assert criteria(store(text), "1.0.0") == []
