"""What a build-time source is seen to do, and what it is not."""

from __future__ import annotations

import time

import pytest

from analyzers.buildtime.capabilities import Script
from analyzers.rust.source import Source

WORKER_SECONDS = 15
DOES = {
    "a command": ("fn main() { std::process::Command::new(x); }", "process std::process::Command"),
    "a command by its name": ('use std::process::Command; fn main() { Command::new("cc"); }', 'process std::process::Command::new("cc")'),
    "a command by a new name": ("use std::process::Command as C; fn f() { C::new(x); }", "process std::process::Command"),
    "a command out of a list": ("use std::{env, process::{self, Stdio}}; fn f() { process::Command::new(x); }", "process std::process::Command"),
    "a command taken in whole": ("use std::process::*; fn f() { Command::new(x); }", "process std::process::Command"),
    "a command that is only brought in": ("use std::process::Command; my_macro!();", "process std::process::Command"),
    "a crate under another name": ("extern crate reqwest as r; fn f() { r::get(x); }", "download reqwest"),
    "a command in a macro": ("macro_rules! run { () => { std::process::Command::new(x) } }", "process std::process::Command"),
    "a download by a program": ('fn f() { std::process::Command::new("curl").arg(x); }', 'download std::process::Command::new("curl")'),
    "a download through a shell": ('fn f() { std::process::Command::new("sh").arg("-c").arg("wget -q x"); }', 'download std::process::Command::new("sh")'),
    "a clone": ('fn f() { std::process::Command::new("git").args(["clone", url]); }', 'download std::process::Command::new("git")'),
    "a connection": ("fn f() { std::net::TcpStream::connect(x); }", "network std::net"),
    "a library at build time": ("fn f() { libloading::Library::new(x); }", "dlopen libloading"),
    "a file somewhere": ('fn f() { std::fs::write("/etc/x", y); }', "write std::fs::write"),
    "a file in the sources": ('use std::fs::File; fn f() { File::create("src/generated.rs"); }', "write std::fs::File::create"),
    "a file above OUT_DIR": (
        'fn f() { let out = std::env::var("OUT_DIR"); std::fs::write(out.join("../../x"), y); }', "write std::fs::write"
    ),
    "a file at a name bound twice": (
        'fn f() { let p = env!("OUT_DIR"); let p = home(); std::fs::write(p, y); }', "write std::fs::write"
    ),
    "a file at a parameter that one call sets": (
        'fn w(p: P) { std::fs::write(p, y); } fn f() { w(env!("OUT_DIR")); w(home()); }', "write std::fs::write"
    ),
    "a file at a parameter that nobody binds": ("fn w(out: &Path) { std::fs::write(out, y); w(out); }", "write std::fs::write"),
    "a file at a name that is made of itself alone": ('fn w(to: P) { let to = to.join("OUT"); std::fs::write(to, y); w(to); } // OUT_DIR', "write std::fs::write"),
    "a file at a name that another function binds": ('fn f() { let p = env!("OUT_DIR"); } fn g() { std::fs::write(p, y); }', "write std::fs::write"),
    "a file in OUT_DIR or elsewhere": ('fn f() { let p = if x { env!("OUT_DIR") } else { home() }; std::fs::write(p, y); }', "write std::fs::write"),
    "options that write": ("fn f() { std::fs::OpenOptions::new().append(true).open(x); }", "write std::fs::OpenOptions"),
    "a copy out of OUT_DIR": ('fn f() { std::fs::copy(env!("OUT_DIR"), "src/x.rs"); }', "write std::fs::copy"),
    "generated code in the sources": ('fn f() { bindings.write_to_file("src/b.rs"); }', "write .write_to_file"),
    "a compiler": ("fn f() { cc::Build::new().compile(x); }", "compile cc"),
    "an instruction to the linker": ('fn main() { println!("cargo::rustc-link-lib=z"); }', "link cargo::rustc-link-lib"),
    "an instruction whose name is computed": ('fn main() { println!("cargo:{}={}", a, b); }', "link cargo::{}"),
    "pkg-config": ("fn f() { pkg_config::probe_library(x); }", "link pkg_config"),
    "code from elsewhere": ('include!(concat!(env!("HOME"), "/x.rs"));', "include include!"),
    "a variable": ('fn f() { std::env::var("SSH_KEY"); }', 'env std::env::var("SSH_KEY")'),
    "a computed variable": ("fn f() { std::env::var_os(name); }", "env std::env::var_os"),
    "a variable of the compiler's": ('const X: &str = env!("USER");', 'env env!("USER")'),
    "all variables": ("fn f() { for x in std::env::vars() {} }", "env std::env::vars"),
}  # fmt: skip
QUIET = {
    "words in comments and strings": '// std::process::Command\nfn f() { println!("std::process::Command"); }',
    "a field that is called like a function": "fn f(x: X) { x.std.process; }",
    "a module of its own": "mod cc; fn f() { cc::Build::new(); }",
    "a variable that is called like a crate": "fn f() { let dlopen = 1; g(dlopen); }",
    "variables that Cargo sets": 'fn f() { std::env::var("CARGO_CFG_TARGET_OS"); env!("CARGO_PKG_NAME"); }',
    "a file in OUT_DIR": 'fn f() { let out = std::env::var("OUT_DIR").unwrap(); let p = Path::new(&out).join("a.rs"); std::fs::write(&p, y); }',
    "a file in OUT_DIR by a function": 'fn out() -> PathBuf { env::var("OUT_DIR").into() } fn f() { std::fs::write(out().join("a.rs"), y); }',
    "a file in OUT_DIR by a parameter": 'fn w(p: &Path) { std::fs::File::create(p.join("a")); } fn f() { w(Path::new(&env!("OUT_DIR"))); }',
    "a file in OUT_DIR by a pattern": 'fn f() { let out = env!("OUT_DIR"); std::fs::write(format!("{out}/a.rs"), y); }',
    "a file in OUT_DIR that is passed on under its name": 'fn w(out: &Path) { std::fs::write(out, y); } fn f() { let out = env!("OUT_DIR"); w(&out); }',
    "a file in OUT_DIR that takes its own name again": 'fn f() { let out = env!("OUT_DIR"); let out = Path::new(&out); std::fs::write(out.join("a"), y); }',
    "a file in OUT_DIR if there is one": 'fn f() { if let Some(out) = env::var_os("OUT_DIR") { std::fs::write(out, y); } }',
    "a name that another function binds otherwise": 'fn f() { let p = env!("OUT_DIR"); std::fs::write(p, y); } fn g() { let p = home(); }',
    "features of Cargo's by their names": 'fn f() { std::env::var(format!("CARGO_FEATURE_{}", x)); }',
    "options that read": "fn f() { std::fs::OpenOptions::new().read(true).open(x); }",
    "what git says": 'fn f() { let x = include!("version.in"); println!("cargo::rerun-if-changed=.git/HEAD"); }',
    "exiting": "fn f() { std::process::exit(1); }",
    "tests": "#[cfg(test)] mod tests { fn f() { std::process::Command::new(x); } }",
}  # fmt: skip


def uses(code: str, renamed: dict[str, str] | None = None) -> list[str]:
    return [f"{use.capability} {use.spelt}" for use in Script(Source(code.encode()), renamed).uses]


@pytest.mark.parametrize(("code", "use"), DOES.values(), ids=DOES)
def test_it_is_seen(code: str, use: str) -> None:
    assert use in uses(code)


@pytest.mark.parametrize("code", QUIET.values(), ids=QUIET)
def test_it_is_none(code: str) -> None:
    assert uses(code) == []


def test_a_dependency_that_the_manifest_renames_is_known() -> None:
    assert uses("fn f() { tls::get(x); }", {"tls": "reqwest"}) == ["download reqwest"]
    assert uses("fn f() { tls::get(x); }") == []


def test_describing_a_version_downloads_nothing() -> None:
    code = 'fn f() { std::process::Command::new("git").args(["describe", "--tags"]); }'
    assert uses(code) == ['process std::process::Command::new("git")']


def test_a_crate_is_told_once_and_the_standard_library_by_each_spelling() -> None:
    code = 'fn f() { cc::Build::new(); cc::Tool::x(); std::fs::write("/a", b); std::fs::create_dir("/a"); }'
    assert uses(code) == ["compile cc", "write std::fs::write", "write std::fs::create_dir"]


@pytest.mark.parametrize(
    "code",
    [
        b"use " * 200_000,
        b"std::" * 200_000,
        b"a::" * 100_000 + b"b",
        b'let out = "OUT_DIR"; '
        + b"let a = out; fn a(a: A) -> B { a(a) } " * 5_000
        + b"std::fs::write(a, b);",
        b"std::fs::write(" * 20_000,
        b'println!("cargo:' + b"{" * 300_000,
        b'"OUT_DIR"' + b"(" * 100_000 + b"std::fs::write(x)",
        b"mod a { " * 20_000,
    ],
    ids=["uses", "paths", "long path", "bindings", "nested calls", "instruction", "nesting", "modules"],
)
def test_a_hostile_source_takes_no_longer_than_a_limited_worker_has(code: bytes) -> None:
    began = time.process_time()
    script = Script(Source(code))
    assert len(script.uses) + len(script.directives) < 1000
    assert time.process_time() - began < WORKER_SECONDS
