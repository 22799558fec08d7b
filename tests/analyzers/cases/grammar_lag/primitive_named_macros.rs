// Macros that are called like a primitive type.
fn f() { unsafe { g(str!(a), u8!(b)) } } //~ unsafe-block
