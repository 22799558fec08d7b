// RFC 3654.
fn f<T>() where T::method(..): Send { unsafe { g() } } //~ unsafe-block
fn h<T: Service<call(..): Send>>() { unsafe { g() } } //~ unsafe-block
