fn second(p: *const u8) -> u8 { unsafe { *p } }
fn first(p: *const u8) -> u8 { unsafe { *p } }
