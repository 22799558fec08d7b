fn f(p: *const u8) -> u8 { unsafe { *p } } //~ moved:unsafe-block because=other-file from=old.rs:1
unsafe fn fresh() {} //~ added:unsafe-fn
