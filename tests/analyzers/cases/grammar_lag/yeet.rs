// `yeet_expr`.
fn f() { unsafe { do yeet 1 } } //~ unsafe-block
