fn f(p: *const u8) -> u8 {
    // SAFETY: `p` is valid.
    unsafe { *p }
}
