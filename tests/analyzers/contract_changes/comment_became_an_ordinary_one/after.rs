fn f(p: *const u8) -> u8 {
    // Reads the first byte.
    unsafe { *p } //~ removed-safety-comment
}
