fn f() { unsafe { first(1, 2, 3) } } //~ removed:unsafe-block
fn g() {}
