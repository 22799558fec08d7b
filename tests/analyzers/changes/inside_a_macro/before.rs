macro_rules! read { ($p:expr) => { unsafe { *$p } } }
fn f(p: *const u8) { assert!(unsafe { *p } == 0) }
