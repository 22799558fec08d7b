// `pin_ergonomics`.
fn f(x: &pin mut u8, y: &'static pin const u8) {
    let &pin mut z = unsafe { g(&pin mut *x) }; //~ unsafe-block
}
