fn get(x: *const u8) -> u8 { unsafe { *x.add(2) } } //~ changed:unsafe-block from=1
fn name() -> *const u8 { unsafe { lookup("two") } } //~ changed:unsafe-block from=2
fn both() { unsafe { g('a', b"c", 1.0, 0x10) } } //~ changed:unsafe-block from=3
