// RFC 3530, `fn_delegation`.
impl Trait for Ring { reuse Trait::method { self.0 } fn f() { unsafe { g() } } } //~ unsafe-block
