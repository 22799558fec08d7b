unsafe fn get(p: *const u8) -> u8 {
    check(p);
    unsafe { *p }
}
