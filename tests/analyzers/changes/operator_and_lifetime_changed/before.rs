fn sum(x: usize) -> u8 { unsafe { read(x + 1) } }
fn extend<'a>(x: &'a u8) -> &'a u8 { unsafe { transmute::<&'a u8, &'a u8>(x) } }
fn raw() { unsafe { f(r#"a"#) } }
