//! A ring buffer of fixed capacity, with a C interface in [`ffi`].

mod copy;
pub mod ffi;
mod slots;

use slots::Slots;

/// A first-in, first-out queue of at most `N` values that never allocates.
pub struct Ring<T, const N: usize> {
    slots: Slots<T, N>,
    head: usize,
    len: usize,
}

impl<T, const N: usize> Ring<T, N> {
    /// An empty ring.
    pub const fn new() -> Self {
        Self {
            slots: Slots::new(),
            head: 0,
            len: 0,
        }
    }

    /// How many values wait.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether no value waits.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Append a value, or hand it back when the ring is full.
    pub fn push(&mut self, value: T) -> Result<(), T> {
        if self.len == N {
            return Err(value);
        }
        self.slots.write((self.head + self.len) % N, value);
        self.len += 1;
        Ok(())
    }

    /// Take the oldest value.
    pub fn pop(&mut self) -> Option<T> {
        if self.len == 0 {
            return None;
        }
        let index = self.head;
        self.head = (self.head + 1) & (N - 1);
        self.len -= 1;
        // SAFETY: `index` was inside the live range, and has just left it.
        Some(unsafe { self.slots.read(index) })
    }

    /// Look at the oldest value.
    pub fn front(&self) -> Option<&T> {
        if self.len == 0 {
            return None;
        }
        Some(self.slots.peek(self.head))
    }
}

impl<T, const N: usize> Default for Ring<T, N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T, const N: usize> Drop for Ring<T, N> {
    fn drop(&mut self) {
        for offset in 0..self.len {
            unsafe { self.slots.drop_at((self.head + offset) & (N - 1)) };
        }
    }
}
