// A turbofish in a type, with a block as its argument.
fn f() { let x: Ring::<{ unsafe { g() } }> = y; } //~ unsafe-block
