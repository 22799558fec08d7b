// `const_trait_impl`: an implementation for constant evaluation, both spellings.
unsafe impl const Trusted for Ring {} //~ unsafe-impl
impl<T> const Default for Ring<T> { fn default() -> Self { unsafe { f() } } } //~ unsafe-block
const impl Clone for Ring { fn clone(&self) -> Self { unsafe { f() } } } //~ unsafe-block
