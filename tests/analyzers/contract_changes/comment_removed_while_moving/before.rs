fn f(p: *const u8) -> u8 {
    // SAFETY: valid.
    unsafe { *p }
}
