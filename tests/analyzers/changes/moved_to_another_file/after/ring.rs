fn nothing() {}
impl Ring { fn get(&self) -> u8 { unsafe { *self.pointer } } } //~ moved:unsafe-block because=other-file from=lib.rs:2
unsafe impl Send for Ring {} //~ moved:unsafe-impl because=other-file from=lib.rs:3
