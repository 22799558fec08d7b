// `#[unsafe(...)]` around attributes that have no kind of their own, and `naked`.
#![unsafe(crate_level)] //~ unsafe-attribute

#[unsafe(ffi_pure)] //~ unsafe-attribute item="pure" detail="ffi_pure"
fn pure() {}

#[unsafe(some_tool::attribute(argument))] //~ unsafe-attribute item="Tooled"
struct Tooled;

#[cfg_attr(feature = "fast", unsafe(ffi_const))] //~ unsafe-attribute item="conditional"
fn conditional() {}

#[cfg_attr(unix, inline, unsafe(ffi_const), cold)] //~ unsafe-attribute
fn among_others() {}

#[naked] //~ unsafe-attribute item="old_naked" detail="naked"
fn old_naked() {}

#[unsafe(naked)] //~ unsafe-attribute item="naked_entry" detail="naked"
extern "C" fn naked_entry() { //~ extern-fn
    naked_asm!("ret") //~ inline-asm
}

#[cfg_attr(not(test), unsafe(naked))] //~ unsafe-attribute
fn conditionally_naked() {}

fn naked(naked: u8) -> u8 { naked }
#[doc = "unsafe(ffi_pure)"]
#[cfg(naked)]
fn nothing_here() {}
