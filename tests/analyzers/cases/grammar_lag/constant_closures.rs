// `const_closures`.
fn f() { unsafe { g(const || 1) } } //~ unsafe-block
