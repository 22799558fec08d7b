unsafe fn get(p: *const u8) -> u8 { //~ moved:unsafe-fn because=unwrapped-from-unsafe-block from=1
    *p.add(1)
}
