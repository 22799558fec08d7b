#[cfg(test)]
fn helper(p: *const u8) -> u8 { unsafe { *p } }
#[cfg(test)]
mod tests { pub unsafe fn f() { g() } }
