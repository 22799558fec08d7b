#![forbid(unsafe_code)] //~ changed:lint-level because=tightened from=1
#[deny(unsafe_op_in_unsafe_fn)] //~ added:lint-level because=tightened
mod a {}
