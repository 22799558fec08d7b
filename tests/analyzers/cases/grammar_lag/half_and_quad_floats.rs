// `f16` and `f128`: literals.
fn f() { unsafe { g(1f16, 2.0f128) } } //~ unsafe-block
