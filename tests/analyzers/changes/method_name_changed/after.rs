fn get(x: &[u8]) -> u8 { unsafe { *x.as_ptr().offset(1) } } //~ changed:unsafe-block from=1
