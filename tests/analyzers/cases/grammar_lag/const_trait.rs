// `const_trait_impl`: a trait that may be implemented for constant evaluation.
pub const trait Zero { fn zero() -> Self { unsafe { f() } } } //~ unsafe-block item="trait Zero::zero"
const unsafe trait Pod {} //~ unsafe-trait item="trait Pod"
