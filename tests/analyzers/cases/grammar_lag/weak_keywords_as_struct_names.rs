// `union`, `default` and `raw` are ordinary names.
fn f() { unsafe { g(union { a: 1 }, default { b: 2 }, raw { c: 3 }) } } //~ unsafe-block
