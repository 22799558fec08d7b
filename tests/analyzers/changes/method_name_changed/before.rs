fn get(x: &[u8]) -> u8 { unsafe { *x.as_ptr().add(1) } }
