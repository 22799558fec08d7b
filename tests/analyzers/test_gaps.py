"""Any layout and any comments may stand between two tokens: no gap is wide enough to hide a site."""

from __future__ import annotations

import re

import pytest

from analyzers.model import Site
from analyzers.rust.folding import WIDE
from analyzers.rust.scan import scan

# `@` stands for the gap.
CODE = (
    "unsafe@{ }",
    "unsafe@fn@f@() {}",
    'pub@(crate)@const@unsafe@extern@"C"@fn@f@() {}',
    "unsafe@impl@<@T@>@X@for@Y@{ }",
    "unsafe@trait@T@{}",
    "unsafe@auto@trait@T@{}",
    "struct S { pub@unsafe@a@: u8 }",
    "type T = unsafe@<@'a@>@&@'a@u8;",
    'type T = unsafe@extern@"C"@fn@();',
    'type T = extern@"C"@fn@();',
    'unsafe@extern@"C"@{ fn@f@(); }',
    'extern@"C"@{ safe@fn@f@(); unsafe@static@mut@s@: u8; pub@type@T@; }',
    'extern@"C"@fn@f@() {}',
    "static@mut@A@: u8 = 0;",
    "union@U@{ a: u8 }",
    'core@::@arch@::@asm@!@("");',
    "use core::arch::asm@as@b;",
    'include@!@(concat!(env!("OUT_DIR"), "/b.rs"));',
    "#@[@no_mangle@] fn f() {}",
    "#[@unsafe@(@no_mangle@)@] fn f() {}",
    "#[@cfg_attr@(@unix@,@no_mangle@)@] fn f() {}",
    '#[cfg_attr@(unix, unsafe@(export_name@=@"a"))] fn f() {}',
    '#[link_section@=@"a"] static S: u8 = 0;',
    '#[link@(name = "a")] extern "C" {}',
    'extern "C" { #[link_name@=@"a"] fn f(); }',
    "#[unsafe@(naked@)] fn f() {}",
    "#[unsafe@(ffi_pure@)] fn f() {}",
    '#[target_feature@(enable = "a")] fn f() {}',
    "#@[@repr@(@C@)@] struct S;",
    "#[cfg_attr@(a,@repr@(C))] struct S;",
    "#[cxx@::@bridge] mod a {}",
    "#@[pyfunction@] fn f() {}",
    "#[derive@(@uniffi@::@Record@)] struct S;",
    "unsafe@fn@[<@a@_@b@>]@() {}",
    "#[no_mangle] fn@[<@a@b@>]@() {}",
    "fn@Java_a@() {}",
    "#@!@[@forbid@(@unsafe_code@)@]",
    "#[allow@(unused,@clippy@::@undocumented_unsafe_blocks)] mod a {}",
    "#@[@cfg@(@test@)@] fn f() { unsafe {} }",
    "#@[@test@] fn f() { unsafe {} }",
    "mod a { #@!@[@cfg@(@test@)@] fn f() { unsafe {} } }",
    "mod@a@{ unsafe fn f() {} }",
    "impl@A@for@B@{ fn f() { unsafe {} } }",
    "m@!@{ unsafe {} }",
    "macro_rules@!@m@{ () => { unsafe {} } }",
    "pub@macro@m@($x: expr)@{ unsafe {} }",
    'extern "C" { m@!@{ fn f(); } }',
)
GAPS = {
    "the widest that is not folded": " " * (WIDE - 1),
    "the narrowest that is folded": " " * WIDE,
    "spaces": " " * 700,
    "line ends": "\r\n" * 300,
    "one long comment": " /* " + "unsafe { " * 100 + "*/ ",
    "many comments": ' /* no_mangle */ // static mut "\n' * 40,
    "white space that editors do not show": "\u200e\u2028" * 200,
    "twenty thousand spaces": " " * 20_000,
    "a comment of twenty thousand bytes": "/*" + "static mut A: u8; #[x] " * 900 + "*/",
}


def facts(site: Site) -> tuple[object, ...]:
    return (site.kind, site.item, site.in_test, site.macro, site.cfg, site.detail, site.tokens)


def places(file: bytes, site: Site) -> tuple[bytes, bytes, bytes]:
    """The words that stand where a site says that its keyword, its start and its end are."""
    word = re.compile(rb"\w+|\W")
    starts = (word.findall(file, place)[0] for place in (site.keyword, site.start))
    return (*starts, file[site.end - 1 : site.end])


@pytest.mark.parametrize("gap", GAPS.values(), ids=GAPS)
@pytest.mark.parametrize("code", CODE, ids=lambda code: code.replace("@", " "))
def test_a_wide_gap_hides_nothing(code: str, gap: str) -> None:
    files = [code.replace("@", between).encode() for between in (" ", gap)]
    narrow, wide = (scan(file) for file in files)
    assert narrow.sites
    assert [facts(site) for site in wide.sites] == [facts(site) for site in narrow.sites]
    shown, hidden = (
        [places(file, site) for site in result.sites]
        for file, result in zip(files, (narrow, wide), strict=True)
    )
    assert hidden == shown
    for site in wide.sites:
        before = files[1][: site.keyword]
        assert site.line == before.count(b"\n") + 1
        assert site.column == len(before.rpartition(b"\n")[2].decode()) + 1
    assert wide.unsafe_tokens == narrow.unsafe_tokens
    assert wide.unanalysed == narrow.unanalysed
