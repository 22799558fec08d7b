//! unsafe impl Send for X {}
/*! unsafe { /* extern "C" {} */ */
#![doc = "unsafe { }"]

fn real(p: *const u8) -> u8 {
    //! unsafe { in the documentation of a body }
    unsafe { *p } //~ unsafe-block
}
