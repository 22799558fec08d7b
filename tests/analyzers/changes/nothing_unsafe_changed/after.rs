fn f(p: *const u8, other: u8) -> u8 { before(other); after(); unsafe { *p } }
