fn f(p: *const u8) -> u8 { before(); unsafe { *p } }
