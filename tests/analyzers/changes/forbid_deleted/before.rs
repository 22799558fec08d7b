#![forbid(unsafe_code)]
fn f() {}
