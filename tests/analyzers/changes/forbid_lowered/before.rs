#![forbid(unsafe_code)]
#[deny(clippy::undocumented_unsafe_blocks)] mod a {}
#[warn(unsafe_op_in_unsafe_fn)] mod b {}
