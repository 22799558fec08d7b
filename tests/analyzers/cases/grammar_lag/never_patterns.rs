// `never_patterns`.
fn f(x: !) { match x { ! } unsafe { g() } } //~ unsafe-block
fn h() { let ! = unsafe { g() }; } //~ unsafe-block
