//! Storage that leaves it to its user to know which slots are initialised.

use std::mem::MaybeUninit;

pub(crate) struct Slots<T, const N: usize> {
    cells: [MaybeUninit<T>; N],
}

impl<T, const N: usize> Slots<T, N> {
    pub(crate) const fn new() -> Self {
        Self {
            cells: [const { MaybeUninit::uninit() }; N],
        }
    }

    pub(crate) fn write(&mut self, index: usize, value: T) {
        self.cells[index].write(value);
    }

    /// Move the value out of a slot.
    ///
    /// # Safety
    /// The slot must be initialised and not be read again before it is written.
    pub(crate) unsafe fn read(&self, index: usize) -> T {
        // SAFETY: the caller vouches for the slot.
        unsafe { self.cells.get_unchecked(index).assume_init_read() }
    }

    /// Borrow the value of a slot.
    pub(crate) fn peek(&self, index: usize) -> &T {
        // SAFETY: the caller vouches for the slot.
        unsafe { self.cells[index].assume_init_ref() }
    }

    /// Drop the value of a slot in place.
    ///
    /// # Safety
    /// The slot must be initialised and not be used again before it is written.
    pub(crate) unsafe fn drop_at(&mut self, index: usize) {
        // SAFETY: the caller vouches for the slot.
        unsafe { self.cells[index].assume_init_drop() }
    }
}
