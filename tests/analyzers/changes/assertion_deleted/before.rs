unsafe fn get(p: *const u8, index: usize) -> u8 {
    debug_assert!(index < 8);
    *p.add(index)
}
