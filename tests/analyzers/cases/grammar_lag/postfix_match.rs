// `postfix_match`.
fn f() { unsafe { x.match { _ => 1 } } } //~ unsafe-block
