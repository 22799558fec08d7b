unsafe fn get(p: *const u8, index: usize) -> u8 { //~ moved:unsafe-fn because=wrapped-in-unsafe-block from=1
    let q = unsafe { p.add(index) }; //~ moved:unsafe-block because=wrapped-in-unsafe-block from=1
    unsafe { *q } //~ moved:unsafe-block because=wrapped-in-unsafe-block from=1
}
