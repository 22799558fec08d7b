impl Other { fn get(&self) -> u8 { unsafe { *self.pointer } } } //~ moved:unsafe-block because=other-file from=all.rs:2
