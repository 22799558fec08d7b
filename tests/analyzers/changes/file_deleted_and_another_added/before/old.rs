fn f(p: *const u8) -> u8 { unsafe { *p } }
static mut GONE: u8 = 0; //~ removed:static-mut
