// `specialization`: an implementation whose items may be overridden.
default unsafe impl<T> Pod for Ring<T> {} //~ unsafe-impl
default impl<T> Clone for Ring<T> { fn clone(&self) -> Self { unsafe { f() } } } //~ unsafe-block
