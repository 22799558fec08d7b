// Blocks, unsafe impls, unsafe extern blocks, unsafe attributes, `safe fn`.

fn f() { unsafe { g() } } //~ missing-safety-comment
unsafe impl Send for Ring {} //~ missing-safety-comment
unsafe extern "C" { //~ missing-safety-comment
    safe fn sqrt(x: f64) -> f64; //~ missing-safety-comment

    safe static VERSION: u8; //~ missing-safety-comment
}
#[unsafe(no_mangle)] //~ missing-safety-comment
fn exported() {}
#[unsafe(ffi_pure)] //~ missing-safety-comment
fn pure() {}
#[unsafe(naked)] //~ missing-safety-comment
fn bare() {}

// SAFETY: it is not shared.
unsafe impl Sync for Ring {}

// SAFETY: checked against the header.
unsafe extern "C" {
    // SAFETY: reads nothing but its argument.
    safe fn cbrt(x: f64) -> f64;

    // SAFETY: never written.
    safe static REVISION: u8;
}

// SAFETY: no other symbol has this name.
#[unsafe(no_mangle)]
fn exported_too() {}

/// Documentation.
// SAFETY: no other symbol has this name.
#[unsafe(export_name = "x")]
#[inline]
fn renamed() {}

extern "C" {}
#[no_mangle]
fn old_spelling() {}
static mut CELL: u8 = 0;
union Bits { a: u8 }
type Callback = unsafe fn();
