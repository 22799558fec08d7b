fn f() {}
fn g() { unsafe { *pointer.cast::<u8>() } } //~ added:unsafe-block
