#![allow(dead_code)]
#![forbid(unsafe_code, unused)]
fn f() {}
