// `try_blocks_heterogeneous`.
fn f() { let x = try bikeshed Option<u8> { unsafe { g() } }; } //~ unsafe-block
