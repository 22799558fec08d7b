// `auto_traits` with a promise.
pub unsafe auto trait Trusted {} //~ unsafe-trait item="trait Trusted"
auto trait Plain { fn f() { unsafe { g() } } } //~ unsafe-block item="trait Plain::f"
