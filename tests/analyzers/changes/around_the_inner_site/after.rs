unsafe fn get(p: *const u8) -> u8 { //~ changed:unsafe-fn from=1
    unsafe { *p }
}
