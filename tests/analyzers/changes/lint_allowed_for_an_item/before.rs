#![deny(unsafe_code)]
mod a {}
