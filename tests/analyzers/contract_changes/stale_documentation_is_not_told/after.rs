/// # Safety
/// `p` is valid.
pub unsafe fn f(p: *const u8) -> u8 { *p.add(1) }
