impl Ring {
    pub unsafe fn get(&self, index: usize) -> u8 {
        unsafe { *self.pointer.add(index) }
    }
}
extern "C" { fn read(fd: i32, buffer: *mut u8, count: usize) -> isize; }
static mut COUNTER: [u8; 2] = [1, 2];
