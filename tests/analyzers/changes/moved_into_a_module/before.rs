unsafe fn get(p: *const u8) -> u8 { *p }
static mut CELL: u8 = 0;
