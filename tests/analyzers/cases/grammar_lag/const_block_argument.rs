// `inline_const` as a generic argument.
fn f(x: Ring<const { 1 }>) { unsafe { g(x) } } //~ unsafe-block
