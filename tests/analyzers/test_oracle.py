"""The scan against rustc's own parser: the same constructs at the same lines and columns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analyzers.model import Macro
from analyzers.rust.scan import scan
from tests.analyzers import oracle
from tests.analyzers.generate import Part, programs, render
from tests.analyzers.marks import read_marked
from tests.analyzers.oracle import Position

CASES = sorted((Path(__file__).parent / "cases").rglob("*.rs"))
SPEAKS_OF_SITES = re.compile(rb"\b(?:unsafe|extern|union)\b|\bstatic\s+mut\b")
# Keeps rustc, the reading of its dumps and the scans within some twenty seconds.
SAMPLE = 150
LARGEST = 60_000
COMPARED = frozenset((
    "unsafe-block", "unsafe-fn", "unsafe-impl", "unsafe-trait", "unsafe-field", "unsafe-binder", "fn-pointer",
    "extern-block", "extern-fn", "foreign-fn", "foreign-static", "foreign-type", "static-mut", "union",
))  # fmt: skip
KEYWORD = re.compile(rb"unsafe(?![A-Za-z0-9_])")


def position(data: bytes, offset: int) -> Position:
    line = data.rfind(b"\n", 0, offset) + 1
    return data.count(b"\n", 0, offset) + 1, len(data[line:offset].decode()) + 1


def scanned(data: bytes) -> oracle.Reading:
    """The scan in the shape of rustc's reading: constructs outside macros, and where ``unsafe`` is claimed."""
    sites = scan(data).sites
    plain = (site for site in sites if site.macro is Macro.NONE and site.kind in COMPARED)
    claimed = (
        offset for site in sites for offset in (site.start, site.keyword) if KEYWORD.match(data, offset)
    )
    return oracle.Reading(
        frozenset(((site.line, site.column), site.kind) for site in plain),
        frozenset(position(data, offset) for offset in claimed),
    )


def differences(data: bytes, reading: oracle.Reading) -> list[str]:
    ours = scanned(data)
    said = []
    for verb, sites in (("missed", reading.sites - ours.sites), ("invented", ours.sites - reading.sites)):
        said += [f"{verb} {kind} at {at[0]}:{at[1]}" for at, kind in sorted(sites)]
    lost, invented = (
        reading.unsafe_keywords - ours.unsafe_keywords,
        ours.unsafe_keywords - reading.unsafe_keywords,
    )
    said += [f"unclaimed unsafe at {at[0]}:{at[1]}" for at in sorted(lost)]
    said += [f"claimed an unsafe that is none at {at[0]}:{at[1]}" for at in sorted(invented)]
    if scan(data).unsafe_tokens != len(reading.unsafe_keywords):
        said.append(f"counted {scan(data).unsafe_tokens} unsafe, not {len(reading.unsafe_keywords)}")
    return said


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}: {path.stem.replace('_', ' ')}")
def test_rustc_sees_the_same_in_a_case(path: Path) -> None:
    oracle.require()
    data = read_marked(path).data
    reading = oracle.read(data, oracle.edition_of(data))
    assert reading is not None, "rustc does not parse this case"
    assert differences(data, reading) == []


@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(programs, st.integers(0, 2**32))
def test_rustc_sees_the_same_in_a_random_program(program: tuple[Part, ...], seed: int) -> None:
    oracle.require()
    data = render(program, seed).data
    reading = oracle.read(data)
    assert reading is not None, "the generator wrote what is no Rust"
    assert differences(data, reading) == []


def real_files() -> Iterator[Path]:
    """Rust's own library and packaged crates, as far as this machine has them, in an order that mixes them."""
    roots = [*Path("/usr/src").glob("rustc-*/library"), Path("/usr/share/cargo/registry")]
    if compiler := oracle.rustc():
        roots.append(compiler.parent.parent / "lib" / "rustlib" / "src")
    found = [(path.relative_to(root).as_posix(), path) for root in roots for path in root.rglob("*.rs")]
    yield from (path for _, path in sorted(found, key=lambda pair: blake2b(pair[0].encode()).digest()))


def test_rustc_sees_the_same_in_real_crates(capsys: pytest.CaptureFixture[str]) -> None:
    oracle.require()
    files = constructs = keywords = 0
    wrong: list[str] = []
    for path in real_files():
        data = path.read_bytes()
        if len(data) > LARGEST or not SPEAKS_OF_SITES.search(data):
            continue
        reading = oracle.read_any_edition(data)
        if reading is None:
            continue
        files += 1
        constructs += len(reading.sites)
        keywords += len(reading.unsafe_keywords)
        wrong += (f"{path}: {difference}" for difference in differences(data, reading))
        if files == SAMPLE:
            break
    with capsys.disabled():
        print(
            f"\nrustc agrees on {len(CASES)} cases and on {files} real files: "
            f"{constructs} constructs, {keywords} unsafe keywords"
        )
    assert wrong == []
