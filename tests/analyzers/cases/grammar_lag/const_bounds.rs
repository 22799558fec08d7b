// `const_trait_impl`: conditionally and always constant bounds.
fn maybe<T: [const] Zero>() { unsafe { f() } } //~ unsafe-block
fn tilde<T: ~const Zero>() { unsafe { f() } } //~ unsafe-block
fn always<T: const Zero>() { unsafe { f() } } //~ unsafe-block
fn returns() -> impl const Zero { unsafe { f() } } //~ unsafe-block
fn clause<T>() where T: Copy + [const] Zero { unsafe { f() } } //~ unsafe-block
