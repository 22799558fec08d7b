#![deny(unsafe_code)]
#[allow(unsafe_code)] //~ added:lint-level
mod a {}
