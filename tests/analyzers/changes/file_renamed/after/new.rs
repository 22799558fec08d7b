// renamed from: old.rs
fn f(p: *const u8) -> u8 { unsafe { *p } } //~ moved:unsafe-block because=file-renamed from=old.rs:1
fn g(p: *const u8) -> u8 { unsafe { *p.add(2) } } //~ changed:unsafe-block from=old.rs:2
