// Levels of the lints that guard unsafe code.
#![forbid(unsafe_code)] //~ lint-level item="" detail="forbid(unsafe_code)"
#![deny(unsafe_op_in_unsafe_fn, clippy::undocumented_unsafe_blocks)] //~ lint-level lint-level detail="deny(undocumented_unsafe_blocks)"
#![cfg_attr(not(test), forbid(unsafe_code))] //~ lint-level detail="forbid(unsafe_code)"
#![warn(dead_code, unsafe_code, reason = "unsafe_code is watched")] //~ lint-level

#[allow(unsafe_code)] //~ lint-level item="allowed" detail="allow(unsafe_code)"
fn allowed() {
    #[expect(unsafe_code)] //~ lint-level item="allowed"
    unsafe { read() } //~ unsafe-block
}

#[allow(
    unused,
    unsafe_code, //~ lint-level item="mod raw"
)]
mod raw {
    #![allow(clippy::missing_safety_doc)] //~ lint-level item="mod raw" detail="allow(missing_safety_doc)"
    #[deny(clippy::multiple_unsafe_ops_per_block)] //~ lint-level item="mod raw::impl Ring"
    impl Ring {
        #[warn(unsafe_attr_outside_unsafe)] //~ lint-level item="mod raw::impl Ring::method"
        fn method() {}
    }
}

#[doc = "forbid(unsafe_code)"]
#[cfg(unsafe_code)]
#[cfg_attr(unsafe_code, inline)]
fn nothing() { allow(unsafe_code); }
