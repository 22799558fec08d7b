/// Reads.
pub unsafe fn f(p: *const u8) -> u8 { *p } //~ removed-safety-comment
