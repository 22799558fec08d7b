#![forbid(unsafe_code)]
#![allow(dead_code)]
fn f() {}
