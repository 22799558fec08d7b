fn get(p: &u8) -> u8 { unsafe { read(p) } } //~ added:unsafe-block
