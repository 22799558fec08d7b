fn get(p: *const u8, index: usize, length: usize) -> u8 {
    unsafe {
        if index >= length { return 0; }
        *p.add(index)
    }
}
