//! The C interface; `include/ring.h` declares it.

use crate::{Ring, copy_out};
use std::ffi::c_void;

/// A ring of bytes as C sees it.
pub struct ByteRing(Ring<u8, 1024>);

unsafe extern "C" {
    fn malloc(size: usize) -> *mut c_void;
}

/// Create an empty ring; give it back with `ring_free`.
#[unsafe(no_mangle)]
pub extern "C" fn ring_new() -> *mut ByteRing {
    Box::into_raw(Box::new(ByteRing(Ring::new())))
}

/// Destroy a ring.
///
/// # Safety
/// `ring` must come from `ring_new` and not be used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ring_free(ring: *mut ByteRing) {
    // SAFETY: the caller hands over what `ring_new` made.
    drop(unsafe { Box::from_raw(ring) });
}

/// Append a byte; false when the ring is full.
///
/// # Safety
/// `ring` must come from `ring_new` and not be in use elsewhere.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ring_push(ring: *mut ByteRing, byte: u8) -> bool {
    // SAFETY: the caller vouches that `ring` is live and not shared.
    unsafe { (*ring).0.push(byte).is_ok() }
}

/// Take every waiting byte as an array of `*len` bytes that the caller frees; null when out of memory.
///
/// # Safety
/// `ring` must come from `ring_new` and not be in use elsewhere; `len` must be valid for a write.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ring_drain(ring: *mut ByteRing, len: *mut usize) -> *mut u8 {
    // SAFETY: the caller vouches that `ring` is live and not shared.
    let ring = unsafe { &mut (*ring).0 };
    // SAFETY: malloc takes any size; one byte more, so that an empty ring is not null.
    let array = unsafe { malloc(ring.len() + 1) }.cast::<u8>();
    if !array.is_null() {
        // SAFETY: `array` has room for all bytes, and the caller vouches for `len`.
        unsafe { *len = copy_out(ring, array) };
    }
    array
}
