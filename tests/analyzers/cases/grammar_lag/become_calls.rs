// `explicit_tail_calls`.
fn f() { unsafe { become g(1) } } //~ unsafe-block
