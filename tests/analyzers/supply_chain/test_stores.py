from __future__ import annotations

import pytest

from analyzers.model import Analysis
from analyzers.supply_chain.survey import compare, wants
from tests.analyzers.supply_chain.locks import lock, sides

OLD, NEW = lock(("a", "1.0.0")), lock(("a", "1.1.0"))
AUDIT = b'[[audits.a]]\nwho = "Ann"\ncriteria = "safe-to-deploy"\nversion = "1.1.0"\n'
NAMED = b'[%b.metadata.vet]\nstore = { path = "%b" }\n'


def notes(base: dict[str, bytes], head: dict[str, bytes]) -> list[str]:
    found = compare(sides({"x/Cargo.lock": OLD, **base}, {"x/Cargo.lock": NEW, **head}), Analysis())
    return [note.id for change in found.changes if change.path == "x/Cargo.lock" for note in change.notes]


@pytest.mark.parametrize("owner", [b"workspace", b"package"])
@pytest.mark.parametrize("place", [b"audits", b"../audits", b"./deep/../audits/"])
def test_the_manifest_beside_the_lock_says_where_the_store_is(owner: bytes, place: bytes) -> None:
    folder = "audits" if place.startswith(b"..") else "x/audits"
    both = {"x/Cargo.toml": NAMED % (owner, place), f"{folder}/audits.toml": AUDIT}
    assert notes(both, both) == ["dependency-upgraded", "dependency-audited"]
    wanted = set(wants(sides({"x/Cargo.lock": OLD, **both}, {"x/Cargo.lock": NEW, **both})))
    assert f"{folder}/audits.toml" in wanted


def test_a_store_that_the_manifest_does_not_name_is_none() -> None:
    both = {"x/Cargo.toml": NAMED % (b"package", b"audits"), "x/supply-chain/audits.toml": AUDIT}
    assert notes(both, both) == ["dependency-upgraded"]


def test_a_pull_request_cannot_name_a_store_of_its_own() -> None:
    base = {"x/Cargo.toml": b"", "x/supply-chain/audits.toml": b""}
    head = {"x/Cargo.toml": NAMED % (b"package", b"mine"), "x/mine/audits.toml": AUDIT}
    assert notes(base, head) == ["dependency-upgraded", "dependency-unaudited", "dependency-audit-added"]
