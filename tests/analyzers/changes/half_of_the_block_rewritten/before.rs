fn f(p: *const u8) -> u8 { unsafe { let x = p.add(1); let y = x.read(); y } }
