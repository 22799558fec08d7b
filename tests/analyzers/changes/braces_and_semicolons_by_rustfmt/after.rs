unsafe fn f(x: u8) -> u8 { //~ moved:unsafe-fn because=braces-or-semicolons from=1
    match x {
        0 => g(),
        1 => h(|y| y + 1),
        _ => {
            return 2;
        }
    }
}
fn k() { unsafe { l(1, 2) } } //~ moved:unsafe-block because=braces-or-semicolons from=8
extern "C" {
    fn read(
        fd: i32,
        count: usize,
    ) -> isize;
}
