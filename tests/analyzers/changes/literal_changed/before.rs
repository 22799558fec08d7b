fn get(x: *const u8) -> u8 { unsafe { *x.add(1) } }
fn name() -> *const u8 { unsafe { lookup("one") } }
fn both() { unsafe { g('a', b"b", 1.0, 0x10) } }
