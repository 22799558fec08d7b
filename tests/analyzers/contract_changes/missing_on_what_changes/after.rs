fn f(p: *const u8) -> u8 {
    unsafe { *p.add(1) } //~ missing-safety-comment
}
fn g(p: *const u8) -> u8 {
    unsafe { *p.add(2).cast() } //~ missing-safety-comment
}
pub unsafe fn h() {} //~ missing-safety-doc
