unsafe fn f(x: u8) -> u8 {
    match x {
        0 => { g() },
        1 => { h(|y| { y + 1 }) }
        _ => return 2,
    }
}
fn k() { unsafe { l(1, 2,); } }
extern "C" { fn read(fd: i32, count: usize) -> isize; }
