// RFC 3668, `async_trait_bounds`.
fn f(x: impl async Fn() -> u8) { unsafe { g(x) } } //~ unsafe-block
fn h<T: async Fn()>(x: Box<dyn async FnOnce()>) { unsafe { g(x) } } //~ unsafe-block
