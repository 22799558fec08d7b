"""Sources made to cost a reader as much as possible, by name."""

from __future__ import annotations

from collections.abc import Iterator

DEEP = 100_000
DEEPER = 1_000_000
LARGE = 10_000_000


def hostile_files(ordinary: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield every case with its bytes; ``ordinary`` is repeated for the case of sheer size."""
    yield "10 MB of ordinary code", ordinary * (LARGE // len(ordinary) + 1)
    yield from _nested()
    yield from _unclosed()
    yield from _encodings()
    yield "100,000 cfg attributes on one fn", b"#[cfg(a)]\n" * DEEP + b"unsafe fn f() {}\n"
    yield "100,000 no_mangle attributes", b"#[no_mangle]\n" * DEEP + b"fn f() {}\n"
    yield "100,000 commas around a block", b"fn f() { g(%b unsafe { x } %b) }" % (b"a," * DEEP, b",a" * DEEP)
    yield "100,000 commas, a block in each", b"fn f() { g(%b) }" % (b"unsafe { x }," * DEEP)
    yield "10 MB of unsafe{} siblings", b"fn f() {%b}" % (b"unsafe{}" * (LARGE // 8))
    yield "10 MB of the word alone", b"unsafe " * (LARGE // 7)
    yield "10 MB of double quotes in one line", b"unsafe fn f() {}" + b'"' * LARGE
    yield "10 MB of single quotes in one line", b"unsafe fn f() {}" + b"'" * LARGE
    yield "10 MB of one line", b"fn f() { unsafe { x() } " + b"y(); " * (LARGE // 5) + b"}"
    yield "100,000 raw strings that do not end", b"unsafe fn f() {}" + b'r#"' * DEEP
    yield "100,000 comments that do not end", b"unsafe fn f() {} " + b"/*" * DEEP
    yield "100,000 angle brackets", b"unsafe fn f(x: " + b"A<" * DEEP + b">" * DEEP + b") {}"


def _nested() -> Iterator[tuple[str, bytes]]:
    inside = b" unsafe { x() } "
    for name, opener, closer in (("( )", b"(", b")"), ("{ }", b"{", b"}"), ("[ ]", b"[", b"]")):
        yield f"100,000 nested {name}", b"fn f() {%b%b%b}" % (opener * DEEP, inside, closer * DEEP)
    yield "100,000 nested unsafe { }", b"fn f() {%b%b}" % (b"unsafe {" * DEEP, b"}" * DEEP)
    yield "100,000 nested mod { }", b"mod m {" * DEEP + b"unsafe fn f() {}" + b"}" * DEEP
    tree = b"(" * DEEPER + inside + b")" * DEEPER
    yield "1,000,000 nested token trees", b"m! {%b}" % tree
    mixed = b"([{" * (DEEPER // 3) + inside + b"}])" * (DEEPER // 3)
    yield "1,000,000 nested token trees in macro_rules", b"macro_rules! m { () => {%b} }" % mixed


def _unclosed() -> Iterator[tuple[str, bytes]]:
    for name, opener in (("(", b"("), ("{", b"{"), ("[", b"["), ("unsafe {", b"unsafe {"), ("([{", b"([{")):
        yield f"100,000 unclosed {name}", b"unsafe fn f() {} fn g() {" + opener * DEEP
    yield "100,000 stray closers", b"unsafe fn f() {} " + b")]}" * (DEEP // 3)


def _encodings() -> Iterator[tuple[str, bytes]]:
    plain = "unsafe fn f() {}\n" * 1000
    yield "NUL bytes", plain.replace("f()", "f\0()").encode()
    yield "bad UTF-8", plain.encode() + b"\xff\xfe\xf0\x28" * 1000
    yield "UTF-16", plain.encode("utf-16")
