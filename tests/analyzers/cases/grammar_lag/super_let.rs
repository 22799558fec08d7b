// `super_let`: a temporary that outlives its block.
fn f() { super let x = unsafe { g() }; } //~ unsafe-block
