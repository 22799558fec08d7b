fn f(p: *const u8) -> u8 {
    // SAFETY: `p` is valid for two bytes.
    unsafe { *p.add(1) }
}
