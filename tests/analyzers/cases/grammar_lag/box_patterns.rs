// `box_patterns`.
fn f() { let box x = unsafe { g() }; } //~ unsafe-block
