// RFC 2000: a negative literal as argument.
fn f(x: Ring<-1>) { unsafe { g::<-3>(x) } } //~ unsafe-block
