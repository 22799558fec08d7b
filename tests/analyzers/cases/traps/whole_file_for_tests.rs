#![cfg(test)]
#![allow(dead_code)]

fn f() { unsafe { g() } } //~ unsafe-block test
