#![deny(unsafe_code)] //~ relaxed:lint-level because=lint-loosened from=1
#[allow(clippy::undocumented_unsafe_blocks)] mod a {} //~ relaxed:lint-level because=lint-loosened from=2
#[expect(unsafe_op_in_unsafe_fn)] mod b {} //~ relaxed:lint-level because=lint-loosened from=3
