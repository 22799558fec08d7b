fn sum(x: usize) -> u8 { unsafe { read(x - 1) } } //~ changed:unsafe-block from=1
fn extend<'a>(x: &'a u8) -> &'a u8 { unsafe { transmute::<&'a u8, &'static u8>(x) } } //~ changed:unsafe-block from=2
fn raw() { unsafe { f(r#"a "#) } } //~ changed:unsafe-block from=3
