#[allow(unsafe_code)] //~ removed:lint-level
fn f() {}
