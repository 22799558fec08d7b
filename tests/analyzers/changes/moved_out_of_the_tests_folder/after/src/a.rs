// renamed from: tests/a.rs
fn f(p: *const u8) -> u8 { unsafe { *p } } //~ changed:unsafe-block because=no-longer-test-only from=tests/a.rs:1
