"""What cannot be judged is told with its reason, and never in place of what can be."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from analyzers.analyze import ScannedChange, analyze
from analyzers.inventory import take_inventory
from analyzers.model import FileChange, FileMode, FileSide, Macro, Scan, Unanalysed, UnanalysedReason
from analyzers.rust.scan import MAX_BYTES, MAX_SITES, scan
from analyzers.rust.scopes import MAX_DEPTH

BLOCK = b"fn f() { unsafe { g() } }\n"


def doubts(data: bytes) -> list[tuple[str, int]]:
    return [(doubt.reason.value, doubt.line) for doubt in scan(data).unanalysed]


def kinds(data: bytes) -> list[str]:
    return [site.kind for site in scan(data).sites]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(b"", [], id="an empty file is no doubt"),
        pytest.param(b"fn safe() {}", [], id="a safe file is no doubt"),
        pytest.param(BLOCK + b"\x00", [("nul-byte", 2)], id="a NUL byte, which people do not see"),
        pytest.param(b"// \x00\n" + BLOCK, [("nul-byte", 1)], id="a NUL byte in a comment"),
        pytest.param(b"fn \xff() {}", [("not-utf8", 1)], id="a byte that is no UTF-8, without any site"),
        pytest.param(BLOCK + b"// caf\xe9", [("not-utf8", 2)], id="Latin-1 in a comment"),
        pytest.param(BLOCK + b"// \xed\xa0\x80", [("not-utf8", 2)], id="a surrogate in UTF-8"),
        pytest.param(BLOCK + b"// \xc0\xaf", [("not-utf8", 2)], id="an overlong encoding"),
        pytest.param(BLOCK.decode().encode("utf-16"), [("not-utf8", 0)], id="UTF-16 with its mark"),
        pytest.param(b"\xfe\xff" + BLOCK.decode().encode("utf-16-be"), [("not-utf8", 0)], id="UTF-16, big end first"),
        pytest.param(BLOCK + "// \u202e".encode(), [("bidi-control", 2)], id="a right-to-left override"),
        pytest.param('const A: &str = "\u2066";'.encode() + BLOCK, [("bidi-control", 1)], id="an isolate in a string"),
        pytest.param("// \u202a\u202b\u202c\u202d\u2067\u2068\u2069\n".encode(), [("bidi-control", 1)], id="in a file without sites"),
        pytest.param("// \u200e\u200f \u4e2d\u00e9\n".encode() + BLOCK, [], id="marks and letters are no controls"),
        pytest.param(BLOCK + b'fn g() { "', [("unterminated", 2), ("unbalanced", 2)], id="a string that does not end"),
        pytest.param(BLOCK + b'"a\\"', [("unterminated", 2)], id="a string whose end is escaped"),
        pytest.param(BLOCK + b'"a\\', [("unterminated", 2)], id="a string that ends in an escape"),
        pytest.param(BLOCK + b'r##"a"#', [("unterminated", 2)], id="a raw string with a hash too few"),
        pytest.param(BLOCK + b"/* /* */", [("unterminated", 2)], id="a nested comment that does not end"),
        pytest.param(BLOCK + b"/*/", [("unterminated", 2)], id="a comment whose star opens and closes"),
        pytest.param(b'" unsafe {', [("unterminated", 1)], id="the word in a string that does not end"),
        pytest.param(BLOCK + b"{", [("unbalanced", 2)], id="a brace too many"),
        pytest.param(BLOCK + b"}", [("unbalanced", 2)], id="a brace too few"),
        pytest.param(BLOCK + b"fn g() { (] }", [("unbalanced", 2)], id="delimiters that do not match"),
        pytest.param(b"{ }", [], id="balance does not matter without a site"),
        pytest.param(b"}", [], id="nor does imbalance"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told(data: bytes, expected: list[tuple[str, int]]) -> None:
    assert doubts(data) == expected


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(BLOCK + b"\x00", id="with a NUL byte"),
        pytest.param(BLOCK + b"// \xff", id="that is no UTF-8"),
        pytest.param(BLOCK + "// \u202e".encode(), id="with a bidirectional control"),
        pytest.param(BLOCK + b"{[(", id="that is unbalanced"),
        pytest.param(BLOCK + b'"', id="with an unterminated string"),
        pytest.param(BLOCK + b"/*", id="with an unterminated comment"),
        pytest.param(b"fn g( { ) }" + BLOCK, id="with crossing delimiters in front"),
        pytest.param(b"\xff\xfe" + BLOCK, id="that claims to be UTF-16"),
    ],
)
def test_a_file_still_gives_its_sites(data: bytes) -> None:
    assert kinds(data) == ["unsafe-block"]
    assert scan(data).unsafe_tokens == 1
    assert scan(data).unanalysed


@pytest.mark.parametrize(
    "separator", ["\u200e", "\u200f", "\u2028", "\u2029", "\u0085", "\x0b", "\x0c", "\t", "\r"]
)
def test_white_space_of_rust_separates_words(separator: str) -> None:
    """Reference, "Whitespace": Pattern_White_Space, which is not what most editors show."""
    data = f"fn f(){separator}{{{separator}unsafe{separator}{{ g() }} }} {separator}unsafe{separator}fn{separator}h() {{}}"
    assert kinds(data.encode()) == ["unsafe-block", "unsafe-fn"]


@pytest.mark.parametrize("letter", ["é", "中", "_", "0", "\u0301", "ℂ"])
def test_letters_do_not(letter: str) -> None:
    data = f"fn f() {{ x{letter}unsafe; unsafe{letter} {{ g: 1 }} }}"
    assert kinds(data.encode()) == []


@pytest.mark.parametrize("sign", ["\u00a0", "\u200b", "\u3000", "🦀", "«"])
def test_what_rustc_refuses_separates_too(sign: str) -> None:
    """No compiler takes these, so the reading that hides less is right."""
    assert kinds(f"fn f() {{ {sign}unsafe{sign} {{ g() }} }}".encode())


@pytest.mark.parametrize(
    ("data", "ambiguous"),
    [
        pytest.param(
            b'm!(cr"\\", "unsafe {}", "");', True, id="a raw C string that hides code in another edition"
        ),
        pytest.param(b'm!(cr"\\", "a");' + BLOCK, False, id="one that hides nothing in either"),
        pytest.param(b'm!(cr"a");' + BLOCK, False, id="one that every edition ends at the same quote"),
        pytest.param(b'm!(cr#"a"#);' + BLOCK, False, id="one with hashes"),
        pytest.param(b'm!(xcr"a\\"b");' + BLOCK, False, id="a longer word before a string"),
    ],
)
def test_a_literal_that_editions_read_differently_is_told(data: bytes, ambiguous: bool) -> None:
    assert ("ambiguous-literal" in [reason for reason, _ in doubts(data)]) is ambiguous


def test_a_parse_error_near_a_site_is_told_at_its_line() -> None:
    assert doubts(b"fn safe() {}\nfn f() {\n    let = = 1;\n    unsafe { g() }\n}\n") == [("unparsable", 3)]


def test_a_parse_error_elsewhere_is_not() -> None:
    assert doubts(b"fn safe() { let = = 1; }\n" + BLOCK) == []


def test_code_of_an_unknown_macro_need_not_parse() -> None:
    assert doubts(b"language! { let = = 1; unsafe { => } }") == []


def test_nesting_is_read_down_to_its_limit() -> None:
    data = b"mod a {" * (MAX_DEPTH - 2) + BLOCK + b"}" * (MAX_DEPTH - 2)
    assert doubts(data) == []
    assert scan(data).sites[0].item == "mod a::" * (MAX_DEPTH - 2) + "f"


def test_nesting_beyond_its_limit_is_told() -> None:
    data = b"mod a {\n" * MAX_DEPTH + BLOCK + b"}" * MAX_DEPTH
    assert doubts(data) == [("too-deep", MAX_DEPTH + 1)]
    assert kinds(data) == ["unsafe-block"]


def test_deep_nesting_without_a_site_in_it_is_not_told() -> None:
    assert doubts(b"{" * 2 * MAX_DEPTH + b"}" * 2 * MAX_DEPTH + BLOCK) == []


def test_a_file_of_the_largest_size_is_read() -> None:
    assert kinds(BLOCK.ljust(MAX_BYTES)) == ["unsafe-block"]


def test_a_larger_file_is_told_and_its_keywords_are_counted() -> None:
    result = scan(BLOCK.ljust(MAX_BYTES + 1))
    assert [doubt.reason for doubt in result.unanalysed] == [UnanalysedReason.TOO_LARGE]
    assert result.unsafe_tokens == 1


def test_sites_beyond_the_largest_number_are_told() -> None:
    data = b"static mut A: u8 = 0;\n" * (MAX_SITES + 1)
    assert doubts(data) == [("too-many", 0)]
    assert len(scan(data).sites) == MAX_SITES


@given(st.binary(max_size=300))
@example(b"\xff\xfeunsafe")
@example(b'r#"')
@example(b"unsafe<")
@example(b"#[unsafe(")
@example(b'extern"C"{fn')
@example(b"---\nunsafe")
def test_no_bytes_make_the_scan_raise(data: bytes) -> None:
    assert isinstance(scan(data, words=True), Scan)


WORDS = (
    "unsafe extern static mut union fn impl trait for { } ( ) [ ] < > ; , : = # ! $ ' \" r# /* */ // \n -> => | & \\ "
    'asm no_mangle repr C cfg test macro_rules m safe type mod const cr" --- include unsafe_code allow \u200e \u202e \xe9 \0'
).split(" ")


@given(st.lists(st.sampled_from(WORDS), max_size=40), st.sampled_from(["", " "]))
def test_no_words_in_any_order_make_the_scan_raise_or_lose_a_keyword(words: list[str], gap: str) -> None:
    data = gap.join(words).encode()
    result = scan(data, words=True)
    claimed = {
        offset
        for site in result.sites
        for offset in (site.start, site.keyword)
        if data[offset:].startswith(b"unsafe")
    }
    assert (
        len(claimed - {offset for offset in claimed if data[offset:].startswith(b"unsafe_code")})
        == result.unsafe_tokens
    )
    assert all(
        0 <= site.start <= site.keyword < site.end <= len(data) or site.kind == "layout"
        for site in result.sites
    )


# --- sides that are no readable file ------------------------------------------------------------------


def side(path: str, mode: FileMode, data: bytes | None) -> FileSide:
    return FileSide(path, mode, "0123456789abcdef0123", data)


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        pytest.param(side("vendor/z", "submodule", None), ("submodule", "0123456789ab"), id="a submodule"),
        pytest.param(side("src/a.rs", "symlink", b"b.rs"), ("symlink", ""), id="a symbolic link"),
        pytest.param(side("src/a.rs", "file", None), ("missing", ""), id="a blob that is not there"),
    ],
)
def test_a_changed_path_that_is_no_readable_file_is_told(head: FileSide, expected: tuple[str, str]) -> None:
    for base in (None, side(head.path, "file", BLOCK)):
        told = analyze(
            [ScannedChange(FileChange(base, head), base=scan(BLOCK, words=True) if base else None)]
        )
        assert [(doubt.path, doubt.reason.value, doubt.detail) for doubt in told.unanalysed] == [
            (head.path, *expected)
        ]


def test_a_side_that_could_not_be_scanned_is_told_with_its_reason_and_content() -> None:
    failure = Unanalysed("src/a.rs", UnanalysedReason.TIMED_OUT)
    head = side("src/a.rs", "file", BLOCK)
    told = analyze([ScannedChange(FileChange(None, head), failures=(failure,))]).unanalysed
    assert told == (replace(failure, blob=head.blob),)


def test_a_changed_file_with_a_bidirectional_control_is_told_in_a_review_and_not_in_an_audit() -> None:
    data = "// \u202e\n".encode() + BLOCK
    change = FileChange(None, side("src/a.rs", "file", data))
    reviewed = analyze([ScannedChange(change, head=scan(data, words=True))])
    assert [doubt.reason for doubt in reviewed.unanalysed] == [UnanalysedReason.BIDI_CONTROL]
    assert take_inventory([("src/a.rs", scan(data))], {}).unanalysed == ()


def test_what_is_wrong_with_the_base_only_is_not_told() -> None:
    data = BLOCK + b"{"
    change = FileChange(side("a.rs", "file", data), side("a.rs", "file", BLOCK))
    told = analyze([ScannedChange(change, scan(data, words=True), scan(BLOCK, words=True))])
    assert told.unanalysed == ()


def test_an_unanalysed_file_still_has_its_changes() -> None:
    data = BLOCK + b"{"
    change = FileChange(None, side("a.rs", "file", data))
    told = analyze([ScannedChange(change, head=scan(data, words=True))])
    assert [(change.path, change.site.macro) for change in told.changes] == [("a.rs", Macro.NONE)]
    assert [doubt.path for doubt in told.unanalysed] == ["a.rs"]
