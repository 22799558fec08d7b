unsafe impl Ring for Cell {
    unsafe fn get(&self) -> u8 {
        before();
        unsafe { unsafe { *self.other } } //~ changed:unsafe-block from=4
    }
}
