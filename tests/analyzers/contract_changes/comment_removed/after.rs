fn f(p: *const u8) -> u8 {
    unsafe { *p } //~ removed-safety-comment
}
unsafe impl Send for Ring {} //~ removed-safety-comment
