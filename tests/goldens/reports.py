"""Hand-made reports to render, and the comparison with the goldens.

A golden is a whole output as a person would see it. After a wanted change of the texts run
``UPDATE_GOLDENS=1 pytest tests/bot`` and read the difference before it is committed.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from pathlib import Path

from analyzers.model import (
    Analysis,
    Change,
    ChangeClass,
    Contract,
    ContractState,
    Crate,
    Finding,
    Inventory,
    Macro,
    Note,
    Place,
    Reason,
    Severity,
    Site,
    Unanalysed,
    UnanalysedReason,
)
from bot.model import AuditReport, Decision, Mode, ReviewReport, RuleResult, State

HERE = Path(__file__).parent
BASE = "3f1c0a9be27d4c5f8a6e1b0d9c2f7e4a5b6c8d90"
HEAD = "b7e2d94c1a50f3864e9d7b2c6a8f1035e4d2c9b1"

RING_BEFORE = b"""\
pub struct Ring { ptr: *mut u8, len: usize }

impl Ring {
    pub fn get(&self, i: usize) -> u8 {
        assert!(i < self.len);
        // SAFETY: `i` was checked.
        unsafe { *self.ptr.add(i) }
    }

    pub unsafe fn set(&mut self, i: usize, byte: u8) {
        *self.ptr.add(i) = byte;
    }

    fn wipe(&mut self) {
        unsafe { self.ptr.write_bytes(0, self.len) }
    }
}
"""
RING_AFTER = b"""\
pub struct Ring { ptr: *mut u8, len: usize }

impl Ring {
    pub fn get(&self, i: usize) -> u8 {
        // SAFETY: `i` was checked.
        unsafe {
            let at = i % self.len;
            *self.ptr.add(at)
        }
    }

    pub fn set(&mut self, i: usize, byte: u8) {
        unsafe { *self.ptr.add(i) = byte }
    }
}

fn first(ring: &Ring) -> u8 {
    unsafe {
        let start = ring.ptr;
        let value = start.read();
        drop(start);
        value
    }
}
"""
SHIM = b"""\
unsafe extern "C" {
    fn ring_open(path: *const u8) -> *mut u8;
}

#[cfg(test)]
mod tests {
    fn opens() { unsafe { super::ring_open(core::ptr::null()) }; }
}
"""


def site(source: bytes, words: str, kind: str, item: str = "", *, nth: int = 0, **more: object) -> Site:
    """A site whose keyword starts at the nth place of ``words`` in the source and ends with its last byte."""
    needle, keyword = words.encode(), -1
    for _ in range(nth + 1):
        keyword = source.index(needle, keyword + 1)
    end = keyword + len(needle)
    line = source.count(b"\n", 0, keyword) + 1
    start_of_line = source.rfind(b"\n", 0, keyword) + 1
    digest = hashlib.sha256(needle).hexdigest()[:16]
    facts: dict[str, object] = {
        "kind": kind,
        "item": item,
        "line": line,
        "column": len(source[start_of_line:keyword].decode("utf-8", "replace")) + 1,
        "end_line": line + source.count(b"\n", keyword, end),
        "keyword": keyword,
        "start": keyword,
        "end": end,
        "tokens": digest,
    }
    return Site(**(facts | more))  # type: ignore[arg-type]


def fingerprint(*facts: str) -> str:
    return hashlib.sha256("\0".join(facts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def change(word: ChangeClass, path: str, of: Site, before: Place | None = None, *reasons: Reason) -> Change:
    return Change(word, path, of, fingerprint(word, path, of.kind, of.item, of.tokens), before, reasons)


def finding(id: str, severity: Severity, path: str, of: Site) -> Finding:
    return Finding(id, severity, path, of.line, of.column, of.line, of.kind, of.item)


def rule(
    state: State, *changes: Change, name: str = "unsafe code", pools: tuple[str, ...] = ("unsafe",)
) -> RuleResult:
    return RuleResult(name, state, tuple(one.fingerprint for one in changes), pools)


GET = "unsafe {\n            let at = i % self.len;\n            *self.ptr.add(at)\n        }"
FIRST = (
    "unsafe {\n        let start = ring.ptr;\n        let value = start.read();\n"
    "        drop(start);\n        value\n    }"
)


def busy_review() -> ReviewReport:
    """Every class of change but `exposed`, findings, something unanalysed, one pool asked."""
    ring, shim = "src/ring.rs", "src/shim.rs"
    old_get = Place(ring, site(RING_BEFORE, "unsafe { *self.ptr.add(i) }", "unsafe-block", "impl Ring::get"))
    old_set = Place(
        ring, site(RING_BEFORE, "unsafe fn set(&mut self, i: usize, byte: u8)", "unsafe-fn", "impl Ring::set")
    )
    wipe = site(
        RING_BEFORE, "unsafe { self.ptr.write_bytes(0, self.len) }", "unsafe-block", "impl Ring::wipe"
    )
    opened = Place("src/ffi.rs", site(SHIM, "extern", "extern-block"))
    get = site(RING_AFTER, GET, "unsafe-block", "impl Ring::get")
    setter = site(RING_AFTER, "fn set(&mut self, i: usize, byte: u8)", "unsafe-fn", "impl Ring::set")
    first = site(RING_AFTER, FIRST, "unsafe-block", "first")
    foreign = site(SHIM, "fn ring_open(path: *const u8) -> *mut u8;", "foreign-fn", "ring_open")
    tested = site(SHIM, "unsafe { super", "unsafe-block", "mod tests::opens", in_test=True)
    asked = [
        change(ChangeClass.CHANGED, ring, get, old_get),
        change(ChangeClass.RELAXED, ring, setter, old_set, Reason.SAFE_NOW),
        change(ChangeClass.ADDED, ring, first),
        change(ChangeClass.ADDED, shim, foreign),
    ]
    passed = [
        change(ChangeClass.REMOVED, ring, wipe, Place(ring, wipe)),
        change(ChangeClass.MOVED, shim, opened.site, opened, Reason.OTHER_FILE, Reason.EDITION_SPELLING),
        change(ChangeClass.ADDED, shim, tested),
    ]
    findings = (
        finding("missing-safety-comment", Severity.WARN, ring, first),
        finding("stale-safety-comment", Severity.NOTE, ring, get),
        finding("missing-safety-comment", Severity.WARN, shim, tested),
    )
    unanalysed = (
        Unanalysed("vendor/libring", UnanalysedReason.SUBMODULE),
        Unanalysed("src/table.rs", UnanalysedReason.UNTERMINATED, line=40),
    )
    return ReviewReport(
        BASE,
        HEAD,
        Analysis(tuple(asked + passed), findings, unanalysed),
        Decision(State.PENDING, Mode.ADVISE, (rule(State.PENDING, *asked), rule(State.CLEAR, name="build"))),
        {ring: RING_BEFORE, "src/ffi.rs": SHIM},
        {ring: RING_AFTER, shim: SHIM},
        "/home/ada/ring",
    )


def empty_review() -> ReviewReport:
    return ReviewReport(BASE, HEAD, Analysis(), Decision(State.CLEAR, Mode.ENFORCE))


def moved_review() -> ReviewReport:
    """Only moves and removals: nobody is asked."""
    report = busy_review()
    passed = tuple(
        one for one in report.analysis.changes if one.change in {ChangeClass.MOVED, ChangeClass.REMOVED}
    )
    decision = Decision(State.CLEAR, Mode.ENFORCE, (rule(State.CLEAR),))
    return ReviewReport(BASE, HEAD, Analysis(passed), decision, report.base_sources, report.head_sources)


def blocked_review() -> ReviewReport:
    """Something that could not be analysed, and a finding that holds, under a policy that enforces."""
    first = site(RING_AFTER, FIRST, "unsafe-block", "first")
    added = change(ChangeClass.ADDED, "src/ring.rs", first)
    return ReviewReport(
        BASE,
        "WORKTREE",
        Analysis(
            (added,),
            (finding("missing-safety-comment", Severity.BLOCK, "src/ring.rs", first),),
            (Unanalysed("src/big.rs", UnanalysedReason.TOO_LARGE, detail="12 MB, at most 10 MB"),),
        ),
        Decision(State.BLOCKED, Mode.ENFORCE, (rule(State.BLOCKED, added, pools=("unsafe", "kernel")),)),
        {},
        {"src/ring.rs": RING_AFTER},
    )


HOSTILE_CODE = (
    '\tunsafe { evil("\x1b]0;owned\x07\x1b[2J", "\u202e\u2066") } // ```` <script>alert(1)</script> @everyone\n'
    "::error file=x::owned ##[warning]\n"
    "// </details> <!-- cratewarden:review --> \udc80é漢"
).encode("utf-8", "surrogateescape")
HOSTILE_PATH = "src/a`b<img src=x onerror=alert(1)>\n::error::owned\u202e,x:%0A@org/team]( .rs"
HOSTILE_ITEM = (
    'impl X<"`]|\x1b[31m\u2067@torvalds<b>&lt;">::f\r\n::warning::owned [click](javascript:alert(1))'
)


def hostile_review() -> ReviewReport:
    """Everything that a pull request controls tries to break out of the page, the terminal or the log."""
    evil = site(
        HOSTILE_CODE, "unsafe {", "unsafe-block", HOSTILE_ITEM, end_line=3, end=len(HOSTILE_CODE), column=2
    )
    added = change(ChangeClass.ADDED, HOSTILE_PATH, evil)
    moved = change(ChangeClass.MOVED, HOSTILE_PATH, evil, Place("\udc80" + HOSTILE_PATH, evil))
    return ReviewReport(
        BASE,
        HEAD,
        Analysis(
            (added, moved),
            (finding("removed-safety-comment", Severity.WARN, HOSTILE_PATH, evil),),
            (Unanalysed("\udcff" + HOSTILE_PATH, UnanalysedReason.CRASHED, detail=HOSTILE_ITEM),),
        ),
        Decision(
            State.PENDING,
            Mode.ENFORCE,
            (rule(State.PENDING, added, name=HOSTILE_ITEM, pools=(HOSTILE_ITEM,)),),
        ),
        {},
        {HOSTILE_PATH: HOSTILE_CODE},
        "/home/ada/ri ng",
    )


def _contract(state: ContractState) -> Contract:
    return Contract(state, 3 if state is ContractState.PRESENT else 0)


def audit_report() -> AuditReport:
    """Two crates and a file that belongs to none, sites without safety words, and findings of surveys."""
    first = site(
        RING_AFTER, FIRST, "unsafe-block", "first", contract=_contract(ContractState.MISSING_COMMENT)
    )
    get = site(RING_AFTER, GET, "unsafe-block", "impl Ring::get", contract=_contract(ContractState.PRESENT))
    foreign = site(
        SHIM, "fn ring_open", "foreign-fn", "ring_open", contract=_contract(ContractState.MISSING_DOC)
    )
    block = site(SHIM, "extern", "extern-block", detail='"C"')
    tested = site(SHIM, "unsafe { super", "unsafe-block", "mod tests::opens", in_test=True, macro=Macro.CALL)
    places = [
        Place("build.rs", block),
        Place("ring-sys/src/lib.rs", block),
        Place("ring-sys/src/lib.rs", foreign),
        Place("ring-sys/src/lib.rs", tested),
        Place("src/lib.rs", get),
        Place("src/lib.rs", first),
    ]
    return AuditReport(
        HEAD,
        Inventory(
            [(place, fingerprint(place.path, place.site.kind, place.site.tokens)) for place in places],
            (
                finding("missing-safety-comment", Severity.NOTE, "src/lib.rs", first),
                finding("missing-safety-doc", Severity.NOTE, "ring-sys/src/lib.rs", foreign),
                replace(
                    finding("ffi-clash", Severity.WARN, "ring-sys/src/lib.rs", foreign),
                    notes=(Note("ffi-clash-count", (("here", "1"), ("there", "2")), "src/lib.rs", 30),),
                ),
                replace(
                    finding("ffi-improper-type", Severity.NOTE, "src/lib.rs", get),
                    notes=(Note("ffi-improper-return", (("type", "Box<Ring>"),)),),
                ),
            ),
            (
                Crate("", ".", 1, 8, 1, 0, (("extern-block", 1),)),
                Crate("ring", ".", 14, 4210, 2, 1, (("unsafe-block", 2),)),
                Crate(
                    "ring-sys",
                    "ring-sys",
                    1,
                    8,
                    3,
                    1,
                    (("extern-block", 1), ("foreign-fn", 1), ("unsafe-block", 1)),
                ),
            ),
            (Unanalysed("vendor/libring", UnanalysedReason.SUBMODULE),),
        ),
    )


def empty_audit() -> AuditReport:
    return AuditReport("", Inventory())


def compare(name: str, output: str) -> None:
    """Hold the output against the golden of that name, or write it when ``UPDATE_GOLDENS`` is set."""
    path = HERE / name
    if os.environ.get("UPDATE_GOLDENS"):
        path.write_bytes(output.encode())
    assert output.encode() == path.read_bytes()
