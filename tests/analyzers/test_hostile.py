"""Hostile files cost bounded time and memory, and their unsafe tokens are counted all the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import pytest

N = 100_000
# Where each repetition is a site: more than are told apart in one file.
MANY = 40_000
# What the analysis worker allows is less; here a machine that is busy must not fail a test.
CPU_SECONDS = 20
MEMORY = 1 << 30
CHILD = f"""
import json, resource, sys
resource.setrlimit(resource.RLIMIT_CPU, ({CPU_SECONDS}, {CPU_SECONDS}))
resource.setrlimit(resource.RLIMIT_AS, ({MEMORY}, {MEMORY}))
from analyzers.rust.scan import scan
result = scan(sys.stdin.buffer.read(), words=True)
print(json.dumps({{
    "sites": len(result.sites),
    "unsafe": result.unsafe_tokens,
    "reasons": sorted({{doubt.reason.value for doubt in result.unanalysed}}),
}}))
"""


@dataclass(frozen=True, slots=True)
class Hostile:
    """A file made to cost, the ``unsafe`` keywords in it, and the doubts that must be told."""

    sentence: str
    data: bytes
    unsafe: int
    reasons: tuple[str, ...] = ()


TOO_MANY_SITES = ("too-many",)
FILES = (
    # What never ends.
    Hostile("unclosed brackets before a block", b"[" * N + b"unsafe {", 1, ("too-deep", "unbalanced")),
    Hostile("unclosed braces before a block", b"{" * N + b"unsafe {", 1, ("too-deep", "unbalanced")),
    Hostile("unclosed parentheses before a block", b"(" * N + b"unsafe {", 1, ("too-deep", "unbalanced")),
    Hostile("unclosed brackets after a block", b"fn f() { unsafe { g() } }" + b"[" * N, 1, ("unbalanced",)),
    Hostile("closers that close nothing", b"})]" * N + b"unsafe {}", 1, ("unbalanced",)),
    Hostile("delimiters that cross", b"([{" * N + b"unsafe {}" + b")]}" * N, 1, ("too-deep", "unbalanced")),
    Hostile("quotes", b'"' * N + b" unsafe {", 1, ("unbalanced",)),
    Hostile("apostrophes", b"'" * N + b" unsafe {", 1, ("unbalanced",)),
    Hostile("hashes", b"#" * N + b" unsafe {", 1, ("unbalanced",)),
    Hostile("a raw string with too many hashes", b"r" + b"#" * N + b'" unsafe {', 0, ("unterminated",)),
    Hostile("raw strings that open raw strings", b'r#"' * N + b" unsafe {", 0, ("unterminated",)),
    Hostile("strings of two editions", b'cr"\\" ' * N + b"unsafe {}", 1),
    Hostile("comments that open comments", b"/*" * N + b" unsafe {", 0, ("unterminated",)),
    Hostile("unclosed attributes", b"#[" * N + b"unsafe fn f() {}", 1, ("too-deep", "unbalanced")),
    Hostile("unclosed macro calls", b"m!(" * N + b"unsafe {", 1, ("too-deep", "unbalanced")),
    Hostile("unclosed extern blocks", b'extern "C" {' * N, 0, ("too-deep", "unbalanced")),
    Hostile("unclosed assembly", b"asm!(" * N, 0, ("too-deep", "unbalanced")),
    Hostile("unclosed includes", b"include!(" * N + b"unsafe {}", 1, ("unbalanced",)),
    Hostile("unclosed pointer types", b"type T = " + b"unsafe fn(" * N + b"u8", N, ("too-deep", "unbalanced")),
    Hostile("unclosed angle brackets", b"unsafe fn f" + b"<" * N + b">() {}", 1),
    Hostile("unclosed angle brackets of an impl", b"impl" + b"<" * N + b" X for Y { unsafe { } }", 1),
    # What nests.
    Hostile("nested unsafe blocks", b"unsafe {" * N + b"}" * N, N, ("too-deep", *TOO_MANY_SITES)),
    Hostile("nested unclosed unsafe blocks", b"unsafe {" * N, N, ("too-deep", "unbalanced", *TOO_MANY_SITES)),
    Hostile("nested token trees", b"m!{" * N + b"unsafe {}" + b"}" * N, 1, ("too-deep",)),
    Hostile("nested modules", b"mod a {" * N + b"unsafe fn f() {}" + b"}" * N, 1, ("too-deep",)),
    Hostile("nested extern blocks", b'extern "C" {' * N + b"fn f();" + b"}" * N, 0, ("too-deep",)),
    Hostile(
        "nested cfg_attr", b"#[" + b"cfg_attr(a, " * N + b"unsafe(no_mangle)" + b")" * N + b"]", 1, ("too-deep",)
    ),
    Hostile(
        "nested unsafe attributes", b"#[" + b"unsafe(" * N + b"no_mangle" + b")" * N + b"]", N, ("too-deep",)
    ),
    Hostile("nested angle brackets", b"unsafe impl X for " + b"Y<" * N + b">" * N + b" {}", 1),
    # What repeats.
    Hostile("nothing but the word", b"unsafe " * MANY, MANY, TOO_MANY_SITES),
    Hostile("unsafe fns", b"unsafe fn f() {}\n" * N, N, TOO_MANY_SITES),
    Hostile("unsafe blocks in one line", b"fn f() { " + b"unsafe { b }; " * MANY + b"}", MANY, TOO_MANY_SITES),
    Hostile("unsafe blocks in one chain", b"fn f() { x" + b".a(unsafe { b })" * MANY + b"; }", MANY, TOO_MANY_SITES),
    Hostile(
        "unsafe blocks in the arms of one match",
        b"fn f() { match x { " + b"1 => unsafe { b }, " * MANY + b"} }",
        MANY,
        TOO_MANY_SITES,
    ),
    Hostile(
        "unsafe blocks in one chain of else",
        b"fn f() { " + b"if x { unsafe { b } } else " * MANY + b"{} }",
        MANY,
        TOO_MANY_SITES,
    ),
    Hostile(
        "a signature of pointer types", b"fn f(" + b"a: unsafe fn()," * MANY + b") {}", MANY, TOO_MANY_SITES
    ),
    Hostile("documented unsafe impls", b"// SAFETY: a\nunsafe impl X for Y {}\n" * MANY, MANY, TOO_MANY_SITES),
    Hostile("foreign functions", b'extern "C" {' + b"fn f();" * MANY + b"}", 0, TOO_MANY_SITES),
    Hostile("mutable statics", b"static mut A: u8 = 0;" * MANY, 0, TOO_MANY_SITES),
    Hostile("layouts of one type", b"#[repr(C)] " * MANY + b"unsafe fn f() {}", 1, TOO_MANY_SITES),
    Hostile("exports of one function", b"#[no_mangle] " * MANY + b"unsafe fn f() {}", 1, TOO_MANY_SITES),
    Hostile("lints in one attribute", b"#![forbid(" + b"unsafe_code, " * MANY + b")]", 0, TOO_MANY_SITES),
    Hostile("attributes", b"#[cfg(a)]" * N + b"unsafe fn f() {}", 1),
    Hostile("commas", b"fn f(" + b"," * N + b") { unsafe { } }", 1, ("unparsable",)),
    Hostile("semicolons", b"fn f() {" + b";" * N + b" unsafe { } }", 1),
    Hostile("comments", b"// SAFETY: a\n" * N + b"unsafe impl X for Y {}", 1),
    Hostile("documentation", b"/// a\n" * N + b"pub unsafe fn f() {}", 1),
    Hostile("bangs", b"!" * N + b" unsafe {}", 1),
    Hostile("invisible space", b"\xe2\x80\x8e" * N + b"unsafe {}", 1),
    Hostile("a wide gap", b"unsafe" + b" " * 1_000_000 + b"{ }", 1),
    Hostile("wide gaps", (b"unsafe" + b" " * 1000) * 10_000, 10_000),
    Hostile("one long name", b"unsafe fn " + b"a" * 1_000_000 + b"() {}", 1),
    Hostile("one long word of prefixes", b"Java_" * N + b" unsafe {}", 1),
    Hostile("shebang and frontmatter", b"#!a\n---\n" + b"---a\n" * N + b"---\nunsafe fn f() {}", 1),
    # What is big.
    Hostile(
        "ten megabytes of unsafe blocks", b"fn f() { unsafe { g() } }\n" * 4 * N, 4 * N, TOO_MANY_SITES
    ),
    Hostile("ten megabytes of safe code", b'fn f() { g(1, 2, "a") }\n' * 4 * N + b"unsafe fn f() {}", 1),
    Hostile("ten megabytes of one line", b"f(1, 2, 3);" * 9 * N + b"unsafe fn f() {}", 1),
    Hostile("more than is read", b"unsafe fn f() {}\n" * 10 * N, 10 * N, ("too-large",)),
)  # fmt: skip


@pytest.fixture(scope="module")
def scans() -> Iterator[Mapping[str, Future[subprocess.CompletedProcess[bytes]]]]:
    """Every file is scanned in a child of its own, as many at once as there are processors."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        yield {hostile.sentence: pool.submit(scanned_in_a_child, hostile.data) for hostile in FILES}


def scanned_in_a_child(data: bytes) -> subprocess.CompletedProcess[bytes]:
    # Measuring coverage costs more than the scan itself, and would be all that the limit measures.
    plain = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    return subprocess.run(
        [sys.executable, "-c", CHILD], input=data, capture_output=True, check=False, env=plain
    )


@pytest.mark.parametrize("hostile", FILES, ids=lambda hostile: hostile.sentence)
def test_a_hostile_file_is_bounded_and_its_unsafe_is_counted(
    hostile: Hostile, scans: Mapping[str, Future[subprocess.CompletedProcess[bytes]]]
) -> None:
    done = scans[hostile.sentence].result()
    assert done.returncode == 0, done.stderr.decode()[-2000:] or f"ended by signal {-done.returncode}"
    result = json.loads(done.stdout)
    assert result["unsafe"] == hostile.unsafe
    assert set(hostile.reasons) <= set(result["reasons"]), result
    assert result["sites"] or result["reasons"], "sites were lost without a word"
