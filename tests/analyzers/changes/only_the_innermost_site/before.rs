unsafe impl Ring for Cell {
    unsafe fn get(&self) -> u8 {
        before();
        unsafe { unsafe { *self.pointer } }
    }
}
