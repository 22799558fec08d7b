// SAFETY: reads what the writer wrote.
unsafe fn f(p: *const u8) -> u8 {
    // the first byte
    unsafe { *p }
}
