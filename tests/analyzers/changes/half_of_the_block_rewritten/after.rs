fn f(p: *const u8) -> u8 { unsafe { let x = p.add(1); other(x) } } //~ changed:unsafe-block from=1
