//! Copies between rings and raw memory.

use crate::Ring;

/// Copy the waiting bytes to `target`, oldest first, and return how many there were.
///
/// # Safety
/// `target` must be valid for writes of `ring.len()` bytes.
pub(crate) unsafe fn copy_out<const N: usize>(ring: &mut Ring<u8, N>, target: *mut u8) -> usize {
    let count = ring.len();
    for offset in 0..count {
        if let Some(byte) = ring.pop() {
            // SAFETY: `offset` is below the length that the caller vouches for.
            unsafe { target.add(offset).write(byte) };
        }
    }
    count
}
