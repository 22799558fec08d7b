unsafe fn get(p: *const u8, index: usize) -> u8 { //~ changed:unsafe-fn from=1
    unsafe { //~ added:unsafe-block
        let q = p.add(index + 1);
        *q
    }
}
