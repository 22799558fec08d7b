fn f(p: *const u8) -> u8 {
    // SAFETY: valid.
    unsafe { *p }
}
// SAFETY: owned.
unsafe impl Send for Ring {}
