"""Large files take no longer for each of their entries than small ones, whatever they hold."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from analyzers.model import Analysis
from analyzers.supply_chain.crev import reviews
from analyzers.supply_chain.survey import compare
from analyzers.supply_chain.toml import StoreError
from tests.analyzers.supply_chain.locks import lock, sides

SECONDS = 8
MANIFEST = b'[package]\nname = "own"\n'


def _manifest() -> None:
    old = MANIFEST + b"".join(b'[patch."%d"]\na={git="x"}\n' % i for i in range(6_000))
    new = MANIFEST + b"".join(b'[patch."%d"]\na={git="y"}\n' % i for i in range(6_000))
    assert len(compare(sides({"Cargo.toml": old}, {"Cargo.toml": new}), Analysis()).changes) == 6_000


def _moved() -> None:
    old, new = (
        MANIFEST + b"".join(b'[target.%s%d.dependencies]\na="1"\n' % (name, i) for i in range(5_000))
        for name in (b"x", b"y")
    )
    assert len(compare(sides({"Cargo.toml": old}, {"Cargo.toml": new}), Analysis()).changes) == 5_000


def _deny() -> None:
    old, new = (
        b"[advisories]\nignore = [" + b",".join(b'"%s%d"' % (name, i) for i in range(12_000)) + b"]\n"
        for name in (b"x", b"y")
    )
    assert len(compare(sides({"deny.toml": old}, {"deny.toml": new}), Analysis()).findings) == 1


def _dependents() -> None:
    deny = {"deny.toml": b'[bans]\ndeny = [{ crate = "a", wrappers = ["b"] }]\n'}
    head = lock(*((f"a{i}", "1.0.0") for i in range(2_500)))
    compare(sides({"Cargo.lock": lock(), **deny}, {"Cargo.lock": head, **deny}), Analysis())


def _checksums() -> None:
    names = b",".join(b'"src/%d.rs": "%064d"' % (i, i) for i in range(40_000))
    base = {"vendor/a/Cargo.toml": MANIFEST, "vendor/a/.cargo-checksum.json": b'{"files": {%s}}' % names}
    head = {**base, **{f"vendor/a/src/{i}.rs": b"" for i in range(4_000)}}
    assert len(compare(sides(base, head), Analysis()).findings) == 1


def _proofs() -> None:
    with pytest.raises(StoreError):
        reviews({"x": b"----- BEGIN CREV PROOF -----\n" * 130_000 + b"a"}, "a", "1.0.0")


@pytest.mark.parametrize(
    "work", [_manifest, _moved, _deny, _dependents, _checksums, _proofs], ids=lambda work: work.__name__[1:]
)
def test_a_large_file_is_done_in_time(work: Callable[[], None]) -> None:
    begun = time.process_time()
    work()
    assert time.process_time() - begun < SECONDS
