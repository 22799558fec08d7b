#[no_mangle]
pub fn one() {}
pub fn two() {}
