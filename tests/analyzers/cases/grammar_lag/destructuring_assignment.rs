// RFC 2909: a struct pattern with a rest on the left of `=`.
fn f() { unsafe { Point { x, .. } = g(); } } //~ unsafe-block
