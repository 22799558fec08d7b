"""Safety comments and ``# Safety`` documentation: what is missing, removed or stale, by the marks of the cases."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzers.contracts import FINDINGS
from analyzers.inventory import take_inventory
from analyzers.model import Finding, Severity
from analyzers.rust.scan import scan
from tests.analyzers.comparing import read_change
from tests.analyzers.marks import read_marked

HERE = Path(__file__).parent
FILES = sorted((HERE / "contracts").glob("*.rs"))
FOLDERS = sorted((HERE / "contract_changes").iterdir())


def sentence(path: Path) -> str:
    return path.stem.replace("_", " ")


@pytest.mark.parametrize("path", FILES, ids=sentence)
def test_exactly_the_marked_sites_lack_their_words(path: Path) -> None:
    case = read_marked(path)
    findings = take_inventory([("src/file.rs", scan(case.data))], {}).findings
    assert [(finding.line, finding.id) for finding in findings] == [
        (mark.line, mark.word) for mark in case.marks
    ]


@pytest.mark.parametrize("folder", FOLDERS, ids=sentence)
def test_exactly_the_marked_findings_are_told_of_a_change(folder: Path) -> None:
    case = read_change(folder)
    told = [(finding.path, finding.line, finding.id) for finding in case.analysis().findings]
    assert told == [(path, mark.line, mark.word) for path, mark in case.marks_after]


def test_every_finding_has_a_case() -> None:
    marked = {mark.word for path in FILES for mark in read_marked(path).marks}
    marked |= {mark.word for folder in FOLDERS for _, mark in read_change(folder).marks_after}
    assert marked == set(FINDINGS)


def test_a_finding_stands_where_its_site_stands() -> None:
    (finding,) = take_inventory(
        [("a.rs", scan(b"mod m {\n  fn f() {\n    unsafe {\n g() } } }"))], {}
    ).findings
    assert finding == Finding(
        id="missing-safety-comment",
        severity=Severity.WARN,
        path="a.rs",
        line=3,
        column=5,
        end_line=4,
        kind="unsafe-block",
        item="mod m::f",
    )


@pytest.mark.parametrize(
    ("data", "line"),
    [
        pytest.param(b"// SAFETY: a\nunsafe impl A for B {}", 1, id="the line of the comment"),
        pytest.param(b"// b\n// SAFETY: a\n#[c]\nunsafe impl A for B {}", 1, id="the first line of several"),
        pytest.param(
            b"\n/// # Safety\n/// a\n#[b]\npub unsafe fn f() {}", 2, id="the first line of documentation"
        ),
        pytest.param(b"fn f() {\n unsafe {\n // SAFETY: a\n g() } }", 3, id="a line inside the block"),
        pytest.param(b"unsafe impl A for B {}", 0, id="none where there is no comment"),
    ],
)
def test_a_contract_says_where_its_words_are(data: bytes, line: int) -> None:
    assert scan(data).sites[0].contract.line == line


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param("// SAFETY: a b", "/* SAFETY:\n a b */", True, id="the kind of comment does not count"),
        pytest.param("// SAFETY: a b", "// SAFETY: a\n// b", True, id="nor do line breaks"),
        pytest.param("// SAFETY: a b", "// SAFETY: a c", False, id="a word does"),
        pytest.param("// SAFETY: a", "// a\n// SAFETY: a", False, id="so does what stands before it"),
    ],
)
def test_a_contract_is_identified_by_its_words(one: str, other: str, same: bool) -> None:
    digests = [
        scan(f"{words}\nunsafe impl A for B {{}}".encode()).sites[0].contract.digest for words in (one, other)
    ]
    assert (digests[0] == digests[1]) is same
