unsafe fn get(p: *const u8) -> u8 {
    unsafe { *p.add(1) } //~ removed:unsafe-block
}
