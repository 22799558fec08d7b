unsafe fn get(p: *const u8, index: usize) -> u8 {
    let q = p.add(index);
    *q
}
