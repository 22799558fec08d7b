// edition: 2015
fn f() { unsafe { try!(g()) } } //~ unsafe-block
