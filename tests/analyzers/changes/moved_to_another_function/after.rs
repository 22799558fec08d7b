fn f(p: *const u8) -> u8 { helper(p) + 1 }

fn helper(p: *const u8) -> u8 {
    unsafe { *p.add(1) } //~ moved:unsafe-block because=other-item from=2
}
