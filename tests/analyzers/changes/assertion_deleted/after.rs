unsafe fn get(p: *const u8, index: usize) -> u8 { //~ changed:unsafe-fn from=1
    *p.add(index)
}
