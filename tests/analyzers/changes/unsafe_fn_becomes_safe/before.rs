impl Ring {
    /// # Safety
    /// `index` is below the length.
    pub unsafe fn get(&self, index: usize) -> u8 { self.table[index] }
}
