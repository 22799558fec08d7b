// `builtin_syntax`.
fn f() { unsafe { builtin # offset_of(S, x) } } //~ unsafe-block
