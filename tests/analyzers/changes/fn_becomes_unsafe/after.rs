pub unsafe fn get(p: *const u8) -> u8 { 0 } //~ added:unsafe-fn
