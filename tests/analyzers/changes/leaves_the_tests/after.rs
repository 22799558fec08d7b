fn helper(p: *const u8) -> u8 { unsafe { *p } } //~ changed:unsafe-block because=no-longer-test-only from=2
pub unsafe fn f() { g() } //~ changed:unsafe-fn because=no-longer-test-only from=4
