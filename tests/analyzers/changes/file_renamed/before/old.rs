fn f(p: *const u8) -> u8 { unsafe { *p } }
fn g(p: *const u8) -> u8 { unsafe { *p.add(1) } }
