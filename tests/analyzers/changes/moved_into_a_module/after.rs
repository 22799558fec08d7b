mod cells {
    pub unsafe fn get(p: *const u8) -> u8 { *p } //~ moved:unsafe-fn because=other-item from=1
    pub static mut CELL: u8 = 0; //~ moved:static-mut because=other-item from=2
}
