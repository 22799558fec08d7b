macro_rules! read { ($p:expr) => { unsafe { *$p.add(1) } } } //~ changed:unsafe-block from=1
fn f(p: *const u8) { assert!(unsafe { *p.add(1) } == 0) } //~ changed:unsafe-block from=2
