fn get(p: *const u8, index: usize, length: usize) -> u8 {
    unsafe { //~ changed:unsafe-block from=2
        *p.add(index)
    }
}
