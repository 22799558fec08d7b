// Nesting that people write.

fn f() { if a { for b in c { while d { match e { _ => { loop { { ({ [{ || { unsafe { g() } } }] }) } } } } } } } } //~ unsafe-block item="f"
fn g() { h(|| i(|| j(|| k(|| l(|| m(|| unsafe { n() })))))) } //~ unsafe-block item="g"
