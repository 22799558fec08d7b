// edition: 2015
fn f(async: u8, dyn: u8, try: u8) { unsafe { g(async, dyn, try) } } //~ unsafe-block
