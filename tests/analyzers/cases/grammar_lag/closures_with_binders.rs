// `closure_lifetime_binder`.
fn f() { let g = for<'a> |x: &'a u8| -> u8 { unsafe { h(x) } }; } //~ unsafe-block
