fn get(p: &u8) -> u8 { read(p) }
