fn f(p: *const u8) -> u8 {
    let x = unsafe { *p.add(1) };
    x + 1
}
