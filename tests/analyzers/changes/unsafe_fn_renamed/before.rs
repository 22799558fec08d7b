unsafe fn get(p: *const u8) -> u8 { *p.add(1).cast::<u8>() }
