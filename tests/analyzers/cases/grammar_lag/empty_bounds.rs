// Bounds that say nothing.
fn f<T: , U: 'static + >() { unsafe { g() } } //~ unsafe-block
